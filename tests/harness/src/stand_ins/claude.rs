//! Claude's server side: completions as event streams, titles, uploads, converted documents.
//!
//! The conversation is named by the path alone. A turn after the first must name a message this server gave.

mod stream;

use super::answer::answer_to;
use super::exchange::{Incoming, Reply};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The parent of a conversation's first message.
const ROOT: &str = "00000000-0000-4000-8000-000000000000";

/// What the conversations' messages were.
#[derive(Default)]
pub(super) struct Claude {
    conversations: Mutex<HashMap<String, Conversation>>,
    files: AtomicU64,
}

#[derive(Default)]
struct Conversation {
    messages: HashSet<String>,
    prompts: HashMap<String, String>,
}

impl Claude {
    pub(super) fn reply(&self, request: &Incoming) -> Reply {
        let segments: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("POST", ["api", "organizations", _, "chat_conversations", id, "completion"]) => {
                self.complete(id, &request.json())
            }
            ("POST", ["api", "organizations", _, "chat_conversations", id, "retry_completion"]) => {
                self.retry(id, &request.json())
            }
            ("POST", ["api", "organizations", _, "chat_conversations", _, "title"]) => {
                Reply::json(200, &json!({"title": "A stand-in conversation"}))
            }
            ("POST", ["api", "organizations", _, "chat_conversations", _, "share"]) => {
                Reply::json(200, &json!({"uuid": "5fd0c0de-0000-4000-8000-0000000000c1"}))
            }
            ("POST", ["api", "organizations", _, "conversations", _, "wiggle", "upload-file"]) => {
                let id =
                    format!("5fd0c0de-0000-4000-8001-{:012x}", self.files.fetch_add(1, Ordering::Relaxed));
                Reply::json(
                    200,
                    &json!({"success": true, "file_uuid": id, "file_kind": "document",
                    "path": "/mnt/user-data/uploads/stand-in", "size_bytes": request.body.len()}),
                )
            }
            _ => refuse(404, "not_found_error", "Not found."),
        }
    }

    fn complete(&self, id: &str, body: &Value) -> Reply {
        let (Some(prompt), Some(parent)) = (body["prompt"].as_str(), body["parent_message_uuid"].as_str())
        else {
            return refuse(400, "invalid_request_error", "prompt and parent_message_uuid are required.");
        };
        let mut conversations = self.lock();
        if body.get("create_conversation_params").is_some_and(Value::is_object) {
            conversations.entry(id.to_owned()).or_default();
        }
        let Some(conversation) = conversations.get_mut(id) else {
            return refuse(404, "not_found_error", "Conversation not found.");
        };
        if parent != ROOT && !conversation.messages.contains(parent) {
            return refuse(400, "invalid_request_error", "No such parent message.");
        }
        let asked = whole_prompt(prompt, body);
        let name = |who: &str| body.pointer(&format!("/turn_message_uuids/{who}")).and_then(Value::as_str);
        let human = name("human_message_uuid").unwrap_or("5fd0c0de-0000-4000-8000-0000000000a1").to_owned();
        let assistant =
            name("assistant_message_uuid").unwrap_or("5fd0c0de-0000-4000-8000-0000000000a2").to_owned();
        conversation.messages.extend([human.clone(), assistant.clone()]);
        conversation.prompts.insert(human.clone(), asked.clone());
        stream::answer(&assistant, &human, &answer_to(&asked))
    }

    fn retry(&self, id: &str, body: &Value) -> Reply {
        let parent = body["parent_message_uuid"].as_str().unwrap_or_default();
        let mut conversations = self.lock();
        let conversation = conversations.get_mut(id);
        let asked = conversation.and_then(|it| Some((it.prompts.get(parent)?.clone(), it)));
        let Some((asked, conversation)) = asked else {
            return refuse(400, "invalid_request_error", "No such message to answer again.");
        };
        let assistant = format!("5fd0c0de-0000-4000-8000-{:012x}", conversation.messages.len());
        conversation.messages.insert(assistant.clone());
        stream::answer(&assistant, parent, &answer_to(&asked))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Conversation>> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the answer goes by: the prompt, or the text of the attachments when the prompt is empty.
fn whole_prompt(prompt: &str, body: &Value) -> String {
    if !prompt.is_empty() {
        return prompt.to_owned();
    }
    let attachments = body["attachments"].as_array().into_iter().flatten();
    attachments.filter_map(|it| it["extracted_content"].as_str()).collect::<Vec<_>>().join("\n")
}

fn refuse(status: u16, kind: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"type": "error", "error": {"type": kind, "message": message}}))
}
