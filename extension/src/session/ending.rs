//! The ends of a held request: let go, refused, taken back, fallen to a deadline, or left by its page.
//!
//! INVARIANT: whatever ends a hold takes it out of the session, its card with it.

use shared_protocol::{
    Action, App, Choice, Code, EventId, Millis, Operation, Reading, RefusedReason, ToHost,
};
use shared_sites::{Read, Request};

use super::Session;
use super::copy::{About, Copy};
use super::effect::{Effect, Shape, ToRelay};
use super::event::{AtOnce, PortId};
use super::hold::{Hold, Permit, own_card};
use crate::ui::model::{HostLink, Stage};

impl Session {
    /// Lets it go. `recorded`: the host has it, so its answer is wanted.
    pub(super) fn release(&mut self, event: &EventId, permit: Permit, recorded: bool, out: &mut Vec<Effect>) {
        if self.holds.get(event).is_some_and(|hold| hold.at_once == Some(AtOnce::Again)) {
            let model = self.model(event, Stage::Again, own_card(Action::Allow, Code::Deadline), None);
            self.show(event, model, out);
        }
        let Some(hold) = self.holds.remove(event) else { return };
        if hold.operation() == Some(Operation::DeleteConversation)
            && let Some(conversation) = hold.conversation()
        {
            self.names.conversation_gone(conversation);
        }
        let tab = self.pages.get(&hold.port).and_then(|page| page.tab);
        // What could not wait is only permitted so far: whoever sends it again reads its answer.
        let read = recorded && hold.at_once.is_none();
        let format = hold.answer;
        let about = format.filter(|_| read).map(|format| About {
            app: hold.app.clone(),
            operation: hold.operation().unwrap_or(Operation::SendPrompt),
            format,
            conversation: hold.prompt().and_then(|prompt| prompt.conversation_id.clone()),
        });
        let ticket = about.as_ref().and_then(About::ticket);
        let event = event.clone();
        if recorded && matches!(permit, Permit::AsItIs) {
            self.pieces.permit(&hold);
        }
        let mut files = self.files.released(&event);
        if files.is_empty() {
            // A further piece of a file that the host has.
            files.extend(hold.request.body.whole().cloned());
        }
        let handled = self.handles_of(&event, &hold, files, tab, out);
        let copy = about.is_some() || handled;
        if let Some(about) = about {
            self.copies.insert(event.clone(), Copy::new(hold.port, tab, about));
        } else if recorded && hold.operation() != Some(Operation::SendDraft) {
            // Of a draft that went there is nothing more to say.
            self.no_answer(&event, hold.at, out);
        }
        let word = match permit {
            Permit::AsItIs => ToRelay::Send { event, copy, ticket },
            Permit::Edited(body) => ToRelay::SendThis { event, body, copy, ticket },
        };
        self.say(hold.port, word, out);
    }

    /// Lets it go without a record but the late entry; when there is no room for that, refuses.
    pub(super) fn release_late(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        if self.note_late(now, event, true, out) {
            self.release(event, Permit::AsItIs, false, out);
        } else {
            self.refuse_with_card(event, Code::LateFull, out);
        }
    }

    pub(super) fn note_late(
        &mut self,
        now: Millis,
        event: &EventId,
        released: bool,
        out: &mut Vec<Effect>,
    ) -> bool {
        let Some(hold) = self.holds.get(event) else { return false };
        let kept = self.late.push(hold.late(event, now, released));
        if kept {
            out.push(Effect::SaveLate { entries: self.late.entries().to_vec() });
            self.deliver_late(out);
        }
        kept
    }

    pub(super) fn refuse(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        self.keep_written(event);
        let Some(hold) = self.holds.remove(event) else { return };
        self.pieces.refused(event);
        let refusal = Shape::of(self.sites.refusal(&hold.request));
        let text = hold.written();
        self.say(hold.port, ToRelay::Refuse { event: event.clone(), refusal, text }, out);
    }

    /// Refuses and says which fault it was, where a person waits for it.
    pub(super) fn refuse_with_card(&mut self, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        self.keep_written(event);
        let model = self.model(event, Stage::Refused, own_card(Action::Block, code), Some(code));
        self.show(event, model, out);
        self.refuse(event, out);
    }

    /// The request is not there any more.
    pub(super) fn taken_back(
        &mut self,
        now: Millis,
        event: &EventId,
        reason: RefusedReason,
        out: &mut Vec<Effect>,
    ) {
        let Some(hold) = self.holds.remove(event) else { return };
        self.cards.close(event, out);
        if hold.known {
            self.link.say(ToHost::Refused { event: event.clone(), reason, at: now }, out);
        }
    }

    /// The hook's own deadline ended it.
    pub(super) fn fell(
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
        // Its word to go was lost on the way.
        if self.copies.remove(event).is_some() {
            if !sent {
                let reason = RefusedReason::Deadline;
                self.link.say(ToHost::Refused { event: event.clone(), reason, at: now }, out);
            }
            return;
        }
        // The session that knew it is gone.
        let tab = self.pages.get(&port).and_then(|page| page.tab);
        let Some(request) = request else { return };
        let Read { app, reading, answer, drift: _ } = self.read(tab, &request);
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
        self.say(port, ToRelay::Refuse { event, refusal: None, text: None }, out);
    }

    pub(super) fn holds_gone(&mut self, now: Millis, port: PortId, out: &mut Vec<Effect>) {
        let here = self.holds.iter().filter(|(_, hold)| hold.port == port);
        for event in here.map(|(event, _)| event.clone()).collect::<Vec<_>>() {
            self.taken_back(now, &event, RefusedReason::Closed, out);
        }
    }

    /// Ends what is due. A living host answers within its own deadline: one that did not is hung, and is given
    /// up, so that the next request finds another.
    pub(super) fn holds_due(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let due: Vec<EventId> =
            self.holds.iter().filter(|(_, hold)| now >= hold.due).map(|(event, _)| event.clone()).collect();
        let waits = |event| self.holds.get(event).is_some_and(|hold| hold.told && !hold.is_asking());
        if self.link.is_up() && due.iter().any(waits) {
            out.push(Effect::CloseHost);
            self.host_lost(now, HostLink::Lost, out);
        }
        for event in due {
            match self.holds.get(&event).map(Hold::is_asking) {
                Some(true) if self.is_verifying(&event) => self.verifying_over(now, &event, out),
                Some(true) => self.choose(now, None, &event, Choice::None, out),
                Some(false) if self.files_due(now, &event, out) => {}
                Some(false) => self.fault(now, &event, Code::Deadline, out),
                None => {}
            }
        }
    }

    /// Refuses what the host may or may not know of.
    pub(super) fn refuse_for(&mut self, now: Millis, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        self.note_refused(now, event, out);
        self.refuse_with_card(event, code, out);
    }

    /// A host that may know of it, and may yet permit it, is told that it is over, now or when it is back; an
    /// entry is kept in case that it never heard of it.
    pub(super) fn note_refused(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        if self.holds.get(event).is_some_and(|hold| hold.known) {
            let reason = RefusedReason::Deadline;
            self.link.say(ToHost::Refused { event: event.clone(), reason, at: now }, out);
        }
        self.note_late(now, event, false, out);
    }
}
