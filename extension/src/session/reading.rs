//! What can be said of an answer when it is whole: that its originals can be read in a view of the extension, and what
//! policy wants to be told of it. And a text that its composer lost.
//!
//! INVARIANT: an answer with its originals is in this memory and in the view's own window only; what the page gets is a
//! card without a word of it.
//! INVARIANT: bounded; a text goes with its page, its tab or the next one.

use std::collections::VecDeque;

use shared_protocol::{Action, App, Card, EventId, Operation, Text};

use super::Session;
use super::effect::{Effect, ToPort, ToRelay};
use super::event::PortId;
use crate::ui::model::{CardModel, FromReader, Piece, ReaderModel, Stage, ToReader};

/// Answers that can be read, and texts that can be given back.
const MOST: usize = 8;
/// Bytes of a text that is kept to be given back.
const MOST_TEXT: usize = 1 << 20;

/// An answer that came.
#[derive(Debug)]
pub(super) struct Came {
    event: EventId,
    port: PortId,
    tab: Option<i64>,
    app: App,
    /// With its originals, if there are any in it.
    pieces: Vec<Piece>,
}

/// What a person wrote and the site refused.
#[derive(Debug)]
struct Written {
    event: EventId,
    port: PortId,
    app: App,
    text: Text,
}

/// Both.
#[derive(Debug, Default)]
pub(super) struct Readings {
    came: VecDeque<Came>,
    written: VecDeque<Written>,
}

impl Readings {
    fn text(&self, event: &EventId) -> Option<&Text> {
        self.written.iter().find(|one| one.event == *event).map(|one| &one.text)
    }

    /// A page is gone: what was written there goes along.
    pub(super) fn page_gone(&mut self, port: PortId) {
        self.written.retain(|one| one.port != port);
    }

    /// A tab is gone, with what was answered in it.
    pub(super) fn tab_gone(&mut self, tab: i64) {
        self.came.retain(|one| one.tab != Some(tab));
    }
}

impl Session {
    /// The person's text is kept until the next one of this page, in case that its field loses it.
    pub(super) fn keep_written(&mut self, event: &EventId) {
        let Some(hold) = self.holds.get(event) else { return };
        let Some(text) = hold.written().filter(|text| text.len() <= MOST_TEXT) else { return };
        let (port, app) = (hold.port, hold.app.clone());
        self.readings.written.retain(|one| one.port != port);
        self.readings.written.push_back(Written { event: event.clone(), port, app, text });
        if self.readings.written.len() > MOST {
            self.readings.written.pop_front();
        }
    }

    /// What a card of `event` can give back.
    pub(super) fn written(&self, event: &EventId) -> Option<Text> {
        self.readings.text(event).cloned()
    }

    /// The site's field does not hold what was refused, and nobody changed it.
    pub(super) fn text_lost(&mut self, port: PortId, event: &EventId, out: &mut Vec<Effect>) {
        let Some(one) = self.readings.written.iter().find(|one| one.event == *event && one.port == port)
        else {
            return;
        };
        // A card that stands there offers it already.
        if self.cards.any_on(port) {
            return;
        }
        let model = CardModel {
            text: Some(one.text.clone()),
            operation: Some(Operation::SendPrompt),
            ..quiet(Stage::Kept, one.app.clone())
        };
        self.cards.show(event, port, model, out);
    }

    /// The person wants the text in its field again.
    pub(super) fn give_back(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        let Some(one) = self.readings.written.iter().find(|one| one.event == *event) else { return };
        let (port, text) = (one.port, one.text.clone());
        self.cards.close(event, out);
        self.say(port, ToRelay::GiveBack { text }, out);
    }

    /// An answer is whole: its names get their values back, for whoever wants to read it so.
    pub(super) fn came(
        &mut self,
        event: &EventId,
        (port, tab, app): (PortId, Option<i64>, App),
        (conversation, text): (Option<&str>, &Text),
        out: &mut Vec<Effect>,
    ) {
        let pieces = self.names.put_back((tab, conversation), text).unwrap_or_default();
        let readable = !pieces.is_empty();
        self.readings.came.push_back(Came { event: event.clone(), port, tab, app: app.clone(), pieces });
        if self.readings.came.len() > MOST {
            self.readings.came.pop_front();
        }
        if readable {
            self.say_of_answer(event, port, quiet(Stage::Answer, app), out);
        }
    }

    /// Policy has something to say of an answer that came.
    pub(super) fn noticed(&mut self, event: &EventId, card: Card, out: &mut Vec<Effect>) {
        let Some(one) = self.readings.came.iter().find(|one| one.event == *event) else { return };
        let (port, model) = (one.port, CardModel { card, ..quiet(Stage::Answer, one.app.clone()) });
        self.say_of_answer(event, port, model, out);
    }

    /// Quiet, and only where no question or refusal is on the page.
    fn say_of_answer(&mut self, event: &EventId, port: PortId, model: CardModel, out: &mut Vec<Effect>) {
        let page = self.card_page(port);
        if !self.pages.contains_key(&page) || self.cards.is_busy(page) {
            return;
        }
        let readable = self.readings.came.iter().any(|one| one.event == *event && !one.pieces.is_empty());
        let source = self.settings.as_ref().map(|settings| settings.source);
        let managed = self.settings.as_ref().is_some_and(|settings| settings.managed);
        let operation = Some(Operation::ReceiveResponse);
        self.cards.show(event, page, CardModel { readable, source, managed, operation, ..model }, out);
    }

    /// The person wants to read the answer with its originals.
    pub(super) fn read_answer(&mut self, event: &EventId, out: &mut Vec<Effect>) {
        if self.readings.came.iter().any(|one| one.event == *event && !one.pieces.is_empty()) {
            self.cards.close(event, out);
            out.push(Effect::OpenReader { token: event.as_str().to_owned() });
        }
    }

    /// A view of the extension asks for an answer.
    pub(super) fn reader_said(&self, port: PortId, said: FromReader, out: &mut Vec<Effect>) {
        let FromReader::Open { token } = said;
        let found = self.readings.came.iter().find(|one| one.event == token && !one.pieces.is_empty());
        let reader = found.map(|one| ReaderModel { app: one.app.clone(), pieces: one.pieces.clone() });
        let message = ToPort::Reader(ToReader::Model { reader: reader.map(Box::new) });
        out.push(Effect::ToPort { port, message });
    }

    /// A tab is gone.
    pub(super) fn tab_gone(&mut self, tab: i64) {
        self.names.tab_gone(tab);
        self.readings.tab_gone(tab);
    }
}

/// A card that no policy made and that asks for nothing.
fn quiet(stage: Stage, app: App) -> CardModel {
    CardModel {
        stage,
        app,
        card: Card {
            action: Action::Coach,
            policies: Vec::new(),
            findings: Vec::new(),
            may_edit: false,
            may_redact: false,
            may_justify: false,
            may_send: false,
            may_code: false,
            may_verify: false,
            may_report: false,
            files: Vec::new(),
        },
        until: None,
        code: None,
        operation: None,
        source: None,
        managed: false,
        progress: None,
        leaves: Vec::new(),
        text: None,
        readable: false,
    }
}
