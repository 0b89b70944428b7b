//! Files that a page sends in pieces: each piece brings the whole, which is judged once, before any of it leaves.
//!
//! INVARIANT: a further piece goes only when its very file was permitted, as it is, by a verdict or by an answer that is
//! on record, on the same page and for the same site, [`PERMITTED_MS`] ago at most; and only when its request says nothing
//! that was not judged with the file. Whatever else happened to the file, the next piece is judged as the first.
//! INVARIANT: bounded; a piece that waits for another one ends with it.

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::{App, EventId, FileId, Millis, Operation, Part};

use super::effect::{Effect, ToRelay};
use super::event::PortId;
use super::hold::{Hold, Permit};
use super::{HOOK_GRACE_MS, Session};

/// How long after a piece the next one may come.
const PERMITTED_MS: Millis = 15 * 60 * 1_000;
/// Most files that are known at once.
const MOST: usize = 64;
/// Most bytes of what the requests of one file say beside it.
const MOST_TEXT: usize = 4_096;

/// A file of which pieces may go.
#[derive(Debug)]
struct Permitted {
    port: PortId,
    app: App,
    at: Millis,
    /// What was judged with it: a name in the address, a field of the form.
    beside: Vec<Part>,
}

/// What is known of files in pieces.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    permitted: BTreeMap<FileId, Permitted>,
    /// Requests that wait for another one with a piece of the same file.
    waiting: BTreeMap<EventId, EventId>,
    /// Requests that were refused, until those that wait for them were.
    refused: BTreeSet<EventId>,
}

impl Pieces {
    /// Whether another request is to be judged first.
    pub(super) fn waits(&self, event: &EventId) -> bool {
        self.waiting.contains_key(event)
    }

    /// A request was refused: with it those that wait for it.
    pub(super) fn refused(&mut self, event: &EventId) {
        if self.waiting.values().any(|first| first == event) {
            self.refused.insert(event.clone());
        }
    }

    /// A request goes as it is: further pieces of its file may.
    pub(super) fn permit(&mut self, hold: &Hold) {
        let Some(file) = hold.request.body.whole() else { return };
        let said = hold.prompt().filter(|prompt| prompt.text_len() <= MOST_TEXT);
        let beside = said.map(|prompt| prompt.parts.clone()).unwrap_or_default();
        let permitted = Permitted { port: hold.port, app: hold.app.clone(), at: hold.at, beside };
        self.permitted.insert(file.clone(), permitted);
        while self.permitted.len() > MOST {
            let oldest = self.permitted.iter().min_by_key(|(_, known)| known.at);
            let Some(oldest) = oldest.map(|(file, _)| file.clone()) else { break };
            self.permitted.remove(&oldest);
        }
    }

    /// A page is gone.
    pub(super) fn page_gone(&mut self, port: PortId) {
        self.permitted.retain(|_, known| known.port != port);
    }

    /// What was judged with this request's file, if pieces of that may go.
    fn permits(&mut self, now: Millis, hold: &Hold) -> Option<&[Part]> {
        let known = self.permitted.get_mut(hold.request.body.whole()?)?;
        // Also where the clock was set back: that must not make it last.
        let is_late = now.abs_diff(known.at) > PERMITTED_MS;
        if is_late || known.port != hold.port || known.app != hold.app {
            return None;
        }
        known.at = now;
        Some(&known.beside)
    }
}

impl Session {
    /// Whether this request carries a piece of a file that was judged, and so goes, or is being judged, and so waits.
    pub(super) fn joins_pieces(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) -> bool {
        if self.further(now, event, out) {
            return true;
        }
        let Some(hold) = self.holds.get(event) else { return false };
        let Some(file) = hold.request.body.whole() else { return false };
        let first = self.holds.iter().find(|(other, held)| {
            *other != event
                && held.port == hold.port
                && held.request.body.whole() == Some(file)
                && !self.pieces.waits(other)
        });
        let Some(first) = first.map(|(first, _)| first.clone()) else { return false };
        let port = hold.port;
        self.pieces.waiting.insert(event.clone(), first);
        if let Some(hold) = self.holds.get_mut(event) {
            // It ends with the other one.
            hold.due = Millis::MAX;
        }
        let turns = Millis::try_from(self.holds.len()).unwrap_or(Millis::MAX);
        let machine = self.file_ms().saturating_mul(turns) + self.machine_ms() * 2;
        let ms = machine + Millis::from(self.current().fail.answer_ms) + Millis::from(HOOK_GRACE_MS);
        self.say(port, ToRelay::Wait { event: event.clone(), ms }, out);
        true
    }

    /// A piece of a file that was permitted goes; what else its request says is judged, the file being known.
    fn further(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) -> bool {
        let due = now + self.machine_ms();
        let Some(hold) = self.holds.get_mut(event) else { return false };
        let Some(beside) = self.pieces.permits(now, hold) else { return false };
        let is_alone = hold.prompt().is_some_and(|prompt| {
            let is_new = |part: &Part| !beside.contains(part);
            prompt.operation == Operation::UploadFile && !prompt.parts.iter().any(is_new)
        });
        if is_alone {
            self.release(event, Permit::AsItIs, false, out);
        } else {
            hold.due = due;
            self.want_host(now, out);
            self.ask_host(now, event, out);
        }
        true
    }

    /// Those whose first piece has its end: they go, are refused, or are the first themselves.
    pub(super) fn pieces_on(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let over = |(_, first): &(&EventId, &EventId)| !self.holds.contains_key(*first);
        let over: Vec<_> = self.pieces.waiting.iter().filter(over).collect();
        let over: Vec<_> = over.into_iter().map(|(event, first)| (event.clone(), first.clone())).collect();
        for (event, first) in over {
            self.pieces.waiting.remove(&event);
            if !self.holds.contains_key(&event) {
                continue;
            }
            if self.pieces.refused.contains(&first) {
                self.refuse(&event, out);
            } else if !self.joins_pieces(now, &event, out) {
                let due = now + self.machine_ms();
                if let Some(hold) = self.holds.get_mut(&event) {
                    hold.due = due;
                }
                self.hold_files(now, &event, out);
                self.want_host(now, out);
                self.ask_host(now, &event, out);
            }
        }
        self.pieces.refused.clear();
    }
}
