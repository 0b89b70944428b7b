//! Perplexity's server side: suggestions while typing, by request and by socket, asks as event streams, uploads
//! registered for another origin.
//!
//! A follow-up must name an entry this server gave, with the token that went with it.

mod stream;

use super::answer::answer_to;
use super::events::Events;
use super::exchange::{Incoming, Reply, Socket, SocketLog};
use crate::site::PERPLEXITY_STORE;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio_tungstenite::tungstenite::Message;

/// The token that allows to write to a thread of the stand-in.
const TOKEN: &str = "stand-in-read-write-token";

/// The entries that were answered, with the thread each is in.
#[derive(Default)]
pub(super) struct Perplexity {
    entries: Mutex<HashMap<String, String>>,
}

impl Perplexity {
    pub(super) fn reply(&self, request: &Incoming) -> Reply {
        match request.call() {
            ("POST", "/rest/sse/perplexity_ask") => self.ask(&request.json()),
            ("POST", "/rest/autosuggest/list-autosuggest") => {
                let query = &request.json()["query"];
                Reply::json(200, &json!({"status": "success", "query": query, "results": []}))
            }
            ("POST", "/rest/thread/update_thread_access") => {
                Reply::json(200, &json!({"status": "success", "access": 2}))
            }
            ("POST", "/rest/uploads/batch_create_upload_urls") => register(&request.json()),
            ("POST", "/rest/sse/attachment_processing/subscribe") => processed(&request.json()),
            _ => Reply::json(404, &json!({"detail": "Not Found"})),
        }
    }

    fn ask(&self, body: &Value) -> Reply {
        let (Some(prompt), Some(copy)) = (body["query_str"].as_str(), body.pointer("/params/dsl_query"))
        else {
            return Reply::json(422, &json!({"detail": "query_str and params.dsl_query are required"}));
        };
        // The real one was seen with both alike only; a request in which they differ was damaged on the way.
        if copy.as_str() != Some(prompt) {
            return Reply::json(400, &json!({"detail": "query_str and params.dsl_query differ"}));
        }
        let before = body.pointer("/params/last_backend_uuid").and_then(Value::as_str);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = format!("be7c0de0-0000-4000-8000-{:012x}", entries.len() + 1);
        let thread = match before {
            None => entry.clone(),
            Some(before) => match entries.get(before) {
                Some(thread) if body.pointer("/params/read_write_token") == Some(&json!(TOKEN)) => {
                    thread.clone()
                }
                _ => return Reply::json(403, &json!({"detail": "not an entry of yours"})),
            },
        };
        entries.insert(entry.clone(), thread.clone());
        let model = &body["params"]["model_preference"];
        let names = stream::Names { entry: &entry, thread: &thread, token: TOKEN, prompt, model };
        stream::answer(&names, &answer_to(prompt))
    }
}

/// The socket of suggestions, under a host of its own.
pub(super) fn suggestions(request: &Incoming) -> Reply {
    if request.path != "/suggest/ws" {
        return Reply::empty(404);
    }
    Reply::Socket(Box::new(|socket, log| Box::pin(suggest(socket, log))))
}

/// Answers each frame that asks, with its text and its number, until the socket closes.
async fn suggest(mut socket: Socket, log: SocketLog) {
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Binary(bytes) = &message {
            log(bytes);
        }
        let Message::Text(text) = message else { continue };
        log(text.as_bytes());
        let asked: Value = serde_json::from_str(&text).unwrap_or_default();
        let reply = json!([asked["q"], [], asked["uuid"], []]);
        if socket.send(Message::text(reply.to_string())).await.is_err() {
            return;
        }
    }
}

/// Gives each file a place in the store and the fields of the form that takes it there.
fn register(body: &Value) -> Reply {
    let files = body["files"].as_object().cloned().unwrap_or_default();
    let place = |(key, file): (String, Value)| {
        let path = format!("user_uploads/stand-in/{}", file["filename"].as_str().unwrap_or_default());
        let answer = json!({
            "s3_bucket_url": format!("https://{PERPLEXITY_STORE}/"), "rate_limited": false, "file_uuid": key,
            "s3_object_url": format!("https://{PERPLEXITY_STORE}/{path}"),
            "fields": {"acl": "private", "Content-Type": file["content_type"], "key": path, "policy": "stand-in"},
        });
        (key, answer)
    };
    let results: Map<String, Value> = files.into_iter().map(place).collect();
    Reply::json(200, &json!({"results": results}))
}

fn processed(body: &Value) -> Reply {
    let mut out = Events::ended_by("\r\n");
    for file in body["file_uuids"].as_array().into_iter().flatten() {
        out.named("message", &json!({"file_uuid": file, "success": true, "status": "COMPLETED"}), "");
    }
    out.named("end_of_stream", &json!({}), "");
    out.into_reply()
}
