//! Which card is on which page, and which card port asks about it. A card's token is its request's event.
//!
//! INVARIANT: one card at a time on a page; a question is never pushed away by advice, and the next question
//! comes when the one before it is gone.

use std::collections::BTreeMap;

use shared_protocol::EventId;

use super::effect::{Effect, ToPort, ToRelay};
use super::event::PortId;
use crate::ui::model::{CardModel, Stage, ToCard};

/// A card.
#[derive(Debug)]
struct Open {
    page: PortId,
    order: u64,
    on_page: bool,
    model: CardModel,
}

/// The cards.
#[derive(Debug, Default)]
pub(super) struct Cards {
    open: BTreeMap<EventId, Open>,
    ports: BTreeMap<PortId, EventId>,
    count: u64,
}

impl Cards {
    /// Shows `model` on `page`, now or after the question that is there.
    pub(super) fn show(&mut self, event: &EventId, page: PortId, model: CardModel, out: &mut Vec<Effect>) {
        self.count += 1;
        let order = self.open.get(event).map_or(self.count, |open| open.order);
        self.open.insert(event.clone(), Open { page, order, on_page: false, model });
        self.tell_ports(event, out);
        self.next(page, out);
    }

    /// Whether a card is on this page.
    pub(super) fn any_on(&self, page: PortId) -> bool {
        self.open.values().any(|open| open.page == page)
    }

    /// Takes the card of `event` away.
    pub(super) fn close(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        if let Some(open) = self.open.remove(event) {
            if open.on_page {
                out.push(relay(open.page, ToRelay::CardClose { token: token(event) }));
            }
            self.next(open.page, out);
        }
    }

    /// The page is gone and its cards with it.
    pub(super) fn page_gone(&mut self, page: PortId) {
        self.open.retain(|_, open| open.page != page);
    }

    /// A card's port was opened with this token.
    pub(super) fn opened(&mut self, port: PortId, token: String, out: &mut Vec<Effect>) {
        if let Ok(event) = EventId::try_from(token) {
            self.ports.insert(port, event.clone());
            self.tell_ports(&event, out);
        }
    }

    pub(super) fn port_gone(&mut self, port: PortId) {
        self.ports.remove(&port);
    }

    /// The request a card's port speaks for.
    pub(super) fn event(&self, port: PortId) -> Option<&EventId> {
        self.ports.get(&port)
    }

    pub(super) fn model(&self, event: &EventId) -> Option<&CardModel> {
        self.open.get(event).map(|open| &open.model)
    }

    /// The card wants this height.
    pub(super) fn size(&self, port: PortId, height: u32, out: &mut Vec<Effect>) {
        if let Some(event) = self.ports.get(&port)
            && let Some(open) = self.open.get(event)
        {
            out.push(relay(open.page, ToRelay::CardSize { token: token(event), height }));
        }
    }

    fn tell_ports(&self, event: &EventId, out: &mut Vec<Effect>) {
        let Some(open) = self.open.get(event) else { return };
        for (port, _) in self.ports.iter().filter(|(_, of)| *of == event) {
            let message = ToPort::Card(ToCard::Model { model: Box::new(open.model.clone()) });
            out.push(Effect::ToPort { port: *port, message });
        }
    }

    /// Puts on the page what should be there: the oldest question, else the newest of the others.
    fn next(&mut self, page: PortId, out: &mut Vec<Effect>) {
        let here = || self.open.iter().filter(|(_, open)| open.page == page);
        let question =
            here().filter(|(_, open)| open.model.stage == Stage::Ask).min_by_key(|(_, open)| open.order);
        let wanted =
            question.or_else(|| here().max_by_key(|(_, open)| open.order)).map(|(event, _)| event.clone());
        let Some(wanted) = wanted else { return };
        // What said its word and was covered by a newer one is over.
        self.open
            .retain(|event, open| open.page != page || open.model.stage == Stage::Ask || *event == wanted);
        for (event, open) in self.open.iter_mut().filter(|(_, open)| open.page == page) {
            let before = std::mem::replace(&mut open.on_page, *event == wanted);
            if open.on_page && !before {
                let focus = open.model.stage != Stage::Sent;
                out.push(relay(page, ToRelay::Card { token: token(event), focus }));
            }
        }
    }
}

fn token(event: &EventId) -> String {
    event.as_str().to_owned()
}

fn relay(port: PortId, message: ToRelay) -> Effect {
    Effect::ToPort { port, message: ToPort::Relay(message) }
}
