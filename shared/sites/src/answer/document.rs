//! A JSON document that is changed by pointers: the ground of both patch formats.
//!
//! INVARIANT: a change never throws and never goes deeper than [`DEEPEST`]; every node and character
//! is paid from a [`Room`], so that the document's size is bounded.
//! Does not read the document.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::wiped::Json;

/// Levels that a path may name. With the parser's own 128 the document stays walkable.
const DEEPEST: usize = 64;

/// Bytes of a path.
const LONGEST: usize = 4096;

/// Empty items that a list may be padded with to reach an index.
const GAP: usize = 64;

/// What one value weighs beside its characters.
const NODE: usize = 64;

/// Bytes that documents may still take.
#[derive(Clone)]
pub(super) struct Room(usize);

impl Room {
    pub(super) const fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    fn take(&mut self, bytes: usize) -> Result<(), Full> {
        self.0 = self.0.checked_sub(bytes).ok_or(Full)?;
        Ok(())
    }

    fn give(&mut self, bytes: usize) {
        self.0 = self.0.saturating_add(bytes);
    }
}

/// There is no room for the change; at most empty parents were made for it.
pub(super) struct Full;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Sets a field, or inserts into a list.
    Add,
    /// Sets a field or an item.
    Replace,
    /// Lengthens a string or a list, merges into an object.
    Append,
    /// Takes away.
    Remove,
    /// Shortens a string (UTF-16 units) or a list to the length in the value.
    Truncate,
}

#[derive(Clone, Default)]
pub(super) struct Document {
    root: Json,
}

impl Document {
    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// Changes what `path` points to. A path that cannot be (through a number, far past a list's
    /// end) changes nothing.
    pub(super) fn apply(&mut self, path: &str, op: Op, value: Value, room: &mut Room) -> Result<(), Full> {
        let value = Json::from(value);
        if path.len() > LONGEST {
            return Ok(());
        }
        let tokens: Vec<Cow<'_, str>> = match path.strip_prefix('/').unwrap_or(path) {
            "" if path.is_empty() => Vec::new(),
            rest => rest.split('/').take(DEEPEST + 1).map(unescape).collect(),
        };
        if tokens.len() > DEEPEST {
            return Ok(());
        }
        let builds = matches!(op, Op::Add | Op::Replace | Op::Append);
        let Some((last, parents)) = tokens.split_last() else {
            return change(&mut self.root, op, value, room);
        };
        let mut parent: &mut Value = &mut self.root;
        for token in parents {
            match child(parent, token, builds, room)? {
                Some(next) => parent = next,
                None => return Ok(()),
            }
        }
        match (op, &mut *parent) {
            (Op::Remove, parent) => remove(parent, last, room),
            (Op::Add, Value::Array(items))
                if index(last, items.len()).is_some_and(|at| at <= items.len()) =>
            {
                let at = index(last, items.len()).unwrap_or_default();
                room.take(cost(&value))?;
                items.insert(at, value.take());
            }
            (_, parent) => {
                if let Some(slot) = child(parent, last, builds, room)? {
                    change(slot, op, value, room)?;
                }
            }
        }
        Ok(())
    }
}

fn remove(parent: &mut Value, last: &str, room: &mut Room) {
    match parent {
        Value::Object(fields) => {
            if let Some(old) = fields.remove(last).map(Json::from) {
                room.give(key_cost(last) + cost(&old));
            }
        }
        Value::Array(items) => {
            if let Some(at) = index(last, items.len()).filter(|at| *at < items.len()) {
                let old = Json::from(items.remove(at));
                room.give(cost(&old));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn change(slot: &mut Value, op: Op, value: Json, room: &mut Room) -> Result<(), Full> {
    match op {
        Op::Add | Op::Replace => {
            room.take(cost(&value))?;
            let old = Json::from(std::mem::replace(slot, value.take()));
            room.give(cost(&old));
        }
        Op::Append => append(slot, value, room)?,
        Op::Remove => {
            let old = Json::from(slot.take());
            room.give(cost(&old) - NODE);
        }
        Op::Truncate => {
            let Some(length) = value.as_u64().and_then(|length| usize::try_from(length).ok()) else {
                return Ok(());
            };
            match slot {
                Value::String(text) => {
                    let before = text.len();
                    truncate_utf16(text, length);
                    room.give(before - text.len());
                }
                Value::Array(items) if length < items.len() => {
                    let old = Json::from(Value::Array(items.split_off(length)));
                    room.give(cost(&old) - NODE);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {}
            }
        }
    }
    Ok(())
}

fn append(slot: &mut Value, value: Json, room: &mut Room) -> Result<(), Full> {
    match (&mut *slot, &*value) {
        (Value::String(text), Value::String(more)) => {
            room.take(more.len())?;
            text.push_str(more);
            return Ok(());
        }
        (Value::Null, _) | (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
            room.take(cost(&value) - NODE)?;
        }
        (Value::Array(_), _) => room.take(cost(&value))?,
        // Nothing sensible can come of text on a number.
        _ => return Ok(()),
    }
    match (slot, value.take()) {
        (Value::Array(items), Value::Array(more)) => items.extend(more),
        (Value::Array(items), one) => items.push(one),
        (Value::Object(fields), Value::Object(more)) => {
            for (key, value) in more {
                let price = key_cost(&key);
                if let Some(old) = fields.insert(key, value).map(Json::from) {
                    room.give(price + cost(&old));
                }
            }
        }
        (slot, value) => *slot = value,
    }
    Ok(())
}

/// The child that `token` names; missing ones are made when `build` says so.
fn child<'a>(
    node: &'a mut Value,
    token: &str,
    build: bool,
    room: &mut Room,
) -> Result<Option<&'a mut Value>, Full> {
    if build && node.is_null() {
        let list = token == "-" || (!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()));
        *node = if list { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match node {
        Value::Object(fields) => {
            if build && !fields.contains_key(token) {
                room.take(key_cost(token) + NODE)?;
                fields.insert(token.to_owned(), Value::Null);
            }
            Ok(fields.get_mut(token))
        }
        Value::Array(items) => {
            let Some(at) = index(token, items.len()) else { return Ok(None) };
            let missing = at.saturating_add(1).saturating_sub(items.len());
            if build && (1..=GAP).contains(&missing) {
                room.take(NODE * missing)?;
                items.resize(at + 1, Value::Null);
            }
            Ok(items.get_mut(at))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(None),
    }
}

fn index(token: &str, length: usize) -> Option<usize> {
    if token == "-" { Some(length) } else { token.parse().ok() }
}

fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

fn truncate_utf16(text: &mut String, units: usize) {
    if units >= text.len() {
        return;
    }
    let mut seen = 0;
    let end = text.char_indices().find_map(|(at, letter)| {
        seen += letter.len_utf16();
        (seen > units).then_some(at)
    });
    if let Some(end) = end {
        text.truncate(end);
    }
}

/// What a value weighs, a little more than it takes.
fn cost(value: &Value) -> usize {
    NODE + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(cost).sum(),
        Value::Object(fields) => fields.iter().map(|(key, value)| key_cost(key) + cost(value)).sum(),
    }
}

const fn key_cost(key: &str) -> usize {
    NODE + key.len()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<u8>().prop_map(Value::from),
            "[a🎉]{0,300}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(Value::from),
                vec(("[ab]", inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn operation() -> impl Strategy<Value = Op> {
        prop::sample::select(vec![Op::Add, Op::Replace, Op::Append, Op::Remove, Op::Truncate])
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// To the byte: else many small changes could make room out of nothing.
        #[test]
        fn what_is_held_is_paid(
            changes in vec(("(/([ab]|[0-9]{1,2}|-)){0,4}", operation(), value()), 0..24), bytes in 0..20_000_usize,
        ) {
            let mut room = Room::new(bytes);
            let mut document = Document::default();
            for (path, op, value) in changes {
                let before = document.clone();
                let full = document.apply(&path, op, value, &mut room).is_err();
                prop_assert_eq!(cost(document.root()) - NODE, bytes - room.0);
                // A change that found no room may leave empty parents, and nothing else.
                let grown = cost(document.root()).saturating_sub(cost(before.root()));
                prop_assert!(!full || grown <= 4 * (GAP + 2) * NODE);
            }
        }
    }

    #[test]
    fn a_path_is_never_followed_too_deep() {
        let mut room = Room::new(1 << 20);
        let mut document = Document::default();
        assert!(document.apply(&"/a".repeat(DEEPEST + 1), Op::Add, Value::from(1), &mut room).is_ok());
        assert!(document.root().is_null());
        assert!(document.apply(&"/a".repeat(DEEPEST), Op::Add, Value::from(1), &mut room).is_ok());
        assert!(document.root().is_object());
    }

    #[test]
    fn without_room_nothing_changes() {
        let mut room = Room::new(1000);
        let mut document = Document::default();
        assert!(document.apply("", Op::Add, Value::from("short"), &mut room).is_ok());
        assert!(document.apply("", Op::Append, Value::from("long".repeat(500)), &mut room).is_err());
        assert_eq!(document.root(), &Value::from("short"));
    }
}
