//! Addresses: the pieces of a URL that the data speaks about, and the pattern for its host.
//!
//! A path is compared by its decoded, non-empty segments, so that `//a/%62/` is `/a/b`: a request cannot
//! slip past a rule by its spelling. Deliberately no resolution, no IDNA: the browser has done that.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use shared_protocol::Text;

/// An absolute URL, taken apart.
pub(crate) struct Url<'u> {
    pub(crate) host: String,
    /// As written, query left out.
    pub(crate) path: &'u str,
    /// Decoded, empty ones left out.
    pub(crate) segments: Vec<String>,
    query: &'u str,
}

impl<'u> Url<'u> {
    pub(crate) fn parse(url: &'u str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if !["https", "http", "wss", "ws"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let decoded = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        let segments = path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect();
        (!host.is_empty()).then_some(Self { host, path, segments, query })
    }

    /// Every value of the query's `key`, decoded.
    pub(crate) fn query<'k>(&self, key: &'k str) -> impl Iterator<Item = Text> + use<'u, 'k> {
        form_urlencoded::parse(self.query.as_bytes())
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| Text::new(value.into_owned()))
    }

    /// The query's keys and values, decoded.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, Text)> + use<'u> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.map(|(key, value)| (key.into_owned(), Text::new(value.into_owned())))
    }

    /// Everything a reader of the server's log could see, decoded.
    pub(crate) fn decoded(&self) -> Text {
        let plus = self.query.replace('+', " ");
        Text::new(format!(
            "{}?{}",
            percent_decode_str(self.path).decode_utf8_lossy(),
            percent_decode_str(&plus).decode_utf8_lossy()
        ))
    }
}

/// A host name, or `*.name` for every host below it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct HostPattern(String);

impl HostPattern {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn fits(&self, host: &str) -> bool {
        match self.0.strip_prefix('*') {
            Some(tail) => host.len() > tail.len() && host.ends_with(tail),
            None => host == self.0,
        }
    }
}

/// A host that is not well formed.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no host; write a lower-case name such as `example.com`, or `*.example.com`")]
pub(crate) struct HostError(String);

impl TryFrom<String> for HostPattern {
    type Error = HostError;

    fn try_from(host: String) -> Result<Self, Self::Error> {
        let name = host.strip_prefix("*.").unwrap_or(&host);
        let shaped = name.contains('.')
            && name.split('.').all(|label| {
                !label.is_empty()
                    && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            });
        if shaped { Ok(Self(host)) } else { Err(HostError(host)) }
    }
}

impl From<HostPattern> for String {
    fn from(host: HostPattern) -> Self {
        host.0
    }
}

#[cfg(test)]
mod tests {
    use super::{HostPattern, Url};

    #[test]
    fn spelling_does_not_matter() {
        for url in ["https://a.b/x/y", "https://u@A.B.:443//x/%79/?q=1#f", "wss://a.b/x/y"] {
            assert_eq!(Url::parse(url).unwrap().host, "a.b", "{url}");
            assert_eq!(Url::parse(url).unwrap().segments, ["x", "y"], "{url}");
        }
        assert!(Url::parse("about:blank").is_none());
        assert!(Url::parse("blob:https://a.b/x").is_none());
    }

    #[test]
    fn hosts() {
        let host = |pattern: &str| HostPattern::try_from(pattern.to_owned()).unwrap();
        assert!(host("*.b.net").fits("a.b.net"));
        assert!(!host("*.b.net").fits("b.net"));
        assert!(!host("*.b.net").fits("ab.net"));
        assert!(HostPattern::try_from("https://a.b".to_owned()).is_err());
    }
}
