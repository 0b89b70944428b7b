//! Signed heads in text of any kind: a head file, a sink's lines of any format, what a collector made of them.
//!
//! What stands around a head does not matter, so that no receiver's way of keeping lines has to be known. A head that
//! was changed on its way is found too; whether it is good is the check's to say.

use serde_json::Deserializer;

use crate::SignedHead;

/// What stands before a head in the JSON formats and in CEF, and before one in a string of JSON.
const BEFORE: [&str; 2] = ["\"signed_head\":", "promptgateHead="];
const ESCAPED: [&str; 2] = ["\\\"signed_head\\\":", "promptgateHead={\\\""];

/// The heads in a line, in their order.
#[must_use]
pub fn heads(line: &str) -> Vec<SignedHead> {
    if let Some(head) = SignedHead::from_json(line) {
        return vec![head];
    }
    let plain = ESCAPED.iter().any(|before| line.contains(before)).then(|| line.replace("\\\"", "\""));
    let line = plain.as_deref().unwrap_or(line);
    let starts = BEFORE.iter().flat_map(|before| line.match_indices(before));
    let mut starts: Vec<usize> = starts.map(|(at, before)| at + before.len()).collect();
    starts.sort_unstable();
    let head = |at: usize| {
        let first = Deserializer::from_str(line.get(at..)?).into_iter::<SignedHead>().next()?;
        first.ok().filter(SignedHead::is_understood)
    };
    starts.into_iter().filter_map(head).collect()
}
