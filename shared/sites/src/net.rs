//! What the network level knows of the sites: the addresses that no request may reach without a hook's word for
//! it, and what is told of one that did.
//!
//! A hook vouches for what it lets go by a mark at the end of the address: an empty query (`/path?`) or an empty
//! last field of one (`/path?n=1&`). To a server that means what the address meant without it. It counts for calls,
//! sockets and posted forms: addresses of pages and of their parts are written by pages, and links by anybody.
//! INVARIANT: an address that the hook may let through unheld (harmless, or a `GET` that asks nothing) is never one
//! of [`NetSite::guarded`], so that a page with its hook meets the net only in requests the hook never saw.
//! Deliberately no defence against a page that writes the mark itself.

mod rules;

use serde::Serialize;
use shared_protocol::{App, DriftKind, Operation, Road};

use crate::{
    data::{BodyKind, Does, Rule, Site, TextRule},
    drift::drift,
    request::Body,
    sites::Sites,
    source::Source,
    url::{HostPattern, Url},
};

pub use rules::{NetAction, NetCondition, NetRule};

/// What the network level knows of one site. Hosts and patterns are written as in [`crate::HookSite`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetSite {
    /// The site's id.
    pub app: String,
    /// Hosts of its pages and requests.
    pub hosts: Vec<String>,
    /// Further hosts of its sockets.
    pub sockets: Vec<String>,
    /// Query keys that can carry a prompt.
    pub query: Vec<String>,
    /// Patterns that carry no text.
    pub harmless: Vec<String>,
    /// `METHOD /path` patterns of what carries text or changes something.
    pub guarded: Vec<String>,
}

/// A request at the network level that no hook vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Whose site.
    pub app: App,
    /// Method and path with ids replaced.
    pub path: String,
}

impl Sites {
    /// What the network level may know.
    #[must_use]
    pub fn net(&self) -> Vec<NetSite> {
        self.sites.iter().map(net_site).collect()
    }

    /// What is told of a request that was seen at the network level; none when a hook vouched for it, or when it
    /// is known to carry nothing. An address that no rule knows counts when its method can carry something.
    #[must_use]
    pub fn sighting(&self, road: Road, method: &str, address: &str) -> Option<Sighting> {
        let url = Url::parse(address)?;
        if is_vouched(road, method, address) {
            return None;
        }
        let any = |hosts: &[HostPattern]| hosts.iter().any(|known| known.fits(&url.host));
        let socket = address.starts_with("ws");
        let site = self.sites.iter().find(|site| any(&site.hosts) || (socket && any(&site.sockets)))?;
        let told = || {
            let shape = drift(DriftKind::Endpoint, &self.words, method, &url, &Body::None);
            Some(Sighting { app: site.app.clone(), path: shape.path })
        };
        if socket {
            return told();
        }
        if site.harmless.iter().any(|pattern| pattern.fits(method, url.path)) {
            return None;
        }
        let asks = site.query.iter().any(|key| url.query(key).any(|value| !value.is_empty()));
        let mut rules = site.rule.iter().filter(|rule| is_own(rule) && fits(rule, method, &url)).peekable();
        let known = rules.peek().is_some();
        let quiet = matches!(method, "GET" | "HEAD" | "OPTIONS");
        if asks || rules.any(acts) || (!known && !quiet) { told() } else { None }
    }
}

/// Whether a hook vouched for a request: its address has the mark, and came by a road that a hook writes it on.
#[must_use]
pub fn is_vouched(road: Road, method: &str, address: &str) -> bool {
    let is_hooked = match road {
        Road::Resource => false,
        Road::Navigation | Road::Frame => method == "POST",
        Road::Request | Road::Beacon | Road::Socket | Road::Other => true,
    };
    let address = address.split_once('#').map_or(address, |(before, _)| before);
    is_hooked && address.contains('?') && address.ends_with(['?', '&'])
}

fn net_site(site: &Site) -> NetSite {
    let hosts = |hosts: &[HostPattern]| hosts.iter().map(|host| host.as_str().to_owned()).collect();
    let rules = site.rule.iter().filter(|rule| is_own(rule) && acts(rule));
    let guarded = rules.flat_map(|rule| {
        let patterns = rule.path.iter().flat_map(|route| route.hook_patterns());
        patterns.flat_map(|pattern| rule.method.iter().map(move |method| format!("{method} {pattern}")))
    });
    let App(app) = site.app.clone();
    NetSite {
        app,
        hosts: hosts(&site.hosts),
        sockets: hosts(&site.sockets),
        query: site.query.clone(),
        harmless: site.harmless.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
        guarded: guarded.collect(),
    }
}

/// A rule of requests to the site's own hosts.
fn is_own(rule: &Rule) -> bool {
    rule.hosts.is_empty() && !rule.socket
}

fn fits(rule: &Rule, method: &str, url: &Url<'_>) -> bool {
    rule.method.iter().any(|known| known == method)
        && rule.path.iter().any(|route| route.fits(&url.segments).is_some())
}

/// Whether a rule's requests carry text or change something. What is asked for in the query alone is found by its
/// key, at any path.
fn acts(rule: &Rule) -> bool {
    let is_act = |does: Does| match does {
        Does::Nothing | Does::Operation(Operation::ReceiveResponse) => false,
        Does::Operation(_) => true,
    };
    let by_query = |text: &TextRule| matches!(text.at, Source::Query(_));
    let in_query_alone = !rule.text.is_empty() && rule.text.iter().all(by_query);
    let any_act = rule.does.is_some_and(is_act) || rule.case.iter().any(|case| is_act(case.does));
    (any_act || rule.body == BodyKind::Batch) && !in_query_alone
}

#[cfg(test)]
mod tests {
    use shared_protocol::Road;

    use super::is_vouched;
    use crate::{Sites, hook};

    #[test]
    fn the_mark() {
        for (address, vouched) in [
            ("https://a.test/x", false),
            ("https://a.test/x?", true),
            ("https://a.test/x?#f?", true),
            ("https://a.test/x#?", false),
            ("https://a.test/x?a=1", false),
            ("https://a.test/x?a=1&", true),
            ("https://a.test/x&", false),
        ] {
            assert_eq!(is_vouched(Road::Request, "POST", address), vouched, "{address}");
        }
    }

    /// Anybody can write it into a link, or a page into a picture's address.
    #[test]
    fn the_mark_counts_on_roads_of_hooks_only() {
        let marked = "https://a.test/?q=x&";
        for (road, method, vouched) in [
            (Road::Request, "GET", true),
            (Road::Beacon, "POST", true),
            (Road::Socket, "GET", true),
            (Road::Other, "POST", true),
            (Road::Navigation, "POST", true),
            (Road::Frame, "POST", true),
            (Road::Navigation, "GET", false),
            (Road::Frame, "GET", false),
            (Road::Resource, "GET", false),
        ] {
            assert_eq!(is_vouched(road, method, marked), vouched, "{road:?} {method}");
        }
        let sites = Sites::builtin().unwrap();
        let link = "https://chatgpt.com/?q=secret&";
        let told = sites.sighting(Road::Navigation, "GET", link).map(|seen| seen.path);
        assert_eq!(told.as_deref(), Some("GET /"));
        assert_eq!(sites.sighting(Road::Request, "GET", link), None);
    }

    #[test]
    fn what_is_told() {
        let sites = Sites::builtin().unwrap();
        let told = |method: &str, address: &str| {
            sites.sighting(Road::Request, method, address).map(|seen| seen.path)
        };
        let path = |path: &str| Some(path.to_owned());
        let send = "https://chatgpt.com/backend-api/f/conversation";
        assert_eq!(told("POST", send), path("POST /backend-api/f/conversation"));
        assert_eq!(told("POST", &format!("{send}?")), None);
        assert_eq!(told("POST", "https://chatgpt.com//backend-api/%66/conversation"), told("POST", send));
        assert_eq!(told("POST", "https://chatgpt.com/backend-api/me"), None, "harmless");
        assert_eq!(
            told("POST", "https://chatgpt.com/backend-api/stop_conversation"),
            None,
            "known as nothing"
        );
        assert_eq!(told("POST", "https://chatgpt.com/new/Jane-Doe-7"), path("POST /new/{}"));
        assert_eq!(told("GET", "https://chatgpt.com/new"), None);
        assert_eq!(told("GET", "https://chatgpt.com/?q=secret"), path("GET /"));
        assert_eq!(told("GET", "https://chatgpt.com/?q=secret&"), None);
        assert_eq!(told("GET", "https://www.perplexity.ai/search"), None);
        assert_eq!(told("GET", "https://www.perplexity.ai/search?%71=secret"), path("GET /search"));
        assert_eq!(told("GET", "wss://ws.chatgpt.com/p3/ws/user/u-1?verify=x"), path("GET /{}/ws/user/{}"));
        assert_eq!(told("POST", "https://other.test/backend-api/f/conversation"), None);
        assert_eq!(
            told("PUT", "https://x.blob.core.windows.net/a"),
            None,
            "a store's signed address takes no mark"
        );
    }

    /// What the hook does not hold cannot be marked, and must not be stopped.
    #[test]
    fn nothing_harmless_is_guarded() {
        for site in Sites::builtin().unwrap().net() {
            assert!(!site.guarded.is_empty(), "{}", site.app);
            for guarded in &site.guarded {
                let (method, pattern) = guarded.split_once(' ').unwrap();
                let example = pattern.replace("{}", "x");
                let harmless = site.harmless.iter().any(|harmless| hook::fits(harmless, method, &example));
                assert!(!harmless, "{} {guarded}", site.app);
            }
        }
    }
}
