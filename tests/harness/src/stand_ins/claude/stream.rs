//! An answer as Claude streams it: numbered blocks, of which only those of type text are the answer.
//!
//! A tool's use and its result stand between the two halves of the text; both grow by the same kind of delta.

use crate::stand_ins::answer::tokens;
use crate::stand_ins::events::Events;
use crate::stand_ins::exchange::Reply;
use serde_json::{Value, json};

pub(super) fn answer(message: &str, parent: &str, text: &str) -> Reply {
    let mut out = Writer { events: Events::ended_by("\n"), block: 0 };
    out.event(
        "message_start",
        json!({"message": {
            "id": "chatcompl_standin", "type": "message", "role": "assistant", "model": "", "uuid": message,
            "parent_uuid": parent, "content": [], "stop_reason": null,
        }}),
    );
    let thought = [json!({"type": "thinking_delta", "thinking": "A private thought."})];
    out.block(json!({"type": "thinking", "thinking": "", "summaries": []}), &thought);
    out.event("ping", json!({}));

    let parts = tokens(text);
    let (first, second) = parts.split_at(parts.len() / 2);
    out.block(json!({"type": "text", "text": "", "citations": []}), &texts(first));
    out.block(
        json!({"type": "tool_use", "id": "toolu_standin", "name": "web_search", "input": {}, "integration_name": null}),
        &json_pieces(&json!({"query": "pangram \"short\""})),
    );
    out.block(
        json!({"type": "tool_result", "tool_use_id": "toolu_standin", "name": "web_search", "content": [], "is_error": false}),
        &json_pieces(&json!([{"type": "text", "text": "A result that is not the answer."}])),
    );
    out.block(json!({"type": "text", "text": "", "citations": []}), &texts(second));
    out.event("message_delta", json!({"delta": {"stop_reason": "end_turn", "stop_sequence": null}}));
    out.event("message_limit", json!({"message_limit": {
        "type": "within_limit", "resetsAt": null, "remaining": null, "windows": {"5h": {"status": "within_limit"}},
    }}));
    out.event("message_stop", json!({}));
    out.events.into_reply()
}

fn texts(parts: &[String]) -> Vec<Value> {
    parts.iter().map(|text| json!({"type": "text_delta", "text": text})).collect()
}

/// JSON text in parts that are no JSON on their own.
fn json_pieces(value: &Value) -> Vec<Value> {
    tokens(&value.to_string())
        .iter()
        .map(|part| json!({"type": "input_json_delta", "partial_json": part}))
        .collect()
}

struct Writer {
    events: Events,
    block: usize,
}

impl Writer {
    fn event(&mut self, name: &str, mut data: Value) {
        data["type"] = json!(name);
        self.events.named(name, &data, "");
    }

    fn block(&mut self, start: Value, deltas: &[Value]) {
        let index = self.block;
        self.event("content_block_start", json!({"index": index, "content_block": start}));
        for delta in deltas {
            self.event("content_block_delta", json!({"index": index, "delta": delta}));
        }
        self.event(
            "content_block_stop",
            json!({"index": index, "stop_timestamp": "2026-09-01T00:00:00.000000Z"}),
        );
        self.block += 1;
    }
}
