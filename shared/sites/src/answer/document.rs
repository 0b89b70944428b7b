//! A JSON document that is changed by pointers: the ground of both patch formats.
//!
//! INVARIANT: a change is all or nothing, never throws, and never goes deeper than [`DEEPEST`];
//! what the document holds is paid from a [`Room`], so that its size is bounded.
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

/// There is no room for the change; the document is as it was.
pub(super) struct Full;

#[derive(Clone, Copy, PartialEq, Eq)]
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
        let tokens: Vec<Cow<'_, str>> = match path.strip_prefix('/').unwrap_or(path) {
            "" if path.is_empty() => Vec::new(),
            rest => rest.split('/').take(DEEPEST + 1).map(unescape).collect(),
        };
        if tokens.len() > DEEPEST || path.len() > LONGEST {
            return Ok(());
        }
        let builds = matches!(op, Op::Add | Op::Replace | Op::Append);
        // Paid before anything is touched; what is not used comes back.
        let price = if builds { cost(&value) + tokens.len() * NODE + path.len() } else { 0 };
        room.take(price)?;
        let mut spent = 0;
        if let Some((last, parents)) = tokens.split_last() {
            let mut node: Option<&mut Value> = Some(&mut self.root);
            for token in parents {
                node = node.and_then(|node| child(node, token, builds, &mut spent));
            }
            if let Some(parent) = node {
                change(parent, last, op, value, room, &mut spent);
            }
        } else {
            change_value(&mut self.root, op, value, room, &mut spent);
        }
        room.give(price.saturating_sub(spent));
        room.0 = room.0.saturating_sub(spent.saturating_sub(price));
        Ok(())
    }
}

fn change(parent: &mut Value, last: &str, op: Op, value: Json, room: &mut Room, spent: &mut usize) {
    match (op, &mut *parent) {
        (Op::Remove, Value::Object(fields)) => {
            if let Some(old) = fields.remove(last).map(Json::from) {
                room.give(cost(&old));
            }
        }
        (Op::Remove, Value::Array(items)) => {
            if let Some(at) = index(last, items.len()).filter(|at| *at < items.len()) {
                let old = Json::from(items.remove(at));
                room.give(cost(&old));
            }
        }
        (Op::Add, Value::Array(items)) => {
            if let Some(at) = index(last, items.len()).filter(|at| *at <= items.len()) {
                *spent += cost(&value);
                items.insert(at, value.take());
            } else if let Some(slot) = child(parent, last, true, spent) {
                change_value(slot, op, value, room, spent);
            }
        }
        (Op::Add | Op::Replace | Op::Append, _) => {
            if let Some(slot) = child(parent, last, true, spent) {
                change_value(slot, op, value, room, spent);
            }
        }
        (Op::Truncate, _) => {
            if let Some(slot) = child(parent, last, false, spent) {
                change_value(slot, op, value, room, spent);
            }
        }
        (Op::Remove, _) => {}
    }
}

fn change_value(slot: &mut Value, op: Op, value: Json, room: &mut Room, spent: &mut usize) {
    match op {
        Op::Add | Op::Replace => {
            *spent += cost(&value);
            let old = Json::from(std::mem::replace(slot, value.take()));
            room.give(cost(&old));
        }
        Op::Append => append(slot, value, room, spent),
        Op::Remove => {
            let old = Json::from(slot.take());
            room.give(cost(&old));
        }
        Op::Truncate => {
            let Some(length) = value.as_u64().and_then(|length| usize::try_from(length).ok()) else { return };
            let before = cost(slot);
            match slot {
                Value::String(text) => truncate_utf16(text, length),
                Value::Array(items) => items.truncate(length),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
            }
            room.give(before.saturating_sub(cost(slot)));
        }
    }
}

fn append(slot: &mut Value, value: Json, room: &mut Room, spent: &mut usize) {
    if let (Value::String(text), Value::String(more)) = (&mut *slot, &*value) {
        text.push_str(more);
        *spent += more.len();
        return;
    }
    let price = cost(&value);
    match (&mut *slot, value.take()) {
        (Value::Null, value) => *slot = value,
        (Value::Array(items), Value::Array(more)) => items.extend(more),
        (Value::Array(items), one) => items.push(one),
        (Value::Object(fields), Value::Object(more)) => {
            for (key, value) in more {
                if let Some(old) = fields.insert(key, value).map(Json::from) {
                    room.give(cost(&old));
                }
            }
        }
        // Nothing sensible can come of text on a number.
        (_, refused) => {
            drop(Json::from(refused));
            return;
        }
    }
    *spent += price;
}

/// The child that `token` names; missing ones are made when `build` says so.
fn child<'a>(node: &'a mut Value, token: &str, build: bool, spent: &mut usize) -> Option<&'a mut Value> {
    if build && node.is_null() {
        let list = token == "-" || (!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()));
        *node = if list { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match node {
        Value::Object(fields) => {
            if build && !fields.contains_key(token) {
                *spent += NODE + token.len();
                fields.insert(token.to_owned(), Value::Null);
            }
            fields.get_mut(token)
        }
        Value::Array(items) => {
            let at = index(token, items.len())?;
            if build && at >= items.len() {
                if at.saturating_sub(items.len()) >= GAP {
                    return None;
                }
                *spent += NODE * (at + 1 - items.len());
                items.resize(at + 1, Value::Null);
            }
            items.get_mut(at)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
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
        Value::Object(fields) => fields.iter().map(|(key, value)| NODE + key.len() + cost(value)).sum(),
    }
}
