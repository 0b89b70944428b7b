//! A request with spans of its prompt replaced: string tokens in the original body, nothing else touched.
//!
//! INVARIANT: the result is read back. It is given out only when every place of text reads as the edits say and no
//! replaced span is left anywhere in the request: body, copies, keys, other fields, address. Else an error, and
//! the request must not be sent.

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::{Edit, Prompt, Text};

use crate::{
    content::{Content, plain_texts},
    draft::{Draft, Link, Place},
    error::EditError,
    json::{Doc, Kind, encode},
    path::{At, Docs},
    plan::Outcome,
    request::{Api, Body, Request},
    sites::Sites,
    url::Url,
};

/// Spans shorter than this are only searched for as whole words: two letters of a name are in every other word.
const SHORT: usize = 6;

/// How deep JSON inside strings is searched.
const NESTING: u8 = 4;

impl Sites {
    /// The request's body with `edits` (sorted, not overlapping) made in every copy of the text.
    pub fn edit(&self, request: &Request, edits: &[Edit]) -> Result<Body, EditError> {
        if request.api == Api::Navigation {
            return self.edit_navigation(request, edits);
        }
        let request = &*self.opened(request);
        let mut plan = self.plan(request);
        let Outcome::Prompt(draft, content) = &mut plan.outcome else { return Err(EditError::NoPrompt) };
        let replaced = replaced_spans(&draft.prompt, edits)?;
        if edits.is_empty() {
            return Ok(request.body.clone());
        }
        let after: Vec<Text> =
            draft.places.iter().map(|place| text_after(place, &draft.prompt, edits)).collect();
        let mut tokens = BTreeMap::new();
        for (place, after) in draft.places.iter().zip(&after).filter(|(place, after)| place.text != **after) {
            tokens.insert(place.at.ok_or(EditError::Place)?, encode(after.expose()));
        }
        for rule in &plan.rules {
            clear(content, rule, &mut tokens);
        }
        let document = rewrite(&content.docs, tokens).ok_or(EditError::Place)?;
        let body = content.put_back(&request.body, document.expose()).ok_or(EditError::Place)?;
        let edited = Request { body, ..request.clone() };
        self.read_back(&edited, &after, &replaced)?;
        Ok(edited.body)
    }

    fn read_back(&self, edited: &Request, after: &[Text], replaced: &[Text]) -> Result<(), EditError> {
        let Outcome::Prompt(draft, content) = self.plan(edited).outcome else {
            return Err(EditError::ReadBack);
        };
        let Draft { places, .. } = *draft;
        if places.len() != after.len() || places.iter().zip(after).any(|(place, after)| place.text != *after)
        {
            return Err(EditError::ReadBack);
        }
        let wanted = Wanted::new(replaced);
        let is_left = |text: &Text| wanted.is_in(text.expose());
        let own_doc = (0..content.docs.len()).filter_map(|index| content.docs.doc(index));
        let address = Url::parse(&edited.url).map(|url| url.decoded()).unwrap_or_default();
        let left = own_doc.into_iter().any(|doc| is_in_doc(doc, &is_left, NESTING))
            || other_texts(&content, &edited.body).iter().any(is_left)
            || is_left(&address)
            || edited.headers.iter().any(|(_, value)| is_left(&Text::new(value.as_str())));
        if left { Err(EditError::Left) } else { Ok(()) }
    }
}

/// The texts the edits replace, once the edits are known to fit.
pub(crate) fn replaced_spans(prompt: &Prompt, edits: &[Edit]) -> Result<Vec<Text>, EditError> {
    let mut last = (0, 0);
    let mut spans = Vec::new();
    // One walk over each part: there can be an edit in every line.
    let (mut walked, mut at, mut rest) = (None, 0, "".chars());
    for edit in edits {
        let part = prompt.parts.get(edit.part).ok_or(EditError::Span)?;
        if walked != Some(edit.part) {
            (walked, at, rest) = (Some(edit.part), 0, part.text.expose().chars());
        }
        if (edit.part, edit.start) < last || edit.start >= edit.end {
            return Err(EditError::Span);
        }
        last = (edit.part, edit.end);
        let span: String = rest.by_ref().skip(edit.start - at).take(edit.end - edit.start).collect();
        at = edit.end;
        if span.chars().count() < edit.end - edit.start {
            return Err(EditError::Span);
        }
        if !span.trim().is_empty() {
            spans.push(Text::new(span));
        }
    }
    Ok(spans)
}

/// What a place says after the edits.
fn text_after(place: &Place, prompt: &Prompt, edits: &[Edit]) -> Text {
    let Some(Link { part, start, end, lead, tail }) = place.link else { return place.text.clone() };
    let Some(whole) = prompt.parts.get(part) else { return place.text.clone() };
    let own = place.text.expose();
    let mut out = Text::new(own.get(..lead).unwrap_or_default());
    let mine = edits.iter().filter(|edit| edit.part == part && edit.start < end && edit.end > start);
    let mut next = mine.peekable();
    let mut skip_until = start;
    let mut buffer = [0_u8; 4];
    for (at, char) in whole.text.expose().chars().enumerate().take(end).skip(start) {
        if let Some(edit) = next.next_if(|edit| edit.start.max(start) == at) {
            out.push_str(&edit.replacement);
            skip_until = edit.end;
        }
        if at >= skip_until {
            out.push_str(char.encode_utf8(&mut buffer));
        }
    }
    out.push_str(own.get(own.len().saturating_sub(tail)..).unwrap_or_default());
    out
}

/// Lists of offsets are wrong once lengths change.
fn clear(content: &mut Content, rule: &crate::data::Rule, tokens: &mut BTreeMap<At, Text>) {
    for path in &rule.clear {
        let root = content.root;
        let found = root.map(|root| path.find(&mut content.docs, root)).unwrap_or_default();
        for at in found {
            let empty = match content.docs.kind(at) {
                Some(Kind::Array) => "[]",
                Some(Kind::Object) => "{}",
                _ => "null",
            };
            tokens.insert(at, Text::new(empty));
        }
    }
}

/// The first document with the tokens replaced. Documents inside strings first: they change the string.
fn rewrite(docs: &Docs, mut tokens: BTreeMap<At, Text>) -> Option<Text> {
    for index in (1..docs.len()).rev() {
        let mine = tokens.split_off(&At { doc: index, node: 0 });
        if !mine.is_empty() {
            let text = splice(docs.doc(index)?, &mine)?;
            tokens.insert(docs.parent(index)?, encode(text.expose()));
        }
    }
    splice(docs.doc(0)?, &tokens)
}

fn splice(doc: &Doc, tokens: &BTreeMap<At, Text>) -> Option<Text> {
    let text = doc.text();
    let room: usize = tokens.values().map(Text::len).sum();
    let mut out = String::with_capacity(text.len() + room);
    let mut from = 0;
    for (at, token) in tokens {
        let node = doc.node(at.node)?;
        out.push_str(text.get(from..node.start)?);
        out.push_str(token.expose());
        from = node.end;
    }
    out.push_str(text.get(from..)?);
    Some(Text::new(out))
}

fn is_in_doc(doc: &Doc, is_left: &dyn Fn(&Text) -> bool, nesting: u8) -> bool {
    doc.nodes().iter().enumerate().any(|(index, _)| {
        let scalar = doc.scalar(index);
        doc.key(index).is_some_and(|key| is_left(&key))
            || scalar.is_some_and(|text| is_left(&text) || is_inside(&text, is_left, nesting))
    })
}

/// Whether it is in the JSON a string holds, under escapes.
fn is_inside(text: &Text, is_left: &dyn Fn(&Text) -> bool, nesting: u8) -> bool {
    nesting > 0
        && text.expose().trim_start().starts_with(['[', '{', '"'])
        && Doc::parse(text.clone()).is_ok_and(|doc| is_in_doc(&doc, is_left, nesting - 1))
}

/// Texts of the body outside the document: other fields of a form.
fn other_texts(content: &Content, body: &Body) -> Vec<Text> {
    if content.is_whole() { Vec::new() } else { plain_texts(body) }
}

/// Spans that are looked for together.
struct Wanted<'a> {
    /// Sorted; none begins with another.
    long: Vec<&'a str>,
    short: BTreeSet<&'a str>,
}

impl<'a> Wanted<'a> {
    fn new(spans: &'a [Text]) -> Self {
        let all: BTreeSet<&str> = spans.iter().map(Text::expose).collect();
        let (mut long, short) =
            (Vec::<&str>::new(), all.iter().copied().filter(|span| is_short(span)).collect());
        for span in all.iter().copied().filter(|span| !is_short(span)) {
            if !long.last().is_some_and(|last| span.starts_with(last)) {
                long.push(span);
            }
        }
        Self { long, short }
    }

    /// Whether one of them is in `text`; a short one as a word of its own.
    fn is_in(&self, text: &str) -> bool {
        let mut before = None;
        text.char_indices().any(|(at, char)| {
            let rest = text.get(at..).unwrap_or_default();
            let joined = before.replace(char).is_some_and(char::is_alphanumeric);
            // As none begins with another, only the last one up to here can stand here.
            let next = self.long.partition_point(|span| *span <= rest);
            let last = next.checked_sub(1).and_then(|last| self.long.get(last));
            last.is_some_and(|span| rest.starts_with(span)) || (!joined && self.is_word(rest))
        })
    }

    fn is_word(&self, rest: &str) -> bool {
        !self.short.is_empty()
            && rest.char_indices().take(SHORT - 1).any(|(at, char)| {
                let (word, after) = rest.split_at_checked(at + char.len_utf8()).unwrap_or_default();
                !after.starts_with(char::is_alphanumeric) && self.short.contains(word)
            })
    }
}

fn is_short(span: &str) -> bool {
    span.chars().count() < SHORT
}

/// Whether `span` is in `text`; a short one as a word of its own.
pub(crate) fn is_in(text: &str, span: &str) -> bool {
    if span.chars().count() >= SHORT {
        return text.contains(span);
    }
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(span).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + span.len()..).and_then(|tail| tail.chars().next());
        !joins(before) && !joins(after)
    })
}
