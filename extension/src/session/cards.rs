//! Which card is on which page or in a window of its own, and which card port asks about it. A card's token is
//! its request's event.
//!
//! INVARIANT: one card at a time for a page; a question is never pushed away by advice, and the next question
//! comes when the one before it is gone.
//! INVARIANT: a page that takes a card away or covers it gets it back [`MOST_PUT_BACK`] times; after that its
//! questions are asked in windows of the extension, where no page reaches, until an answer on the page counts.

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::EventId;

use super::effect::{Effect, ToPort, ToRelay};
use super::event::PortId;
use crate::ui::model::{CardModel, Stage, ToCard};
use shared_protocol::CodeFault;

/// How often a card is put back on a page.
pub(super) const MOST_PUT_BACK: u32 = 3;

/// Where a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nowhere yet.
    Waiting,
    /// In a frame of the page.
    Page,
    /// In a window of the extension.
    Window,
}

/// A card.
#[derive(Debug)]
struct Open {
    /// The page it belongs to.
    page: PortId,
    order: u64,
    place: Place,
    model: CardModel,
    /// A person reported it as a mistake.
    report: Report,
}

/// How far the report of a mistake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    /// There is none.
    None,
    /// The host is told.
    Told,
    /// It is on record.
    Taken,
}

/// The cards.
#[derive(Debug, Default)]
pub(super) struct Cards {
    open: BTreeMap<EventId, Open>,
    ports: BTreeMap<PortId, EventId>,
    /// The ports of cards that are windows, not frames.
    windows: BTreeSet<PortId>,
    /// How often each page took a card away or covered it since the last answer on it.
    disturbed: BTreeMap<PortId, u32>,
    count: u64,
}

impl Cards {
    /// Shows `model` on `page`, now or after the question that is there.
    pub(super) fn show(&mut self, event: &EventId, page: PortId, model: CardModel, out: &mut Vec<Effect>) {
        self.count += 1;
        let before = self.open.get(event);
        let order = before.map_or(self.count, |open| open.order);
        let windowed = before.is_some_and(|open| open.place == Place::Window) || self.has_window(event);
        let place = if windowed { Place::Window } else { Place::Waiting };
        let report = before.map_or(Report::None, |open| open.report);
        self.open.insert(event.clone(), Open { page, order, place, model, report });
        self.tell_ports(event, out);
        self.next(page, out);
    }

    /// Whether a card is on this page.
    pub(super) fn any_on(&self, page: PortId) -> bool {
        self.open.values().any(|open| open.page == page)
    }

    /// Whether the card of another event is on this page.
    pub(super) fn other_on(&self, page: PortId, event: &EventId) -> bool {
        self.open.iter().any(|(other, open)| open.page == page && other != event)
    }

    /// Takes the card of `event` away.
    pub(super) fn close(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        if let Some(open) = self.open.remove(event) {
            match open.place {
                Place::Waiting => {}
                Place::Page => out.push(relay(open.page, ToRelay::CardClose { token: token(event) })),
                Place::Window => {
                    let windows =
                        self.ports.iter().filter(|(port, of)| *of == event && self.windows.contains(port));
                    out.extend(windows.map(|(port, _)| Effect::CloseWindow { port: *port }));
                }
            }
            self.next(open.page, out);
        }
    }

    /// The page took the card of `event` away, or something lies over it.
    pub(super) fn disturbed(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        let Some(open) = self.open.get_mut(event).filter(|open| open.place == Place::Page) else { return };
        let page = open.page;
        let times = self.disturbed.entry(page).or_default();
        *times += 1;
        if *times <= MOST_PUT_BACK {
            out.push(put(page, event, open.model.stage));
        } else if open.model.stage == Stage::Ask {
            open.place = Place::Waiting;
            out.push(relay(page, ToRelay::CardClose { token: token(event) }));
            self.next(page, out);
        } else {
            // It said its word to whoever could see it.
            self.close(event, out);
        }
    }

    /// This page's questions are asked in windows.
    pub(super) fn distrust(&mut self, page: PortId) {
        self.disturbed.insert(page, MOST_PUT_BACK + 1);
    }

    /// An answer on this page counted: its card could be seen.
    pub(super) fn answered(&mut self, page: PortId) {
        self.disturbed.remove(&page);
    }

    /// The page is gone and its cards with it.
    pub(super) fn page_gone(&mut self, page: PortId) {
        self.open.retain(|_, open| open.page != page);
        self.disturbed.remove(&page);
    }

    /// A card's port was opened; `window`: not in a frame of a page.
    pub(super) fn port(&mut self, port: PortId, window: bool) {
        if window {
            self.windows.insert(port);
        }
    }

    /// A card's port said its token.
    pub(super) fn opened(&mut self, port: PortId, named: String, out: &mut Vec<Effect>) {
        let Ok(event) = EventId::try_from(named) else { return };
        self.ports.insert(port, event.clone());
        // A background that started anew finds the window that an earlier one opened.
        if self.windows.contains(&port)
            && let Some(open) = self.open.get_mut(&event)
            && std::mem::replace(&mut open.place, Place::Window) == Place::Page
        {
            out.push(relay(open.page, ToRelay::CardClose { token: token(&event) }));
        }
        self.tell_ports(&event, out);
    }

    /// A card's port is gone; the event whose window that was, if it was one.
    pub(super) fn port_gone(&mut self, port: PortId) -> Option<EventId> {
        let event = self.ports.remove(&port)?;
        let was_window = self.windows.remove(&port);
        (was_window && !self.has_window(&event)).then_some(event)
    }

    /// Whether this port is where the card of its event is: only there an answer counts.
    pub(super) fn speaks(&self, port: PortId) -> bool {
        let open = self.ports.get(&port).and_then(|event| self.open.get(event));
        open.is_some_and(|open| (open.place == Place::Window) == self.windows.contains(&port))
    }

    /// The page whose frame this port is in; `None` for a window.
    pub(super) fn page(&self, port: PortId) -> Option<PortId> {
        let event = self.ports.get(&port).filter(|_| !self.windows.contains(&port))?;
        self.open.get(event).map(|open| open.page)
    }

    /// The page that the card of `event` belongs to.
    pub(super) fn page_of(&self, event: &EventId) -> Option<PortId> {
        self.open.get(event).map(|open| open.page)
    }

    fn has_window(&self, event: &EventId) -> bool {
        self.windows.iter().any(|port| self.ports.get(port) == Some(event))
    }

    /// The request a card's port speaks for.
    pub(super) fn event(&self, port: PortId) -> Option<&EventId> {
        self.ports.get(&port)
    }

    pub(super) fn model(&self, event: &EventId) -> Option<&CardModel> {
        self.open.get(event).map(|open| &open.model)
    }

    /// A person reports the verdict of this card as a mistake. Whether the host is to be told: once, and only where
    /// it takes reports.
    pub(super) fn report(&mut self, event: &EventId, out: &mut Vec<Effect>) -> bool {
        let Some(open) = self.open.get_mut(event) else { return false };
        match open.report {
            Report::None if open.model.card.may_report => {
                open.report = Report::Told;
                true
            }
            Report::None | Report::Told => false,
            // Said again by a card whose port was lost.
            Report::Taken => {
                self.tell(event, &ToCard::Reported, out);
                false
            }
        }
    }

    /// The report is on record.
    pub(super) fn reported(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        if let Some(open) = self.open.get_mut(event) {
            open.report = Report::Taken;
            self.tell(event, &ToCard::Reported, out);
        }
    }

    /// The code that was typed into this card does not let go.
    pub(super) fn code_refused(&self, event: &EventId, why: CodeFault, out: &mut Vec<Effect>) {
        self.tell(event, &ToCard::CodeRefused { why }, out);
    }

    /// The card wants this height.
    pub(super) fn size(&self, port: PortId, height: u32, out: &mut Vec<Effect>) {
        if let Some(event) = self.ports.get(&port)
            && let Some(open) = self.open.get(event).filter(|open| open.place == Place::Page)
        {
            out.push(relay(open.page, ToRelay::CardSize { token: token(event), height }));
        }
    }

    fn tell_ports(&self, event: &EventId, out: &mut Vec<Effect>) {
        if let Some(open) = self.open.get(event) {
            self.tell(event, &ToCard::Model { model: Box::new(open.model.clone()) }, out);
        }
    }

    fn tell(&self, event: &EventId, message: &ToCard, out: &mut Vec<Effect>) {
        for (port, _) in self.ports.iter().filter(|(_, of)| *of == event) {
            out.push(Effect::ToPort { port: *port, message: ToPort::Card(message.clone()) });
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
        let hostile = self.disturbed.get(&page).is_some_and(|times| *times > MOST_PUT_BACK);
        for (event, open) in self.open.iter_mut().filter(|(_, open)| open.page == page) {
            if *event != wanted {
                open.place = Place::Waiting;
            } else if open.place == Place::Waiting {
                let window = hostile && open.model.stage == Stage::Ask;
                open.place = if window { Place::Window } else { Place::Page };
                out.push(match open.place {
                    Place::Window => Effect::OpenWindow { token: token(event) },
                    Place::Page | Place::Waiting => put(page, event, open.model.stage),
                });
            }
        }
    }
}

/// Puts a card on its page, or back on top of it.
fn put(page: PortId, event: &EventId, stage: Stage) -> Effect {
    relay(page, ToRelay::Card { token: token(event), focus: !matches!(stage, Stage::Sent | Stage::Checking) })
}

fn token(event: &EventId) -> String {
    event.as_str().to_owned()
}

fn relay(port: PortId, message: ToRelay) -> Effect {
    Effect::ToPort { port, message: ToPort::Relay(message) }
}
