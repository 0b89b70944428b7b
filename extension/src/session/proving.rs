//! A one-time code that a person types into the card, and the report that a verdict is a mistake.
//!
//! INVARIANT: a code lets nothing go here: the host looks at it, and its word that it is on record is the permit.
//! INVARIANT: a report decides nothing, whatever the card's stage.

use shared_protocol::{CodeFault, EventId, Millis, Text, ToHost};

use super::Session;
use super::effect::Effect;
use super::event::PortId;
use super::hold::{Proof, State};

impl Session {
    /// Brings a code to the host. The card stays where it is.
    pub(super) fn prove(&mut self, now: Millis, event: &EventId, code: Text, out: &mut Vec<Effect>) {
        let due = now + self.machine_ms();
        let Some(hold) = self.holds.get_mut(event) else { return };
        hold.state = match std::mem::replace(&mut hold.state, State::Judging) {
            State::Asking(question) => State::Proving(Proof { code, question, until: hold.due }),
            other => other,
        };
        hold.due = due;
        hold.told = false;
        self.want_host(now, out);
        self.ask_host(now, event, out);
    }

    /// The code does not let go: the question stands as it did, for the time that is left of it.
    pub(super) fn code_refused(&mut self, event: &EventId, why: CodeFault, out: &mut Vec<Effect>) {
        let Some(hold) = self.holds.get_mut(event) else { return };
        hold.state = match std::mem::replace(&mut hold.state, State::Judging) {
            State::Proving(Proof { question, until, .. }) => {
                hold.due = until;
                self.cards.code_refused(event, why, out);
                State::Asking(question)
            }
            other => other,
        };
    }

    /// The person says that the verdict is a mistake.
    pub(super) fn report(&mut self, now: Millis, port: PortId, event: &EventId, out: &mut Vec<Effect>) {
        if self.cards.speaks(port) && self.cards.report(event, out) {
            self.want_host(now, out);
            self.link.say(ToHost::Mistake { event: event.clone(), at: now }, out);
        }
    }
}
