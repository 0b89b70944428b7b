//! Addresses: the pieces of a URL that the data speaks about, and the patterns the data is written in.
//!
//! A path is compared by its decoded, non-empty segments, so that `//a/%62/` is `/a/b`: a request cannot
//! slip past a rule by its spelling. Deliberately no resolution, no IDNA: the browser has done that.

use std::fmt;

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

/// A rule's path: literal segments, `{name}` for any one segment, and `[a/b]` for segments that may be absent.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Route {
    optional: Vec<Segment>,
    segments: Vec<Segment>,
    written: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Segment {
    Word(String),
    Any(String),
}

/// What a route's `{name}`s stood for.
pub(crate) type Captures = Vec<(String, String)>;

impl Route {
    pub(crate) fn written(&self) -> &str {
        &self.written
    }

    /// Its literal segments: names of the site's own, never of a person.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.optional.iter().chain(&self.segments).filter_map(|segment| match segment {
            Segment::Word(word) => Some(word.as_str()),
            Segment::Any(_) => None,
        })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.optional.iter().chain(&self.segments).filter_map(|segment| match segment {
            Segment::Word(_) => None,
            Segment::Any(name) => Some(name.as_str()),
        })
    }

    /// The captures, when `path` fits.
    pub(crate) fn fits(&self, path: &[String]) -> Option<Captures> {
        fits(&self.segments, path).or_else(|| {
            let (head, tail) =
                path.split_at_checked(self.optional.len()).filter(|(head, _)| !head.is_empty())?;
            let mut captures = fits(&self.optional, head)?;
            captures.extend(fits(&self.segments, tail)?);
            Some(captures)
        })
    }

    /// Paths that fit, for checks between rules: each capture stands for itself.
    pub(crate) fn examples(&self) -> Vec<String> {
        let path = |segments: &mut dyn Iterator<Item = &Segment>| {
            segments.fold(String::new(), |path, segment| match segment {
                Segment::Word(word) | Segment::Any(word) => path + "/" + word,
            })
        };
        let short = path(&mut self.segments.iter());
        let long = path(&mut self.optional.iter().chain(&self.segments));
        vec![short, long]
    }

    /// The patterns of the hook that together fit the same paths.
    pub(crate) fn hook_patterns(&self) -> Vec<String> {
        let path = |segments: &mut dyn Iterator<Item = &Segment>| {
            segments.fold(String::new(), |path, segment| match segment {
                Segment::Word(word) => path + "/" + word,
                Segment::Any(_) => path + "/{}",
            })
        };
        let mut patterns = vec![path(&mut self.segments.iter())];
        if !self.optional.is_empty() {
            patterns.push(path(&mut self.optional.iter().chain(&self.segments)));
        }
        patterns
    }
}

fn fits(segments: &[Segment], path: &[String]) -> Option<Captures> {
    if segments.len() != path.len() {
        return None;
    }
    let mut captures = Captures::new();
    for (segment, found) in segments.iter().zip(path) {
        match segment {
            Segment::Word(word) if word == found => {}
            Segment::Word(_) => return None,
            Segment::Any(name) => captures.push((name.clone(), found.clone())),
        }
    }
    Some(captures)
}

impl fmt::Debug for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.written)
    }
}

/// A path that is not well formed.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no path pattern; write `/word/{{name}}`, with `[/u/{{n}}]` in front where segments may be absent"
)]
pub(crate) struct RouteError(String);

impl TryFrom<String> for Route {
    type Error = RouteError;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let parsed = match written.strip_prefix('[') {
            Some(rest) => rest.split_once(']').and_then(|(head, tail)| segments(head).zip(segments(tail))),
            None => segments(&written).map(|segments| (Vec::new(), segments)),
        };
        match parsed {
            Some((optional, segments)) => Ok(Self { optional, segments, written }),
            None => Err(RouteError(written)),
        }
    }
}

fn segments(written: &str) -> Option<Vec<Segment>> {
    let path = written.strip_prefix('/')?;
    if path.is_empty() {
        return Some(Vec::new());
    }
    path.split('/').map(segment).collect()
}

fn segment(word: &str) -> Option<Segment> {
    let plain = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    match word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => plain(name).then(|| Segment::Any(name.to_owned())),
        None => plain(word).then(|| Segment::Word(word.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{HostPattern, Route, Url};

    fn fits(route: &str, url: &str) -> Option<Vec<(String, String)>> {
        Route::try_from(route.to_owned()).unwrap().fits(&Url::parse(url).unwrap().segments)
    }

    #[test]
    fn spelling_does_not_matter() {
        for url in ["https://a.b/x/y", "https://u@A.B.:443//x/%79/?q=1#f", "wss://a.b/x/y"] {
            assert_eq!(Url::parse(url).unwrap().host, "a.b", "{url}");
            assert!(fits("/x/y", url).is_some(), "{url}");
        }
        assert!(Url::parse("about:blank").is_none());
        assert!(Url::parse("blob:https://a.b/x").is_none());
    }

    #[test]
    fn captures_and_absent_segments() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        assert_eq!(fits("[/u/{n}]/_/x", "https://a.b/u/1/_/x"), Some(vec![pair("n", "1")]));
        assert_eq!(fits("[/u/{n}]/_/x", "https://a.b/_/x"), Some(vec![]));
        assert_eq!(fits("/c/{id}/t", "https://a.b/c/7/t"), Some(vec![pair("id", "7")]));
        assert_eq!(fits("/c/{id}", "https://a.b/c/7/t"), None);
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
