//! A held request on its way to the verdict: read, brought to the host, decided or met by a fault.
//!
//! INVARIANT: a fault yields at least its fail setting; nothing is let go here that the host did not permit.

use shared_protocol::{
    App, Choice, Code, Drift, DriftKind, EventId, FailAction, Judge, Millis, Operation, Outcome, Placeholder,
    Reading, RefusedReason, ToHost, UnreachableAction, Verdict, frame,
};
use shared_sites::{Read, Request, Thread};

use super::Session;
use super::effect::{Effect, ToRelay};
use super::event::{AtOnce, FromRelay, PortId};
use super::hold::{Hold, Permit, Question, State};
use super::leaving::leaving;
use crate::ui::model::Stage;

/// Hosts lost under one request before it is taken for what kills them.
const MOST_LOSSES: u32 = 2;

impl Session {
    pub(super) fn relay_said(&mut self, now: Millis, port: PortId, said: FromRelay, out: &mut Vec<Effect>) {
        match said {
            FromRelay::Hold { event, request, again, at_once } => {
                self.hold(now, port, event, (*request, again, at_once), out);
            }
            FromRelay::Abort { event } => self.taken_back(now, &event, RefusedReason::Aborted, out),
            FromRelay::Fell { event, sent, request } => self.fell(now, port, &event, sent, request, out),
            FromRelay::Head { event, head } => {
                if !self.handles.began(&event, &head) {
                    self.answer_began(&event, head);
                }
            }
            FromRelay::Chunk { event, text } => {
                if !self.handles.more(&event, &text) {
                    self.answer_more(now, &event, &text, out);
                }
            }
            FromRelay::End { event, reason } => {
                if !self.handle_said(&event, reason, out) {
                    self.answer_ended(now, &event, reason, out);
                }
            }
            FromRelay::FilePiece { file, offset, bytes } => self.file_piece(port, file, offset, bytes, out),
            FromRelay::FileLost { file } => self.file_lost(now, port, &file, out),
            FromRelay::Frame { url: _, text } => self.socket_said(now, port, &text, out),
            FromRelay::Resume { event, ticket, head, text } => {
                self.answer_again(now, port, event, &ticket, head, &text, out);
            }
            FromRelay::CardLost { token } => self.card_lost(port, &token, out),
            FromRelay::CardSeen { token, ms } => self.card_seen(now, port, &token, ms, out),
            FromRelay::Preview { token, url, texts } => {
                self.preview(now, port, (token, &url), texts, out);
            }
            FromRelay::Emptied { url, ms } => self.emptied(now, port, &url, ms, out),
            FromRelay::TextLost { event } => self.text_lost(port, &event, out),
            FromRelay::Ping => {}
        }
    }

    fn hold(
        &mut self,
        now: Millis,
        port: PortId,
        event: EventId,
        (request, known, at_once): (Request, bool, Option<AtOnce>),
        out: &mut Vec<Effect>,
    ) {
        let Some(page) = self.pages.get(&port) else { return };
        if self.holds.contains_key(&event) || self.copies.contains_key(&event) {
            return;
        }
        let private = page.private;
        let tab = page.tab;
        let Read { app, reading, answer, drift } = self.read(tab, &request);
        // Only a known site's requests are anything but nothing.
        let app = app.unwrap_or_else(|| App::new("unknown"));
        if let Some(drift) = drift {
            self.leave_drift(now, &app, drift, out);
        }
        let reading = match reading {
            shared_sites::Reading::Prompt(prompt) => Reading::Prompt(prompt),
            shared_sites::Reading::Unread(drift) => Reading::Unread(drift),
            shared_sites::Reading::Nothing => {
                let copy = answer.is_some_and(|format| self.continues(tab, &event, format));
                self.say(port, ToRelay::Send { event, copy, ticket: None }, out);
                return;
            }
        };
        let due = now + self.machine_ms();
        if let Reading::Prompt(prompt) = &reading
            && prompt.operation != Operation::SendDraft
        {
            self.cards.close_quiet(port, out);
        }
        if let Reading::Prompt(prompt) = &reading {
            self.preview_sent(port, prompt.operation, out);
        }
        self.asked.note(now, tab, &reading);
        let mut hold =
            Hold { private, known, at_once, ..Hold::new(port, app, (now, due), request, reading, answer) };
        self.name_files(tab, &mut hold);
        self.holds.insert(event.clone(), hold);
        if self.joins_pieces(now, &event, out) {
            return;
        }
        self.hold_files(now, &event, out);
        self.want_host(now, out);
        self.ask_host(now, &event, out);
    }

    /// Reads a request, and again when its conversation's last message is known.
    pub(super) fn read(&self, tab: Option<i64>, request: &Request) -> Read {
        let read = self.sites.read(request, &Thread::default());
        let leaf = match &read.reading {
            shared_sites::Reading::Prompt(prompt) if prompt.operation == Operation::SendPrompt => {
                prompt.conversation_id.as_deref().and_then(|id| self.threads.leaf(tab, id))
            }
            shared_sites::Reading::Prompt(_)
            | shared_sites::Reading::Nothing
            | shared_sites::Reading::Unread(_) => None,
        };
        match leaf {
            Some(leaf) => self.sites.read(request, &Thread { leaf: Some(leaf.to_owned()) }),
            None => read,
        }
    }

    /// Tells the host what waits for it, or falls back when there is none.
    pub(super) fn ask_host(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let file_ms = self.file_ms() + self.machine_ms();
        let Some(hold) = self.holds.get_mut(event) else { return };
        if hold.is_asking() || hold.told || self.pieces.waits(event) {
            return;
        }
        let judging = matches!(hold.state, State::Judging);
        if self.link.is_up() && judging && !self.files.are_there(event) {
            return self.feed(now, out);
        }
        let tab = self.pages.get(&hold.port).and_then(|page| page.tab);
        let names = self.names.of((tab, hold.conversation()));
        if self.link.is_up() {
            let message = match &hold.state {
                State::Answering { choice, .. } => {
                    ToHost::Answered { event: event.clone(), choice: choice.clone(), at: now }
                }
                State::Proving(proof) => {
                    let choice = Choice::Code { code: proof.code.clone() };
                    ToHost::Answered { event: event.clone(), choice, at: now }
                }
                State::Judging | State::Asking(_) | State::Verifying(_) => judge(event, hold, names),
            };
            hold.told = self.link.say_now(&message, out);
            hold.known |= hold.told;
            if judging && self.files.has(event) {
                // Looking through them has a time of its own.
                hold.due = now + file_ms;
            }
        } else if self.link.is_down() || hold.losses > MOST_LOSSES {
            self.unreachable(now, event, out);
        }
    }

    /// There is no host.
    fn unreachable(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        if matches!(hold.state, State::Answering { .. } | State::Proving(_)) {
            // The answer is not on record: nothing goes.
            return self.refuse_for(now, event, Code::Unreachable, out);
        }
        match self.current().fail.unreachable {
            UnreachableAction::Allow => self.release_late(now, event, out),
            UnreachableAction::Warn => self.ask_alone(now, event, Code::Unreachable, out),
            UnreachableAction::Block => self.refuse_for(now, event, Code::Unreachable, out),
        }
    }

    /// Something failed: at least the fail setting.
    pub(super) fn fault(&mut self, now: Millis, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        match hold.state {
            State::Asking(_) => return,
            State::Verifying(_) => return self.unverified(now, event, code, out),
            State::Answering { .. } | State::Proving(_) => return self.refuse_for(now, event, code, out),
            State::Judging => {}
        }
        let fail = self.current().fail;
        let yields = match code {
            Code::Oversize => fail.oversize,
            Code::Unread => fail.unread,
            Code::UnreadFile => fail.unread_file,
            Code::Expired => fail.expired,
            Code::BadFrame
            | Code::BadMessage
            | Code::BadVersion
            | Code::BadOrigin
            | Code::Deadline
            | Code::NotRecorded
            | Code::PolicyFault
            | Code::Internal
            | Code::Unreachable
            | Code::UnknownEvent
            | Code::EditFailed
            | Code::LateFull
            | Code::Uncovered
            | Code::Unverified
            | Code::SendAgain => fail.deadline,
        };
        match yields {
            FailAction::Allow => self.release_late(now, event, out),
            FailAction::Warn => self.ask_alone(now, event, code, out),
            // Nobody would keep the reason.
            FailAction::Justify | FailAction::Block => self.refuse_for(now, event, code, out),
        }
    }

    /// The host's word.
    pub(super) fn verdict(&mut self, now: Millis, verdict: Verdict, out: &mut Vec<Effect>) {
        let Verdict { event, outcome, edits, card, fault, .. } = verdict;
        let answer_ms = Millis::from(self.current().fail.answer_ms);
        let Some(hold) = self.holds.get_mut(&event) else { return };
        // A code that lifts a part of what stands in the way leads to another verdict.
        if !matches!(hold.state, State::Judging | State::Proving(_)) {
            return;
        }
        match (outcome, card) {
            (Outcome::Release, card) => {
                if let Some(card) = card {
                    let model = self.model(&event, Stage::Sent, card, fault);
                    self.show(&event, model, out);
                }
                self.release(&event, Permit::AsItIs, true, out);
            }
            (Outcome::Ask, Some(_)) if hold.is_quiet() => {
                self.link.say(ToHost::Answered { event: event.clone(), choice: Choice::None, at: now }, out);
                self.refuse(&event, out);
            }
            (Outcome::Ask, Some(card)) => {
                let edited = match self.sites.edit(&hold.request, &edits) {
                    Ok(body) if card.may_redact => Some(body),
                    Err(_) if card.may_redact => return self.edit_failed(now, &event, out),
                    Ok(_) | Err(_) => None,
                };
                let mut leaves = Vec::new();
                if let (Some(body), Reading::Prompt(prompt)) = (&edited, &hold.reading) {
                    let whose = (self.pages.get(&hold.port).and_then(|page| page.tab), hold.conversation());
                    if self.names.take(whose, prompt, &edits).is_err() {
                        // Asked again, with the names that another request of the conversation took meanwhile.
                        hold.told = false;
                        return self.ask_host(now, &event, out);
                    }
                    let Some(shown) = leaving(&self.sites, &hold.request, body, &edits) else {
                        return self.edit_failed(now, &event, out);
                    };
                    leaves = shown;
                }
                hold.state =
                    State::Asking(Question { card: card.clone(), edited, alone: false, given: None });
                hold.due = now + answer_ms;
                self.ask_showing(&event, answer_ms, (card, fault, leaves), out);
            }
            (Outcome::Refuse | Outcome::Ask, card) => {
                self.keep_written(&event);
                if let Some(card) = card {
                    let model = self.model(&event, Stage::Refused, card, fault);
                    self.show(&event, model, out);
                }
                self.refuse(&event, out);
            }
        }
    }
}

/// The question to the host. What does not fit in a message is said to be oversize.
fn judge(event: &EventId, hold: &Hold, names: &[Placeholder]) -> ToHost {
    let of = |reading| {
        ToHost::Judge(Box::new(Judge {
            event: event.clone(),
            app: hold.app.clone(),
            at: hold.at,
            reading,
            private_window: hold.private,
            page: Some(hold.port),
            placeholders: names.to_vec(),
        }))
    };
    let whole = of(hold.reading.clone());
    // Escapes make a text at most six times as long.
    let small = hold.prompt().is_none_or(|prompt| prompt.text_len() < frame::MESSAGE_BYTES / 8);
    if small || serde_json::to_string(&whole).is_ok_and(|json| json.len() <= frame::MESSAGE_BYTES) {
        return whole;
    }
    let size = hold.prompt().map(|prompt| u64::try_from(prompt.text_len()).unwrap_or(u64::MAX));
    let operation = hold.operation();
    of(Reading::Unread(Drift {
        what: DriftKind::Oversize,
        operation,
        path: hold.request.method.clone(),
        place: None,
        size,
    }))
}
