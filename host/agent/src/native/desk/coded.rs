//! A one-time code as the answer to a card: read, held against what stands in the way, put on record, and then let go.
//!
//! INVARIANT: that an exception was given is on record with the code's id before anything goes, and an id counts once,
//! whichever process asks. INVARIANT: a code that is refused leaves the question open and is still good.

use host_journal::{Audit, Change, ChoiceWord, SiteWord, State};
use host_policy::grant;
use shared_protocol::{Choice, Code, CodeFault, EventId, Judge, Millis, Outcome, Text, ToExtension};

use super::{Desk, now, unwritten};
use crate::judge::{self, Asked};
use crate::record::{Coded, Place};

/// Requests that are kept while a card offers to take a code for them, or a proof of who the person is; older ones are
/// forgotten first: a code for an exact value then does not fit, and what was proved counts from the next send.
const KEPT: usize = 32;

impl Desk {
    /// Keeps a request for what may come.
    pub(super) fn keep(&self, ask: &std::sync::Arc<Judge>) {
        let mut kept = self.kept();
        kept.push_back(std::sync::Arc::clone(ask));
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    /// The question is over.
    pub(super) fn forget_kept(&self, event: &EventId) {
        self.kept().retain(|ask| ask.event != *event);
    }

    /// The person gave a code.
    pub(super) fn coded(&self, event: EventId, code: &Text, at: Millis) -> Result<(), Code> {
        let said = self.try_code(&event, code, at)?;
        if let ToExtension::Go { .. } = said {
            self.forget_kept(&event);
        }
        self.send(said);
        Ok(())
    }

    fn try_code(&self, event: &EventId, code: &Text, at: Millis) -> Result<ToExtension, Code> {
        let refused = |why| Ok(ToExtension::CodeRefused { event: event.clone(), why });
        let go = |outcome| Ok(ToExtension::Go { event: event.clone(), outcome });
        let (known, app) = self.known(event)?;
        match known.state() {
            State::New => return Err(Code::UnknownEvent),
            // Said again: the answer that is on record.
            State::Released(_) if known.answered.is_some_and(|one| one.choice == ChoiceWord::Code) => {
                return go(Outcome::Release);
            }
            State::Released(_) | State::Refused(_) => return go(Outcome::Refuse),
            State::Asked => {}
        }
        let active = self.live.active();
        let snapshot = active.snapshot().map_err(|_| Code::PolicyFault)?;
        let seconds = i64::try_from(now() / 1_000).unwrap_or(i64::MAX);
        let grant = match grant::read(code.expose(), active.grant_keys(), &self.recorder.person(), seconds) {
            Ok(grant) => grant,
            Err(fault) => return refused(judge::code_fault(fault)),
        };
        let Some(judged) = self.recorder.judged(event).map_err(|fault| unwritten(&fault))? else {
            return Err(Code::UnknownEvent);
        };
        let ask = self.kept().iter().find(|ask| ask.event == *event).cloned();
        let around = ask.as_deref().map(|ask| self.around(ask, &active)).unwrap_or_default();
        let files = ask.as_deref().map(|ask| self.files_now(ask)).unwrap_or_default();
        let asked = ask.as_deref().map(|judge| Asked {
            judge,
            browser: self.browser.get().copied(),
            user: None,
            risk: self.recorder.risk(now()),
            known: judge::UNKNOWN,
            around: &around,
            files: &files,
        });
        if !snapshot.covers(&judged, asked.as_ref(), &grant) {
            return refused(CodeFault::OtherMatter);
        }
        let audit = |what| Audit {
            name: Some(SiteWord::from(&judge::matter(what))),
            grant: Some(SiteWord::from(&grant.id)),
            whose: Some(SiteWord::from(&grant.person)),
            ..Audit::new(Change::ExceptionGiven, self.recorder.by())
        };
        let audits = grant.what.iter().map(audit).collect();
        let place = Place { event, app: app.as_ref(), at, person: None };
        let choice = Choice::Code { code: Text::default() };
        match self.recorder.coded(&place, &choice, &grant.id, audits).map_err(|fault| unwritten(&fault))? {
            Coded::Go(outcome) => go(outcome),
            Coded::Used => refused(CodeFault::Used),
        }
    }

    pub(super) fn kept(
        &self,
    ) -> std::sync::MutexGuard<'_, std::collections::VecDeque<std::sync::Arc<Judge>>> {
        self.at_hand.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
