//! A page as plain data: what the pure views make and the renderer draws.
//!
//! INVARIANT: no markup in strings; a tag, a class and an attribute's name are fixed at compile time, so no
//! word that came with a model can become an element.

use super::icon::Icon;
use super::words::{Key, Words};

/// A thing on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// An element.
    Element(Element),
    /// Something to read.
    Words(Words),
    /// A drawing; never the only carrier of a meaning.
    Icon(Icon),
}

/// An element with its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its tag.
    pub(crate) tag: &'static str,
    /// Its classes, joined by spaces; may be empty.
    pub(crate) class: &'static str,
    /// Its attributes.
    pub(crate) attributes: Vec<(&'static str, Value)>,
    /// What is in it.
    pub(crate) children: Vec<Node>,
}

/// An attribute's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Known at compile time.
    Fixed(&'static str),
    /// From the model.
    Given(String),
    /// Something to read aloud.
    Words(Words),
}

/// An element without attributes and children.
pub(crate) fn el(tag: &'static str, class: &'static str) -> Element {
    Element { tag, class, attributes: Vec::new(), children: Vec::new() }
}

impl Element {
    /// With an attribute.
    pub(crate) fn attr(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// With a child.
    pub(crate) fn with(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    /// With a child, if there is one.
    pub(crate) fn maybe(self, child: Option<impl Into<Node>>) -> Self {
        match child {
            Some(child) => self.with(child),
            None => self,
        }
    }

    /// With children.
    pub(crate) fn each(mut self, children: impl IntoIterator<Item = impl Into<Node>>) -> Self {
        self.children.extend(children.into_iter().map(Into::into));
        self
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<Icon> for Node {
    fn from(icon: Icon) -> Self {
        Self::Icon(icon)
    }
}

impl From<Words> for Node {
    fn from(words: Words) -> Self {
        Self::Words(words)
    }
}

impl From<Key> for Node {
    fn from(key: Key) -> Self {
        Self::Words(key.into())
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Self::Fixed(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Given(value)
    }
}

impl From<Words> for Value {
    fn from(words: Words) -> Self {
        Self::Words(words)
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        Self::Words(key.into())
    }
}
