//! Gemini's server side: StreamGenerate and batchexecute, both over forms that hold JSON in JSON.
//!
//! A body that lost its shape gets the error item that the real one gives, so damage shows in the page.

mod stream;

use super::answer::answer_to;
use super::exchange::{Incoming, Reply};
use super::pieces::Pieces;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The least items of the array that carries a prompt.
const ITEMS: usize = 69;

/// The conversations that began, with the number of their turns.
#[derive(Default)]
pub(super) struct Gemini {
    conversations: Mutex<HashMap<String, usize>>,
}

impl Gemini {
    pub(super) fn reply(&self, request: &Incoming) -> Reply {
        let path = request.path.trim_start_matches(|c: char| c == '/' || c == 'u' || c.is_ascii_digit());
        match (request.method.as_str(), path) {
            ("POST", "_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate") => {
                self.send(request)
            }
            ("POST", "_/BardChatUi/data/batchexecute") => batch(request),
            _ => Reply::empty(404),
        }
    }

    fn send(&self, request: &Incoming) -> Reply {
        let sent = f_req(&request.body);
        let inner: Value =
            sent[1].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let prompt = inner.pointer("/0/0").and_then(Value::as_str);
        let conversation = inner.pointer("/2/0").and_then(Value::as_str).unwrap_or_default();
        let shaped = inner.as_array().is_some_and(|items| items.len() >= ITEMS);
        let known = self.turn(conversation);
        let (Some(prompt), true, Some((conversation, turn))) = (prompt, shaped, known) else {
            return framed(&stream::refusal());
        };
        framed(&stream::answer(&conversation, turn, prompt, &answer_to(prompt)))
    }

    fn turn(&self, id: &str) -> Option<(String, usize)> {
        let mut conversations = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        let id = match id {
            "" => format!("c_{:016x}", 0xabc0_0000 + conversations.len()),
            id if conversations.contains_key(id) => id.to_owned(),
            _ => return None,
        };
        let turns = conversations.entry(id.clone()).or_default();
        *turns += 1;
        Some((id, *turns))
    }
}

/// Answers each call in a request by its own item.
fn batch(request: &Incoming) -> Reply {
    let sent = f_req(&request.body);
    let calls = sent[0].as_array().cloned().unwrap_or_default();
    let item = |call: &Value| json!(["wrb.fr", call[0], "[]", null, null, null, "generic"]);
    let mut frames: Vec<Value> = calls.iter().map(|call| json!([item(call)])).collect();
    frames.push(json!([["di", 12], ["af.httprm", 12, "-1", 5]]));
    framed(&frames)
}

fn framed(frames: &[Value]) -> Reply {
    let text = stream::write(frames);
    Reply::Streamed { content_type: "application/json; charset=utf-8", pieces: Pieces::cut(text.as_bytes()) }
}

/// The field `f.req` of a form, as JSON.
fn f_req(body: &[u8]) -> Value {
    let body = String::from_utf8_lossy(body);
    let field = body.split('&').find_map(|field| field.strip_prefix("f.req="));
    let text = crate::ledger::decode_form(field.unwrap_or_default().as_bytes());
    serde_json::from_slice(&text).unwrap_or_default()
}
