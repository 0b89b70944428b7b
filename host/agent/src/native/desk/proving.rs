//! A fresh proof of who the person is as the answer to a card: the request waits for it, is judged anew with what is then
//! known, and goes or ends.
//!
//! INVARIANT: nothing goes but by a judgement that was made after the proof. INVARIANT: whatever becomes of the proof, the
//! request has an end on record, unless it had one before; and that the person asked for it stands in the same transaction.

use std::sync::Arc;
use std::time::Duration;

use host_journal::{ChoiceWord, State};
use shared_protocol::{Action, Code, EventId, Millis, Outcome, SignIn, ToExtension};

use super::{Desk, now, unwritten};
use crate::judge::{self, Asked};
use crate::record::Place;

impl Desk {
    /// The person wants to prove who they are, so that this request may go.
    pub(super) fn verify(self: &Arc<Self>, event: EventId, at: Millis) {
        let known = match self.known(&event) {
            Ok((known, _)) => known,
            Err(code) => return self.send(ToExtension::Error { code, event: Some(event) }),
        };
        let is_verify = known.answered.is_some_and(|one| one.choice == ChoiceWord::Verify);
        let outcome = match known.state() {
            State::New => {
                return self.send(ToExtension::Error { code: Code::UnknownEvent, event: Some(event) });
            }
            State::Asked if known.answered.is_none() => {
                return self.sign_in(SignIn::StepUp, Some((event, at)));
            }
            // Said again: the answer that is on record.
            State::Released(_) if is_verify => Outcome::Release,
            State::Asked | State::Released(_) | State::Refused(_) => Outcome::Refuse,
        };
        self.send(ToExtension::Go { event, outcome });
    }

    /// They did: each request is judged anew.
    pub(super) fn proved(&self, events: Vec<(EventId, Millis)>) {
        for (event, at) in events {
            let goes = self.goes_now(&event);
            self.end_of_proof(event, at, goes, Code::SendAgain);
        }
    }

    /// They did not: each request ends.
    pub(super) fn unproved(&self, events: Vec<(EventId, Millis)>) {
        for (event, at) in events {
            self.end_of_proof(event, at, false, Code::Unverified);
        }
    }

    /// Whether the request goes by what is known now. One that is not at hand any more does not.
    fn goes_now(&self, event: &EventId) -> bool {
        let Some(ask) = self.kept().iter().find(|ask| ask.event == *event).cloned() else { return false };
        let active = self.live.active();
        let Ok(snapshot) = active.snapshot() else { return false };
        let around = self.around(&ask, &active);
        let files = self.files_now(&ask);
        let asked = Asked {
            judge: &ask,
            browser: self.browser.get().copied(),
            user: None,
            risk: self.recorder.risk(now()),
            known: judge::UNKNOWN,
            around: &around,
            files: &files,
        };
        let (judgement, _) = snapshot.judge(&asked, &|| Duration::ZERO);
        judgement.verdict.outcome == Outcome::Release && judgement.verdict.action <= Action::Coach
    }

    fn end_of_proof(&self, event: EventId, at: Millis, goes: bool, code: Code) {
        self.forget_kept(&event);
        let app = self.known(&event).ok().and_then(|(_, app)| app);
        let place = Place { event: &event, app: app.as_ref(), at, person: None };
        let said = match self.recorder.proved(&place, goes) {
            Ok(Some(Outcome::Release)) => ToExtension::Go { event, outcome: Outcome::Release },
            Ok(Some(_)) => ToExtension::Error { code, event: Some(event) },
            // It had its end before: nobody waits for a word.
            Ok(None) => return,
            Err(fault) => ToExtension::Error { code: unwritten(&fault), event: Some(event) },
        };
        self.send(said);
    }
}
