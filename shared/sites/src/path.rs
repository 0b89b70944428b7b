//! Where something is in a document: the small path language of `site.toml`.
//!
//! `key`, `a.b`, `.*` every member, `[]` every element, `[0]` one element, `[author.role=user]` the elements
//! whose value there is that word, `{json}` the string is itself JSON. An empty path is the value itself.
//! A path finds every value that fits, duplicates of a key included. Deliberately no negation, no arithmetic.

use std::collections::BTreeSet;

use serde::Deserialize;
use shared_protocol::Text;

use crate::json::{Doc, JsonError, Kind};

/// A parsed path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Path {
    steps: Vec<Step>,
    written: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Members,
    Elements,
    Index(usize),
    Where(Path, String),
    Json,
}

/// Documents of one request: the body, and the JSON texts found inside its strings.
#[derive(Debug, Default)]
pub(crate) struct Docs {
    docs: Vec<(Doc, Option<At>)>,
}

/// A value in one of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) doc: usize,
    pub(crate) node: usize,
}

impl Docs {
    /// Adds a document that stands for itself.
    pub(crate) fn open(&mut self, text: Text) -> Result<At, JsonError> {
        self.push(text, None)
    }

    fn push(&mut self, text: Text, parent: Option<At>) -> Result<At, JsonError> {
        let doc = Doc::parse(text)?;
        self.docs.push((doc, parent));
        Ok(At { doc: self.docs.len() - 1, node: 0 })
    }

    /// The document inside the string at `at`; opened once.
    pub(crate) fn inside(&mut self, at: At) -> Option<At> {
        if let Some(doc) = self.docs.iter().position(|(_, parent)| *parent == Some(at)) {
            return Some(At { doc, node: 0 });
        }
        if self.kind(at)? != Kind::String {
            return None;
        }
        let text = self.scalar(at)?;
        self.push(text, Some(at)).ok()
    }

    pub(crate) fn doc(&self, index: usize) -> Option<&Doc> {
        self.docs.get(index).map(|(doc, _)| doc)
    }

    /// The string a document was found in.
    pub(crate) fn parent(&self, index: usize) -> Option<At> {
        self.docs.get(index).and_then(|(_, parent)| *parent)
    }

    /// The strings that documents were found in.
    pub(crate) fn parents(&self) -> BTreeSet<At> {
        self.docs.iter().filter_map(|(_, parent)| *parent).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.docs.len()
    }

    pub(crate) fn kind(&self, at: At) -> Option<Kind> {
        self.doc(at.doc)?.node(at.node).map(|node| node.kind)
    }

    pub(crate) fn scalar(&self, at: At) -> Option<Text> {
        self.doc(at.doc)?.scalar(at.node)
    }

    /// One element of a list.
    pub(crate) fn child(&self, at: At, index: usize) -> Option<At> {
        self.elements(at).get(index).copied()
    }

    /// The elements of a list.
    pub(crate) fn elements(&self, at: At) -> Vec<At> {
        let mut out = Vec::new();
        if self.kind(at) == Some(Kind::Array) {
            self.children(at, |_, _| true, &mut out);
        }
        out
    }

    fn children(&self, at: At, fits: impl Fn(&Doc, usize) -> bool, out: &mut Vec<At>) {
        if let Some(doc) = self.doc(at.doc) {
            let found = doc.children(at.node).filter(|&node| fits(doc, node));
            out.extend(found.map(|node| At { doc: at.doc, node }));
        }
    }
}

impl Path {
    /// As written in the data. Holds nothing of a request.
    pub(crate) fn written(&self) -> &str {
        &self.written
    }

    /// Every value the path leads to, in the order of the text.
    pub(crate) fn find(&self, docs: &mut Docs, from: At) -> Vec<At> {
        let mut here = vec![from];
        for step in &self.steps {
            let mut next = Vec::new();
            for at in here {
                step.take(docs, at, &mut next);
            }
            here = next;
        }
        here
    }
}

impl Step {
    fn take(&self, docs: &mut Docs, at: At, out: &mut Vec<At>) {
        let kind = docs.kind(at);
        match self {
            Self::Key(key) if kind == Some(Kind::Object) => {
                docs.children(at, |doc, node| doc.key_is(node, key), out);
            }
            Self::Members if kind == Some(Kind::Object) => docs.children(at, |_, _| true, out),
            Self::Elements => out.extend(docs.elements(at)),
            Self::Index(index) => out.extend(docs.child(at, *index)),
            Self::Where(path, word) => {
                for element in docs.elements(at) {
                    let found = path.find(docs, element);
                    let is = |at: &At| docs.scalar(*at).is_some_and(|text| text.expose() == word);
                    if found.iter().any(is) {
                        out.push(element);
                    }
                }
            }
            Self::Json => out.extend(docs.inside(at)),
            Self::Key(_) | Self::Members => {}
        }
    }
}

/// A path that is not well formed.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no path; write keys joined by dots, `.*`, `[]`, `[0]`, `[key=word]` or `{{json}}`")]
pub(crate) struct PathError(String);

impl TryFrom<String> for Path {
    type Error = PathError;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        match steps(&written) {
            Some(steps) => Ok(Self { steps, written }),
            None => Err(PathError(written)),
        }
    }
}

fn steps(written: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        let (step, tail) = if let Some(open) = rest.strip_prefix('[') {
            let (inner, tail) = open.split_once(']')?;
            (bracket(inner)?, tail)
        } else if let Some(tail) = rest.strip_prefix("{json}") {
            (Step::Json, tail)
        } else {
            let word = if steps.is_empty() { rest } else { rest.strip_prefix('.')? };
            let end = word.find(['.', '[', '{', ']', '}', '=']).unwrap_or(word.len());
            match word.split_at(end) {
                ("", _) => return None,
                ("*", tail) => (Step::Members, tail),
                (key, tail) => (Step::Key(key.to_owned()), tail),
            }
        };
        steps.push(step);
        rest = tail;
    }
    Some(steps)
}

fn bracket(inner: &str) -> Option<Step> {
    if inner.is_empty() {
        return Some(Step::Elements);
    }
    match inner.split_once('=') {
        Some((path, word)) => Some(Step::Where(Path::try_from(path.to_owned()).ok()?, word.to_owned())),
        None => inner.parse().ok().map(Step::Index),
    }
}

#[cfg(test)]
mod tests {
    use super::{Docs, Path};

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut docs = Docs::default();
        let root = docs.open(text.into()).unwrap();
        let path = Path::try_from(path.to_owned()).unwrap();
        let found = path.find(&mut docs, root);
        found.iter().filter_map(|at| docs.scalar(*at)).map(|text| text.expose().to_owned()).collect()
    }

    #[test]
    fn steps_of_every_kind() {
        let text = r#"{"m":[{"r":{"n":"u"},"p":[{"x":1},"a","b"]},{"r":{"n":"s"},"p":["c"]}],"f":{"0":{"n":"x"},"1":{"n":"y"}}}"#;
        assert_eq!(found("m[r.n=u].p[]", text), ["a", "b"]);
        assert_eq!(found("m[].p[0]", text), ["c"]);
        assert_eq!(found("f.*.n", text), ["x", "y"]);
        assert_eq!(found("f.1.n", text), ["y"]);
        assert_eq!(found("none.at.all", text), [""; 0]);
        assert_eq!(found("[1]{json}[0][0]", r#"[null,"[[\"q\"]]"]"#), ["q"]);
        assert_eq!(found("[1]{json}[0][0]", r#"[null,"no json"]"#), [""; 0]);
        assert_eq!(found("", "\"self\""), ["self"]);
    }

    #[test]
    fn a_key_written_twice_is_found_twice() {
        assert_eq!(found("prompt", r#"{"prompt":"a","prompt":"b"}"#), ["a", "b"]);
        assert_eq!(found("prompt", r#"{"\u0070rompt":"a"}"#), ["a"]);
    }

    #[test]
    fn malformed_paths_are_refused() {
        for bad in ["a..b", "a[", "a[x]", "{json", ".a", "a.{json}.b]"] {
            assert!(Path::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
