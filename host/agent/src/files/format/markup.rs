//! XML: as it stands, and as events for the formats that are made of it.
//!
//! INVARIANT: entities of a document's own are never expanded, so nothing grows. Their declarations stand in the text.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// The text with references to characters resolved; tags stay.
pub(super) fn resolved(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.bytes().take(33).position(|byte| byte == b';');
        let named = end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?)));
        match named.and_then(|(name, left)| Some((reference(name)?, left))) {
            Some((char, left)) => {
                plain.push_str(&char);
                rest = left;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// What `&name;` stands for.
pub(super) fn reference(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else { return resolve_html5_entity(name).map(str::to_owned) };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(number.ok()?).map(String::from)
}

/// One thing of an XML document. Names are without their prefix.
pub(super) enum Node<'a> {
    /// An element begins.
    Start(&'a str, &'a Attributes<'a>),
    /// An element ends.
    End(&'a str),
    /// Text.
    Text(&'a str),
}

/// The attributes of one element.
pub(super) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// The value of an attribute, by its name without prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut all = self.0.attributes();
        let all = all.with_checks(false).filter_map(Result::ok);
        all.into_iter().find(|one| one.key.local_name().as_ref() == name).map(|one| {
            match one.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => value.into_owned(),
                Err(_) => one.value.into_owned(),
            }
        })
    }

    /// The values of all attributes of these names, without prefix.
    pub(super) fn all(&self, names: &[&str]) -> Vec<String> {
        let mut all = self.0.attributes();
        let all = all.with_checks(false).filter_map(Result::ok);
        all.filter(|one| names.iter().any(|name| one.key.local_name().as_ref() == *name))
            .map(|one| match one.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => value.into_owned(),
                Err(_) => one.value.into_owned(),
            })
            .collect()
    }

    /// The id of a relationship: `id` with a prefix, which plain ids stand beside.
    pub(super) fn relation(&self) -> Option<String> {
        let mut all = self.0.attributes();
        let mut all = all.with_checks(false).filter_map(Result::ok);
        let one = all.find(|one| one.key.prefix().is_some() && one.key.local_name().as_ref() == "id")?;
        Some(one.value.into_owned())
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.parse().ok()
    }
}

/// Walks through a document. `false` when it is not well formed: what came before was told.
pub(super) fn walk(text: &str, mut each: impl FnMut(Node<'_>)) -> bool {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                each(Node::Start(start.local_name().as_ref(), &Attributes(&start)));
            }
            Ok(Event::Empty(start)) => {
                each(Node::Start(start.local_name().as_ref(), &Attributes(&start)));
                each(Node::End(start.local_name().as_ref()));
            }
            Ok(Event::End(end)) => each(Node::End(end.local_name().as_ref())),
            Ok(Event::Text(text)) => each(Node::Text(&text.xml10_content())),
            Ok(Event::CData(text)) => each(Node::Text(&text.into_inner())),
            Ok(Event::GeneralRef(name)) => {
                let name = name.into_inner();
                each(Node::Text(&reference(&name).unwrap_or_else(|| format!("&{name};"))));
            }
            Ok(Event::Eof) => return true,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, resolved, walk};

    #[test]
    fn references_are_characters() {
        assert_eq!(resolved("a &amp; b &#52;&#x31;11 &nope; &"), "a & b 4111 &nope; &");
    }

    #[test]
    fn entities_of_its_own_do_not_grow() {
        let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;&#52;<b x='1'/></l>";
        let mut text = String::new();
        let whole = walk(laughs, |node| match node {
            Node::Text(more) => text.push_str(more),
            Node::Start(name, attributes) => {
                if name == "b" {
                    text.push_str(&attributes.get("x").unwrap_or_default());
                }
            }
            Node::End(_) => {}
        });
        assert!(whole);
        assert_eq!(text, "&b;41");
    }
}
