//! A held request that a person is asked about: the card, the choice, the host's word on it.
//!
//! INVARIANT: a choice counts only when the card permits it, and lets go only after the host wrote it down.
//! A code that is on its way, and the report of a mistake: see `proving`.

use shared_protocol::{Action, App, Choice, Code, EventId, Millis, Outcome, RefusedReason, ToHost};

use super::effect::{Effect, ToPort, ToRelay};
use super::event::PortId;
use super::hold::{Hold, NotTaken, Permit, Question, State, own_card};
use super::{HOOK_GRACE_MS, Session};
use crate::ui::model::{CardModel, FromCard, Rejected, SEEN_MS, Stage, ToCard};

impl Session {
    pub(super) fn edit_failed(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let refused = ToHost::Refused { event: event.clone(), reason: RefusedReason::EditFailed, at: now };
        self.link.say(refused, out);
        self.refuse_with_card(event, Code::EditFailed, out);
    }

    pub(super) fn ask_alone(&mut self, now: Millis, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        let answer_ms = Millis::from(self.current().fail.answer_ms);
        let Some(hold) = self.holds.get_mut(event) else { return };
        if hold.is_quiet() || hold.operation().is_none() {
            self.note_refused(now, event, out);
            return self.refuse(event, out);
        }
        let card = own_card(Action::Warn, code);
        hold.state = State::Asking(Question { card: card.clone(), edited: None, alone: true, given: None });
        hold.due = now + answer_ms;
        self.ask(event, answer_ms, card, Some(code), out);
    }

    pub(super) fn ask(
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
                let own = |model: &CardModel| {
                    matches!(model.code, Some(Code::Unreachable | Code::LateFull | Code::Uncovered))
                };
                let ours =
                    |model: &CardModel| own(model) || matches!(model.stage, Stage::Again | Stage::Checking);
                if self.cards.model(&event).is_some_and(|model| !ours(model)) && !self.is_alone(&event) {
                    self.link.say(ToHost::Shown { event, at: now }, out);
                }
            }
            FromCard::Choice { choice } => self.answered(now, port, &event, choice, out),
            FromCard::Covered => {
                if self.cards.page(port).is_some() {
                    self.cards.disturbed(&event, out);
                }
            }
            FromCard::Report => self.report(now, port, &event, out),
            FromCard::Close => self.dismissed(now, &event, out),
        }
    }

    /// The person closed the card.
    pub(super) fn dismissed(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        if self.holds.contains_key(event) {
            self.choose(now, None, event, Choice::None, out);
        } else {
            self.cards.close(event, out);
        }
    }

    /// An answer: what lets go from a frame of the page counts when the relay has said that it could be seen.
    fn answered(
        &mut self,
        now: Millis,
        port: PortId,
        event: &EventId,
        choice: Choice,
        out: &mut Vec<Effect>,
    ) {
        let takes_back = matches!(choice, Choice::Edit | Choice::None);
        let Some(page) = self.cards.page(port).filter(|_| !takes_back) else {
            if takes_back || self.cards.speaks(port) {
                self.choose(now, Some(port), event, choice, out);
            }
            return;
        };
        if !self.cards.speaks(port) {
            return;
        }
        if let Some(hold) = self.holds.get_mut(event)
            && let State::Asking(question) = &mut hold.state
        {
            question.given = Some((port, choice));
            self.say(page, ToRelay::CardLook { token: event.as_str().to_owned() }, out);
        }
    }

    /// The relay says for how long the card could be seen.
    pub(super) fn card_seen(
        &mut self,
        now: Millis,
        page: PortId,
        event: &EventId,
        ms: Millis,
        out: &mut Vec<Effect>,
    ) {
        let Some(hold) = self.holds.get_mut(event) else { return };
        let State::Asking(question) = &mut hold.state else { return };
        let Some((port, choice)) = question.given.take() else { return };
        // What was given where the card was before counts nowhere.
        if self.cards.page(port) != Some(page) || !self.cards.speaks(port) {
            return;
        }
        if ms < SEEN_MS {
            let message = ToPort::Card(ToCard::Rejected { why: Rejected::NotSeen });
            return out.push(Effect::ToPort { port, message });
        }
        self.cards.answered(page);
        self.choose(now, Some(port), event, choice, out);
    }

    /// The relay misses the card on its page, or sees something over it.
    pub(super) fn card_lost(&mut self, page: PortId, event: &EventId, out: &mut Vec<Effect>) {
        if self.cards.page_of(event) == Some(page) {
            self.cards.disturbed(event, out);
        }
    }

    /// A person's choice, or that there was none.
    pub(super) fn choose(
        &mut self,
        now: Millis,
        card: Option<PortId>,
        event: &EventId,
        choice: Choice,
        out: &mut Vec<Effect>,
    ) {
        let due = now + self.machine_ms();
        if matches!(choice, Choice::Edit | Choice::None) && self.called_off(now, event, out) {
            return;
        }
        let Some(hold) = self.holds.get_mut(event) else { return };
        let question = match &mut hold.state {
            State::Asking(question) => question,
            // Taking it back is permitted while a code is looked at; another answer is not.
            State::Proving(proof) if matches!(choice, Choice::Edit | Choice::None) => &mut proof.question,
            State::Judging | State::Answering { .. } | State::Proving(_) => return,
        };
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
        if let Choice::Code { code } = choice {
            return self.prove(now, event, code, out);
        }
        let alone = question.alone;
        let edited = question.edited.take();
        self.cards.close(event, out);
        match (alone, &choice) {
            (true, Choice::SendAnyway) => self.release_late(now, event, out),
            (true, _) => {
                self.note_refused(now, event, out);
                self.refuse(event, out);
            }
            // Taking it back needs nobody's word; the record follows.
            (false, Choice::Edit | Choice::None) => {
                self.link.say(ToHost::Answered { event: event.clone(), choice, at: now }, out);
                self.refuse(event, out);
            }
            (
                false,
                Choice::Redact { .. } | Choice::Justify { .. } | Choice::SendAnyway | Choice::Code { .. },
            ) => {
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
        let permit = match &mut hold.state {
            State::Answering { choice, edited } => Permit::by_choice(choice, edited.take()),
            State::Proving(_) => Some(Permit::AsItIs),
            State::Judging | State::Asking(_) => return,
        };
        let permit = permit.filter(|_| outcome == Outcome::Release);
        if permit.is_some() {
            // A code leaves its card open.
            self.cards.close(event, out);
        }
        match permit {
            Some(permit) => self.release(event, permit, true, out),
            None => self.refuse_with_card(event, Code::NotRecorded, out),
        }
    }

    pub(super) fn is_alone(&self, event: &EventId) -> bool {
        self.holds.get(event).is_some_and(Hold::is_alone)
    }

    pub(super) fn model(
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
            source: self.settings.as_ref().map(|settings| settings.source),
            managed: self.settings.as_ref().is_some_and(|settings| settings.managed),
            progress: None,
        }
    }

    pub(super) fn show(&mut self, event: &EventId, model: CardModel, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get(event) else { return };
        // A call that nobody knows says its word only where it covers no other.
        let unknown = hold.operation().is_none() && model.stage != Stage::Ask;
        let page = self.card_page(hold.port);
        let covers = unknown && self.cards.any_on(page);
        if !hold.is_quiet() && !covers {
            // What lies over a frame of another page, a relay inside it cannot see.
            if self.pages.get(&page).is_some_and(|page| !page.top) {
                self.cards.distrust(page);
            }
            self.cards.show(event, page, model, out);
        }
    }

    /// The page that shows a frame's card: the one around it, where nothing of another document can lie over it.
    pub(super) fn card_page(&self, port: PortId) -> PortId {
        let Some(page) = self.pages.get(&port).filter(|page| !page.top && page.tab.is_some()) else {
            return port;
        };
        let around = self.pages.iter().find(|(_, other)| other.top && other.tab == page.tab);
        around.map_or(port, |(around, _)| *around)
    }
}
