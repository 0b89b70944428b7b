//! `delta_encoding` v1 and the older cumulative messages.
//!
//! INVARIANT: `c`, `p` and `o` carry over from one delta to the next, `v` never does; events of
//! other types between deltas leave that state alone. One document for each message, in the order
//! the messages began. Resume tokens and the like are never kept. White space and the private-use
//! citation marks (U+E200 to U+E206) stay as streamed.

mod message;

use serde_json::{Map, Value};
use shared_protocol::{Response, Text};

use super::Limits;
use super::cap;
use super::document::{Document, Full, Op, Room};
use super::field::{code, first, last, short};
use super::wiped::Json;

/// Messages kept of one stream.
const MESSAGES: usize = 1024;

#[derive(Clone)]
struct Slot {
    /// The channel that speaks of this message; none when the channel went on to another.
    channel: Option<i64>,
    document: Document,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    One(Op),
    Patch,
    Unknown,
}

#[derive(Clone)]
pub(super) struct Delta {
    slots: Vec<Slot>,
    room: Room,
    channel: i64,
    path: String,
    change: Change,
    conversation: Option<String>,
    /// The model of the whole turn, said beside the messages.
    turn_model: Option<String>,
    error: Option<String>,
    handoff: Option<String>,
    /// The request's own end after it handed the answer on is not the answer's.
    handed_over: bool,
    terminal: bool,
    full: bool,
    cap: usize,
}

impl Delta {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            slots: Vec::new(),
            // Reasoning, tool results and metadata come beside the answer.
            room: Room::new(limits.text.saturating_mul(4)),
            channel: 0,
            path: String::new(),
            change: Change::One(Op::Add),
            conversation: None,
            turn_model: None,
            error: None,
            handoff: None,
            handed_over: false,
            terminal: false,
            full: false,
            cap: limits.text,
        }
    }

    pub(super) const fn is_terminal(&self) -> bool {
        self.terminal
    }

    pub(super) fn handoff(&self) -> Option<&str> {
        self.handoff.as_deref()
    }

    pub(super) fn event(&mut self, name: &str, data: &str) {
        let data = data.trim();
        if data == "[DONE]" {
            let moved = self.handoff.is_some() && !self.handed_over;
            self.handed_over = true;
            self.terminal |= !moved;
            return;
        }
        if name == "delta_encoding" || data.trim_matches('"') == "v1" {
            self.channel = 0;
            self.path.clear();
            self.change = Change::One(Op::Add);
            return;
        }
        let Some(Value::Object(fields)) = Json::parse(data).map(Json::take) else { return };
        let has_value = fields.contains_key("v") || fields.contains_key("o");
        if has_value && (name == "delta" || !fields.contains_key("type")) {
            self.delta(fields);
        } else if fields.contains_key("type") {
            self.typed(&Json::from(Value::Object(fields)));
        } else {
            self.cumulative(fields);
        }
    }

    /// A plain JSON body in place of a stream: `detail` is a text, an object with a code, or a list.
    pub(super) fn body(&mut self, body: &Value) {
        if let Some(detail) =
            body.get("detail").or_else(|| body.get("error")).filter(|detail| !detail.is_null())
        {
            self.fail(code(detail, &["code", "type"]));
        }
    }

    fn fail(&mut self, code: String) {
        first(&mut self.error, Some(code));
        self.terminal = true;
    }

    fn delta(&mut self, mut fields: Map<String, Value>) {
        if let Some(channel) = fields.get("c").and_then(Value::as_i64) {
            self.channel = channel;
        }
        if let Some(path) = fields.get("p").and_then(Value::as_str) {
            path.clone_into(&mut self.path);
        }
        if let Some(op) = fields.get("o").and_then(Value::as_str) {
            self.change = change(op);
        }
        let value = fields.remove("v");
        drop(Json::from(Value::Object(fields)));
        let path = std::mem::take(&mut self.path);
        match (self.change, value) {
            (Change::Patch, Some(Value::Array(changes))) => self.patch(&path, changes),
            (Change::One(op), value) => self.apply(&path, op, value),
            (Change::Patch | Change::Unknown, value) => drop(value.map(Json::from)),
        }
        self.path = path;
    }

    /// Each change says its own path, operation and value; nothing carries over between them.
    fn patch(&mut self, base: &str, changes: Vec<Value>) {
        for change_fields in changes {
            let Value::Object(mut fields) = change_fields else { continue };
            let value = fields.remove("v");
            let fields = Json::from(Value::Object(fields));
            let Some(op) = fields.get("o").and_then(Value::as_str) else { continue };
            let path = fields.get("p").and_then(Value::as_str).unwrap_or_default();
            let path = if base.is_empty() { path.to_owned() } else { format!("{base}{path}") };
            match (change(op), value) {
                (Change::One(op), value) => self.apply(&path, op, value),
                // The parser's own depth bounds this.
                (Change::Patch, Some(Value::Array(inner))) => self.patch(&path, inner),
                (Change::Patch | Change::Unknown, value) => drop(value.map(Json::from)),
            }
        }
    }

    fn apply(&mut self, path: &str, op: Op, value: Option<Value>) {
        if self.full || (value.is_none() && op != Op::Remove) {
            drop(value.map(Json::from));
            return;
        }
        let value = value.unwrap_or_default();
        let begins = path.is_empty() && matches!(op, Op::Add | Op::Replace);
        if begins {
            first(&mut self.conversation, short(&value, "/conversation_id"));
        }
        let found = if begins { self.begin(&value) } else { self.present() };
        let applied = match found.and_then(|at| self.slots.get_mut(at)) {
            Some(slot) => slot.document.apply(path, op, value, &mut self.room),
            None => Err(Full),
        };
        self.full |= applied.is_err();
    }

    /// The slot of the channel that speaks.
    fn present(&mut self) -> Option<usize> {
        let channel = Some(self.channel);
        match self.slots.iter().rposition(|slot| slot.channel == channel) {
            None => self.open(channel),
            found => found,
        }
    }

    /// The slot for a message that begins (or begins again, when a stream is replayed).
    fn begin(&mut self, value: &Value) -> Option<usize> {
        let channel = Some(self.channel);
        let id = value.pointer("/message/id").and_then(Value::as_str);
        let same = |slot: &Slot| {
            let known = slot.document.root().pointer("/message/id").and_then(Value::as_str);
            if known.is_some() { known == id } else { slot.channel == channel }
        };
        let found = self.slots.iter().rposition(same);
        for slot in &mut self.slots {
            if slot.channel == channel {
                slot.channel = None;
            }
        }
        match found.and_then(|at| self.slots.get_mut(at)) {
            Some(slot) => slot.channel = channel,
            None => return self.open(channel),
        }
        found
    }

    fn open(&mut self, channel: Option<i64>) -> Option<usize> {
        if self.slots.len() >= MESSAGES {
            return None;
        }
        self.slots.push(Slot { channel, document: Document::default() });
        self.slots.len().checked_sub(1)
    }

    /// The older form: each event holds its message whole.
    fn cumulative(&mut self, fields: Map<String, Value>) {
        let value = Json::from(Value::Object(fields));
        first(&mut self.conversation, short(&value, "/conversation_id"));
        if value.pointer("/moderation_response/blocked") == Some(&Value::Bool(true)) {
            first(&mut self.error, Some("moderation".to_owned()));
        }
        if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
            self.fail(code(error, &["code", "type"]));
        }
        if value.get("message").is_some_and(Value::is_object) {
            let channel = std::mem::replace(&mut self.channel, -1);
            self.apply("", Op::Add, Some(value.take()));
            self.channel = channel;
        }
    }

    /// What comes between deltas. Everything not named here is of no use to a record.
    fn typed(&mut self, value: &Value) {
        first(&mut self.conversation, short(value, "/conversation_id"));
        match value.get("type").and_then(Value::as_str).unwrap_or_default() {
            "message_stream_complete" => self.terminal = true,
            "stream_handoff" => {
                let options = value.get("options").and_then(Value::as_array);
                let topic = options.and_then(|options| {
                    options
                        .iter()
                        .filter(|option| {
                            option.get("type").and_then(Value::as_str) == Some("subscribe_ws_topic")
                        })
                        .find_map(|option| short(option, "/topic_id"))
                });
                last(&mut self.handoff, topic);
            }
            "server_ste_metadata" => {
                last(
                    &mut self.turn_model,
                    short(value, "/metadata/model_slug").or_else(|| short(value, "/model_slug")),
                );
            }
            "error" => {
                self.fail(code(
                    value.get("error").unwrap_or(value),
                    &["code", "error_code", "error", "type"],
                ));
            }
            "moderation" if value.pointer("/moderation_response/blocked") == Some(&Value::Bool(true)) => {
                first(&mut self.error, Some("moderation".to_owned()));
            }
            _ => {}
        }
    }

    pub(super) fn response(&self) -> Response {
        let messages = || self.slots.iter().filter_map(|slot| slot.document.root().get("message"));
        let answers = || messages().filter(|message| message::is_answer(message));
        let answer = answers().rfind(|answer| !message::is_empty(answer)).or_else(|| answers().next_back());
        let mut text = answer.map(message::text).unwrap_or_default();
        let cut = cap::cut(&mut text, self.cap);
        let (tool_calls, all) = message::tools(messages());
        Response {
            text: Text::new(text),
            model: answer
                .and_then(|answer| short(answer, "/metadata/resolved_model_slug"))
                .or_else(|| self.turn_model.clone())
                .or_else(|| answer.and_then(|answer| short(answer, "/metadata/model_slug"))),
            conversation_id: self.conversation.clone(),
            message_id: answer.and_then(|answer| short(answer, "/id")),
            tool_calls,
            complete: self.terminal || answers().next_back().is_some_and(message::is_finished),
            truncated: self.full || cut || !all,
            error: self.error.clone(),
        }
    }
}

fn change(word: &str) -> Change {
    match word {
        "add" => Change::One(Op::Add),
        "replace" => Change::One(Op::Replace),
        "append" => Change::One(Op::Append),
        "remove" => Change::One(Op::Remove),
        "truncate" => Change::One(Op::Truncate),
        "patch" => Change::Patch,
        _ => Change::Unknown,
    }
}
