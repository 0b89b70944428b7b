//! The answer inside a workflow's steps (as seen 2026-09): a block sent whole, then patched.
//!
//! INVARIANT: only text payloads of the variant `answer` (or of none) are the answer; thoughts,
//! sources and widgets are not.

use serde_json::Value;

use crate::answer::Limits;
use crate::answer::document::{Document, Op, Room};
use crate::answer::wiped::Json;

#[derive(Clone)]
pub(super) struct Workflow {
    document: Document,
    room: Room,
    full: bool,
}

impl Workflow {
    pub(super) fn new(limits: Limits) -> Self {
        Self { document: Document::default(), room: Room::new(limits.text.saturating_mul(4)), full: false }
    }

    /// Takes a block of this generation; false when it is none.
    pub(super) fn block(&mut self, block: &Value) -> bool {
        if let Some(whole) = block.get("workflow_block").filter(|whole| whole.is_object()) {
            self.apply("", Op::Replace, whole.clone());
            return true;
        }
        let Some(patches) = patches(block, "workflow_block") else { return false };
        for patch in patches {
            let path = patch.get("path").and_then(Value::as_str).unwrap_or_default();
            if let Some(op) = operation(patch) {
                self.apply(path, op, patch.get("value").cloned().unwrap_or_default());
            }
        }
        true
    }

    fn apply(&mut self, path: &str, op: Op, value: Value) {
        if self.full {
            drop(Json::from(value));
            return;
        }
        self.full = self.document.apply(path, op, value, &mut self.room).is_err();
    }

    pub(super) const fn is_full(&self) -> bool {
        self.full
    }

    /// Whether there is an answer yet; does not put it together.
    pub(super) fn has_text(&self) -> bool {
        let spoken = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        self.payloads().any(|payload| {
            let mut chunks = payload.get("chunks").and_then(Value::as_array).into_iter().flatten();
            payload.get("text").is_some_and(spoken) || chunks.any(spoken)
        })
    }

    /// The answers of all steps, a blank line between two.
    pub(super) fn text(&self) -> String {
        let answers: Vec<String> = self.payloads().map(said).filter(|text| !text.is_empty()).collect();
        answers.join("\n\n")
    }

    fn payloads(&self) -> impl Iterator<Item = &Value> {
        let steps = self.document.root().get("steps").and_then(Value::as_array);
        let items = steps.into_iter().flatten().filter_map(|step| step.get("items")?.as_array()).flatten();
        let payloads = items.filter_map(|item| item.pointer("/payload/text_payload"));
        payloads.filter(|payload| {
            matches!(payload.get("variant").and_then(Value::as_str), None | Some("answer" | "ANSWER"))
        })
    }
}

/// `text` comes at the end; until then the chunks say more.
fn said(payload: &Value) -> String {
    let chunks = payload.get("chunks").and_then(Value::as_array);
    let chunks: String = chunks.into_iter().flatten().filter_map(Value::as_str).collect();
    let text = payload.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.len() >= chunks.len() { text.to_owned() } else { chunks }
}

/// The patches of a block's `diff_block`, if they are for `field`.
pub(super) fn patches<'a>(block: &'a Value, field: &str) -> Option<&'a Vec<Value>> {
    let diff = block.get("diff_block")?;
    (diff.get("field").and_then(Value::as_str)? == field).then_some(())?;
    diff.get("patches")?.as_array()
}

/// The operation of a JSON patch, as far as these streams use them.
pub(super) fn operation(patch: &Value) -> Option<Op> {
    match patch.get("op").and_then(Value::as_str)? {
        "add" => Some(Op::Add),
        "replace" => Some(Op::Replace),
        "remove" => Some(Op::Remove),
        _ => None,
    }
}
