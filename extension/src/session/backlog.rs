//! What the host is yet to be told, and what it was told and has not said it wrote down.
//!
//! INVARIANT: in memory only, bounded in number and bytes; when there is no room the oldest goes.
//! INVARIANT: what a host heard and did not confirm before it was gone is told to the next one, in order. The
//! host appends the rows of an event once, however often it is told.

use std::collections::VecDeque;

use shared_protocol::{EventId, ToHost};

/// Answers and ends of requests that are long gone.
const MOST: usize = 256;
const MOST_BYTES: usize = 16 << 20;

/// The two queues.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: VecDeque<ToHost>,
    told: VecDeque<ToHost>,
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// There is no host to tell.
    pub(super) fn wait(&mut self, message: ToHost) {
        self.waiting.push_back(message);
        bound(&mut self.waiting);
    }

    /// The host was told; it confirms what belongs to an event.
    pub(super) fn told(&mut self, message: ToHost) {
        if event(&message).is_some() {
            self.told.push_back(message);
            bound(&mut self.told);
        }
    }

    /// The host has everything of this event, or never will; but for a report, which it confirms by itself.
    pub(super) fn confirmed(&mut self, about: &EventId) {
        self.told.retain(|message| is_report(message) || event(message) != Some(about));
    }

    /// The host has the report about this event, or never will.
    pub(super) fn reported(&mut self, about: &EventId) {
        self.told.retain(|message| !is_report(message) || event(message) != Some(about));
    }

    /// The host is gone: nothing unconfirmed is known to be there.
    pub(super) fn lost(&mut self) {
        self.told.append(&mut self.waiting);
        std::mem::swap(&mut self.told, &mut self.waiting);
        bound(&mut self.waiting);
    }

    /// A host is there: all that waits, to be told now.
    pub(super) fn take(&mut self) -> VecDeque<ToHost> {
        std::mem::take(&mut self.waiting)
    }
}

fn bound(queue: &mut VecDeque<ToHost>) {
    while queue.len() > MOST || queue.iter().map(bytes).sum::<usize>() > MOST_BYTES {
        queue.pop_front();
    }
}

fn is_report(message: &ToHost) -> bool {
    matches!(message, ToHost::Mistake { .. })
}

/// The event of a message that follows a judgement.
fn event(message: &ToHost) -> Option<&EventId> {
    match message {
        ToHost::Shown { event, .. }
        | ToHost::Answered { event, .. }
        | ToHost::Refused { event, .. }
        | ToHost::Response { event, .. }
        | ToHost::Ended { event, .. }
        | ToHost::Mistake { event, .. } => Some(event),
        // A hold is asked again from its own state.
        ToHost::Judge(_)
        | ToHost::Hello(_)
        | ToHost::Drift { .. }
        | ToHost::Uncovered { .. }
        | ToHost::Late { .. }
        | ToHost::Status
        | ToHost::SignIn { .. }
        | ToHost::SitesRefused { .. }
        | ToHost::FileBegin { .. }
        | ToHost::FilePiece { .. }
        | ToHost::FileEnd { .. }
        | ToHost::FileGone { .. }
        | ToHost::FileNamed { .. }
        | ToHost::Preview(_) => None,
    }
}

/// Bytes of text in a message that can wait.
fn bytes(message: &ToHost) -> usize {
    match message {
        ToHost::Response { response, .. } => response.text.len(),
        ToHost::Hello(_)
        | ToHost::Judge(_)
        | ToHost::Shown { .. }
        | ToHost::Answered { .. }
        | ToHost::Refused { .. }
        | ToHost::Ended { .. }
        | ToHost::Drift { .. }
        | ToHost::Uncovered { .. }
        | ToHost::Late { .. }
        | ToHost::Status
        | ToHost::Mistake { .. }
        | ToHost::SignIn { .. }
        | ToHost::SitesRefused { .. }
        | ToHost::FileBegin { .. }
        | ToHost::FilePiece { .. }
        | ToHost::FileEnd { .. }
        | ToHost::FileGone { .. }
        | ToHost::FileNamed { .. }
        | ToHost::Preview(_) => 0,
    }
}
