//! Small readings of JSON values: ids, names, error codes.
//!
//! INVARIANT: what leaves here is short and is no prose: an error's sentence can quote the person's
//! text, so only a code passes.

use serde_json::Value;
use shared_protocol::ToolCall;

/// The code of an error that has none.
pub(super) const UNSPECIFIED: &str = "unspecified";

/// Tool calls kept of one answer.
pub(super) const TOOLS: usize = 256;

const LONGEST: usize = 256;

/// A short, non-empty string at a JSON pointer: an id, a name, a model.
pub(super) fn short(value: &Value, pointer: &str) -> Option<String> {
    let text = value.pointer(pointer)?.as_str()?;
    (!text.is_empty() && text.len() <= LONGEST).then(|| text.to_owned())
}

/// Keeps the first id that was said.
pub(super) fn first(kept: &mut Option<String>, found: Option<String>) {
    if kept.is_none() {
        *kept = found;
    }
}

/// Keeps the last one that was said.
pub(super) fn last(kept: &mut Option<String>, found: Option<String>) {
    if found.is_some() {
        *kept = found;
    }
}

/// The site's own code in an error value: a word, a number, or the first of `keys` in an object.
pub(super) fn code(error: &Value, keys: &[&str]) -> String {
    match error {
        Value::String(text) if is_code(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            items.first().map_or_else(|| UNSPECIFIED.to_owned(), |first| code(first, keys))
        }
        Value::Object(fields) => keys
            .iter()
            .filter_map(|key| fields.get(*key))
            .map(|value| code(value, keys))
            .find(|code| code != UNSPECIFIED)
            .unwrap_or_else(|| UNSPECIFIED.to_owned()),
        Value::String(_) | Value::Null | Value::Bool(_) => UNSPECIFIED.to_owned(),
    }
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':'))
}

/// Adds a call while there is room. False when there is none.
pub(super) fn add_tool(tools: &mut Vec<ToolCall>, call: ToolCall) -> bool {
    let room = tools.len() < TOOLS;
    if room {
        tools.push(call);
    }
    room
}
