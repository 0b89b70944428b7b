//! The life of a held request: read, judged, asked about, let go or refused.

use shared_protocol::{
    Action, App, Choice, Code, Drift, DriftKind, EventId, FailAction, Judge, Millis, Operation, Outcome,
    Reading, RefusedReason, ToHost, UnreachableAction, Verdict, frame,
};
use shared_sites::{Read, Request, Thread};

use super::copy::{About, Copy};
use super::effect::{Effect, Shape, ToPort, ToRelay};
use super::event::{FromRelay, PortId};
use super::hold::{Hold, NotTaken, Permit, Question, State, own_card};
use super::{HOOK_GRACE_MS, Session};
use crate::ui::model::{CardModel, FromCard, Rejected, Stage, ToCard};

/// Hosts lost under one request before it is taken for what kills them.
const MOST_LOSSES: u32 = 2;

impl Session {
    pub(super) fn relay_said(&mut self, now: Millis, port: PortId, said: FromRelay, out: &mut Vec<Effect>) {
        match said {
            FromRelay::Hold { event, request, again } => self.hold(now, port, event, (*request, again), out),
            FromRelay::Abort { event } => self.taken_back(now, &event, RefusedReason::Aborted, out),
            FromRelay::Fell { event, sent, request } => self.fell(now, port, &event, sent, request, out),
            FromRelay::Head { event, head } => self.answer_began(&event, head),
            FromRelay::Chunk { event, text } => self.answer_more(now, &event, &text, out),
            FromRelay::End { event, reason } => self.answer_ended(now, &event, reason, out),
            FromRelay::Frame { url: _, text } => self.socket_said(now, port, &text, out),
            FromRelay::Resume { event, ticket, head, text } => {
                self.answer_again(now, port, event, &ticket, head, &text, out);
            }
            FromRelay::Ping => {}
        }
    }

    fn hold(
        &mut self,
        now: Millis,
        port: PortId,
        event: EventId,
        (request, known): (Request, bool),
        out: &mut Vec<Effect>,
    ) {
        let Some(page) = self.pages.get(&port) else { return };
        if self.holds.contains_key(&event) || self.copies.contains_key(&event) {
            return;
        }
        let private = page.private;
        let tab = page.tab;
        let Read { app, reading, answer } = self.read(tab, &request);
        let reading = match reading {
            shared_sites::Reading::Prompt(prompt) => Reading::Prompt(prompt),
            shared_sites::Reading::Unread(drift) => Reading::Unread(drift),
            shared_sites::Reading::Nothing => {
                let copy = answer.is_some_and(|format| self.continues(tab, &event, format));
                self.say(port, ToRelay::Send { event, copy, ticket: None }, out);
                return;
            }
        };
        // Only a known site's requests are anything but nothing.
        let app = app.unwrap_or_else(|| App::new("unknown"));
        let due = now + self.machine_ms();
        let hold = Hold { private, known, ..Hold::new(port, app, (now, due), request, reading, answer) };
        self.holds.insert(event.clone(), hold);
        self.want_host(now, out);
        self.ask_host(now, &event, out);
    }

    /// Reads a request, and again when its conversation's last message is known.
    fn read(&self, tab: Option<i64>, request: &Request) -> Read {
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
        let Some(hold) = self.holds.get_mut(event) else { return };
        if matches!(hold.state, State::Asking(_)) || hold.told {
            return;
        }
        if self.link.is_up() {
            let message = match &hold.state {
                State::Answering { choice, .. } => {
                    ToHost::Answered { event: event.clone(), choice: choice.clone(), at: now }
                }
                State::Judging | State::Asking(_) => judge(event, hold),
            };
            hold.told = self.link.say_now(&message, out);
            hold.known |= hold.told;
        } else if self.link.is_down() || hold.losses > MOST_LOSSES {
            self.unreachable(now, event, out);
        }
    }

    /// There is no host.
    fn unreachable(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        if matches!(hold.state, State::Answering { .. }) {
            // The answer is not on record: nothing goes.
            self.end_known(now, event, out);
            return self.refuse_with_card(event, Code::Unreachable, out);
        }
        match self.current().fail.unreachable {
            UnreachableAction::Allow => self.release_late(now, event, out),
            UnreachableAction::Warn => self.ask_alone(now, event, Code::Unreachable, out),
            UnreachableAction::Block => {
                if !self.end_known(now, event, out) {
                    self.note_late(now, event, false, out);
                }
                self.refuse_with_card(event, Code::Unreachable, out);
            }
        }
    }

    /// Something failed: at least the fail setting.
    pub(super) fn fault(&mut self, now: Millis, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        match hold.state {
            State::Asking(_) => return,
            State::Answering { .. } => {
                self.end_known(now, event, out);
                return self.refuse_with_card(event, code, out);
            }
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
            | Code::LateFull => fail.deadline,
        };
        match yields {
            FailAction::Allow => self.release_late(now, event, out),
            FailAction::Warn => self.ask_alone(now, event, code, out),
            // Nobody would keep the reason.
            FailAction::Justify | FailAction::Block => {
                if !self.end_known(now, event, out) {
                    self.note_late(now, event, false, out);
                }
                self.refuse_with_card(event, code, out);
            }
        }
    }

    /// Tells a host that knows of the request, and may yet permit it, that it is over.
    fn end_known(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) -> bool {
        let known = self.holds.get(event).is_some_and(|hold| hold.known);
        if known {
            let reason = RefusedReason::Deadline;
            self.link.say(ToHost::Refused { event: event.clone(), reason, at: now }, out);
        }
        known
    }

    /// The host's word.
    pub(super) fn verdict(&mut self, now: Millis, verdict: Verdict, out: &mut Vec<Effect>) {
        let Verdict { event, outcome, edits, card, fault, .. } = verdict;
        let answer_ms = Millis::from(self.current().fail.answer_ms);
        let Some(hold) = self.holds.get_mut(&event) else { return };
        if !matches!(hold.state, State::Judging) {
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
                hold.state = State::Asking(Question { card: card.clone(), edited, alone: false });
                hold.due = now + answer_ms;
                self.ask(&event, answer_ms, card, fault, out);
            }
            (Outcome::Refuse | Outcome::Ask, card) => {
                if let Some(card) = card {
                    let model = self.model(&event, Stage::Refused, card, fault);
                    self.show(&event, model, out);
                }
                self.refuse(&event, out);
            }
        }
    }

    fn edit_failed(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let refused = ToHost::Refused { event: event.clone(), reason: RefusedReason::EditFailed, at: now };
        self.link.say(refused, out);
        self.refuse_with_card(event, Code::EditFailed, out);
    }

    fn ask_alone(&mut self, now: Millis, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        let answer_ms = Millis::from(self.current().fail.answer_ms);
        let Some(hold) = self.holds.get_mut(event) else { return };
        if hold.is_quiet() || hold.operation().is_none() {
            self.note_late(now, event, false, out);
            return self.refuse(event, out);
        }
        let card = own_card(Action::Warn, code);
        hold.state = State::Asking(Question { card: card.clone(), edited: None, alone: true });
        hold.due = now + answer_ms;
        self.ask(event, answer_ms, card, Some(code), out);
    }

    fn ask(
        &mut self,
        event: &EventId,
        answer_ms: Millis,
        card: shared_protocol::Card,
        code: Option<Code>,
        out: &mut Vec<Effect>,
    ) {
        let Some(port) = self.holds.get(event).map(|hold| hold.port) else { return };
        let ms = answer_ms + self.machine_ms() + Millis::from(HOOK_GRACE_MS);
        self.say(port, ToRelay::Wait { event: event.clone(), ms }, out);
        let model = self.model(event, Stage::Ask, card, code);
        self.show(event, model, out);
    }

    pub(super) fn card_said(&mut self, now: Millis, port: PortId, said: FromCard, out: &mut Vec<Effect>) {
        if let FromCard::Open { token } = said {
            return self.cards.opened(port, token, out);
        }
        let Some(event) = self.cards.event(port).cloned() else { return };
        match said {
            FromCard::Open { .. } => {}
            FromCard::Size { height } => self.cards.size(port, height, out),
            FromCard::Shown => {
                // A card the host knows nothing of is no row of its record.
                let own = |model: &CardModel| matches!(model.code, Some(Code::Unreachable | Code::LateFull));
                if self.cards.model(&event).is_some_and(|model| !own(model)) && !self.is_alone(&event) {
                    self.link.say(ToHost::Shown { event, at: now }, out);
                }
            }
            FromCard::Choice { choice } => self.choose(now, Some(port), &event, choice, out),
            FromCard::Close => {
                if self.holds.contains_key(&event) {
                    self.choose(now, Some(port), &event, Choice::None, out);
                } else {
                    self.cards.close(&event, out);
                }
            }
        }
    }

    /// A person's choice, or that there was none.
    fn choose(
        &mut self,
        now: Millis,
        card: Option<PortId>,
        event: &EventId,
        choice: Choice,
        out: &mut Vec<Effect>,
    ) {
        let due = now + self.machine_ms();
        let Some(hold) = self.holds.get_mut(event) else { return };
        let State::Asking(question) = &mut hold.state else { return };
        if let Err(why) = question.permits(&choice) {
            if let Some(port) = card {
                let why = match why {
                    NotTaken::Reason => Rejected::Reason,
                    NotTaken::NotOffered => Rejected::NotOffered,
                };
                out.push(Effect::ToPort { port, message: ToPort::Card(ToCard::Rejected { why }) });
            }
            return;
        }
        let alone = question.alone;
        let edited = question.edited.take();
        self.cards.close(event, out);
        match (alone, &choice) {
            (true, Choice::SendAnyway) => self.release_late(now, event, out),
            (true, _) => {
                self.note_late(now, event, false, out);
                self.refuse(event, out);
            }
            // Taking it back needs nobody's word; the record follows.
            (false, Choice::Edit | Choice::None) => {
                self.link.say(ToHost::Answered { event: event.clone(), choice, at: now }, out);
                self.refuse(event, out);
            }
            (false, Choice::Redact { .. } | Choice::Justify { .. } | Choice::SendAnyway) => {
                hold.state = State::Answering { choice, edited };
                hold.due = due;
                hold.told = false;
                self.want_host(now, out);
                self.ask_host(now, event, out);
            }
        }
    }

    /// The host wrote the answer down.
    pub(super) fn go(&mut self, event: &EventId, outcome: Outcome, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get_mut(event) else { return };
        let State::Answering { choice, edited } = &mut hold.state else { return };
        let permit = match outcome {
            Outcome::Release => Permit::by_choice(choice, edited.take()),
            Outcome::Ask | Outcome::Refuse => None,
        };
        match permit {
            Some(permit) => self.release(event, permit, true, out),
            None => self.refuse_with_card(event, Code::NotRecorded, out),
        }
    }

    /// Lets it go. `recorded`: the host has it, so its answer is wanted.
    fn release(&mut self, event: &EventId, permit: Permit, recorded: bool, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.remove(event) else { return };
        let tab = self.pages.get(&hold.port).and_then(|page| page.tab);
        let about = hold.answer.filter(|_| recorded).map(|format| About {
            app: hold.app.clone(),
            operation: hold.operation().unwrap_or(Operation::SendPrompt),
            format,
            conversation: hold.prompt().and_then(|prompt| prompt.conversation_id.clone()),
        });
        let ticket = about.as_ref().and_then(About::ticket);
        let copy = about.is_some();
        let event = event.clone();
        if let Some(about) = about {
            self.copies.insert(event.clone(), Copy::new(hold.port, tab, about));
        } else if recorded {
            self.no_answer(&event, hold.at, out);
        }
        let word = match permit {
            Permit::AsItIs => ToRelay::Send { event, copy, ticket },
            Permit::Edited(body) => ToRelay::SendThis { event, body, copy, ticket },
        };
        self.say(hold.port, word, out);
    }

    /// Lets it go without a record but the late entry; when there is no room for that, refuses.
    fn release_late(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        if self.note_late(now, event, true, out) {
            self.release(event, Permit::AsItIs, false, out);
        } else {
            self.refuse_with_card(event, Code::LateFull, out);
        }
    }

    fn note_late(&mut self, now: Millis, event: &EventId, released: bool, out: &mut Vec<Effect>) -> bool {
        let Some(hold) = self.holds.get(event) else { return false };
        let kept = self.late.push(hold.late(event, now, released));
        if kept {
            out.push(Effect::SaveLate { entries: self.late.entries().to_vec() });
            self.deliver_late(out);
        }
        kept
    }

    fn refuse(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.remove(event) else { return };
        let refusal = Shape::of(self.sites.refusal(&hold.request));
        self.say(hold.port, ToRelay::Refuse { event: event.clone(), refusal }, out);
    }

    /// Refuses and says which fault it was, where a person waits for it.
    fn refuse_with_card(&mut self, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        let model = self.model(event, Stage::Refused, own_card(Action::Block, code), Some(code));
        self.show(event, model, out);
        self.refuse(event, out);
    }

    /// The request is not there any more.
    fn taken_back(&mut self, now: Millis, event: &EventId, reason: RefusedReason, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.remove(event) else { return };
        self.cards.close(event, out);
        if hold.known {
            self.link.say(ToHost::Refused { event: event.clone(), reason, at: now }, out);
        }
    }

    /// The hook's own deadline ended it.
    fn fell(
        &mut self,
        now: Millis,
        port: PortId,
        event: &EventId,
        sent: bool,
        request: Option<Box<Request>>,
        out: &mut Vec<Effect>,
    ) {
        if self.holds.contains_key(event) {
            if sent {
                self.note_late(now, event, true, out);
            }
            return self.taken_back(now, event, RefusedReason::Deadline, out);
        }
        // The session that knew it is gone.
        let tab = self.pages.get(&port).and_then(|page| page.tab);
        let Some(request) = request else { return };
        let Read { app, reading, answer } = self.read(tab, &request);
        let reading = match reading {
            shared_sites::Reading::Prompt(prompt) => Reading::Prompt(prompt),
            shared_sites::Reading::Unread(drift) => Reading::Unread(drift),
            shared_sites::Reading::Nothing => return,
        };
        let app = app.unwrap_or_else(|| App::new("unknown"));
        let hold = Hold::new(port, app, (now, now), *request, reading, answer);
        self.holds.insert(event.clone(), hold);
        self.note_late(now, event, sent, out);
        self.holds.remove(event);
    }

    pub(super) fn garbled(
        &mut self,
        now: Millis,
        port: PortId,
        event: Option<EventId>,
        out: &mut Vec<Effect>,
    ) {
        let Some(event) = event else { return };
        if self.holds.get(&event).is_some_and(|hold| hold.port != port) {
            return;
        }
        self.taken_back(now, &event, RefusedReason::Aborted, out);
        self.say(port, ToRelay::Refuse { event, refusal: None }, out);
    }

    pub(super) fn holds_gone(&mut self, now: Millis, port: PortId, out: &mut Vec<Effect>) {
        let here = self.holds.iter().filter(|(_, hold)| hold.port == port);
        for event in here.map(|(event, _)| event.clone()).collect::<Vec<_>>() {
            self.taken_back(now, &event, RefusedReason::Closed, out);
        }
    }

    pub(super) fn holds_due(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let due = self.holds.iter().filter(|(_, hold)| now >= hold.due);
        for event in due.map(|(event, _)| event.clone()).collect::<Vec<_>>() {
            match self.holds.get(&event).map(|hold| &hold.state) {
                Some(State::Asking(_)) => self.choose(now, None, &event, Choice::None, out),
                Some(State::Judging | State::Answering { .. }) => {
                    self.fault(now, &event, Code::Deadline, out)
                }
                None => {}
            }
        }
    }

    fn is_alone(&self, event: &EventId) -> bool {
        self.holds.get(event).is_some_and(Hold::is_alone)
    }

    fn model(
        &self,
        event: &EventId,
        stage: Stage,
        card: shared_protocol::Card,
        code: Option<Code>,
    ) -> CardModel {
        let hold = self.holds.get(event);
        CardModel {
            stage,
            app: hold.map_or_else(|| App::new("unknown"), |hold| hold.app.clone()),
            card,
            until: hold.filter(|_| stage == Stage::Ask).map(|hold| hold.due),
            code,
            operation: hold.and_then(Hold::operation),
            source: self.settings.map(|settings| settings.source),
            managed: self.settings.is_some_and(|settings| settings.managed),
        }
    }

    fn show(&mut self, event: &EventId, model: CardModel, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        // A call that nobody knows says its word only where it covers no other.
        let unknown = hold.operation().is_none() && model.stage != Stage::Ask;
        let covers = unknown && self.cards.any_on(hold.port);
        if !hold.is_quiet() && !covers {
            self.cards.show(event, hold.port, model, out);
        }
    }
}

/// The question to the host. What does not fit in a message is said to be oversize.
fn judge(event: &EventId, hold: &Hold) -> ToHost {
    let of = |reading| {
        ToHost::Judge(Box::new(Judge {
            event: event.clone(),
            app: hold.app.clone(),
            at: hold.at,
            reading,
            private_window: hold.private,
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
