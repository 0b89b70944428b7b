//! What must hold between the entries of the data; a snapshot that breaks it is not made.

use std::collections::BTreeSet;

use crate::{
    data::{BodyKind, Rule, Site},
    error::SiteError,
    source::Source,
};

/// Refuses duplicates and rules that cannot be meant.
pub(crate) fn check(sites: &[Site]) -> Result<(), SiteError> {
    let mut apps = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    for site in sites {
        let app = site.app.as_str();
        let twice = |what, value: &str| {
            Err(SiteError::Duplicate { site: app.to_owned(), what, value: value.to_owned() })
        };
        if !apps.insert(app) {
            return twice("site", app);
        }
        for host in site.hosts.iter().chain(&site.side_hosts).chain(&site.sockets) {
            if !hosts.insert(host.as_str()) {
                return twice("host", host.as_str());
            }
        }
        let mut harmless = BTreeSet::new();
        for pattern in &site.harmless {
            if !harmless.insert(pattern.as_str()) {
                return twice("harmless path", pattern.as_str());
            }
        }
        let mut rpcs: BTreeSet<&str> = BTreeSet::new();
        for rpc in site.harmless_rpcs.iter().chain(site.rule.iter().flat_map(|rule| &rule.rpc)) {
            if !rpcs.insert(rpc) {
                return twice("rpc", rpc);
            }
        }
        let mut names = BTreeSet::new();
        let mut addresses = BTreeSet::new();
        for rule in &site.rule {
            if !names.insert(rule.name.as_str()) {
                return twice("rule", &rule.name);
            }
            for address in addresses_of(rule) {
                if let Some(address) = addresses.replace(address) {
                    return twice("address", &address);
                }
            }
            if let Err(message) = check_rule(site, rule) {
                return Err(SiteError::Rule { site: app.to_owned(), rule: rule.name.clone(), message });
            }
        }
    }
    Ok(())
}

fn addresses_of(rule: &Rule) -> Vec<String> {
    let hosts = rule.hosts.iter().map(|host| host.as_str()).collect::<Vec<_>>().join(",");
    let each =
        |method: &str| rule.path.iter().map(|path| format!("{hosts} {method} {}", path.written())).collect();
    if rule.socket {
        each("socket")
    } else {
        rule.method.iter().flat_map(|method| each(method)).collect::<Vec<_>>()
    }
}

fn check_rule(site: &Site, rule: &Rule) -> Result<(), String> {
    let call = !rule.rpc.is_empty();
    if call
        && !(rule.path.is_empty() && rule.method.is_empty() && rule.field.is_none() && rule.hosts.is_empty())
    {
        return Err("a rule with `rpc` has no `method`, `path`, `hosts` or `field`; remove them".to_owned());
    }
    if !call && rule.path.is_empty() {
        return Err("nothing says which requests it is for; write `path` or `rpc`".to_owned());
    }
    if !call && !rule.socket && rule.method.is_empty() {
        return Err("write the `method`".to_owned());
    }
    if matches!(rule.body, BodyKind::Form | BodyKind::Batch) != rule.field.is_some() {
        return Err(
            "a `field` and the bodies `form` and `batch` go together; write both or neither".to_owned()
        );
    }
    if rule.does.is_none() && rule.case.is_empty() && rule.body != BodyKind::Batch {
        return Err("write `does`, or a `case`".to_owned());
    }
    let names: Vec<&str> = rule.path.iter().flat_map(|path| path.names()).collect();
    let ids = rule.conversation.iter().chain(&rule.parent).chain(&rule.message).chain(&rule.model);
    for source in ids.chain(rule.text.iter().map(|text| &text.at)) {
        if let Source::Capture(name) = source
            && !names.contains(&name.as_str())
        {
            return Err(format!("`{{{name}}}` is in none of its paths; correct the name"));
        }
    }
    if !rule.hosts.is_empty() || rule.socket {
        return Ok(());
    }
    for path in rule.path.iter().flat_map(|path| path.examples()) {
        for method in &rule.method {
            if let Some(pattern) = site.harmless.iter().find(|pattern| pattern.fits(method, &path)) {
                return Err(format!("`{}` calls its address harmless; remove one of them", pattern.as_str()));
            }
        }
    }
    Ok(())
}
