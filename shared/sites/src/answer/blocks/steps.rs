//! The event's `text`: a list of steps as a JSON text, whose last step holds the answer, often as a
//! JSON text again; in the oldest form the answer itself.
//!
//! INVARIANT: a step that is not the final one (search, plan, the question repeated) gives nothing.

use serde_json::Value;

use crate::answer::wiped::Json;

/// The answer in an event's `text`, if it is there yet.
pub(super) fn answer(text: &str) -> Option<String> {
    let Some(parsed) = Json::parse(text) else { return plain(text) };
    let found = match &*parsed {
        Value::Array(steps) => steps
            .iter()
            .filter(|step| step.get("step_type").and_then(Value::as_str) == Some("FINAL"))
            .filter_map(|step| step.pointer("/content/answer"))
            .next_back()
            .and_then(unfold),
        Value::Object(fields) => fields.get("answer").and_then(unfold),
        Value::String(text) => plain(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    };
    found.filter(|answer| !answer.is_empty())
}

fn plain(text: &str) -> Option<String> {
    // What looks like JSON and is not was cut short.
    let cut = text.trim_start().starts_with(['[', '{']);
    (!cut && !text.is_empty()).then(|| text.to_owned())
}

/// An answer is a text, an object with the text in it, or that object as a text.
fn unfold(answer: &Value) -> Option<String> {
    match answer {
        Value::String(text) if text.trim_start().starts_with('{') => {
            let inner = Json::parse(text);
            let said = inner.as_ref().and_then(|inner| inner.get("answer")).and_then(Value::as_str);
            Some(said.unwrap_or(text).to_owned())
        }
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => fields.get("answer").and_then(Value::as_str).map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}
