//! What a request says in places that no rule names: a site that moved a text is seen by what was left over.
//!
//! INVARIANT: of what is left over a drift row gets the place, made of the site's own names, and never the text.
//! Deliberately blind to single words: they cannot be told from ids.

use std::collections::BTreeSet;

use shared_protocol::Text;

use crate::{
    content::{Content, other_fields},
    data::Rule,
    json::{Kind, Node},
    path::{At, Docs},
    request::{Body, Request},
    source::{Scope, Source},
    url::Url,
    words::{is_encoded, is_text, says_text},
};

/// Most texts that are taken along; a request with more is not understood.
const MOST: usize = 64;

/// Shortest string that is looked at, quotes included.
const SHORTEST: usize = 6;

/// Most runs of one text that are looked at.
const MOST_RUNS: usize = 512;

/// Most documents that are looked for inside strings.
const MOST_DOCS: usize = 256;

/// Headers whose words are the browser's.
const BROWSERS: [&str; 6] =
    ["accept", "accept-encoding", "accept-language", "authorization", "cookie", "user-agent"];

/// What is claimed: by rules for text, files and names, and what the site says itself.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    /// Single values.
    pub(crate) values: BTreeSet<At>,
    /// Values with everything in them.
    pub(crate) own: Vec<At>,
    /// Keys of the query.
    pub(crate) query: BTreeSet<String>,
}

impl Claims {
    /// What is the site's own by this rule, and the keys of the query that it reads.
    pub(crate) fn take(&mut self, rule: &Rule, scope: &mut Scope<'_>) {
        for path in &rule.own {
            self.own.extend(scope.find(path));
        }
        self.query.extend(rule.text.iter().filter_map(|text| match &text.at {
            Source::Query(key) => Some(key.clone()),
            Source::Capture(_) | Source::Document(_) | Source::Header(..) => None,
        }));
    }
}

/// A text that nothing claims.
#[derive(Debug)]
pub(crate) struct Left {
    /// Where it can be replaced.
    pub(crate) at: Option<At>,
    pub(crate) text: Text,
    /// Where it is, for a maintainer.
    pub(crate) place: String,
}

/// Left over, but not to be read: encoded, or too much. The place.
#[derive(Debug)]
pub(crate) struct Unreadable(pub(crate) String);

/// Everything that nothing claims, in the order of the request.
pub(crate) fn left(
    claims: &Claims,
    content: &mut Content,
    request: &Request,
    url: &Url<'_>,
) -> Result<Vec<Left>, Unreadable> {
    let mut found = in_docs(claims, &mut content.docs)?;
    let mut beside = |text: Text, place: String| {
        if is_text(text.expose()) || says_text(text.expose()) {
            found.push(Left { at: None, text, place });
        }
    };
    for (name, value) in other_fields(content, &request.body) {
        beside(value, format!("field:{}", shown(&name)));
    }
    for (key, value) in url.pairs().filter(|(key, _)| !claims.query.contains(key)) {
        beside(value, format!("query:{}", shown(&key)));
    }
    for segment in &url.segments {
        beside(Text::new(segment.as_str()), "path".to_owned());
    }
    let of_browser = |name: &str| BROWSERS.contains(&name) || name.starts_with("sec-");
    for (name, value) in request.headers.iter().filter(|(name, _)| !of_browser(name)) {
        beside(Text::new(value.as_str()), format!("header:{}", shown(name)));
    }
    match found.get(MOST) {
        Some(over) => Err(Unreadable(over.place.clone())),
        None => Ok(found),
    }
}

/// The same of a body that was not opened.
pub(crate) fn is_left(body: &Body) -> bool {
    match body {
        Body::Text { text } | Body::File { text: Some(text), .. } => {
            is_text(text.expose()) || is_encoded(text.expose(), false) || says_text(text.expose())
        }
        Body::Form { parts } => {
            parts.iter().filter_map(|part| part.text.as_ref()).any(|text| is_text(text.expose()))
        }
        Body::None
        | Body::Bytes { .. }
        | Body::File { text: None, .. }
        | Body::Oversize { .. }
        | Body::Unreadable => false,
    }
}

fn in_docs(claims: &Claims, docs: &mut Docs) -> Result<Vec<Left>, Unreadable> {
    let mut found = Vec::new();
    // Documents that are found inside strings on the way are looked at after those that are there.
    let mut index = 0;
    while index < docs.len() && found.len() <= MOST {
        for at in strings(claims, docs, index) {
            let Some(text) = docs.scalar(at) else { continue };
            if is_encoded(text.expose(), false) {
                return Err(Unreadable(place(docs, at)));
            }
            if text.expose().trim_start().starts_with(['{', '[', '"']) {
                if docs.len() > MOST_DOCS {
                    return Err(Unreadable(place(docs, at)));
                }
                if docs.inside(at).is_some() {
                    continue;
                }
            }
            if is_text(text.expose()) {
                found.push(Left { at: Some(at), place: place(docs, at), text });
            }
        }
        index += 1;
    }
    found.extend(keys(claims, docs));
    found.extend(runs(claims, docs));
    Ok(found)
}

/// Texts that an editor cut into runs: lists whose short strings, put together, are one.
fn runs(claims: &Claims, docs: &Docs) -> Vec<Left> {
    let mut found = Vec::new();
    for (index, doc) in (0..docs.len()).filter_map(|index| docs.doc(index).map(|doc| (index, doc))) {
        let is_list = |(_, node): &(usize, &Node)| node.kind == Kind::Array;
        for (list, _) in doc.nodes().iter().enumerate().filter(is_list) {
            let free = |node: &usize| {
                let at = At { doc: index, node: *node };
                doc.node(*node).is_some_and(|node| node.kind == Kind::String)
                    && !claims.values.contains(&at)
                    && !is_within(docs, at, &claims.own)
            };
            let items = doc.children(list).take(MOST_RUNS);
            let strings =
                items.flat_map(|item| std::iter::once(item).chain(doc.children(item).take(8))).filter(free);
            let pieces: Vec<Text> = strings.filter_map(|node| doc.scalar(node)).collect();
            // A run ends with its space.
            let spaced = pieces
                .iter()
                .filter(|piece| piece.expose().ends_with(' ') || piece.expose().starts_with(' '));
            if spaced.count() < 2 || pieces.iter().any(|piece| is_text(piece.expose())) {
                continue;
            }
            let mut text = Text::default();
            pieces.iter().for_each(|piece| text.push_str(piece.expose()));
            if is_text(text.expose()) {
                let place = place(docs, At { doc: index, node: list }) + "[]";
                found.push(Left { at: None, text, place });
            }
        }
    }
    found.truncate(MOST + 1);
    found
}

/// The strings of a document that nothing claims and that hold no document that is open.
fn strings(claims: &Claims, docs: &Docs, index: usize) -> Vec<At> {
    let Some(doc) = docs.doc(index) else { return Vec::new() };
    let is_own = |at: At| is_within(docs, at, &claims.own);
    let parents = docs.parents();
    let long = doc
        .nodes()
        .iter()
        .enumerate()
        .filter(|(_, node)| node.kind == Kind::String && node.end - node.start >= SHORTEST);
    long.map(|(node, _)| At { doc: index, node })
        .filter(|at| !claims.values.contains(at) && !is_own(*at) && !parents.contains(at))
        .collect()
}

/// Names of fields that are sentences.
fn keys(claims: &Claims, docs: &Docs) -> Vec<Left> {
    let mut found = Vec::new();
    for (index, doc) in (0..docs.len()).filter_map(|index| docs.doc(index).map(|doc| (index, doc))) {
        for (node, text) in doc.keys(SHORTEST).filter(|(_, key)| is_text(key.expose())).take(MOST + 1) {
            let at = At { doc: index, node };
            if !is_within(docs, at, &claims.own) {
                found.push(Left { at: None, text, place: place(docs, at) });
            }
        }
    }
    found
}

/// Whether it is one of these values or in one, documents inside strings included.
fn is_within(docs: &Docs, at: At, values: &[At]) -> bool {
    let mut here = Some(at);
    while let Some(at) = here {
        let holds =
            |own: &At| own.doc == at.doc && docs.doc(own.doc).is_some_and(|doc| doc.holds(own.node, at.node));
        if values.iter().any(holds) {
            return true;
        }
        here = docs.parent(at.doc);
    }
    false
}

/// The way to a value, in the language of `site.toml`, with every name that could be a person's left out.
pub(crate) fn place(docs: &Docs, at: At) -> String {
    let mut written = match docs.parent(at.doc) {
        Some(parent) => place(docs, parent) + "{json}",
        None => String::new(),
    };
    let Some(doc) = docs.doc(at.doc) else { return written };
    for node in doc.way_to(at.node) {
        match doc.key(node) {
            Some(key) => {
                if !written.is_empty() {
                    written.push('.');
                }
                written.push_str(shown(key.expose()));
            }
            None => written.push_str("[]"),
        }
    }
    written
}

/// A name that is a field's, else `{}`.
fn shown(name: &str) -> &str {
    let plain = name.len() <= 48
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-') || (b == b'.' && name.len() < 8))
        && name.bytes().filter(u8::is_ascii_digit).count() <= 4;
    if plain { name } else { "{}" }
}
