//! What the hook in the page knows of the sites: hosts and patterns, never where text is.
//!
//! INVARIANT: the hook decides nothing. What it does not hold is what these lists call harmless; everything
//! else that can carry text is held and read by the session. The rules below are written so that they are the
//! same few lines in JavaScript; [`HookSite::holds`] is the same matcher, for tests and for the session.

use serde::{Deserialize, Serialize};

use crate::request::Api;

/// Everything the hook knows. In JSON: `{"sites": [..]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookData {
    /// In the order of the data.
    pub sites: Vec<HookSite>,
}

/// What the hook knows of one site.
///
/// **Hosts.** A host is `location`-style: lower case, no port. An entry is a name, or `*.name` which fits every
/// host that ends in `.name` (and not `name` itself).
///
/// **Which site.** A request belongs to the site whose `hosts` (for a WebSocket: `hosts` or `sockets`) fit its
/// host; else to the site of the page (`hosts` fit the page's host, or that is empty) when `side_hosts` fit the
/// request's host; else to none, and the hook leaves it alone. The page's host is that of `self.origin`, which a
/// frame without an address inherits; empty when that is `null`.
///
/// **Patterns.** `[METHOD ]/path`. With a method, it fits that method only (upper case). The path is compared with
/// `URL.pathname` as it is, no decoding. Take a `*` at its end away and remember it; cut pattern and path at `/`.
/// Without `*` both have the same number of pieces; with `*` the path has at least as many. Piece by piece: `{}`
/// fits any piece but an empty one; the last piece of a pattern with `*` fits every piece that starts with it;
/// any other piece fits itself.
///
/// **What is held.** A WebSocket: every outgoing frame, and its opening when rule 3 fits its address. A data channel of
/// a page of `hosts`: every outgoing frame. A POST of a form like any other. Any other request, in this order:
/// 1. to one of `hosts`, and a pattern of `harmless` fits: not held;
/// 2. it has a body, or its method is none of `GET`, `HEAD`, `OPTIONS`: held;
/// 3. to one of `hosts`, and its query has a key of `query` with a value that is not empty: held;
/// 4. to one of `hosts`, and a pattern of `watched` fits: held;
/// 5. else not held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookSite {
    /// The site's id.
    pub app: String,
    /// Hosts of its pages and requests.
    pub hosts: Vec<String>,
    /// Further hosts of its sockets.
    pub sockets: Vec<String>,
    /// Hosts of others that its pages upload to.
    pub side_hosts: Vec<String>,
    /// Patterns that are not held.
    pub harmless: Vec<String>,
    /// Query keys that can carry a prompt.
    pub query: Vec<String>,
    /// Patterns that are held though they have no body: deletions and shares by address, answers fetched again.
    pub watched: Vec<String>,
}

impl HookData {
    /// The site a request belongs to. Hosts in lower case without port; `page_host` is
    /// empty when the page has no address.
    #[must_use]
    pub fn site(&self, api: Api, host: &str, page_host: &str) -> Option<&HookSite> {
        let own = |site: &&HookSite| {
            any_host(&site.hosts, host) || (api.is_socket() && any_host(&site.sockets, host))
        };
        let asked = |site: &&HookSite| {
            any_host(&site.side_hosts, host) && (page_host.is_empty() || any_host(&site.hosts, page_host))
        };
        self.sites.iter().find(own).or_else(|| self.sites.iter().find(asked))
    }
}

impl HookSite {
    /// Whether the hook holds a request of this site. `path` is `URL.pathname`, `query` the decoded pairs.
    #[must_use]
    pub fn holds(
        &self,
        api: Api,
        method: &str,
        host: &str,
        path: &str,
        query: &[(&str, &str)],
        has_body: bool,
    ) -> bool {
        if api.is_socket() {
            return true;
        }
        let own = any_host(&self.hosts, host);
        let any = |patterns: &[String]| own && patterns.iter().any(|pattern| fits(pattern, method, path));
        let asks =
            |(key, value): &(&str, &str)| !value.is_empty() && self.query.iter().any(|known| known == key);
        !any(&self.harmless)
            && (has_body
                || !matches!(method, "GET" | "HEAD" | "OPTIONS")
                || (own && query.iter().any(asks))
                || any(&self.watched))
    }
}

/// Whether a host entry fits.
fn any_host(entries: &[String], host: &str) -> bool {
    entries.iter().any(|entry| match entry.strip_prefix('*') {
        Some(tail) => host.len() > tail.len() && host.ends_with(tail),
        None => entry == host,
    })
}

/// Whether a pattern fits, by the rules above.
pub(crate) fn fits(pattern: &str, method: &str, path: &str) -> bool {
    let pattern = match pattern.split_once(' ') {
        Some((only, _)) if only != method => return false,
        Some((_, rest)) => rest,
        None => pattern,
    };
    let (pattern, open) = match pattern.strip_suffix('*') {
        Some(start) => (start, true),
        None => (pattern, false),
    };
    let want: Vec<&str> = pattern.split('/').collect();
    let have: Vec<&str> = path.split('/').collect();
    let long_enough = if open { have.len() >= want.len() } else { have.len() == want.len() };
    let last = want.len() - 1;
    long_enough
        && want.iter().zip(&have).enumerate().all(|(at, (want, have))| match *want {
            "{}" => !have.is_empty(),
            start if open && at == last => have.starts_with(start),
            exact => exact == *have,
        })
}

/// A pattern of the data, checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn fits(&self, method: &str, path: &str) -> bool {
        fits(&self.0, method, path)
    }

    /// Its literal segments.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let path = self.0.split_once(' ').map_or(self.0.as_str(), |(_, path)| path);
        path.split('/').filter(|word| !word.is_empty() && *word != "{}" && !word.contains('*'))
    }
}

/// A pattern that is not well formed.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no pattern; write `/exact/path`, `/one/{{}}/segment`, `/any/rest/*`, with `POST ` in front for one method"
)]
pub(crate) struct PatternError(String);

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(pattern: String) -> Result<Self, Self::Error> {
        let (method, path) = pattern.split_once(' ').unwrap_or(("ANY", &pattern));
        let body = path.strip_suffix('*').unwrap_or(path);
        let plain = |piece: &str| {
            piece == "{}"
                || piece.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~'))
        };
        let shaped = method.bytes().all(|b| b.is_ascii_uppercase())
            && path.starts_with('/')
            && path != "/*"
            && !body.ends_with("{}*")
            && body.split('/').all(plain);
        if shaped { Ok(Self(pattern)) } else { Err(PatternError(pattern)) }
    }
}

#[cfg(test)]
mod tests {
    use super::{HookData, HookSite, Pattern, fits};
    use crate::request::Api;

    #[test]
    fn patterns() {
        for (pattern, path, expected) in [
            ("/a/b", "/a/b", true),
            ("/a/b", "/a/b/", false),
            ("/a/{}", "/a/x", true),
            ("/a/{}", "/a/", false),
            ("/a/{}/c", "/a/x/c", true),
            ("/a/*", "/a/x/y", true),
            ("/a/*", "/a/", true),
            ("/a/*", "/a", false),
            ("/a/b*", "/a/bcd/e", true),
            ("/a/b*", "/a/c", false),
            ("POST /a", "/a", true),
            ("GET /a", "/a", false),
            ("/", "/", true),
            ("/", "/x", false),
        ] {
            assert_eq!(fits(pattern, "POST", path), expected, "{pattern} {path}");
        }
        for bad in ["a", "/*", "post /a", "/a b", "/a/{x}", "/a?b"] {
            assert!(Pattern::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_held() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let site = HookSite {
            app: "x".to_owned(),
            hosts: words(&["x.test"]),
            sockets: words(&["ws.x.test"]),
            side_hosts: words(&["*.blob.test"]),
            harmless: words(&["/ping/*"]),
            query: words(&["q"]),
            watched: words(&["GET /again/{}"]),
        };
        let data = HookData { sites: vec![site] };
        let holds = |api, method: &str, host: &str, page: &str, path: &str, query: &[(&str, &str)], body| {
            data.site(api, host, page).map(|site| site.holds(api, method, host, path, query, body))
        };
        assert_eq!(holds(Api::Fetch, "POST", "x.test", "x.test", "/ping/1", &[], true), Some(false));
        assert_eq!(holds(Api::Fetch, "POST", "x.test", "x.test", "/new", &[], true), Some(true));
        assert_eq!(holds(Api::Fetch, "DELETE", "x.test", "x.test", "/new", &[], false), Some(true));
        assert_eq!(holds(Api::Fetch, "GET", "x.test", "x.test", "/new", &[], false), Some(false));
        assert_eq!(holds(Api::Fetch, "GET", "x.test", "x.test", "/new", &[("q", "hi")], false), Some(true));
        assert_eq!(holds(Api::Fetch, "GET", "x.test", "x.test", "/new", &[("q", "")], false), Some(false));
        assert_eq!(holds(Api::Fetch, "GET", "x.test", "x.test", "/again/7", &[], false), Some(true));
        assert_eq!(holds(Api::WebSocket, "GET", "ws.x.test", "x.test", "/", &[], true), Some(true));
        assert_eq!(holds(Api::Fetch, "PUT", "a.blob.test", "x.test", "/ping/1", &[], true), Some(true));
        assert_eq!(holds(Api::Fetch, "PUT", "a.blob.test", "other.test", "/", &[], true), None);
        assert_eq!(holds(Api::Fetch, "POST", "ws.x.test", "x.test", "/", &[], true), None);
    }
}
