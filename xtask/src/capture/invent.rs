//! Invented values for recorded ones: the same shape, the same where the recorded were the same.
//!
//! INVARIANT: what is kept is a number that is small, or a word in the form of a site's own constants. All else is
//! replaced; a name of a field that is none is refused.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Words of invented texts.
const WORDS: [&str; 8] = ["heron", "sails", "north", "with", "seven", "crates", "of", "lamps"];

/// Shortest recorded value that is looked for in what is written.
const TOLD: usize = 5;

#[derive(Default)]
pub(super) struct Inventor {
    invented: BTreeMap<String, String>,
    /// Texts of a person, whatever they look like.
    texts: Vec<String>,
    gone: Vec<String>,
}

impl Inventor {
    /// A text of a person: replaced even where it looks like a word of the site.
    pub(super) fn must_go(&mut self, text: &str) {
        self.texts.push(text.to_owned());
        self.gone.push(text.to_owned());
    }

    /// Whether something that was replaced is in `written` all the same.
    pub(super) fn left_in(&self, written: &str) -> bool {
        let invented: Vec<&String> = self.invented.values().collect();
        let is_told =
            |gone: &&String| gone.len() >= TOLD && !invented.iter().any(|new| new.contains(gone.as_str()));
        self.gone.iter().filter(is_told).any(|gone| written.contains(gone.as_str()))
    }

    /// The address with ids and values of the query replaced.
    pub(super) fn url(&mut self, url: &str) -> Result<String, &'static str> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut pieces: Vec<String> = address.split('/').map(str::to_owned).collect();
        for piece in pieces.iter_mut().skip(3).filter(|piece| !piece.is_empty()) {
            *piece = if is_constant(piece) { piece.clone() } else { self.text(piece).replace(' ', "-") };
        }
        let mut out = pieces.join("/");
        for (number, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !is_name(key) {
                return Err("a key of the query that is no name");
            }
            let value =
                if is_constant(value) { value.to_owned() } else { self.text(value).replace(' ', "+") };
            out.push(if number == 0 { '?' } else { '&' });
            out += &format!("{key}={value}");
        }
        Ok(out)
    }

    /// A form; its fields may hold JSON.
    pub(super) fn form(&mut self, form: &str) -> Result<String, &'static str> {
        let mut out = Vec::new();
        for pair in form.split('&') {
            let (key, value) = pair.split_once('=').ok_or("a body that is neither JSON nor a form")?;
            let value = unescaped(value).ok_or("a form that is not understood")?;
            let invented = match serde_json::from_str::<Value>(&value) {
                Ok(json @ (Value::Array(_) | Value::Object(_))) => self.json(json)?.to_string(),
                _ => self.text(&value),
            };
            if !is_name(key) {
                return Err("a field that is no name");
            }
            let escaped: String = invented.bytes().map(|byte| format!("%{byte:02X}")).collect();
            out.push(format!("{key}={escaped}"));
        }
        Ok(out.join("&"))
    }

    /// A document, JSON in its strings included.
    pub(super) fn json(&mut self, value: Value) -> Result<Value, &'static str> {
        Ok(match value {
            Value::String(text) => match serde_json::from_str::<Value>(&text) {
                Ok(inner @ (Value::Array(_) | Value::Object(_))) => json!(self.json(inner)?.to_string()),
                _ => json!(self.text(&text)),
            },
            Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect::<Result<_, _>>()?,
            Value::Object(fields) => {
                let mut out = Map::new();
                for (key, value) in fields {
                    if !is_name(&key) {
                        return Err("a field whose name could be a person's");
                    }
                    out.insert(key, self.json(value)?);
                }
                Value::Object(out)
            }
            Value::Number(number) if number.as_i64().is_none_or(|number| number.abs() >= 1_000_000) => {
                json!(1_790_000_000)
            }
            other => other,
        })
    }

    /// A string.
    pub(super) fn text(&mut self, text: &str) -> String {
        let is_persons =
            self.texts.iter().any(|own| own == text || (text.len() >= TOLD && own.starts_with(text)));
        if text.is_empty() || (!is_persons && is_constant(text)) {
            return text.to_owned();
        }
        self.gone.push(text.to_owned());
        let number = self.invented.len() + 1;
        self.invented.entry(text.to_owned()).or_insert_with(|| invented(text, number)).clone()
    }
}

/// Something of the same shape.
fn invented(text: &str, number: usize) -> String {
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if is_uuid {
        return format!("{number:08}-1111-4111-8111-000000000000");
    }
    let end = text
        .rsplit_once('.')
        .filter(|(_, end)| (2..=5).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_alphanumeric()));
    match end {
        Some((_, end)) if !text.contains('@') && text.len() < 120 => return format!("file{number}.{end}"),
        _ => {}
    }
    let pieces = text.split(char::is_whitespace).count();
    if pieces > 1 || text.contains('@') || !text.is_ascii() {
        let words = (0..pieces).map(|at| WORDS.get((at + number) % WORDS.len()).copied().unwrap_or("heron"));
        return words.collect::<Vec<_>>().join(" ");
    }
    // An id: letters and digits in their places, drawn by nobody.
    let digits = number.to_string();
    let mut digits = digits.bytes().cycle().map(char::from);
    let shape = |c: char| match c {
        '0'..='9' => digits.next().unwrap_or('0'),
        'a'..='z' => 'x',
        'A'..='Z' => 'X',
        other => other,
    };
    text.chars().map(shape).collect()
}

/// A word as sites have them for their own values: lower case, joined, no digits but a version's.
fn is_constant(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() <= 48
        && digits <= 2
        && text.bytes().all(|b| {
            b.is_ascii_lowercase()
                || b.is_ascii_digit()
                || matches!(b, b'_' | b'-' | b'.' | b'/' | b'+' | b'=')
        })
        || ["StreamGenerate", "BardChatUi", "assistant.lamda.BardFrontendService", "f.req"].contains(&text)
}

/// The name of a field.
fn is_name(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 48
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn unescaped(value: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}
