//! An answer as ChatGPT streams it: delta_encoding v1, with all that passes between and around the answer's text.
//!
//! Line ends, padding and the form of each delta change from answer to answer; the text stays the same.

use crate::stand_ins::answer::tokens;
use crate::stand_ins::events::Events;
use crate::stand_ins::pieces::Dice;
use serde_json::{Value, json};

/// The model that answers when `auto` is asked for.
const MODEL: &str = "gpt-5-stand-in";

/// What a turn is called.
pub(super) struct Names {
    pub(super) conversation: String,
    pub(super) turn: usize,
}

impl Names {
    /// The topic on which the turn's answer is published.
    pub(super) fn topic(&self) -> String {
        format!("conversation-turn-{}-{}", self.conversation, self.turn)
    }

    fn message(&self, number: usize) -> String {
        format!("{:08x}-{:04x}-4a5e-9000-0000000000ff", self.turn * 16 + number, self.conversation.len())
    }
}

/// One answer, before it is written.
pub(super) struct Answer<'a> {
    pub(super) names: &'a Names,
    pub(super) prompt: &'a str,
    pub(super) echo: &'a Value,
    pub(super) text: String,
}

impl Answer<'_> {
    /// All events, each written out, in order.
    pub(super) fn events(&self) -> Vec<String> {
        let mut out = Writer::new(self.prompt);
        let conversation = &self.names.conversation;
        out.event("delta_encoding", &json!("v1"));
        out.typed(json!({"type": "resume_conversation_token", "kind": "topic", "token": "stand-in", "conversation_id": conversation}));
        out.event(
            "delta",
            &json!({"p": "", "o": "add", "c": 0, "v": self.message(0, json!({
                "author": {"role": "system"}, "content": {"content_type": "text", "parts": [""]},
                "metadata": {"is_visually_hidden_from_conversation": true},
            }))}),
        );
        out.typed(
            json!({"type": "input_message", "input_message": self.echo, "conversation_id": conversation}),
        );
        out.event(
            "delta",
            &json!({"c": 1, "v": self.message(1, json!({
                "author": {"role": "assistant"}, "content": {"content_type": "thoughts", "thoughts": []},
            }))}),
        );
        out.event(
            "delta",
            &json!({"p": "/message/content/thoughts/0/content", "o": "append", "v": "A private thought."}),
        );
        out.event(
            "delta",
            &json!({"c": 2, "p": "", "o": "add", "v": self.message(2, json!({
                "author": {"role": "assistant"}, "content": {"content_type": "text", "parts": [""]},
                "channel": "final", "status": "in_progress",
                "metadata": {"resolved_model_slug": MODEL, "message_type": "next"},
            }))}),
        );
        out.typed(json!({"type": "message_marker", "marker": "user_visible_token", "event": "first", "conversation_id": conversation}));
        self.text_deltas(&mut out);
        out.typed(json!({"type": "server_ste_metadata", "conversation_id": conversation, "metadata": {
            "model_slug": MODEL, "tool_invoked": false, "plan_type": "team",
        }}));
        out.typed(json!({"type": "title_generation", "title": "A stand-in conversation", "conversation_id": conversation}));
        out.typed(json!({"type": "message_stream_complete", "conversation_id": conversation}));
        out.end()
    }

    /// What the request gets when the answer goes over the socket.
    pub(super) fn handoff(&self) -> String {
        let mut out = Writer::new(self.prompt);
        let conversation = &self.names.conversation;
        out.event("delta_encoding", &json!("v1"));
        out.typed(json!({"type": "resume_conversation_token", "token": "stand-in", "conversation_id": conversation}));
        out.typed(json!({"type": "stream_handoff", "conversation_id": conversation, "options": [
            {"type": "subscribe_ws_topic", "topic_id": self.names.topic()}, {"type": "resume_sse_endpoint"},
        ]}));
        out.end().concat()
    }

    fn text_deltas(&self, out: &mut Writer) {
        let path = "/message/content/parts/0";
        let mut parts = tokens(&self.text);
        let last = parts.pop().unwrap_or_default();
        for (index, token) in parts.into_iter().enumerate() {
            match (index, index % 7) {
                (0, _) => out.event("delta", &json!({"p": path, "o": "append", "v": token})),
                (_, 4) => out.event(
                    "delta",
                    &json!({"p": "", "o": "patch", "v": [{"p": path, "o": "append", "v": token}]}),
                ),
                // After a patch, a bare list is again a patch.
                (_, 5) => out.event("delta", &json!({"v": [{"p": path, "o": "append", "v": token}]})),
                (_, 6) => out.event("delta", &json!({"p": path, "o": "append", "v": token})),
                _ => out.event("delta", &json!({"v": token})),
            }
        }
        out.event("delta", &json!({"p": "", "o": "patch", "v": [
            {"p": path, "o": "append", "v": last},
            {"p": "/message/status", "o": "replace", "v": "finished_successfully"},
            {"p": "/message/end_turn", "o": "replace", "v": true},
            {"p": "/message/metadata", "o": "append", "v": {"is_complete": true, "finish_details": {"type": "stop"}}},
        ]}));
    }

    fn message(&self, number: usize, more: Value) -> Value {
        let mut message = json!({
            "id": self.names.message(number), "create_time": 1_790_000_000.5, "status": "finished_successfully",
            "end_turn": null, "weight": 1.0, "metadata": {}, "recipient": "all", "channel": null,
        });
        if let (Some(message), Value::Object(more)) = (message.as_object_mut(), more) {
            message.extend(more);
        }
        json!({"message": message, "conversation_id": self.names.conversation, "error": null})
    }
}

/// Writes events with padding of changing length.
struct Writer {
    events: Events,
    dice: Dice,
}

impl Writer {
    fn new(seed: &str) -> Writer {
        let mut dice = Dice::new(seed.as_bytes());
        let end = if dice.roll(2) == 1 { "\n" } else { "\r\n" };
        Writer { events: Events::ended_by(end), dice }
    }

    fn event(&mut self, name: &str, data: &Value) {
        let padding = " ".repeat(self.dice.roll(5) - 1);
        self.events.named(name, data, &padding);
    }

    fn typed(&mut self, data: Value) {
        self.events.line(&format!("data: {data}"));
    }

    fn end(mut self) -> Vec<String> {
        self.events.line("data: [DONE]");
        self.events.into_texts()
    }
}
