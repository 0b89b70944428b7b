//! A request's body, opened as far as its rule says: the documents in it and how to put them back.
//!
//! INVARIANT: putting back an unchanged document gives the same body, byte for byte.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use shared_protocol::{DriftKind, Text};

use crate::{
    data::{BodyKind, Rule},
    json::{Doc, JsonError, encode},
    path::{At, Docs},
    request::{Body, FormPart},
    upload::{File, files},
};

/// Most bytes of text that are read. The fail setting for over-long text is smaller and acts on what was read.
pub(crate) const MAX_BYTES: usize = 20 * 1024 * 1024;

/// As a page's `encodeURIComponent` writes a value.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// An opened body.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) docs: Docs,
    /// The rule's document; none when the request has no body.
    pub(crate) root: Option<At>,
    carrier: Carrier,
    /// Files of a body that is not looked into.
    pub(crate) files: Vec<File>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Carrier {
    #[default]
    None,
    /// The body is the document.
    Whole,
    /// The body is what the document, one string, says.
    Bare,
    /// A value of a form in text: its span.
    Field(usize, usize),
    /// A part of a `FormData`: its index.
    Part(usize),
}

impl Content {
    /// Opens `body`. The fault and the place where it is.
    pub(crate) fn open(rule: &Rule, body: &Body) -> Result<Self, (DriftKind, Option<String>)> {
        match rule.body {
            BodyKind::File => Ok(Self { files: files(body), ..Self::default() }),
            BodyKind::Json => match body {
                Body::None => Ok(Self::default()),
                Body::Text { text } if text.is_empty() => Ok(Self::default()),
                Body::Text { text } if text.len() > MAX_BYTES => Err((DriftKind::Oversize, None)),
                Body::Text { text } => Self::document(text.clone(), Carrier::Whole, None),
                Body::Bytes { .. } | Body::Form { .. } | Body::File { .. } => {
                    Err((DriftKind::Encoding, None))
                }
                Body::Oversize { .. } => Err((DriftKind::Oversize, None)),
                Body::Unreadable => Err((DriftKind::Body, None)),
            },
            BodyKind::Form | BodyKind::Batch => {
                let field = rule.field.as_deref().unwrap_or_default();
                let missing = || (DriftKind::Encoding, Some(field.to_owned()));
                match body {
                    Body::None => Err(missing()),
                    Body::Text { text } if text.len() > MAX_BYTES => Err((DriftKind::Oversize, None)),
                    Body::Text { text } => {
                        let (start, end) = field_span(text.expose(), field).ok_or_else(missing)?;
                        let value = text.expose().get(start..end).and_then(decode).ok_or_else(missing)?;
                        Self::document(value, Carrier::Field(start, end), Some(field))
                    }
                    // Bytes beside a document are nowhere looked into.
                    Body::Form { parts } if parts.iter().any(is_unread) => Err(missing()),
                    Body::Form { parts } => {
                        let (index, text) = sole_part(parts, field).ok_or_else(missing)?;
                        Self::document(text, Carrier::Part(index), Some(field))
                    }
                    Body::Bytes { .. } | Body::File { .. } => Err((DriftKind::Encoding, None)),
                    Body::Oversize { .. } => Err((DriftKind::Oversize, None)),
                    Body::Unreadable => Err((DriftKind::Body, None)),
                }
            }
        }
    }

    /// Opens a frame of a channel. One that is no JSON is as good as one JSON string.
    pub(crate) fn channel(body: &Body) -> Result<Self, (DriftKind, Option<String>)> {
        match body {
            Body::None => Ok(Self::default()),
            Body::Text { text } if text.len() > MAX_BYTES => Err((DriftKind::Oversize, None)),
            Body::Text { text } => match Self::document(text.clone(), Carrier::Whole, None) {
                Err((DriftKind::Encoding, _)) => Self::document(encode(text.expose()), Carrier::Bare, None),
                opened => opened,
            },
            Body::Oversize { .. } => Err((DriftKind::Oversize, None)),
            Body::Bytes { .. } | Body::Form { .. } | Body::File { .. } => Err((DriftKind::Encoding, None)),
            Body::Unreadable => Err((DriftKind::Body, None)),
        }
    }

    fn document(
        text: Text,
        carrier: Carrier,
        place: Option<&str>,
    ) -> Result<Self, (DriftKind, Option<String>)> {
        if text.len() > MAX_BYTES {
            return Err((DriftKind::Oversize, None));
        }
        let mut docs = Docs::default();
        let root = docs.open(text).map_err(|error| {
            let what = match error {
                JsonError::Syntax => DriftKind::Encoding,
                JsonError::Bounds => DriftKind::Shape,
            };
            (what, place.map(str::to_owned))
        })?;
        Ok(Self { docs, root: Some(root), carrier, files: Vec::new() })
    }

    /// Whether the document is the whole body.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.carrier, Carrier::Whole | Carrier::Bare)
    }

    /// `body` with its document replaced.
    pub(crate) fn put_back(&self, body: &Body, document: &str) -> Option<Body> {
        match (self.carrier, body) {
            (Carrier::Whole, Body::Text { .. }) => Some(Body::Text { text: Text::new(document) }),
            (Carrier::Bare, Body::Text { .. }) => {
                let text = Doc::parse(Text::new(document)).ok()?.scalar(0)?;
                Some(Body::Text { text })
            }
            (Carrier::Field(start, end), Body::Text { text }) => {
                let (before, after) = (text.expose().get(..start)?, text.expose().get(end..)?);
                let value = utf8_percent_encode(document, COMPONENT);
                Some(Body::Text { text: Text::new(format!("{before}{value}{after}")) })
            }
            (Carrier::Part(index), Body::Form { parts }) => {
                let mut parts = parts.clone();
                let part = parts.get_mut(index)?;
                part.text = Some(Text::new(document));
                part.size = u64::try_from(document.len()).ok()?;
                Some(Body::Form { parts })
            }
            _ => None,
        }
    }
}

/// The span of the value of `field`, when it is there once.
fn field_span(form: &str, field: &str) -> Option<(usize, usize)> {
    let mut found = None;
    let mut start = 0;
    for pair in form.split('&') {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        if decode(name).is_some_and(|name| name.expose() == field) {
            let value = (start + pair.len().min(name.len() + 1), start + pair.len());
            if found.replace(value).is_some() {
                return None;
            }
        }
        start += pair.len() + 1;
    }
    found
}

fn decode(value: &str) -> Option<Text> {
    let spaced = Text::new(value.replace('+', " "));
    percent_decode_str(spaced.expose()).decode_utf8().ok().map(|text| Text::new(text.into_owned()))
}

fn is_unread(part: &FormPart) -> bool {
    part.file.is_some() && part.text.is_none() && part.size > 0
}

fn sole_part(parts: &[FormPart], field: &str) -> Option<(usize, Text)> {
    let mut named = parts.iter().enumerate().filter(|(_, part)| part.name == field);
    let (index, part) = named.next()?;
    let text = part.text.clone()?;
    named.next().is_none().then_some((index, text))
}

/// The fields of a form beside the one that holds the document: name and value.
pub(crate) fn other_fields(content: &Content, body: &Body) -> Vec<(String, Text)> {
    match (content.carrier, body) {
        (Carrier::Field(start, _), Body::Text { text }) => {
            let mut at = 0;
            let mut fields = Vec::new();
            for pair in text.expose().split('&') {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                // The document's own value begins behind its name.
                if at + name.len() + 1 != start {
                    fields.extend(decode(name).zip(decode(value)));
                }
                at += pair.len() + 1;
            }
            fields.into_iter().map(|(name, value)| (name.expose().to_owned(), value)).collect()
        }
        (Carrier::Part(index), Body::Form { parts }) => {
            let others = parts.iter().enumerate().filter(|(at, _)| *at != index);
            others.filter_map(|(_, part)| Some((part.name.clone(), part.text.clone()?))).collect()
        }
        // A field that is no file goes with the files.
        (Carrier::None, Body::Form { parts }) => {
            let others = parts.iter().filter(|part| part.file_name.is_none());
            others.filter_map(|part| Some((part.name.clone(), part.text.clone()?))).collect()
        }
        _ => Vec::new(),
    }
}

/// Every text a form without a document carries, for the search after an edit.
pub(crate) fn plain_texts(body: &Body) -> Vec<Text> {
    match body {
        Body::None | Body::Oversize { .. } | Body::Unreadable | Body::File { text: None, .. } => Vec::new(),
        Body::File { text: Some(text), .. } => vec![text.clone()],
        Body::Text { text } => vec![text.clone(), decode(text.expose()).unwrap_or_default()],
        Body::Bytes { base64 } => {
            let bytes = STANDARD.decode(base64.expose()).unwrap_or_default();
            vec![Text::new(String::from_utf8_lossy(&bytes).into_owned())]
        }
        Body::Form { parts } => {
            let texts = parts.iter().flat_map(|part| [part.text.clone(), part.file_name.clone()]);
            texts.flatten().collect()
        }
    }
}
