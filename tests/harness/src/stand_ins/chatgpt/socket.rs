//! The sockets that carry an answer after a hand-off: frames are JSON arrays, items are slices of the event stream.
//!
//! Items that were there before the subscriber come as catch-ups, and some of them once more as messages, as seen on
//! the real ones; a reader must drop the doubles.

use crate::stand_ins::exchange::{Socket, SocketLog};
use crate::stand_ins::pieces::Dice;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_tungstenite::tungstenite::Message;

/// The answers that were handed off, by topic, each as slices of its event stream.
#[derive(Default)]
pub(super) struct Topics(Mutex<HashMap<String, Vec<String>>>);

impl Topics {
    /// Keeps an answer for its subscriber, cut into slices that do not end where events end.
    pub(super) fn publish(&self, topic: &str, events: Vec<String>) {
        let text = events.concat();
        let mut dice = Dice::new(text.as_bytes());
        let mut characters = text.chars().peekable();
        let mut slices = Vec::new();
        while characters.peek().is_some() {
            let length = dice.roll(400);
            slices.push(characters.by_ref().take(length).collect());
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned(), slices);
    }

    fn slices(&self, topic: &str) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(topic).cloned().unwrap_or_default()
    }
}

/// Answers subscriptions until the socket closes.
pub(super) async fn serve(mut socket: Socket, topics: Arc<Topics>, log: SocketLog) {
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Binary(bytes) = &message {
            log(bytes);
        }
        let Message::Text(text) = message else { continue };
        log(text.as_bytes());
        let commands: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
        for command in commands {
            for frame in replies(&command, &topics) {
                if socket.send(Message::text(frame.to_string())).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The frames that follow a subscription: half of the items as catch-ups, the last of these again, then the rest.
fn replies(command: &Value, topics: &Topics) -> Vec<Value> {
    let id = &command["id"];
    let topic = command.pointer("/command/topic_id").and_then(Value::as_str).unwrap_or_default();
    let slices = topics.slices(topic);
    let item = |number: usize| {
        json!({"topic_id": topic, "type": "message", "payload": {"type": "conversation-turn-stream", "payload": {
            "encoded_item": slices.get(number), "stream_item_id": format!("{topic}-{number}"),
            "parent_stream_item_id": number.checked_sub(1).map(|before| format!("{topic}-{before}")),
        }}})
    };
    let half = slices.len() / 2;
    let catchups: Vec<Value> = (0..half).map(item).collect();
    let reply = json!([{"id": id, "type": "reply", "reply": {"type": "subscribe", "topic_id": topic, "catchups": catchups}}]);
    let rest = (half.saturating_sub(1)..slices.len()).map(|number| json!([item(number)]));
    std::iter::once(reply).chain(rest).collect()
}
