//! A request that is asked about a second time: its first verdict stands.
//!
//! INVARIANT: never looser than the record; where the record and the new judgement do not fit (the settings
//! changed in between), it is refused.

use host_journal::{Known, State, StoredVerdict};
use shared_protocol::{Action, Obligation, Outcome, Verdict};

use super::card;

/// What to say again.
#[derive(Debug)]
pub(crate) enum Again {
    /// As it is on record.
    Same(Verdict),
    /// The record cannot be said again: refused, which is not on record yet.
    Other(Verdict),
}

/// The verdict of the record, with card and edits made anew from the same text.
pub(crate) fn again(fresh: Verdict, known: &Known) -> Again {
    let Some(stored) = &known.judged else { return Again::Same(fresh) };
    match known.state() {
        State::New => Again::Same(fresh),
        State::Refused(_) => Again::Same(refused(fresh, stored)),
        State::Released(released) if !released.edited => Again::Same(released_as_it_is(fresh, stored)),
        // It was to leave without the found spans: the same question leads to the same answer.
        State::Released(_) if fits(&fresh, stored) && owes_redact(&fresh) => Again::Same(fresh),
        State::Asked if fits(&fresh, stored) => Again::Same(fresh),
        State::Released(_) | State::Asked => Again::Other(refused(fresh, stored)),
    }
}

fn fits(fresh: &Verdict, stored: &StoredVerdict) -> bool {
    fresh.outcome == stored.outcome
        && fresh.obligations == stored.obligations
        && u64::try_from(fresh.edits.len()) == Ok(stored.edits)
}

fn owes_redact(verdict: &Verdict) -> bool {
    verdict.obligations.contains(&Obligation::Redact)
}

fn released_as_it_is(fresh: Verdict, stored: &StoredVerdict) -> Verdict {
    let card = fresh.card.filter(|_| fresh.outcome == Outcome::Release && stored.outcome == Outcome::Release);
    Verdict {
        outcome: Outcome::Release,
        action: stored.action,
        obligations: stored.obligations.clone(),
        mode: stored.mode,
        edits: Vec::new(),
        card,
        fault: stored.fault,
        ..fresh
    }
}

fn refused(fresh: Verdict, stored: &StoredVerdict) -> Verdict {
    Verdict {
        outcome: Outcome::Refuse,
        action: stored.action.max(Action::Block),
        obligations: Vec::new(),
        mode: stored.mode,
        edits: Vec::new(),
        card: Some(card::refused(fresh.card)),
        fault: stored.fault,
        ..fresh
    }
}
