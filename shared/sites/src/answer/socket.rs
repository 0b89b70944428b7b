//! Frames of the WebSocket that an answer can move to.
//!
//! INVARIANT: every item comes out once, after the item it names as its parent; what waits for a
//! parent is bounded in number and size and comes out in the end. Does not read the items: their
//! bytes go to the decoder whose answer was handed to the topic.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::field::short;
use super::wiped::Json;

/// Topics remembered; the oldest is forgotten.
const TOPICS: usize = 64;
/// Item ids remembered of a topic.
const SEEN: usize = 32_768;
/// Items of a topic that may wait for their parents, and their bytes together.
const WAITING: usize = 64;
const WAITING_BYTES: usize = 4 << 20;
/// A frame that is longer is not read.
const FRAME: usize = 16 << 20;
/// Levels of a frame that are looked into.
const DEEPEST: usize = 12;

/// A piece of an answer that came over a socket.
#[derive(Clone, PartialEq, Eq)]
pub struct SocketItem {
    /// What [`Decoder::handoff`](crate::Decoder::handoff) named.
    pub topic: String,
    /// The item's own id; empty where the frame has none.
    pub item_id: String,
    /// For [`Decoder::push`](crate::Decoder::push). The end of a turn comes as the terminal event.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for SocketItem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SocketItem({} {}, {} bytes)", self.topic, self.item_id, self.bytes.len())
    }
}

/// An item and the one it follows.
struct Piece {
    parent: Option<String>,
    item: SocketItem,
    /// The end of the turn: everything that waits goes before it.
    last: bool,
}

#[derive(Default)]
struct Topic {
    name: String,
    seen: VecDeque<String>,
    index: std::collections::HashSet<String>,
    waiting: Vec<Piece>,
}

/// Takes the items out of a socket's frames.
#[derive(Default)]
pub struct SocketReader {
    topics: VecDeque<Topic>,
}

impl SocketReader {
    /// A reader that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The items of one text frame, ordered and without doubles. A frame that is not understood has
    /// none.
    pub fn push(&mut self, frame: &str) -> Vec<SocketItem> {
        let mut pieces = Vec::new();
        if frame.len() <= FRAME {
            // Exported frames can stand one behind the other.
            for value in serde_json::Deserializer::from_str(frame).into_iter::<Value>().map_while(Result::ok)
            {
                collect(&Json::from(value), "", 0, &mut pieces);
            }
        }
        let mut out = Vec::new();
        for piece in pieces {
            let topic = self.topic(&piece.item.topic);
            // One frame may bring a whole history in any order, but not without end.
            if topic.waiting.len() >= WAITING * 8 {
                topic.release(&mut out);
            }
            topic.take(piece, &mut out);
        }
        for topic in &mut self.topics {
            topic.settle(&mut out);
        }
        out
    }

    /// What still waits for a parent, when the socket closes.
    pub fn flush(&mut self) -> Vec<SocketItem> {
        let mut out = Vec::new();
        for topic in &mut self.topics {
            topic.release(&mut out);
        }
        out
    }

    fn topic(&mut self, name: &str) -> &mut Topic {
        let found = self.topics.iter().position(|topic| topic.name == name);
        let topic = found.and_then(|at| self.topics.remove(at));
        if self.topics.len() >= TOPICS {
            self.topics.pop_front();
        }
        self.topics.push_back(topic.unwrap_or_else(|| Topic { name: name.to_owned(), ..Topic::default() }));
        let last = self.topics.len().saturating_sub(1);
        #[expect(clippy::indexing_slicing, reason = "the topic was pushed one line above")]
        &mut self.topics[last]
    }
}

impl Topic {
    fn take(&mut self, piece: Piece, out: &mut Vec<SocketItem>) {
        if piece.last {
            self.release(out);
            out.push(piece.item);
            return;
        }
        let id = &piece.item.item_id;
        if !id.is_empty()
            && (self.index.contains(id) || self.waiting.iter().any(|other| other.item.item_id == *id))
        {
            return;
        }
        if self.is_ready(&piece) {
            self.emit(piece, out);
        } else {
            self.waiting.push(piece);
        }
    }

    fn is_ready(&self, piece: &Piece) -> bool {
        piece.parent.as_ref().is_none_or(|parent| self.index.contains(parent))
    }

    fn emit(&mut self, piece: Piece, out: &mut Vec<SocketItem>) {
        if !piece.item.item_id.is_empty() && self.index.insert(piece.item.item_id.clone()) {
            self.seen.push_back(piece.item.item_id.clone());
        }
        if self.seen.len() > SEEN
            && let Some(old) = self.seen.pop_front()
        {
            self.index.remove(&old);
        }
        out.push(piece.item);
    }

    /// Lets go what has its parent now; when too much waits, all of it.
    fn settle(&mut self, out: &mut Vec<SocketItem>) {
        while let Some(at) = self.waiting.iter().position(|piece| self.is_ready(piece)) {
            let piece = self.waiting.remove(at);
            self.emit(piece, out);
        }
        let bytes: usize = self.waiting.iter().map(|piece| piece.item.bytes.len()).sum();
        if self.waiting.len() > WAITING || bytes > WAITING_BYTES {
            self.release(out);
        }
    }

    /// Lets everything go, as well ordered as it can be: first those whose parent does not wait too.
    fn release(&mut self, out: &mut Vec<SocketItem>) {
        while !self.waiting.is_empty() {
            let orphan = self.waiting.iter().position(|piece| {
                self.is_ready(piece)
                    || !self.waiting.iter().any(|other| piece.parent.as_ref() == Some(&other.item.item_id))
            });
            let piece = self.waiting.remove(orphan.unwrap_or(0));
            self.emit(piece, out);
        }
    }
}

/// Finds the items of a value, in order, wherever they lie: a message's payload, or the catch-ups of
/// a subscription's reply.
fn collect(value: &Value, topic: &str, depth: usize, pieces: &mut Vec<Piece>) {
    match value {
        Value::Array(items) if depth < DEEPEST => {
            items.iter().for_each(|item| collect(item, topic, depth + 1, pieces));
        }
        Value::Object(fields) if depth < DEEPEST => {
            let named = short(value, "/topic_id");
            let topic = named.as_deref().unwrap_or(topic);
            if let Some(piece) = read(value, topic) {
                pieces.push(piece);
                return;
            }
            for key in ["payload", "reply", "catchups", "data", "messages", "items"] {
                if let Some(inner) = fields.get(key) {
                    collect(inner, topic, depth + 1, pieces);
                }
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {}
    }
}

fn read(value: &Value, topic: &str) -> Option<Piece> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    let piece = |id: Option<String>, bytes: Vec<u8>, last: bool| Piece {
        parent: short(value, "/parent_stream_item_id"),
        item: SocketItem { topic: topic.to_owned(), item_id: id.unwrap_or_default(), bytes },
        last,
    };
    if let Some(text) = value.get("encoded_item").and_then(Value::as_str) {
        return Some(piece(short(value, "/stream_item_id"), whole(text), false));
    }
    // The end of a topic, and the end of a turn.
    if (kind == "done" || kind == "conversation-turn-complete") && !topic.is_empty() {
        return Some(piece(None, b"\n\ndata: {\"type\":\"message_stream_complete\"}\n\n".to_vec(), true));
    }
    // 2024: the stream's bytes in base64, under the conversation's id.
    let body = value.get("body").and_then(Value::as_str)?;
    let topic = short(value, "/conversation_id")?;
    let bytes = STANDARD.decode(body).ok()?;
    Some(Piece { parent: None, item: SocketItem { topic, item_id: String::new(), bytes }, last: false })
}

/// An item is a slice of the event stream. Most end with an event, some of these without the blank line; others
/// end in the midst of one, and then nothing may stand between them and the next.
fn whole(text: &str) -> Vec<u8> {
    let end = if lacks_blank_line(text) { "\n\n" } else { "" };
    [text, end].concat().into_bytes()
}

/// Whether the text ends with a whole `data:` line and nothing after it: an event that nobody ended.
fn lacks_blank_line(text: &str) -> bool {
    if text.ends_with("\n\n") || text.ends_with("\r\n\r\n") {
        return false;
    }
    let line = text.trim_end_matches(['\r', '\n']).rsplit(['\r', '\n']).next().unwrap_or_default();
    let Some(data) = line.strip_prefix("data:") else { return false };
    data.trim() == "[DONE]" || serde_json::from_str::<serde::de::IgnoredAny>(data).is_ok()
}
