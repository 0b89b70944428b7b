//! A message in content blocks, and the older `completion` events.
//!
//! INVARIANT: the kind of a block decides what its deltas are, not the delta's own kind, so a tool's
//! input or result never becomes answer text. The answer is the text blocks, joined in index order,
//! white space kept.

use std::collections::BTreeMap;

use serde_json::Value;
use shared_protocol::{Response, Text, ToolCall};
use zeroize::Zeroizing;

use super::Limits;
use super::cap;
use super::field::{add_tool, code, first, last, short};
use super::wiped::Json;

/// Blocks kept of one answer.
const BLOCKS: usize = 4096;

#[derive(Clone)]
enum Block {
    Text(Zeroizing<String>),
    /// Thinking, a tool's input, a tool's result: not the answer.
    Other,
}

#[derive(Clone)]
pub(super) struct Messages {
    /// By message in the stream, then by index.
    blocks: BTreeMap<(u64, u64), Block>,
    message: u64,
    message_id: Option<String>,
    model: Option<String>,
    tools: Vec<ToolCall>,
    error: Option<String>,
    terminal: bool,
    truncated: bool,
    left: usize,
}

impl Messages {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            blocks: BTreeMap::new(),
            message: 0,
            message_id: None,
            model: None,
            tools: Vec::new(),
            error: None,
            terminal: false,
            truncated: false,
            left: limits.text,
        }
    }

    pub(super) const fn is_terminal(&self) -> bool {
        self.terminal
    }

    pub(super) fn event(&mut self, name: &str, data: &str) {
        let Some(event) = Json::parse(data).filter(|event| event.is_object()) else { return };
        let kind = event.get("type").and_then(Value::as_str).unwrap_or(name);
        match kind {
            "message_start" => self.start(&event),
            "content_block_start" => self.block(&event),
            "content_block_delta" => self.delta(&event),
            "message_stop" => self.terminal = true,
            "error" => self.fail(&event),
            "completion" => self.completion(&event),
            // The oldest streams have no `type` and no event name but this field.
            _ if event.get("completion").is_some() => self.completion(&event),
            // Limits, stops, pings, titles: nothing to record.
            _ => {}
        }
    }

    /// A plain JSON body in place of a stream.
    pub(super) fn body(&mut self, body: &Value) {
        if body.get("error").is_some() {
            self.fail(body);
        }
    }

    fn fail(&mut self, event: &Value) {
        let error = event.get("error").unwrap_or(event);
        let keys: &[&str] = if error.is_object() { &["type", "error_code", "code"] } else { &[] };
        first(&mut self.error, Some(code(error, keys)));
        self.terminal = true;
    }

    fn start(&mut self, event: &Value) {
        let id = short(event, "/message/uuid").or_else(|| short(event, "/message/id"));
        if id.is_some() && id == self.message_id {
            // The same message from its beginning: a stream resumed.
            let again = self.message;
            for (_, block) in self.blocks.extract_if((again, 0)..=(again, u64::MAX), |_, _| true) {
                if let Block::Text(text) = block {
                    self.left = self.left.saturating_add(text.len());
                }
            }
            self.tools.clear();
        } else if self.message_id.is_some() {
            self.message = self.message.saturating_add(1);
        }
        last(&mut self.message_id, id);
        last(&mut self.model, short(event, "/message/model"));
    }

    fn block(&mut self, event: &Value) {
        let Some(at) = self.at(event) else { return };
        let kind = event.pointer("/content_block/type").and_then(Value::as_str).unwrap_or_default();
        if kind == "text" {
            self.blocks.insert(at, Block::Text(Zeroizing::default()));
            self.add(at, event.pointer("/content_block/text"));
            return;
        }
        let known = self.blocks.insert(at, Block::Other);
        // `tool_use`, and the kinds that say where the tool runs.
        if known.is_none()
            && kind.ends_with("tool_use")
            && let Some(name) = short(event, "/content_block/name")
        {
            let call = ToolCall { name, server: server(event) };
            self.truncated |= !add_tool(&mut self.tools, call);
        }
    }

    fn delta(&mut self, event: &Value) {
        let Some(at) = self.at(event) else { return };
        if event.pointer("/delta/type").and_then(Value::as_str) == Some("text_delta") {
            self.blocks.entry(at).or_insert_with(|| Block::Text(Zeroizing::default()));
            self.add(at, event.pointer("/delta/text"));
        }
    }

    fn completion(&mut self, event: &Value) {
        let at = (self.message, 0);
        self.blocks.entry(at).or_insert_with(|| Block::Text(Zeroizing::default()));
        self.add(at, event.get("completion"));
        last(&mut self.model, short(event, "/model"));
        self.terminal |= event.get("stop_reason").is_some_and(|reason| !reason.is_null());
    }

    /// Where the event's block is; none when there are too many.
    fn at(&mut self, event: &Value) -> Option<(u64, u64)> {
        let at = (self.message, event.get("index").and_then(Value::as_u64)?);
        if self.blocks.len() >= BLOCKS && !self.blocks.contains_key(&at) {
            self.truncated = true;
            return None;
        }
        Some(at)
    }

    fn add(&mut self, at: (u64, u64), more: Option<&Value>) {
        let more = more.and_then(Value::as_str).unwrap_or_default();
        if let Some(Block::Text(text)) = self.blocks.get_mut(&at)
            && !self.truncated
        {
            self.truncated |= !cap::push(text, more, &mut self.left);
        }
    }

    pub(super) fn response(&self) -> Response {
        let texts = self.blocks.values().filter_map(|block| match block {
            Block::Text(text) => Some(text.as_str()),
            Block::Other => None,
        });
        Response {
            text: Text::new(texts.collect::<String>()),
            model: self.model.clone(),
            conversation_id: None,
            message_id: self.message_id.clone(),
            tool_calls: self.tools.clone(),
            complete: self.terminal,
            truncated: self.truncated,
            error: self.error.clone(),
        }
    }
}

/// The connector: its label, or the host of its address; a path or a query can hold a secret.
fn server(event: &Value) -> Option<String> {
    let named = |key| short(event, &format!("/content_block/{key}"));
    named("integration_name").or_else(|| named("mcp_server_name")).or_else(|| named("server_name")).or_else(
        || {
            let url = named("mcp_server_url")?;
            let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            let host = host.split(['/', '?', '#']).next().unwrap_or_default();
            host.rsplit('@').next().filter(|host| !host.is_empty()).map(str::to_owned)
        },
    )
}
