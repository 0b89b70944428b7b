//! A body as one tree: JSON, the JSON inside its strings, and the fields of a form.
//!
//! A string that holds a JSON list or object stands as `["\u{0}json", inner]`, so that one walk reaches everything;
//! closing the tree writes it back as a string.

use serde_json::{Map, Value, json};
use shared_protocol::Text;
use shared_sites::Body;

const MARK: &str = "\u{0}json";

/// What a tree was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    Json,
    Form,
}

/// One step of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

pub(crate) type Place = Vec<Step>;

/// The tree of a body, when it has one.
pub(crate) fn open(body: &Body) -> Option<(Carrier, Value)> {
    let Body::Text { text } = body else { return None };
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text.expose()) {
        return Some((Carrier::Json, opened(value)));
    }
    let pairs: Vec<_> = form_urlencoded::parse(text.expose().as_bytes()).into_owned().collect();
    let is_form = pairs.iter().any(|(_, value)| value.starts_with('['));
    let fields = pairs.into_iter().map(|(name, value)| (name, opened(Value::String(value))));
    is_form.then(|| (Carrier::Form, Value::Object(Map::from_iter(fields))))
}

/// The body of a tree.
pub(crate) fn close(carrier: &Carrier, tree: &Value) -> Body {
    let text = match (carrier, closed(tree.clone())) {
        (Carrier::Form, Value::Object(fields)) => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in fields {
                form.append_pair(&name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
            form.finish()
        }
        (_, value) => value.to_string(),
    };
    Body::Text { text: Text::new(text) }
}

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

fn closed(value: Value) -> Value {
    match value {
        Value::Array(items) if items.first().is_some_and(|first| first == MARK) => {
            let inner = items.into_iter().nth(1).unwrap_or_default();
            Value::String(closed(inner).to_string())
        }
        Value::Array(items) => items.into_iter().map(closed).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, value)| (key, closed(value))).collect())
        }
        other => other,
    }
}

/// Whether the value is JSON that stood in a string.
pub(crate) fn is_mark(value: &Value) -> bool {
    value.get(0).is_some_and(|first| first == MARK)
}

/// Every place in the tree, containers before what they contain. Marks are passed through.
pub(crate) fn places(tree: &Value) -> Vec<Place> {
    fn walk(value: &Value, here: &mut Place, out: &mut Vec<Place>) {
        if !is_mark(value) {
            out.push(here.clone());
        }
        let below: Vec<(Step, &Value)> = match value {
            Value::Array(items) if is_mark(value) => vec![(Step::Index(1), &items[1])],
            Value::Array(items) => {
                items.iter().enumerate().map(|(at, item)| (Step::Index(at), item)).collect()
            }
            Value::Object(fields) => {
                fields.iter().map(|(key, value)| (Step::Key(key.clone()), value)).collect()
            }
            _ => Vec::new(),
        };
        for (step, value) in below {
            here.push(step);
            walk(value, here, out);
            here.pop();
        }
    }
    let mut out = Vec::new();
    walk(tree, &mut Vec::new(), &mut out);
    out
}

pub(crate) fn at<'v>(tree: &'v Value, place: &[Step]) -> Option<&'v Value> {
    place.iter().try_fold(tree, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

pub(crate) fn at_mut<'v>(tree: &'v mut Value, place: &[Step]) -> Option<&'v mut Value> {
    place.iter().try_fold(tree, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

/// The tree with the value there replaced.
pub(crate) fn with(tree: &Value, place: &[Step], value: Value) -> Value {
    let mut tree = tree.clone();
    if let Some(found) = at_mut(&mut tree, place) {
        *found = value;
    }
    tree
}

/// The tree with the member's key replaced, in its place.
pub(crate) fn renamed(tree: &Value, place: &[Step], to: &str) -> Option<Value> {
    let (Step::Key(key), above) = place.split_last()? else { return None };
    let mut tree = tree.clone();
    let object = at_mut(&mut tree, above)?.as_object_mut()?;
    let fields = std::mem::take(object);
    let rename = |(name, value): (String, Value)| (if name == *key { to.to_owned() } else { name }, value);
    object.extend(fields.into_iter().map(rename));
    Some(tree)
}

/// The tree with one more value in the container there.
pub(crate) fn added(tree: &Value, place: &[Step], key: &str, value: Value) -> Option<Value> {
    if is_mark(at(tree, place)?) {
        return None;
    }
    let mut tree = tree.clone();
    match at_mut(&mut tree, place)? {
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        Value::Array(items) => items.push(value),
        _ => return None,
    }
    Some(tree)
}
