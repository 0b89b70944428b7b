//! The pattern of a rule's path. Compared with decoded segments; deliberately no wildcard over several of them.

use std::fmt;

use serde::Deserialize;

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
    use super::Route;
    use crate::url::Url;

    fn fits(route: &str, url: &str) -> Option<Vec<(String, String)>> {
        Route::try_from(route.to_owned()).unwrap().fits(&Url::parse(url).unwrap().segments)
    }

    #[test]
    fn captures_and_absent_segments() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        assert_eq!(fits("[/u/{n}]/_/x", "https://a.b/u/1/_/x"), Some(vec![pair("n", "1")]));
        assert_eq!(fits("[/u/{n}]/_/x", "https://a.b/_/x"), Some(vec![]));
        assert_eq!(fits("/c/{id}/t", "https://a.b/c/7/t"), Some(vec![pair("id", "7")]));
        assert_eq!(fits("/c/{id}", "https://a.b/c/7/t"), None);
    }
}
