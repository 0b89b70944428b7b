//! The rules of the network level, in the declarative form that both browsers take: what no request may reach
//! without a hook's mark at the end of its address.
//!
//! One list for all sites, switched on by the session where its settings stop anything at all. The build makes the
//! one that comes with the extension; repaired data makes another while the extension runs.

use serde::Serialize;

use super::NetSite;
use crate::sites::Sites;

/// The mark outranks what is stopped.
const STOP: u8 = 1;
const LET_GO: u8 = 2;

/// A list of types to leave out is the one way to name all others, pages included, that both browsers take; reports
/// of policies are left out, which no page can send: the site's own answers name where they go.
const ALL_TYPES: &[&str] = &["csp_report"];

/// What a page fetches as a part of itself, or goes to: the page writes these addresses, no hook does, so that a
/// mark in one says nothing.
const UNHOOKED: &[&str] =
    &["main_frame", "sub_frame", "stylesheet", "script", "image", "font", "object", "media", "csp_report"];

/// Where a form is posted to. A hooked form is posted by one of the hook's own, under a mark.
const PAGES: &[&str] = &["main_frame", "sub_frame"];

/// One rule, as `chrome.declarativeNetRequest` names its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetRule {
    /// From 1, in the order of the list.
    pub id: u32,
    /// The higher one decides.
    pub priority: u8,
    /// What is done.
    pub action: NetAction,
    /// With which requests.
    pub condition: NetCondition,
}

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum NetAction {
    /// It is stopped.
    Block,
    /// It goes.
    Allow,
}

/// Which requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetCondition {
    /// The address, as RE2 reads it.
    pub regex_filter: String,
    /// Methods in lower case; empty: any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_methods: Vec<String>,
    /// Only these types; empty: see the next field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub resource_types: &'static [&'static str],
    /// All types but these; empty: all but pages.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub excluded_resource_types: &'static [&'static str],
}

impl Sites {
    /// The rules for all sites, numbered from 1.
    #[must_use]
    pub fn net_rules(&self) -> Vec<NetRule> {
        let conditions = self.net().iter().flat_map(of_site).collect::<Vec<_>>();
        let numbered = conditions.into_iter().zip(1_u32..);
        numbered.map(|((action, condition), id)| rule(id, action, condition)).collect()
    }
}

fn rule(id: u32, action: NetAction, condition: NetCondition) -> NetRule {
    let priority = match action {
        NetAction::Block => STOP,
        NetAction::Allow => LET_GO,
    };
    NetRule { id, priority, action, condition }
}

fn of_site(site: &NetSite) -> Vec<(NetAction, NetCondition)> {
    let hosts = any(&site.hosts);
    let of = |regex_filter| NetCondition { regex_filter, ..NetCondition::default() };
    let of_all = |regex_filter| NetCondition { excluded_resource_types: ALL_TYPES, ..of(regex_filter) };
    let mut rules = Vec::new();
    for (method, pattern) in site.guarded.iter().filter_map(|guarded| guarded.split_once(' ')) {
        let condition = of_all(format!("^https://{hosts}{}([?#]|$)", path(pattern)));
        rules.push((
            NetAction::Block,
            NetCondition { request_methods: vec![method.to_lowercase()], ..condition },
        ));
    }
    // A page whose address asks something is judged by the gate, which the background opens in its place.
    if !site.query.is_empty() {
        let asks = format!("^https://{hosts}/[^?#]*[?]([^#]*&)?{}=[^&#]", any(&site.query));
        rules.push((NetAction::Block, of_all(asks)));
    }
    // A link's ping passes no hook; its one text is its address, in whatever key.
    let ping = of(format!("^https://{hosts}/"));
    rules.push((NetAction::Block, NetCondition { resource_types: &["ping"], ..ping }));
    for pattern in &site.harmless {
        let (method, pattern) = pattern
            .split_once(' ')
            .map_or((None, pattern.as_str()), |(method, pattern)| (Some(method), pattern));
        let condition = of(format!("^https://{hosts}{}([?#]|$)", path(pattern)));
        let request_methods = method.map(str::to_lowercase).into_iter().collect();
        rules.push((NetAction::Allow, NetCondition { request_methods, ..condition }));
    }
    let sockets = any(&[site.hosts.as_slice(), site.sockets.as_slice()].concat());
    // One browser sees a socket's handshake under `wss:`, the other under `https:`.
    let socket = of(format!("^(https|wss)://{sockets}([/?#]|$)"));
    rules.push((NetAction::Block, NetCondition { resource_types: &["websocket"], ..socket }));
    // A worker's `WebTransport`, often to a port of its own. Only one browser knows its type; every request of its
    // method is one.
    let transport = of(format!("^https://{sockets}(:[0-9]+)?([/?#]|$)"));
    rules.push((NetAction::Block, NetCondition { request_methods: vec!["connect".to_owned()], ..transport }));
    let marked = of(format!("^(https|wss)://{sockets}/[^?#]*[?]([^#]*&)?(#|$)"));
    let posted =
        NetCondition { request_methods: vec!["post".to_owned()], resource_types: PAGES, ..marked.clone() };
    rules.push((NetAction::Allow, NetCondition { excluded_resource_types: UNHOOKED, ..marked }));
    rules.push((NetAction::Allow, posted));
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
    use super::{NetAction, any, path};
    use crate::Sites;

    #[test]
    fn every_site_has_its_rules() {
        let sites = Sites::builtin().unwrap();
        let rules = sites.net_rules();
        let count = |action: NetAction| rules.iter().filter(|rule| rule.action == action).count();
        assert!(count(NetAction::Block) >= 3 * sites.net().len());
        assert!(count(NetAction::Allow) >= sites.net().len());
        for rule in &rules {
            let regex = &rule.condition.regex_filter;
            assert!(!regex.contains(['{', '}', ' ']), "a pattern's word is left: {regex}");
        }
    }

    #[test]
    fn a_rule_is_written_as_the_browsers_read_it() {
        let rules = serde_json::to_value(Sites::builtin().unwrap().net_rules()).unwrap();
        let first = &rules[0];
        assert_eq!((&first["id"], &first["priority"]), (&1.into(), &1.into()));
        assert_eq!(first["action"], serde_json::json!({"type": "block"}));
        assert_eq!(first["condition"]["excludedResourceTypes"], serde_json::json!(["csp_report"]));
        assert!(first["condition"]["requestMethods"][0].is_string());
        assert!(first["condition"].get("resourceTypes").is_none());
    }

    #[test]
    fn a_mark_counts_for_what_a_hook_writes_alone() {
        let rules = Sites::builtin().unwrap().net_rules();
        let lets = rules.iter().filter(|rule| rule.action == NetAction::Allow).map(|rule| &rule.condition);
        let marks = lets.filter(|of| of.regex_filter.ends_with("&)?(#|$)")).collect::<Vec<_>>();
        assert_eq!(marks.len(), 2 * Sites::builtin().unwrap().net().len());
        for of in marks {
            let names = |kind: &str| of.resource_types.contains(&kind);
            if names("main_frame") || names("sub_frame") {
                assert_eq!(of.request_methods, ["post"], "{}", of.regex_filter);
            } else {
                for kind in ["main_frame", "sub_frame", "image", "font"] {
                    assert!(of.excluded_resource_types.contains(&kind), "{kind}");
                }
            }
        }
    }

    #[test]
    fn text_in_the_address_of_a_font_and_a_transport_is_stopped() {
        let rules = Sites::builtin().unwrap().net_rules();
        let stops = rules.iter().filter(|rule| rule.action == NetAction::Block).map(|rule| &rule.condition);
        let fonts = stops.clone().filter(|of| {
            of.regex_filter.ends_with("=[^&#]")
                && of.resource_types.is_empty()
                && !of.excluded_resource_types.is_empty()
                && !of.excluded_resource_types.contains(&"font")
        });
        let sites = Sites::builtin().unwrap().net().len();
        assert_eq!(fonts.count(), sites);
        assert_eq!(stops.filter(|of| of.request_methods == ["connect"]).count(), sites);
    }

    #[test]
    fn words_of_patterns() {
        assert_eq!(path("/a.b/{}/c*"), "/a\\.b/[^/?#]+/c[^?#]*");
        assert_eq!(any(&["*.a.test".to_owned(), "b.test".to_owned()]), "([^/?#]*\\.a\\.test|b\\.test)");
    }
}
