//! The snapshot of all sites: parsed once, checked, then only asked.
//!
//! INVARIANT: immutable. A repaired site means another snapshot. Nothing here knows a site by name; the data does.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use shared_protocol::{App, Drift, DriftKind};

use crate::{
    answer::{AnswerFormat, Decoder},
    check,
    data::{BodyKind, RefusalRule, Rule, Site},
    drift::{Words, drift},
    error::SiteError,
    hook::{HookData, HookSite},
    request::{Body, Request},
    route::Captures,
    url::{HostPattern, Url},
};

/// The data this crate carries, as `build.rs` writes it.
const READY: &str = include_str!(concat!(env!("OUT_DIR"), "/sites.json"));

/// The same as it was written, for what a fault in it is told by.
const BUILTIN: [&str; 4] = [
    include_str!("../sites/chatgpt/site.toml"),
    include_str!("../sites/claude/site.toml"),
    include_str!("../sites/gemini/site.toml"),
    include_str!("../sites/perplexity/site.toml"),
];

/// An immutable snapshot of all site data.
#[derive(Debug)]
pub struct Sites {
    pub(crate) sites: Vec<Site>,
    /// Segments of addresses that are the sites' own.
    pub(crate) words: Words,
}

/// How the page learns that its request is refused: what each front end survives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Refusal {
    /// An answer as the site could give it.
    Response {
        /// HTTP status.
        status: u16,
        /// Media type.
        content_type: String,
        /// Fixed text of the data; nothing of the request is in it.
        body: String,
    },
    /// As if the network failed: `fetch` rejects, XHR fires `error`, a beacon returns false, a frame is dropped.
    NetworkError,
}

/// A request found in the data.
pub(crate) struct Found<'s> {
    pub(crate) site: &'s Site,
    /// To one of the site's own hosts, so that an unknown address is drift.
    pub(crate) own: bool,
    pub(crate) rule: Option<(&'s Rule, Captures)>,
}

impl Sites {
    /// The sites this crate carries.
    pub fn builtin() -> Result<Self, SiteError> {
        Self::of(builtin()?)
    }

    /// The texts of one `site.toml` each.
    pub fn parse(files: &[&str]) -> Result<Self, SiteError> {
        Self::of(parse_all(files)?)
    }

    /// Of sites that were parsed.
    pub(crate) fn of(sites: Vec<Site>) -> Result<Self, SiteError> {
        check::check(&sites)?;
        let mut words = Words::new();
        for site in &sites {
            let routes = site.rule.iter().flat_map(|rule| &rule.path);
            words.extend(routes.flat_map(|route| route.words().map(str::to_owned)));
            words.extend(site.harmless.iter().flat_map(|pattern| pattern.words().map(str::to_owned)));
        }
        Ok(Self { sites, words })
    }

    /// The hosts of the sites' pages and requests: what the extension needs permission for.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let hosts = self.sites.iter().flat_map(|site| &site.hosts);
        hosts.map(|host| host.as_str().to_owned()).collect()
    }

    /// The site that a page of this address belongs to.
    #[must_use]
    pub fn app(&self, page_url: &str) -> Option<App> {
        let url = Url::parse(page_url)?;
        let site = self.sites.iter().find(|site| site.hosts.iter().any(|known| known.fits(&url.host)))?;
        Some(site.app.clone())
    }

    /// The drift of a page of this address whose composer lost its text unexplained.
    #[must_use]
    pub fn unexplained(&self, page_url: &str) -> Option<(App, Drift)> {
        let shape = drift(DriftKind::Unexplained, &self.words, "GET", &Url::parse(page_url)?, &Body::None);
        Some((self.app(page_url)?, shape))
    }

    /// What the hook may know.
    #[must_use]
    pub fn hook(&self) -> HookData {
        HookData { sites: self.sites.iter().map(hook_site).collect() }
    }

    /// How a refused request looks to the page.
    #[must_use]
    pub fn refusal(&self, request: &Request) -> Refusal {
        if !request.api.is_answered() {
            return Refusal::NetworkError;
        }
        let url = Url::parse(&request.url);
        let found = url.as_ref().and_then(|url| self.find(request, url));
        let rule = found.and_then(|found| match found.rule {
            Some((Rule { refusal: Some(refusal), .. }, _)) => Some(refusal),
            _ => found.site.refusal.as_ref(),
        });
        match rule {
            Some(RefusalRule { status, content_type, body }) => {
                Refusal::Response { status: *status, content_type: content_type.clone(), body: body.clone() }
            }
            None => Refusal::NetworkError,
        }
    }

    /// A decoder for answers of this format.
    #[must_use]
    pub fn decoder(&self, format: AnswerFormat) -> Decoder {
        Decoder::new(format)
    }

    /// The request as its rule reads it: bytes that are a document are its text; a file stays one.
    pub(crate) fn opened<'r>(&self, request: &'r Request) -> Cow<'r, Request> {
        let Body::File { text: Some(text), .. } = &request.body else { return Cow::Borrowed(request) };
        let url = Url::parse(&request.url);
        let rule = url.as_ref().and_then(|url| self.find(request, url)).and_then(|found| found.rule);
        if rule.is_some_and(|(rule, _)| rule.body == BodyKind::File) {
            return Cow::Borrowed(request);
        }
        Cow::Owned(Request { body: Body::Text { text: text.clone() }, ..request.clone() })
    }

    /// The site of a request, and its rule there.
    pub(crate) fn find(&self, request: &Request, url: &Url<'_>) -> Option<Found<'_>> {
        let socket = request.api.is_socket();
        let any = |hosts: &[HostPattern], host: &str| hosts.iter().any(|known| known.fits(host));
        let own = |site: &&Site| any(&site.hosts, &url.host) || (socket && any(&site.sockets, &url.host));
        if let Some(site) = self.sites.iter().find(own) {
            return Some(Found { site, own: true, rule: rule(site, request, url, true) });
        }
        let asker = asker(request);
        let site = self.sites.iter().find(|site| {
            any(&site.side_hosts, &url.host) && asker.as_ref().is_none_or(|host| any(&site.hosts, host))
        })?;
        Some(Found { site, own: false, rule: rule(site, request, url, false) })
    }
}

/// The host of the page that asked; none when the request does not say it, as in a frame without an address.
fn asker(request: &Request) -> Option<String> {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| Url::parse(value)).map(|url| url.host)
    };
    Url::parse(&request.page_url)
        .map(|url| url.host)
        .or_else(|| header("origin"))
        .or_else(|| header("referer"))
}

fn rule<'s>(site: &'s Site, request: &Request, url: &Url<'_>, own: bool) -> Option<(&'s Rule, Captures)> {
    let socket = request.api.is_socket();
    site.rule.iter().filter(|rule| rule.socket == socket).find_map(|rule| {
        let at_host =
            if rule.hosts.is_empty() { own } else { rule.hosts.iter().any(|host| host.fits(&url.host)) };
        let by_method = socket || rule.method.contains(&request.method);
        if !at_host || !by_method {
            return None;
        }
        let captures = rule.path.iter().find_map(|route| route.fits(&url.segments))?;
        Some((rule, captures))
    })
}

/// The data this crate carries, parsed.
pub(crate) fn builtin() -> Result<Vec<Site>, SiteError> {
    match serde_json::from_str(READY) {
        Ok(sites) => Ok(sites),
        // Whoever changes the data is told the line. What is shipped was read by the tests.
        Err(_) if cfg!(debug_assertions) => parse_all(&BUILTIN),
        Err(error) => Err(SiteError::Syntax {
            file: 0,
            line: error.line(),
            column: error.column(),
            message: error.to_string(),
        }),
    }
}

fn parse_all(files: &[&str]) -> Result<Vec<Site>, SiteError> {
    files.iter().zip(1..).map(|(text, number)| parse(text, number)).collect()
}

/// One `site.toml`; `file` is its number in messages.
pub(crate) fn parse(text: &str, file: usize) -> Result<Site, SiteError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        SiteError::Syntax {
            file,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message: error.message().replace('\n', " "),
        }
    })
}

fn hook_site(site: &Site) -> HookSite {
    let hosts = |hosts: &[HostPattern]| hosts.iter().map(|host| host.as_str().to_owned()).collect();
    let App(app) = site.app.clone();
    // Addresses without a body that a rule speaks about: they must be held to be read at all.
    let bodiless = site.rule.iter().filter(|rule| rule.hosts.is_empty() && !rule.socket).flat_map(|rule| {
        let methods =
            rule.method.iter().filter(|method| matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS"));
        methods.flat_map(|method| {
            let patterns = rule.path.iter().flat_map(|route| route.hook_patterns());
            patterns.map(move |pattern| format!("{method} {pattern}"))
        })
    });
    HookSite {
        app,
        hosts: hosts(&site.hosts),
        sockets: hosts(&site.sockets),
        side_hosts: hosts(&site.side_hosts),
        harmless: site.harmless.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
        query: site.query.clone(),
        watched: bodiless.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{BUILTIN, READY, parse_all};
    use crate::data::Site;

    #[test]
    fn what_the_build_made_ready_is_what_was_written() {
        let written = parse_all(&BUILTIN).unwrap();
        let ready: Vec<Site> = serde_json::from_str(READY).unwrap();
        assert_eq!(format!("{ready:?}"), format!("{written:?}"));
    }
}
