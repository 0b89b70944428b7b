//! The rules of the network level, in the declarative form that both browsers take: what no request may reach
//! without a hook's mark at the end of its address (`shared_sites::net`).
//!
//! One rule file, switched on by the session where its settings stop anything at all.

use serde_json::{Value, json};
use shared_sites::{NetSite, Sites};

/// The mark outranks what is stopped.
const STOP: u8 = 1;
const LET_GO: u8 = 2;

/// A list of types to leave out is the one way to name all others, pages included, that both browsers take; no
/// font is ever asked for at these addresses.
const ALL_TYPES: [&str; 1] = ["font"];

/// The rules for all sites, numbered from 1.
pub fn rules(sites: &Sites) -> Value {
    let conditions = sites.net().iter().flat_map(of_site).collect::<Vec<_>>();
    let numbered = conditions.into_iter().zip(1_u32..).map(|((action, priority, condition), id)| {
        json!({"id": id, "priority": priority, "action": {"type": action}, "condition": condition})
    });
    numbered.collect()
}

/// What the background's script has to look at.
pub fn data(sites: &Sites) -> Value {
    let of = |site: NetSite| json!({"hosts": site.hosts, "sockets": site.sockets, "query": site.query});
    sites.net().into_iter().map(of).collect()
}

fn of_site(site: &NetSite) -> Vec<(&'static str, u8, Value)> {
    let hosts = any(&site.hosts);
    let mut rules = Vec::new();
    for (method, pattern) in site.guarded.iter().filter_map(|guarded| guarded.split_once(' ')) {
        let address = format!("^https://{hosts}{}([?#]|$)", path(pattern));
        rules.push(("block", STOP, json!({
            "regexFilter": address, "requestMethods": [method.to_lowercase()], "excludedResourceTypes": ALL_TYPES,
        })));
    }
    // A page whose address asks something is judged by the gate, which the background opens in its place.
    let asks = format!("^https://{hosts}/[^?#]*[?]([^#]*&)?{}=[^&#]", any(&site.query));
    rules.push(("block", STOP, json!({"regexFilter": asks, "excludedResourceTypes": ALL_TYPES})));
    // A link's ping passes no hook; its one text is its address, in whatever key.
    let ping = format!("^https://{hosts}/");
    rules.push(("block", STOP, json!({"regexFilter": ping, "resourceTypes": ["ping"]})));
    for pattern in &site.harmless {
        let (method, pattern) = pattern
            .split_once(' ')
            .map_or((None, pattern.as_str()), |(method, pattern)| (Some(method), pattern));
        let address = format!("^https://{hosts}{}([?#]|$)", path(pattern));
        let mut condition = json!({"regexFilter": address});
        if let Some(method) = method {
            condition["requestMethods"] = json!([method.to_lowercase()]);
        }
        rules.push(("allow", LET_GO, condition));
    }
    let sockets = any(&[site.hosts.as_slice(), site.sockets.as_slice()].concat());
    // One browser sees a socket's handshake under `wss:`, the other under `https:`.
    let socket = format!("^(https|wss)://{sockets}([/?#]|$)");
    rules.push(("block", STOP, json!({"regexFilter": socket, "resourceTypes": ["websocket"]})));
    let marked = format!("^(https|wss)://{sockets}/[^?#]*[?]([^#]*&)?(#|$)");
    rules.push(("allow", LET_GO, json!({"regexFilter": marked, "excludedResourceTypes": ALL_TYPES})));
    rules
}

/// One of these, `*` standing for any beginning of a host's name.
fn any(words: &[String]) -> String {
    let words = words.iter().map(|word| escape(word).replace('*', "[^/?#]*")).collect::<Vec<_>>();
    format!("({})", words.join("|"))
}

/// A pattern of a path: `{}` is one piece, a `*` at its end whatever follows.
fn path(pattern: &str) -> String {
    escape(pattern).replace("{}", "[^/?#]+").replace('*', "[^?#]*")
}

/// Everything that means something in a regular expression, but for the patterns' own words.
fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, char| {
        if matches!(char, '.' | '+' | '?' | '(' | ')' | '[' | ']' | '|' | '^' | '$' | '\\') {
            out.push('\\');
        }
        out.push(char);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_has_its_rules() {
        let sites = Sites::builtin().unwrap();
        let rules = rules(&sites);
        let rules = rules.as_array().unwrap();
        let count = |action: &str| rules.iter().filter(|rule| rule["action"]["type"] == action).count();
        assert!(count("block") >= 3 * sites.net().len() && count("allow") >= sites.net().len());
        for rule in rules {
            let regex = rule["condition"]["regexFilter"].as_str().unwrap();
            assert!(!regex.contains(['{', '}', ' ']), "a pattern's word is left: {regex}");
        }
    }

    #[test]
    fn words_of_patterns() {
        assert_eq!(path("/a.b/{}/c*"), "/a\\.b/[^/?#]+/c[^?#]*");
        assert_eq!(any(&["*.a.test".to_owned(), "b.test".to_owned()]), "([^/?#]*\\.a\\.test|b\\.test)");
    }
}
