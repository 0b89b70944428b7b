//! What an event has come to: so that a message which comes twice is answered from the record, not judged twice.
//!
//! INVARIANT: looked up inside the transaction that would append; the file refuses the second row of its kind
//! from whoever looked up too early.

use host_store::View;
use shared_protocol::{Action, Capture, Code, EventId, Millis, Mode, Obligation, Outcome};

use crate::{
    Answered, Entry, Filter, JournalError, Kind, Order, Page, Record, Refused, Released, SiteWord, event,
    list,
};

/// Rows of a page.
const PAGE: u32 = 256;

/// What is on record of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The verdict, without what is made of the text (card, edits): that is made again from the text.
    pub judged: Option<StoredVerdict>,
    /// The card was seen.
    pub shown: bool,
    /// The answer.
    pub answered: Option<Answered>,
    /// Permitted to leave.
    pub released: Option<Released>,
    /// Ended. Can stand after `released`: the extension could not send it.
    pub refused: Option<Refused>,
    /// The assistant's answer is here.
    pub response: bool,
    /// The interaction is over.
    pub ended: bool,
    /// Let go or refused while the host was away.
    pub late: bool,
    /// Reported as a mistake.
    pub mistake: bool,
}

/// What is kept of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVerdict {
    /// What the extension was told.
    pub outcome: Outcome,
    /// The decision's label.
    pub action: Action,
    /// Its duties.
    pub obligations: Vec<Obligation>,
    /// Whether it was carried out.
    pub mode: Mode,
    /// How many spans redaction replaces.
    pub edits: u64,
    /// The fault that tightened it.
    pub fault: Option<Code>,
    /// What was to be kept of the text; of the answer's too.
    pub capture: Capture,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing on record: judge it.
    New,
    /// The card is open, nobody answered.
    Asked,
    /// Permitted to leave.
    Released(Released),
    /// Ended.
    Refused(Refused),
}

impl Known {
    /// Where the event stands. A refusal is the last word.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.refused, self.released, &self.judged) {
            (Some(refused), _, _) => State::Refused(refused),
            (None, Some(released), _) => State::Released(released),
            (None, None, Some(_)) => State::Asked,
            (None, None, None) => State::New,
        }
    }

    /// From the rows of one event.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        let mut known = Self::default();
        for entry in records.iter().filter_map(|record| record.entry.as_ref()) {
            match entry {
                Entry::Judged(judged) => {
                    known.judged = Some(StoredVerdict {
                        outcome: judged.outcome,
                        action: judged.action,
                        obligations: judged.obligations.clone(),
                        mode: judged.mode,
                        edits: judged.edits,
                        fault: judged.fault,
                        capture: judged.capture,
                    });
                }
                Entry::Shown(_) => known.shown = true,
                Entry::Answered(answered) => known.answered = Some(*answered),
                Entry::Released(released) => known.released = Some(*released),
                Entry::Refused(refused) => known.refused = Some(*refused),
                Entry::Response(_) => known.response = true,
                Entry::Ended(_) => known.ended = true,
                Entry::Late(_) => known.late = true,
                Entry::Mistake(_) => known.mistake = true,
                Entry::Drift(_)
                | Entry::Uncovered(_)
                | Entry::Heartbeat(_)
                | Entry::Drafts(_)
                | Entry::Epoch(_)
                | Entry::Audit(_)
                | Entry::Health(_) => {}
            }
        }
        known
    }
}

/// What is on record of `id`. With a `Tx`, as of the transaction.
///
/// # Errors
/// When the file or a row cannot be read.
pub fn known(view: &View<'_>, id: &EventId) -> Result<Known, JournalError> {
    Ok(Known::of(&event(view, id)?))
}

/// Whether a row since then says that the one-time code of this id was used. With a `Tx`, as of the transaction.
///
/// # Errors
/// When the file or a row cannot be read.
pub fn granted(view: &View<'_>, id: &SiteWord, since: Millis) -> Result<bool, JournalError> {
    let filter = Filter { kinds: vec![Kind::Audit], since: Some(since), ..Filter::default() };
    let mut page = Page { order: Order::Newest, after: None, limit: PAGE };
    loop {
        let records = list(view, &filter, &page)?;
        let is_it = |record: &Record| matches!(&record.entry, Some(Entry::Audit(audit)) if audit.grant.as_ref() == Some(id));
        if records.iter().any(is_it) {
            return Ok(true);
        }
        match records.last() {
            Some(last) if u32::try_from(records.len()).is_ok_and(|rows| rows >= PAGE) => {
                page.after = Some(last.seq)
            }
            _ => return Ok(false),
        }
    }
}
