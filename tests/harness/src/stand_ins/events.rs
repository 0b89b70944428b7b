//! Writing of text/event-stream, with one kind of line end throughout an answer.

use super::exchange::Reply;
use super::pieces::Pieces;
use serde_json::Value;

/// Events as they are written, in order.
pub(super) struct Events {
    end: &'static str,
    events: Vec<String>,
}

impl Events {
    /// With this line end.
    pub(super) fn ended_by(end: &'static str) -> Events {
        Events { end, events: Vec::new() }
    }

    /// A named event; what follows the data is padding that readers must pass over.
    pub(super) fn named(&mut self, name: &str, data: &Value, padding: &str) {
        let text = format!("event: {name}{end}data: {data}{padding}{end}{end}", end = self.end);
        self.events.push(text);
    }

    /// A line on its own, such as a nameless event.
    pub(super) fn line(&mut self, line: &str) {
        self.events.push(format!("{line}{end}{end}", end = self.end));
    }

    /// Each event as written.
    pub(super) fn into_texts(self) -> Vec<String> {
        self.events
    }

    /// All of them, cut into pieces.
    pub(super) fn into_reply(self) -> Reply {
        stream(&self.events.concat())
    }
}

/// An event stream that is already written.
pub(super) fn stream(text: &str) -> Reply {
    Reply::Streamed { content_type: "text/event-stream; charset=utf-8", pieces: Pieces::cut(text.as_bytes()) }
}
