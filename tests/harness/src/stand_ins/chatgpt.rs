//! ChatGPT's server side: the calls around a send, the send itself, uploads, and the sockets of hand-offs.
//!
//! It refuses what the real one refuses (a body that does not fit, an unknown conversation), so a request that an
//! extension damaged does not look well.

mod socket;
mod stream;

use super::answer::answer_to;
use super::events;
use super::exchange::{Incoming, Reply};
use super::pieces::Pieces;
use crate::site::CHATGPT_STORE;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Asks in a prompt for the answer to come over the socket.
pub(crate) const HANDOFF: &str = "[handoff]";

/// The conversations that began, and the answers that wait for a subscriber.
#[derive(Default)]
pub(super) struct ChatGpt {
    conversations: Mutex<HashMap<String, usize>>,
    files: AtomicU64,
    topics: Arc<socket::Topics>,
}

impl ChatGpt {
    pub(super) fn reply(&self, request: &Incoming) -> Reply {
        match request.call() {
            ("POST", "/backend-api/f/conversation") => self.send(&request.json()),
            ("POST", "/backend-api/f/conversation/prepare") => {
                Reply::json(200, &json!({"status": "ok", "conduit_token": "stand-in-conduit"}))
            }
            ("POST", "/backend-api/f/conversation/resume") => {
                Reply::json(404, &json!({"detail": "Not Found"}))
            }
            ("POST", "/backend-api/conversation/experimental/generate_autocompletions") => {
                Reply::json(200, &json!({"completions": []}))
            }
            ("POST", "/backend-api/sentinel/chat-requirements/prepare") => {
                Reply::json(200, &json!({"persona": "chatgpt-paid", "prepare_token": "stand-in-prepare"}))
            }
            ("POST", "/backend-api/sentinel/chat-requirements/finalize") => {
                Reply::json(200, &json!({"persona": "chatgpt-paid", "token": "stand-in-requirements"}))
            }
            ("POST", "/backend-api/files") => self.register(&request.json()),
            ("POST", "/backend-api/files/process_upload_stream") => processed(&request.json()),
            ("POST", "/backend-api/share/create") => Reply::json(
                200,
                &json!({"share_id": "stand-in", "share_url": "https://chatgpt.com/share/stand-in"}),
            ),
            ("POST", path) if path.starts_with("/backend-api/conversation/gen_title/") => {
                Reply::json(200, &json!({"title": "A stand-in conversation"}))
            }
            _ => Reply::json(404, &json!({"detail": "Not Found"})),
        }
    }

    pub(super) fn socket(&self, request: &Incoming) -> Reply {
        if !request.path.contains("/ws/user/") {
            return Reply::empty(404);
        }
        let topics = Arc::clone(&self.topics);
        Reply::Socket(Box::new(move |stream, log| Box::pin(socket::serve(stream, topics, log))))
    }

    fn send(&self, body: &Value) -> Reply {
        let Some(prompt) = prompt(body) else {
            let detail = json!([{"loc": ["body", "messages"], "msg": "field required", "type": "value_error.missing"}]);
            return Reply::json(422, &json!({"detail": detail}));
        };
        let Some((conversation, turn)) = self.turn(body.get("conversation_id").and_then(Value::as_str))
        else {
            return Reply::json(
                404,
                &json!({"detail": {"code": "conversation_not_found", "message": "Not found."}}),
            );
        };
        let names = stream::Names { conversation, turn };
        let answer = stream::Answer {
            names: &names,
            prompt: &prompt,
            echo: &body["messages"][0],
            text: answer_to(&prompt),
        };
        if prompt.contains(HANDOFF) {
            self.topics.publish(&names.topic(), answer.events());
            return events::stream(&answer.handoff());
        }
        events::stream(&answer.events().concat())
    }

    fn register(&self, body: &Value) -> Reply {
        let (Some(_), Some(_)) = (body["file_name"].as_str(), body["file_size"].as_u64()) else {
            return Reply::json(422, &json!({"detail": "file_name and file_size are required"}));
        };
        let id = format!("file_{:032x}", self.files.fetch_add(1, Ordering::Relaxed));
        let place =
            format!("https://{CHATGPT_STORE}/files/{id}/raw?se=2026-01-01T00%3A00%3A00Z&sig=stand-in");
        Reply::json(200, &json!({"status": "success", "upload_url": place, "file_id": id}))
    }

    /// The conversation's id and how many turns it had; `None` when it is named and not known.
    fn turn(&self, id: Option<&str>) -> Option<(String, usize)> {
        let mut conversations = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        let id = match id {
            Some(id) if conversations.contains_key(id) => id.to_owned(),
            Some(_) => return None,
            None => format!("68f0c0de-0000-4000-8000-{:012x}", conversations.len() + 1),
        };
        let turns = conversations.entry(id.clone()).or_default();
        *turns += 1;
        Some((id, *turns))
    }
}

/// The text of the last message, which must be a user's.
fn prompt(body: &Value) -> Option<String> {
    let action = body.get("action")?.as_str()?;
    let message = body.get("messages")?.as_array()?.last()?;
    let user = message.pointer("/author/role")?.as_str()? == "user";
    let parts = message.pointer("/content/parts")?.as_array()?;
    let text: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
    (user && ["next", "variant"].contains(&action)).then(|| text.join("\n"))
}

/// Lines of JSON that tell how far the file is.
fn processed(body: &Value) -> Reply {
    let line = |event: &str, progress: u32| {
        json!({"file_id": body["file_id"], "event": event, "progress": progress, "message": null}).to_string()
            + "\n"
    };
    let lines = [line("file.processing.started", 0), line("file.processing.completed", 100)].concat();
    Reply::Streamed { content_type: "application/x-ndjson", pieces: Pieces::cut(lines.as_bytes()) }
}
