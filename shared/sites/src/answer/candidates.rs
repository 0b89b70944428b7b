//! Cumulative candidates in frames of remote-call items.
//!
//! INVARIANT: a candidate's text is its last non-empty snapshot. Snapshots are not prefixes of one
//! another (fences and chips come and go), so nothing is ever compared or appended.
//! Does not keep thoughts, images or the continuation tokens that come beside the text.

use serde_json::Value;
use shared_protocol::{Response, Text};

use super::Limits;
use super::cap;
use super::field::{UNSPECIFIED, first, last, short};
use super::wiped::Json;

/// Drafts kept of one answer.
const CANDIDATES: usize = 16;

/// "Refused": also the last word of answers that succeeded.
const REFUSED: &str = "1096";

#[derive(Clone)]
struct Candidate {
    id: Option<String>,
    text: Text,
    done: bool,
}

#[derive(Clone)]
pub(super) struct Candidates {
    found: Vec<Candidate>,
    conversation: Option<String>,
    model: Option<String>,
    error: Option<String>,
    terminal: bool,
    truncated: bool,
    cap: usize,
}

impl Candidates {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            found: Vec::new(),
            conversation: None,
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

    /// A frame is a list of items, each a list that begins with its kind.
    pub(super) fn frame(&mut self, frame: &Value) {
        for item in frame.as_array().into_iter().flatten() {
            match item.get(0).and_then(Value::as_str) {
                Some("wrb.fr") => self.item(item),
                Some("e") => self.terminal = true,
                // `di`, `af.httprm` and whatever else measures the call.
                _ => {}
            }
        }
    }

    fn item(&mut self, item: &Value) {
        match item.get(2) {
            Some(Value::String(inner)) => {
                if let Some(inner) = Json::parse(inner) {
                    self.inner(&inner);
                }
            }
            _ => {
                if let Some(error) = item.get(5).filter(|error| !error.is_null()) {
                    let code =
                        error.pointer("/2/0/1/0").or_else(|| error.get(0)).filter(|code| code.is_number());
                    first(
                        &mut self.error,
                        Some(code.map_or_else(|| UNSPECIFIED.to_owned(), Value::to_string)),
                    );
                }
            }
        }
    }

    fn inner(&mut self, inner: &Value) {
        first(&mut self.conversation, short(inner, "/1/0"));
        last(&mut self.model, short(inner, "/42"));
        for (at, candidate) in inner.get(4).and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.candidate(at, candidate);
        }
    }

    fn candidate(&mut self, at: usize, value: &Value) {
        let id = short(value, "/0");
        let known = match &id {
            Some(_) => self.found.iter().position(|candidate| candidate.id == id),
            None => (at < self.found.len()).then_some(at),
        };
        if known.is_none() {
            if self.found.len() >= CANDIDATES || !value.is_array() {
                return;
            }
            self.found.push(Candidate { id, text: Text::default(), done: false });
        }
        let at = known.unwrap_or(self.found.len().saturating_sub(1));
        let Some(candidate) = self.found.get_mut(at) else { return };
        candidate.done |= value.pointer("/8/0").and_then(Value::as_u64) == Some(2);
        let shown = value.pointer("/1/0").and_then(Value::as_str).unwrap_or_default();
        let text = if is_card(shown) {
            match value.pointer("/22/0").and_then(Value::as_str).filter(|other| !other.is_empty()) {
                Some(other) => other,
                // The text seen before says more than a chip.
                None if !candidate.text.is_empty() => return,
                None => shown,
            }
        } else {
            shown
        };
        if text.is_empty() {
            return;
        }
        let mut kept = text.to_owned();
        self.truncated |= cap::cut(&mut kept, self.cap);
        candidate.text = Text::new(kept);
    }

    pub(super) fn response(&self) -> Response {
        let answer =
            self.found.iter().find(|candidate| !candidate.text.is_empty()).or_else(|| self.found.first());
        let text = answer.map(|answer| answer.text.clone()).unwrap_or_default();
        let refused = self.error.as_deref() == Some(REFUSED);
        let succeeded = refused && !text.is_empty();
        Response {
            model: self.model.clone(),
            conversation_id: self.conversation.clone(),
            message_id: answer.and_then(|answer| answer.id.clone()),
            tool_calls: Vec::new(),
            complete: self.terminal || self.error.is_some() || answer.is_some_and(|answer| answer.done),
            truncated: self.truncated,
            error: self.error.clone().filter(|_| !succeeded),
            text,
        }
    }
}

/// Whether the text is nothing but the link that stands for a card.
fn is_card(text: &str) -> bool {
    let text = text.trim();
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.and_then(|rest| rest.strip_prefix("googleusercontent.com/card_content/"))
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}
