//! Messages about a request that was judged, and those about none.

use std::sync::atomic::Ordering;
use std::time::Duration;

use host_journal::{Drifted, Ended, Entry, Known, Refused, RefusedBy, Responded, Seen, Shown};
use shared_protocol::{
    Action, App, Capture, Card, Choice, Code, EventId, Judge, LateEntry, Millis, Operation, Outcome, Part,
    PartKind, Prompt, Reading, Response, Status, ToExtension, ToHost,
};

use super::{Desk, now, unwritten};
use crate::files::Attached;
use crate::judge::{self, Around, Asked};
use crate::out;
use crate::record::{Answer, Draft, Place};

/// The days that the popup's counts of faults cover, in milliseconds.
const COUNTED_SINCE: Millis = 7 * 24 * 60 * 60 * 1000;

/// The event a message is about: what keeps its order.
pub(super) fn event(message: &ToHost) -> Option<&EventId> {
    match message {
        ToHost::Judge(ask) => Some(&ask.event),
        ToHost::Shown { event, .. }
        | ToHost::Answered { event, .. }
        | ToHost::Refused { event, .. }
        | ToHost::Response { event, .. }
        | ToHost::Ended { event, .. }
        | ToHost::Mistake { event, .. } => Some(event),
        ToHost::Hello(_)
        | ToHost::Drift { .. }
        | ToHost::Uncovered { .. }
        | ToHost::Late { .. }
        | ToHost::Status
        | ToHost::SitesRefused { .. }
        | ToHost::SignIn { .. }
        | ToHost::FileBegin { .. }
        | ToHost::FilePiece { .. }
        | ToHost::FileEnd { .. }
        | ToHost::FileGone { .. }
        | ToHost::FileNamed { .. }
        | ToHost::SignInClosed
        | ToHost::Mine { .. }
        | ToHost::Preview(_) => None,
    }
}

impl Desk {
    /// Does what the message asks for; a fault is told, never passed on.
    pub(super) fn follow(&self, message: ToHost) {
        let named = event(&message).cloned();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.try_follow(message)));
        let code = match done {
            Ok(Ok(())) => return,
            Ok(Err(code)) => code,
            Err(_) => Code::Internal,
        };
        self.send(ToExtension::Error { code, event: named });
    }

    fn try_follow(&self, message: ToHost) -> Result<(), Code> {
        let row = |entry| Draft { entry, text: None };
        match message {
            ToHost::Shown { event, at } => self.append(&event, at, row(Entry::Shown(Shown {}))),
            ToHost::Answered { event, choice: Choice::Code { code }, at } => self.coded(event, &code, at),
            ToHost::Answered { event, choice, at } => self.answered(event, &choice, at),
            ToHost::Refused { event, reason, at } => {
                self.forget_kept(&event);
                let by = RefusedBy::Extension(reason);
                self.append(&event, at, row(Entry::Refused(Refused { by })))?;
                self.noted(event)
            }
            ToHost::Response { event, response, at } => self.response(&event, &response, at),
            ToHost::Ended { event, reason, at } => {
                self.append(&event, at, row(Entry::Ended(Ended { reason })))?;
                self.noted(event)
            }
            ToHost::Drift { app, drift, at } => {
                let entry = Entry::Drift(Drifted { drift });
                self.recorder.note(Some(&app), at, entry).map_err(|fault| unwritten(&fault))
            }
            ToHost::Uncovered { app, seen, at } => {
                let entry = Entry::Uncovered(Seen { seen });
                self.recorder.note(Some(&app), at, entry).map_err(|fault| unwritten(&fault))
            }
            ToHost::Status => self.status(),
            ToHost::Mine { limit } => self.mine(limit),
            ToHost::Mistake { event, at } => self.mistake(event, at),
            ToHost::SitesRefused { refused } => {
                for one in refused {
                    out::note(&format!("site data of {}: {}", one.app.as_str(), one.problem));
                }
                Ok(())
            }
            // Taken by the reading thread, or jobs of their own.
            ToHost::Hello(_)
            | ToHost::Judge(_)
            | ToHost::Late { .. }
            | ToHost::SignIn { .. }
            | ToHost::FileBegin { .. }
            | ToHost::FilePiece { .. }
            | ToHost::FileEnd { .. }
            | ToHost::FileGone { .. }
            | ToHost::FileNamed { .. }
            | ToHost::SignInClosed
            | ToHost::Preview(_) => Err(Code::Internal),
        }
    }

    /// Rows of what happened while the host was away.
    pub(super) fn late(&self, entries: &[LateEntry]) {
        let written = self.recorder.late(entries);
        // All that was not taken is handed over each time: what is written holds what was lost before.
        self.late_lost.store(written.is_err(), Ordering::Release);
        if let Err(fault) = written {
            self.send(ToExtension::Error { code: unwritten(&fault), event: None });
        }
    }

    fn answered(&self, event: EventId, choice: &Choice, at: Millis) -> Result<(), Code> {
        self.forget_kept(&event);
        let active = self.live.active();
        let place = Place { event: &event, app: None, at, person: None };
        let answer = self.recorder.answer(&place, choice, &|| active.recipients());
        let outcome: Outcome = match answer.map_err(|fault| unwritten(&fault))? {
            Answer::Go(outcome) => outcome,
            Answer::Unknown => return Err(Code::UnknownEvent),
        };
        self.send(ToExtension::Go { event, outcome });
        Ok(())
    }

    /// Messages of one event are taken in order: what came before is on record too.
    fn noted(&self, event: EventId) -> Result<(), Code> {
        self.send(ToExtension::Noted { event });
        Ok(())
    }

    fn append(&self, event: &EventId, at: Millis, draft: Draft) -> Result<(), Code> {
        let (known, app) = self.known(event)?;
        if known == Known::default() {
            return Err(Code::UnknownEvent);
        }
        let active = self.live.active();
        let place = Place { event, app: app.as_ref(), at, person: None };
        match self.recorder.follow(&place, draft, &|| active.recipients()) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Code::UnknownEvent),
            Err(fault) => Err(unwritten(&fault)),
        }
    }

    fn mistake(&self, event: EventId, at: Millis) -> Result<(), Code> {
        let (_, app) = self.known(&event)?;
        let place = Place { event: &event, app: app.as_ref(), at, person: None };
        match self.mistakes.reported(&place, &self.live.active()) {
            Ok(true) => self.send(ToExtension::Reported { event }),
            Ok(false) => return Err(Code::UnknownEvent),
            Err(fault) => return Err(unwritten(&fault)),
        }
        Ok(())
    }

    fn response(&self, event: &EventId, response: &Response, at: Millis) -> Result<(), Code> {
        let (known, app) = self.known(event)?;
        let Some(app) = app else { return Err(Code::UnknownEvent) };
        let active = self.live.active();
        let snapshot = active.snapshot().map_err(|_| Code::PolicyFault)?;
        // As it was said of the prompt, and no more than the settings of now can keep.
        let capture = match known.judged {
            _ if !snapshot.may_keep_text => Capture::Metadata,
            Some(judged) => judged.capture,
            None => active.settings().capture,
        };
        let text = judge::response_text(capture, event, at, &app, response, &snapshot.engine);
        self.append(event, at, Draft { entry: Entry::Response(Responded::from(response)), text })?;
        if let Some(card) = self.notice(snapshot, (event, &app, at), response) {
            self.send(ToExtension::Noticed { event: event.clone(), card });
        }
        Ok(())
    }

    /// What policy wants to be said of an answer, which the page has already.
    fn notice(
        &self,
        snapshot: &judge::Snapshot,
        (event, app, at): (&EventId, &App, Millis),
        response: &Response,
    ) -> Option<Card> {
        let mut prompt = Prompt::new(Operation::ReceiveResponse);
        prompt.conversation_id.clone_from(&response.conversation_id);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: response.text.clone() });
        let ask = Judge {
            event: event.clone(),
            app: app.clone(),
            at,
            reading: Reading::Prompt(prompt),
            private_window: false,
            page: None,
            placeholders: Vec::new(),
        };
        // What was confirmed is about prompts.
        let around = Around { neighbours: None, ..self.around(&ask, &self.live.active()) };
        let risk = self.recorder.risk(now());
        let browser = self.browser.get().copied();
        let files = Attached::default();
        let (known, around) = (judge::UNKNOWN, &around);
        let asked = Asked { judge: &ask, browser, user: None, risk, known, around, files: &files };
        let (judgement, _) = snapshot.judge(&asked, &|| Duration::ZERO);
        let card = judgement.verdict.card.filter(|card| card.action == Action::Coach)?;
        // Of a verdict about an answer there is no row that a report could be about.
        Some(Card { may_report: false, may_code: false, ..card })
    }

    pub(super) fn status(&self) -> Result<(), Code> {
        // Who signed out a moment ago is not said to be here.
        self.settings.refresh();
        if self.late_lost.load(Ordering::Acquire) {
            return Err(Code::NotRecorded);
        }
        let since = now().saturating_sub(COUNTED_SINCE);
        let (rows, drift, uncovered) = self.recorder.counts(since).map_err(|fault| unwritten(&fault))?;
        let settings = self.live.active().settings().clone();
        let host = env!("CARGO_PKG_VERSION").to_owned();
        let identity = self.identity();
        self.send(ToExtension::Status(Status { host, settings, rows, drift, uncovered, identity }));
        Ok(())
    }

    pub(super) fn known(&self, event: &EventId) -> Result<(Known, Option<shared_protocol::App>), Code> {
        self.recorder.known(event).map_err(|fault| unwritten(&fault))
    }
}
