//! The rows of drafts: which have one of their own, and when the one that closes a message's drafts is written.
//!
//! INVARIANT: a draft is counted only under what is durable already; what is counted is written at the Send, after a
//! pause, and when the browser goes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use host_journal::Entry;
use shared_protocol::{Judge, Operation, Outcome, Prompt, Reading};

use super::desk;
use crate::drafts::{Closing, Drafts, Said, Whose};
use crate::judge::{self, Judgement};
use crate::live::Live;
use crate::record::{self, Draft, Place, Recorder};

/// The drafts of this connection.
pub(super) struct DraftRows {
    live: Arc<Live>,
    recorder: Arc<Recorder>,
    drafts: Mutex<Drafts>,
}

impl DraftRows {
    pub(super) fn new(live: Arc<Live>, recorder: Arc<Recorder>) -> Self {
        Self { live, recorder, drafts: Mutex::default() }
    }

    /// Whether this is a draft that needs no row: the record says as much of its message already.
    pub(super) fn count(&self, ask: &Judge, judgement: &Judgement) -> bool {
        let Some((prompt, whose, said)) = draft(ask, judgement) else { return false };
        self.drafts().count(
            &whose,
            &said,
            ask.at,
            |event| {
                let ask = Judge { event: event.clone(), ..ask.clone() };
                judge::prompt_text(judgement.capture, &ask, prompt, &judgement.found)
            },
            Instant::now(),
        )
    }

    /// This judgement is durable.
    pub(super) fn recorded(&self, ask: &Judge, judgement: &Judgement) {
        let Some((_, whose, said)) = draft(ask, judgement) else { return };
        let closed = self.drafts().recorded(whose, ask.event.clone(), said, ask.at, Instant::now());
        self.write(closed);
    }

    /// If this is a Send, the drafts of its message are over.
    pub(super) fn sent(&self, ask: &Judge) {
        let is_send = matches!(&ask.reading, Reading::Prompt(prompt)
            if matches!(prompt.operation, Operation::SendPrompt | Operation::EditPrompt));
        if is_send {
            let closed = self.drafts().sent(&ask.app, ask.page);
            self.write(closed);
        }
    }

    /// Time passed.
    pub(super) fn due(&self) {
        let closed = self.drafts().due(Instant::now());
        self.write(closed);
    }

    /// The browser goes.
    pub(super) fn all(&self) {
        let closed = self.drafts().all();
        self.write(closed);
    }

    fn write(&self, closed: impl IntoIterator<Item = Closing>) {
        for Closing { event, whose, at, drafted, text } in closed {
            let active = self.live.active();
            let place = Place { event: &event, app: Some(&whose.app), at, person: None };
            let row = Draft { entry: Entry::Drafts(drafted), text };
            if let Err(fault) = self.recorder.follow(&place, row, &|| active.recipients()) {
                desk::unwritten(&fault);
            }
        }
    }

    fn drafts(&self) -> MutexGuard<'_, Drafts> {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a row of it would say, if it is a draft that was read and judged. A fault always has its own row.
fn draft<'a>(ask: &'a Judge, judgement: &Judgement) -> Option<(&'a Prompt, Whose, Said)> {
    let Reading::Prompt(prompt) = &ask.reading else { return None };
    let Judgement { verdict, found, .. } = judgement;
    if prompt.operation != Operation::SendDraft || verdict.fault.is_some() {
        return None;
    }
    let whose = Whose { app: ask.app.clone(), page: ask.page, conversation: prompt.conversation_id.clone() };
    let said = Said {
        action: verdict.action,
        released: verdict.outcome == Outcome::Release,
        labels: record::labels(found),
        text_bytes: u64::try_from(prompt.text_len()).unwrap_or(u64::MAX),
    };
    Some((prompt, whose, said))
}
