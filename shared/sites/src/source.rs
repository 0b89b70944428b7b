//! Where one value of a request is: in its document, its address or a header.
//!
//! Written `a.b[0]` (a path of the document), `{name}` (a capture of the rule's path), `query:key`,
//! `header:name` or `header:name[4]` (a header that is JSON, and a path in it).

use serde::Deserialize;
use shared_protocol::Text;

use crate::{
    json::Kind,
    path::{At, Docs, Path, PathError},
    route::Captures,
    url::Url,
};

/// A place of a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Source {
    Capture(String),
    Document(Path),
    Header(String, Option<Path>),
    Query(String),
}

impl Source {
    /// Its path in the document, as written.
    pub(crate) fn written(&self) -> Option<&str> {
        match self {
            Self::Document(path) => Some(path.written()),
            Self::Capture(_) | Self::Header(..) | Self::Query(_) => None,
        }
    }
}

impl TryFrom<String> for Source {
    type Error = PathError;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        if let Some(key) = written.strip_prefix("query:") {
            return Ok(Self::Query(key.to_owned()));
        }
        if let Some(header) = written.strip_prefix("header:") {
            return Ok(match header.find('[') {
                Some(at) => {
                    let (name, path) = header.split_at(at);
                    Self::Header(name.to_owned(), Some(Path::try_from(path.to_owned())?))
                }
                None => Self::Header(header.to_owned(), None),
            });
        }
        match written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if name != "json" => Ok(Self::Capture(name.to_owned())),
            _ => Path::try_from(written).map(Self::Document),
        }
    }
}

/// One value, and where it stands when that is in a document.
pub(crate) struct Value {
    pub(crate) text: Text,
    pub(crate) at: Option<At>,
    pub(crate) kind: Kind,
}

/// What a rule reads from: one document of the request, and the request's own address and headers.
pub(crate) struct Scope<'r> {
    pub(crate) docs: &'r mut Docs,
    pub(crate) root: Option<At>,
    pub(crate) url: &'r Url<'r>,
    pub(crate) headers: &'r [(String, String)],
    pub(crate) captures: &'r Captures,
}

impl Scope<'_> {
    pub(crate) fn find(&mut self, path: &Path) -> Vec<At> {
        self.root.map(|root| path.find(self.docs, root)).unwrap_or_default()
    }

    /// Every scalar the source leads to.
    pub(crate) fn values(&mut self, source: &Source) -> Vec<Value> {
        let own = |text| Value { text, at: None, kind: Kind::String };
        match source {
            Source::Capture(name) => {
                let found = self.captures.iter().filter(|(known, _)| known == name);
                found.map(|(_, value)| own(Text::new(value.as_str()))).collect()
            }
            Source::Document(path) => {
                let found = self.find(path).into_iter();
                found
                    .filter_map(|at| {
                        scalar(self.docs, at).map(|(text, kind)| Value { text, at: Some(at), kind })
                    })
                    .collect()
            }
            Source::Header(name, path) => {
                let found = self.headers.iter().filter(|(known, _)| known == name);
                found.flat_map(|(_, value)| header(value, path.as_ref())).map(own).collect()
            }
            Source::Query(key) => self.url.query(key).map(own).collect(),
        }
    }
}

fn scalar(docs: &Docs, at: At) -> Option<(Text, Kind)> {
    docs.scalar(at).zip(docs.kind(at))
}

fn header(value: &str, path: Option<&Path>) -> Vec<Text> {
    let Some(path) = path else { return vec![Text::new(value)] };
    let mut docs = Docs::default();
    let Ok(root) = docs.open(Text::new(value)) else { return Vec::new() };
    let found = path.find(&mut docs, root);
    found.into_iter().filter_map(|at| docs.scalar(at)).collect()
}
