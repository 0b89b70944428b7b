//! A recorded answer as trees, and every mutant of it: what a site might change overnight, all through the stream.
//!
//! Nothing here knows a site or reads an answer: the text is found by its characters.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use shared_sites::AnswerFormat;

/// Stands before JSON that was in a string.
const MARK: &str = "\u{0}json";

/// What a site might change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A field has another name, a place in a list another number.
    Renamed,
    /// The text is deeper or elsewhere.
    Moved,
    /// What happens in the stream has another word.
    Event,
    /// The stream, its events or the JSON in them are wrapped or encoded.
    Encoded,
}

/// A line of a stream, with its JSON as a tree where it carries any.
#[derive(Clone)]
struct Line {
    head: String,
    tree: Option<Value>,
    /// Of the JSON as it was recorded, in UTF-16 units.
    length: usize,
    tail: String,
}

/// What one answer came as.
#[derive(Clone)]
pub(super) struct Recording {
    pub(super) format: AnswerFormat,
    lines: Vec<Line>,
    /// Of the socket that the answer went on over.
    frames: Vec<Value>,
}

/// A changed recording.
pub(super) struct Mutant {
    pub(super) kind: Kind,
    pub(super) how: String,
    pub(super) stream: String,
    pub(super) frames: Vec<String>,
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The tree with the JSON in its strings opened.
fn opened(value: Value) -> Value {
    match value {
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => json!([MARK, opened(inner)]),
            _ => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(opened).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, value)| (key, opened(value))).collect())
        }
        other => other,
    }
}

/// The JSON that stood in a string.
fn in_string(value: &Value) -> Option<&Value> {
    if value.get(0).is_some_and(|first| first == MARK) { value.get(1) } else { None }
}

/// The tree as it is sent, `inner` putting JSON back into a string.
fn closed(value: &Value, inner: &dyn Fn(String) -> Value) -> Value {
    if let Some(found) = in_string(value) {
        return inner(closed(found, inner).to_string());
    }
    match value {
        Value::Array(items) => items.iter().map(|item| closed(item, inner)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), closed(value, inner))).collect())
        }
        other => other.clone(),
    }
}

/// Shows every value and where it stands; a place in a list is only that it is in one.
fn visit(value: &Value, here: &str, see: &mut dyn FnMut(&str, &Value)) {
    if let Some(found) = in_string(value) {
        visit(found, here, see);
        return;
    }
    see(here, value);
    match value {
        Value::Array(items) => {
            for item in items {
                visit(item, &format!("{here}[]"), see);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                visit(value, &format!("{here}.{key}"), see);
            }
        }
        _ => {}
    }
}

/// The tree with every value replaced by what `with` makes of it, inner ones first.
fn mapped(value: &Value, here: &str, with: &dyn Fn(&str, Value) -> Value) -> Value {
    if let Some(found) = in_string(value) {
        return json!([MARK, mapped(found, here, with)]);
    }
    let inner = match value {
        Value::Array(items) => {
            let below = format!("{here}[]");
            items.iter().map(|item| mapped(item, &below, with)).collect()
        }
        Value::Object(fields) => {
            let below = |key: &String| format!("{here}.{key}");
            let fields = fields.iter().map(|(key, value)| (key.clone(), mapped(value, &below(key), with)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    };
    with(here, inner)
}

// What is done, in words, and how: to a text where it stands, to an event, to JSON in a string.
type Moving = (&'static str, fn(Value) -> Value);
type Wrapping = (&'static str, fn(&str) -> String);
type Embedding = (&'static str, fn(String) -> Value);

impl Line {
    fn read(format: AnswerFormat, line: &str) -> Self {
        let body = line.trim_end_matches(['\r', '\n']);
        let tail = line.strip_prefix(body).unwrap_or_default().to_owned();
        let framed = format == AnswerFormat::FramedJson;
        let payload = if framed { Some(body) } else { body.strip_prefix("data:") };
        let tree = payload.and_then(|payload| serde_json::from_str::<Value>(payload).ok());
        match tree.filter(|tree| tree.is_array() || tree.is_object()) {
            Some(tree) => {
                let head = if framed { "" } else { "data: " }.to_owned();
                let length = payload.map_or(0, units);
                Self { head, tree: Some(opened(tree)), length, tail }
            }
            None => Self { head: body.to_owned(), tree: None, length: 0, tail },
        }
    }
}

impl Recording {
    /// From the files of a case.
    pub(super) fn read(format: AnswerFormat, stream: &str, frames: &str) -> Self {
        let lines = stream.split_inclusive('\n').map(|line| Line::read(format, line)).collect();
        // A line may hold more than one array: the site sends them as it has them.
        let values = |line| serde_json::Deserializer::from_str(line).into_iter::<Value>();
        let frames = frames.lines().flat_map(values).map(Result::unwrap).collect();
        Self { format, lines, frames }
    }

    fn trees(&self) -> impl Iterator<Item = &Value> {
        self.lines.iter().filter_map(|line| line.tree.as_ref()).chain(&self.frames)
    }

    fn visit(&self, mut see: impl FnMut(&str, &Value)) {
        self.trees().for_each(|tree| visit(tree, "", &mut see));
    }

    fn mapped(&self, with: impl Fn(&str, Value) -> Value) -> Self {
        let mut other = self.clone();
        let lines = other.lines.iter_mut().filter_map(|line| line.tree.as_mut());
        for tree in lines.chain(other.frames.iter_mut()) {
            *tree = mapped(tree, "", &with);
        }
        other
    }

    /// The stream and the frames, each event's JSON and the JSON in its strings written in a way.
    fn written(
        &self,
        event: &dyn Fn(&str) -> String,
        inner: &dyn Fn(String) -> Value,
    ) -> (String, Vec<String>) {
        let mut out: Vec<String> = Vec::new();
        for Line { head, tree, length, tail } in &self.lines {
            let Some(tree) = tree else {
                out.push(format!("{head}{tail}"));
                continue;
            };
            let json = event(&closed(tree, inner).to_string());
            // The line before it counts it, each recording in its own way.
            if self.format == AnswerFormat::FramedJson
                && let Some(before) = out.last_mut()
                && let Ok(counted) = before.trim().parse::<usize>()
            {
                let now = counted.saturating_add(units(&json)).saturating_sub(*length).to_string();
                let line = before.replace(before.trim(), &now);
                *before = line;
            }
            out.push(format!("{head}{json}{tail}"));
        }
        let frames = self.frames.iter().map(|frame| closed(frame, &Value::String).to_string());
        (out.concat(), frames.collect())
    }

    /// As it was recorded, but for white space in its JSON.
    pub(super) fn plain(&self) -> (String, Vec<String>) {
        self.written(&str::to_owned, &Value::String)
    }
}

/// Where the answer's text stands in the trees.
fn places_of(recording: &Recording, text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    recording.visit(|here, value| {
        let found = value.as_str().map(str::trim).filter(|found| found.chars().count() >= 3);
        if found.is_some_and(|found| text.contains(found)) {
            out.insert(here.to_owned());
        }
    });
    out
}

/// Every mutant of a recording whose answer is this text.
pub(super) fn mutants(recording: &Recording, text: &str) -> Vec<Mutant> {
    let mut out = Vec::new();
    let mut push = |kind: Kind, how: String, (stream, frames): (String, Vec<String>)| {
        out.push(Mutant { kind, how, stream, frames });
    };
    let places = places_of(recording, text);

    let mut keys: BTreeSet<String> = BTreeSet::new();
    let mut lists: BTreeSet<String> = BTreeSet::new();
    let mut words: BTreeSet<String> = BTreeSet::new();
    recording.visit(|here, value| match value {
        Value::Object(fields) => keys.extend(fields.keys().cloned()),
        Value::Array(_) => {
            lists.insert(here.to_owned());
        }
        Value::String(word) if here == "[][]" || here.ends_with("type") => {
            words.insert(word.clone());
        }
        _ => {}
    });
    for key in &keys {
        let name = format!("{key}_v2");
        let other = recording.mapped(|_, value| renamed(value, key, &name));
        push(Kind::Renamed, format!("`{key}` is `{name}`"), other.plain());
    }
    if recording.format == AnswerFormat::FramedJson {
        let on_the_way = |list: &&String| places.iter().any(|place| place.starts_with(&format!("{list}[]")));
        for list in lists.iter().filter(on_the_way) {
            let other = recording.mapped(|here, value| match value {
                Value::Array(mut items) if here == list => {
                    items.insert(0, Value::Null);
                    Value::Array(items)
                }
                other => other,
            });
            push(Kind::Renamed, format!("all in `{list}` is one later"), other.plain());
        }
    }
    for place in &places {
        let wraps: [Moving; 3] = [
            ("in an object", |text| json!({"text": text})),
            ("two objects deep", |text| json!({"content": {"value": text}})),
            ("in a list", |text| json!([text])),
        ];
        for (how, wrap) in wraps {
            let other = recording
                .mapped(|here, value| if here == place && value.is_string() { wrap(value) } else { value });
            push(Kind::Moved, format!("`{place}` {how}"), other.plain());
        }
        let Some((above, key)) = place.rsplit_once('.').filter(|(_, key)| !key.contains('[')) else {
            continue;
        };
        let other = recording.mapped(|here, value| match value {
            Value::Object(mut fields) if here == above => {
                if let Some(text) = fields.remove(key) {
                    fields.insert("input".to_owned(), json!({"body": text}));
                }
                Value::Object(fields)
            }
            other => other,
        });
        push(Kind::Moved, format!("`{place}` in another field"), other.plain());
    }

    let name = |line: &Line| line.head.strip_prefix("event:").map(|name| name.trim().to_owned());
    let named: BTreeSet<String> =
        recording.lines.iter().filter(|line| line.tree.is_none()).filter_map(name).collect();
    for word in named.union(&words).filter(|word| !word.contains(char::is_whitespace)) {
        let by_name = |mut other: Recording| {
            for line in &mut other.lines {
                if line.tree.is_none() && name(line).is_some_and(|found| found == *word) {
                    line.head = format!("event: {word}_v2");
                }
            }
            other
        };
        let by_type = |other: &Recording| {
            other.mapped(|here, value| {
                let is_it = (here == "[][]" || here.ends_with("type")) && value == **word;
                if is_it { json!(format!("{word}_v2")) } else { value }
            })
        };
        if named.contains(word) {
            push(Kind::Event, format!("event `{word}`"), by_name(recording.clone()).plain());
        }
        if words.contains(word) {
            push(Kind::Event, format!("type `{word}`"), by_type(recording).plain());
        }
        if named.contains(word) && words.contains(word) {
            let other = by_name(by_type(recording));
            push(Kind::Event, format!("event and type `{word}`"), other.plain());
        }
    }

    let (plain, frames) = recording.plain();
    let events: [Wrapping; 5] = [
        ("events in an object", |event| format!("{{\"data\":{event}}}")),
        ("events in a list", |event| format!("[{event}]")),
        ("events as JSON strings", |event| json!(event).to_string()),
        ("events in hexadecimal", hex),
        ("events in hexadecimal in an object", |event| json!({"data": hex(event)}).to_string()),
    ];
    for (how, event) in events {
        push(Kind::Encoded, how.to_owned(), recording.written(&event, &Value::String));
    }
    if recording.trees().any(|tree| tree.to_string().contains("\\u0000json")) {
        let inner: [Embedding; 3] = [
            ("JSON in strings as it is", |text| serde_json::from_str(&text).unwrap()),
            ("JSON in strings in hexadecimal", |text| json!(hex(&text))),
            ("JSON in strings in strings", |text| json!(json!(text).to_string())),
        ];
        for (how, inner) in inner {
            push(Kind::Encoded, how.to_owned(), recording.written(&str::to_owned, &inner));
        }
    }
    let bare: Vec<String> = recording
        .lines
        .iter()
        .filter_map(|line| Some(closed(line.tree.as_ref()?, &Value::String).to_string()))
        .collect();
    for (how, stream) in [
        ("all in hexadecimal", hex(&plain)),
        ("all as a JSON string", json!(plain).to_string()),
        ("lines of JSON", bare.join("\n") + "\n"),
        ("one list of all", format!("[{}]", bare.join(","))),
    ] {
        push(Kind::Encoded, how.to_owned(), (stream, frames.clone()));
    }
    out.retain(|mutant| mutant.stream != plain || mutant.frames != frames);
    out
}

/// The value with this key under another name, in paths of patches too.
fn renamed(value: Value, key: &str, name: &str) -> Value {
    let other = |found: &str| if found == key { name.to_owned() } else { found.to_owned() };
    match value {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, value)| (other(&key), value)).collect())
        }
        Value::String(path) if path.starts_with('/') => {
            Value::String(path.split('/').map(other).collect::<Vec<_>>().join("/"))
        }
        value => value,
    }
}
