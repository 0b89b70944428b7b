//! An answer as Perplexity streams it: blocks that grow by chunks at offsets, by patches, and are repainted at the end.
//!
//! `ask_text` mirrors the answer's block; the steps repeat the prompt; `final` comes true before the end.

use crate::stand_ins::answer::tokens;
use crate::stand_ins::events::Events;
use crate::stand_ins::exchange::Reply;
use serde_json::{Value, json};

/// The block that is the answer.
const ANSWER: &str = "ask_text_0_markdown";

/// What the events of one answer have in common.
pub(super) struct Names<'a> {
    pub(super) entry: &'a str,
    pub(super) thread: &'a str,
    pub(super) token: &'a str,
    pub(super) prompt: &'a str,
    pub(super) model: &'a Value,
}

pub(super) fn answer(names: &Names<'_>, text: &str) -> Reply {
    let parts = tokens(text);
    let mut out = Writer { names, events: Events::ended_by("\r\n") };
    out.event(
        "PENDING",
        json!([{"intended_usage": "pro_search_steps", "plan_block": {"progress": "IN_PROGRESS",
        "steps": [{"step_type": "INITIAL_QUERY", "initial_query_content": {"query": names.prompt}}]}}]),
        json!({}),
    );
    let half = parts.len() / 2;
    for (at, chunks) in chunked(&parts[..half]) {
        let block = json!({"progress": "IN_PROGRESS", "chunks": chunks, "chunk_starting_offset": at});
        out.event("PENDING", both(&json!({"markdown_block": block})), json!({}));
    }
    for (at, part) in parts.iter().enumerate().skip(half) {
        let patch = json!({"op": "add", "path": format!("/chunks/{at}"), "value": part});
        let diff = json!({"diff_block": {"field": "markdown_block", "patches": [patch]}});
        out.event("PENDING", both(&diff), json!({}));
    }
    out.event("PENDING", json!([]), json!({"final": true, "reconnectable": true}));
    let block = json!({"progress": "DONE", "chunks": parts, "chunk_starting_offset": 0, "answer": text});
    let mut blocks = both(&json!({"markdown_block": block}));
    if let Some(blocks) = blocks.as_array_mut() {
        blocks.push(json!({"intended_usage": "web_results", "web_result_block": {"web_results": []}}));
        blocks.push(json!({"intended_usage": "pending_followups", "pending_followups_block": {"followups": ["And then?"]}}));
    }
    out.event("COMPLETED", blocks, json!({"final": true, "final_sse_message": true}));
    out.events.named("end_of_stream", &json!({}), "");
    out.events.into_reply()
}

/// The chunks three at a time, with the number of the first.
fn chunked(parts: &[String]) -> impl Iterator<Item = (usize, &[String])> {
    parts.chunks(3).enumerate().map(|(number, chunks)| (number * 3, chunks))
}

/// The block and its mirror.
fn both(content: &Value) -> Value {
    let named = |name: &str| {
        let mut block = content.clone();
        block["intended_usage"] = json!(name);
        block
    };
    json!([named(ANSWER), named("ask_text")])
}

struct Writer<'a> {
    names: &'a Names<'a>,
    events: Events,
}

impl Writer<'_> {
    fn event(&mut self, status: &str, blocks: Value, more: Value) {
        let names = self.names;
        let mut event = json!({
            "backend_uuid": names.entry, "context_uuid": names.thread, "thread_url_slug": names.thread,
            "uuid": names.entry, "read_write_token": names.token, "query_str": names.prompt, "status": status,
            "display_model": "turbo", "user_selected_model": names.model, "mode": "CONCISE", "text_completed": false,
            "final": false, "final_sse_message": false, "blocks": blocks,
        });
        if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
            event.extend(more);
        }
        self.events.named("message", &event, "");
    }
}
