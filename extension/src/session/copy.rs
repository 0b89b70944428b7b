//! The copy of an answer: its bytes in, one response out, joined to the prompt's event.
//!
//! INVARIANT: every copy ends: with its stream, with the socket's terminal event, with its page, or by time.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use shared_protocol::{App, EndReason, Millis, Operation, Response, Text};
use shared_sites::{AnswerFormat, Decoder, SocketItem, SocketReader};

use super::event::{CopyEnd, Head, PortId};

/// Longest wait for the rest of an answer that moved to a socket.
const SOCKET_MS: Millis = 30 * 60_000;

/// How long a broken answer may be taken up again by the page.
const RESUME_MS: Millis = 10_000;

/// Items of topics that nobody waits for yet.
const EARLY: usize = 128;
const EARLY_BYTES: usize = 1 << 20;

/// One answer on its way.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) port: PortId,
    pub(super) tab: Option<i64>,
    pub(super) about: About,
    decoder: Decoder,
    head: Option<Head>,
    cut: bool,
    /// The request has ended but the answer may go on, elsewhere, until then; if it does not, this is how it
    /// ended.
    rest: Option<(Millis, EndReason)>,
}

/// What is known of the request the answer belongs to; goes with the word to send and comes back after a
/// restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) app: App,
    pub(super) operation: Operation,
    pub(super) format: AnswerFormat,
    pub(super) conversation: Option<String>,
}

impl About {
    pub(super) fn ticket(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    pub(super) fn from_ticket(ticket: &str) -> Option<Self> {
        serde_json::from_str(ticket).ok()
    }
}

impl Copy {
    pub(super) fn new(port: PortId, tab: Option<i64>, about: About) -> Self {
        let decoder = Decoder::new(about.format);
        Self { port, tab, about, decoder, head: None, cut: false, rest: None }
    }

    pub(super) fn begin(&mut self, head: Head) {
        self.head = Some(head);
    }

    pub(super) fn push(&mut self, text: &Text) {
        self.decoder.push(text.expose().as_bytes());
    }

    /// Takes an item of its topic; says whether the answer is whole.
    pub(super) fn take(&mut self, item: &SocketItem) -> bool {
        self.decoder.push(&item.bytes);
        self.decoder.is_terminal()
    }

    /// The topic its rest moved to.
    pub(super) fn topic(&self) -> Option<&str> {
        self.decoder.handoff()
    }

    /// The request ended. `None`: the rest may come over a socket or another request.
    pub(super) fn end(&mut self, reason: CopyEnd, now: Millis) -> Option<EndReason> {
        self.cut |= reason == CopyEnd::Cut;
        if self.decoder.is_terminal() {
            return Some(EndReason::Complete);
        }
        if self.head.as_ref().is_some_and(|head| head.status >= 400) {
            return Some(EndReason::SiteRefused);
        }
        let (wait, reason) = match reason {
            CopyEnd::Cut => return Some(EndReason::Incomplete),
            // A page that reads on elsewhere closes the first request.
            CopyEnd::Aborted if self.topic().is_none() => return Some(EndReason::Aborted),
            CopyEnd::Network if self.head.is_none() => return Some(EndReason::Network),
            CopyEnd::Aborted => (SOCKET_MS, EndReason::Aborted),
            CopyEnd::Network => (RESUME_MS, EndReason::Network),
            CopyEnd::End if self.topic().is_some() => (SOCKET_MS, EndReason::Incomplete),
            CopyEnd::End => (RESUME_MS, EndReason::Incomplete),
        };
        self.rest = Some((now + wait, reason));
        None
    }

    /// Another request of the page carries the answer on.
    pub(super) fn resume(&mut self) {
        self.rest = None;
    }

    /// When waiting for the rest ends.
    pub(super) fn due(&self) -> Option<Millis> {
        self.rest.map(|(until, _)| until)
    }

    /// How it ended, when the rest did not come in time.
    pub(super) fn overdue(&self, now: Millis) -> Option<EndReason> {
        self.rest.filter(|(until, _)| now >= *until).map(|(_, reason)| reason)
    }

    /// How it ends when its page is left or time runs out.
    pub(super) fn give_up(&self, reason: EndReason) -> EndReason {
        if self.decoder.is_terminal() { EndReason::Complete } else { reason }
    }

    /// The answer as far as it came.
    pub(super) fn response(&self) -> Response {
        let mut response = self.decoder.finish();
        response.truncated |= self.cut;
        if response.conversation_id.is_none() {
            response.conversation_id.clone_from(&self.about.conversation);
        }
        response
    }
}

/// The watched sockets of one page: items that came before anybody waited for their topic are kept a while.
#[derive(Default)]
pub(super) struct Sockets {
    reader: SocketReader,
    early: VecDeque<SocketItem>,
}

impl Sockets {
    pub(super) fn read(&mut self, frame: &Text) -> Vec<SocketItem> {
        self.reader.push(frame.expose())
    }

    /// Keeps an item nobody waits for yet.
    pub(super) fn keep(&mut self, item: SocketItem) {
        self.early.push_back(item);
        while self.early.len() > EARLY
            || self.early.iter().map(|item| item.bytes.len()).sum::<usize>() > EARLY_BYTES
        {
            self.early.pop_front();
        }
    }

    /// What is kept of a topic.
    pub(super) fn early(&mut self, topic: &str) -> Vec<SocketItem> {
        let (found, rest) = self.early.drain(..).partition(|item| item.topic == topic);
        self.early = rest;
        Vec::from_iter::<VecDeque<SocketItem>>(found)
    }
}
