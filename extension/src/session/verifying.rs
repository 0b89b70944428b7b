//! A person who proves who they are while a request waits, on a page of the provider's in a tab of its own.
//!
//! INVARIANT: nothing goes by a proof here: the host judges anew, and its word that it is on record is the permit.
//! INVARIANT: the wait ends with the question's own time, with the host that asked for the proof, and with the page.

use shared_protocol::{Choice, Code, EventId, Millis, RefusedReason, ToHost};

use super::Session;
use super::effect::Effect;
use super::hold::State;

impl Session {
    /// Asks the host for the proof. The card stays where it is, and the request can be taken back.
    pub(super) fn verify(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let message = ToHost::Answered { event: event.clone(), choice: Choice::Verify, at: now };
        if !self.link.say_now(&message, out) {
            return self.refuse_for(now, event, Code::Unreachable, out);
        }
        let Some(hold) = self.holds.get_mut(event) else { return };
        hold.state = match std::mem::replace(&mut hold.state, State::Judging) {
            State::Asking(question) => State::Verifying(question),
            other => other,
        };
    }

    /// The host says why it does not go. What it wrote down needs no word of ours.
    pub(super) fn unverified(&mut self, now: Millis, event: &EventId, code: Code, out: &mut Vec<Effect>) {
        match code {
            Code::Unverified | Code::SendAgain => self.refuse_with_card(event, code, out),
            _ => self.refuse_for(now, event, code, out),
        }
    }

    pub(super) fn is_verifying(&self, event: &EventId) -> bool {
        self.holds.get(event).is_some_and(|hold| matches!(hold.state, State::Verifying(_)))
    }

    /// The question's time is over: whoever proves it yet sends again.
    pub(super) fn verifying_over(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) {
        let message = ToHost::Answered { event: event.clone(), choice: Choice::None, at: now };
        self.link.say(message, out);
        self.refuse_with_card(event, Code::Unverified, out);
    }

    /// The host that waited for the proof is gone, and its way back with it.
    pub(super) fn verifying_lost(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let waits = self.holds.iter().filter(|(_, hold)| matches!(hold.state, State::Verifying(_)));
        for event in waits.map(|(event, _)| event.clone()).collect::<Vec<_>>() {
            let reason = RefusedReason::Unverified;
            self.link.say(ToHost::Refused { event: event.clone(), reason, at: now }, out);
            self.refuse_with_card(&event, Code::Unverified, out);
        }
    }
}
