//! An answer as Gemini streams it: frames with their length in UTF-16 units, snapshots of the whole text so far.
//!
//! Some snapshots carry a closing code fence that the next one takes back: a reader that only appends gets it wrong.

use crate::stand_ins::answer::tokens;
use serde_json::{Value, json};

/// About how many snapshots an answer has.
const SNAPSHOTS: usize = 12;

/// The frames of one answer.
pub(super) fn answer(conversation: &str, turn: usize, prompt: &str, text: &str) -> Vec<Value> {
    let reply = format!("r_{:016x}", prompt.len() * 1000 + turn);
    let candidate = format!("rc_{:016x}", prompt.len() * 1000 + turn);
    let frame = |inner: Value| json!([["wrb.fr", null, inner.to_string()]]);
    let snapshot = |text: &str, done: bool| {
        let mut fields = vec![Value::Null; 38];
        fields[0] = json!(candidate);
        fields[1] = json!([text]);
        fields[8] = json!([if done { 2 } else { 1 }]);
        fields[37] = json!([["Thinking about the question, in private."]]);
        let mut inner = vec![Value::Null; 43];
        inner[1] = json!([conversation, reply]);
        inner[4] = json!([fields]);
        inner[42] = json!("3 Pro");
        frame(Value::Array(inner))
    };
    let mut frames = vec![
        frame(json!([null, [null, reply], {"18": reply}])),
        frame(json!([null, [conversation, reply], {"7": [1], "21": ["token"], "26": "context"}])),
    ];
    let parts = tokens(text);
    let step = parts.len().div_ceil(SNAPSHOTS);
    for (number, end) in (step..parts.len()).step_by(step).enumerate() {
        let so_far = parts[..end].concat();
        frames.push(snapshot(&so_far, false));
        if number % 4 == 2 {
            frames.push(snapshot(&format!("{so_far}\n```"), false));
        }
    }
    frames.push(snapshot(text, true));
    frames.push(frame(json!([null, [conversation, reply], {"11": ["A stand-in conversation"], "44": true}])));
    frames.push(json!([["di", 1234], ["af.httprm", 1234, "-5670000000000000000", 21]]));
    frames.push(json!([["e", frames.len(), null, null, text.len()]]));
    frames
}

/// The frames of a request that could not be understood.
pub(super) fn refusal() -> Vec<Value> {
    vec![json!([["wrb.fr", null, null, null, null, [13]]]), json!([["di", 5], ["e", 4, null, null, 131]])]
}

/// Frames as bytes: the guard, then each with its length from just after the digits.
pub(super) fn write(frames: &[Value]) -> String {
    let frame = |frame: &Value| {
        let text = format!("\n{frame}\n");
        format!("{}{text}", text.encode_utf16().count())
    };
    format!(")]}}'\n\n{}", frames.iter().map(frame).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newline, JSON, newline; a character outside the BMP counts twice.
    #[test]
    fn lengths_count_from_after_the_digits() {
        let first = json!([["wrb.fr", null, "[null,[null,\"r_1\"],{\"18\":\"r_1\"}]"]]);
        assert!(write(&[first]).starts_with(")]}'\n\n60\n[["));
        assert!(write(&[json!(["\u{1F642}"])]).contains("\n\n8\n["));
    }
}
