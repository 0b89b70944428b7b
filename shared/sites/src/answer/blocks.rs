//! Blocks that come whole, in chunks at offsets, as JSON patches, or as a text in JSON in JSON.
//!
//! INVARIANT: four generations of one format, tried in order: workflow steps, patches and chunks
//! of Markdown blocks, the event's `text`; a later one counts only while the earlier have no text. Tokens that
//! come beside them are never kept. `conversation_id` is the thread's `context_uuid`, which stays the
//! same over all turns; `message_id` is `backend_uuid`, which the next request names as the one it
//! follows.

mod markdown;
mod steps;
mod workflow;

use serde_json::Value;
use shared_protocol::{Response, Text};

use super::Limits;
use super::cap;
use super::field::{UNSPECIFIED, code, first, last, short};
use super::wiped::Json;
use markdown::Markdowns;
use workflow::Workflow;

#[derive(Clone)]
pub(super) struct Blocks {
    workflow: Workflow,
    markdown: Markdowns,
    text: Text,
    message: Option<String>,
    context: Option<String>,
    slug: Option<String>,
    model: Option<String>,
    error: Option<String>,
    terminal: bool,
    truncated: bool,
    cap: usize,
}

impl Blocks {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            workflow: Workflow::new(limits),
            markdown: Markdowns::new(limits),
            text: Text::default(),
            message: None,
            context: None,
            slug: None,
            model: None,
            error: None,
            terminal: false,
            truncated: false,
            cap: limits.text,
        }
    }

    pub(super) const fn is_terminal(&self) -> bool {
        self.terminal
    }

    pub(super) fn event(&mut self, name: &str, data: &str) {
        self.terminal |= name == "end_of_stream";
        if let Some(event) = Json::parse(data).filter(|event| event.is_object()) {
            self.read(&event);
        }
    }

    /// A plain JSON body in place of a stream.
    pub(super) fn body(&mut self, body: &Value) {
        self.read(body);
        if let Some(detail) =
            body.get("detail").or_else(|| body.get("error")).filter(|detail| !detail.is_null())
        {
            first(&mut self.error, Some(code(detail, &["error_code", "code", "type"])));
            self.terminal = true;
        }
    }

    fn read(&mut self, event: &Value) {
        last(&mut self.message, short(event, "/backend_uuid"));
        first(&mut self.context, short(event, "/context_uuid"));
        first(&mut self.slug, short(event, "/thread_url_slug"));
        last(&mut self.model, short(event, "/display_model"));
        self.terminal |= event.get("final_sse_message") == Some(&Value::Bool(true));
        let said = event.get("error_code").filter(|code| !code.is_null());
        if said.is_some() || event.get("status").and_then(Value::as_str) == Some("FAILED") {
            first(&mut self.error, Some(said.map_or_else(|| UNSPECIFIED.to_owned(), |said| code(said, &[]))));
            self.terminal = true;
            // The `text` of a failure is the failure's.
            return;
        }
        for block in event.get("blocks").and_then(Value::as_array).into_iter().flatten() {
            if !self.workflow.block(block) {
                self.markdown.block(block);
            }
        }
        let text = event.get("text").and_then(Value::as_str);
        let text = text.filter(|_| !self.workflow.has_text() && !self.markdown.has_text());
        if let Some(mut text) = text.and_then(steps::answer) {
            self.truncated |= cap::cut(&mut text, self.cap);
            self.text = Text::new(text);
        }
    }

    pub(super) fn response(&self) -> Response {
        let answer = [self.workflow.text(), self.markdown.text()].into_iter().find(|text| !text.is_empty());
        let mut text = answer.unwrap_or_else(|| self.text.expose().to_owned());
        let cut = cap::cut(&mut text, self.cap);
        Response {
            text: Text::new(text),
            model: self.model.clone(),
            conversation_id: self.context.clone().or_else(|| self.slug.clone()),
            message_id: self.message.clone(),
            tool_calls: Vec::new(),
            complete: self.terminal,
            truncated: self.truncated || self.workflow.is_full() || self.markdown.is_full() || cut,
            error: self.error.clone(),
        }
    }
}
