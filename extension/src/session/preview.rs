//! The composer's text ahead of Send: one question at a time to the host, the newest text of each page, and the
//! hint that is drawn from the answer.
//!
//! INVARIANT: releases and records nothing, and no hold looks at it: a Send is judged as if there were none.
//! INVARIANT: the page's relay learns nothing of an answer; it goes to the hint's own frame only.
//! INVARIANT: bounded: a page has at most one text waiting, and it is dropped when it cannot be asked about now.

use std::collections::BTreeMap;

use shared_protocol::{App, Card, ComposerText, EventId, Millis, Operation, Preview, Text, ToHost};

use super::Session;
use super::effect::{Effect, ToPort, ToRelay};
use super::event::PortId;
use super::link::passed;
use crate::ui::model::{FromHint, HintModel, ToHint};

/// Most texts of one composer, and bytes of one text, that are asked about.
const MOST_TEXTS: usize = 2;
const MOST_BYTES: usize = 1 << 20;

/// How long an answer is waited for before the next question goes all the same.
const PATIENCE_MS: Millis = 2_000;

/// What is read ahead, by page, and who draws it.
#[derive(Debug, Default)]
pub(super) struct Previews {
    pages: BTreeMap<PortId, Ahead>,
    hints: BTreeMap<PortId, EventId>,
    round: u32,
    /// The question that waits for its answer, and since when.
    asked: Option<(u32, Millis)>,
}

/// The composer of one page.
#[derive(Debug)]
struct Ahead {
    /// Names the hint's frame; drawn by the relay.
    token: EventId,
    app: App,
    private: bool,
    /// To be asked about.
    waiting: Vec<Text>,
    /// The round of the last question, and what it came to.
    round: Option<u32>,
    card: Option<Card>,
}

impl Ahead {
    /// The text is not there any more.
    fn forget(&mut self) {
        self.waiting.clear();
        self.round = None;
        self.card = None;
    }
}

impl Session {
    /// A relay read its composer; no text: what it read is not there any more.
    pub(super) fn preview(
        &mut self,
        now: Millis,
        port: PortId,
        (token, url): (EventId, &str),
        texts: Vec<Text>,
        out: &mut Vec<Effect>,
    ) {
        let Some(private) = self.pages.get(&port).map(|page| page.private) else { return };
        let Some(app) = self.sites.app(url) else { return self.preview_over(port, out) };
        let small = texts.len() <= MOST_TEXTS && texts.iter().all(|text| text.len() <= MOST_BYTES);
        self.preview_over(port, out);
        if texts.is_empty() || !small || self.ahead() == Preview::Off {
            return;
        }
        let ahead = Ahead { token, app, private, waiting: texts, round: None, card: None };
        self.previews.pages.insert(port, ahead);
        self.want_host(now, out);
        self.next_preview(now, out);
    }

    /// Asks about the next text, if nothing is asked now.
    pub(super) fn next_preview(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.link.is_down() {
            // Nobody waits for it: it is not kept for a host that may come.
            self.previews.lost();
            return;
        }
        let is_open = |(_, since): (u32, Millis)| !passed(now, since, since.saturating_add(PATIENCE_MS));
        let waits = self.previews.asked.is_some_and(is_open);
        if waits || !self.link.is_up() {
            return;
        }
        let next = self.previews.pages.values_mut().find(|ahead| !ahead.waiting.is_empty());
        let Some(ahead) = next else { return };
        let round = self.previews.round.wrapping_add(1);
        ahead.round = Some(round);
        let message = ToHost::Preview(Box::new(ComposerText {
            round,
            app: ahead.app.clone(),
            texts: std::mem::take(&mut ahead.waiting),
            private_window: ahead.private,
        }));
        self.previews.round = round;
        self.previews.asked = Some((round, now));
        self.link.say_now(&message, out);
    }

    /// The host looked through it.
    pub(super) fn previewed(&mut self, now: Millis, round: u32, card: Option<Card>, out: &mut Vec<Effect>) {
        self.previews.asked = self.previews.asked.filter(|(asked, _)| *asked != round);
        let page = self.previews.pages.iter_mut().find(|(_, ahead)| ahead.round == Some(round));
        // A text that has changed meanwhile has no round.
        if let Some((port, ahead)) = page {
            ahead.card = card;
            let port = *port;
            self.previews.tell(port, out);
        }
        self.next_preview(now, out);
    }

    /// What was read is sent, changed or gone: the hint goes.
    pub(super) fn preview_over(&mut self, port: PortId, out: &mut Vec<Effect>) {
        if let Some(ahead) = self.previews.pages.get_mut(&port) {
            ahead.forget();
            self.previews.tell(port, out);
        }
    }

    /// The same, when what is held now is what a person sends.
    pub(super) fn preview_sent(&mut self, port: PortId, operation: Operation, out: &mut Vec<Effect>) {
        match operation {
            Operation::SendPrompt | Operation::EditPrompt | Operation::Regenerate => {
                self.preview_over(port, out);
            }
            Operation::SendDraft
            | Operation::ReceiveResponse
            | Operation::UploadFile
            | Operation::ShareConversation
            | Operation::DeleteConversation
            | Operation::WriteMemory
            | Operation::WriteInstructions
            | Operation::UseConnector
            | Operation::Dictate => {}
        }
    }

    /// When to read ahead: as the settings say, or less where the person chose so.
    fn ahead(&self) -> Preview {
        let most = self.current().preview;
        self.chosen.map_or(most, |chosen| chosen.min(most))
    }

    /// The person chose. What is more than the settings allow now is taken for all that they allow.
    pub(super) fn choose_preview(&mut self, when: Preview, out: &mut Vec<Effect>) {
        let when = when.min(self.current().preview);
        self.chosen = Some(when);
        out.push(Effect::SavePreview { preview: when });
        self.tell_previews(out);
    }

    /// Tells a page when it reads ahead.
    pub(super) fn tell_preview(&self, port: PortId, out: &mut Vec<Effect>) {
        self.say(port, ToRelay::Preview { when: self.ahead() }, out);
    }

    /// Tells every page; what was read before may not be any more.
    pub(super) fn tell_previews(&mut self, out: &mut Vec<Effect>) {
        for port in self.pages.keys().copied().collect::<Vec<_>>() {
            self.tell_preview(port, out);
            self.preview_over(port, out);
        }
    }

    pub(super) fn hint_said(
        &mut self,
        port: PortId,
        FromHint::Open { token }: FromHint,
        out: &mut Vec<Effect>,
    ) {
        self.previews.hints.insert(port, token.clone());
        let page = self.previews.pages.iter().find(|(_, ahead)| ahead.token == token);
        if let Some((page, _)) = page {
            let page = *page;
            self.previews.tell(page, out);
        }
    }
}

impl Previews {
    /// Draws what is known, or nothing, in every frame of this page.
    fn tell(&self, page: PortId, out: &mut Vec<Effect>) {
        let Some(ahead) = self.pages.get(&page) else { return };
        let hint = ahead.card.clone().map(|card| HintModel { app: ahead.app.clone(), card });
        for (port, _) in self.hints.iter().filter(|(_, token)| **token == ahead.token) {
            let message = ToPort::Hint(ToHint::Model { hint: hint.clone().map(Box::new) });
            out.push(Effect::ToPort { port: *port, message });
        }
    }

    pub(super) fn port_gone(&mut self, port: PortId) {
        self.hints.remove(&port);
        self.pages.remove(&port);
    }

    /// The host is gone: nothing is asked. What is drawn was true of the text that stands there.
    pub(super) fn lost(&mut self) {
        self.asked = None;
        for ahead in self.pages.values_mut() {
            ahead.waiting.clear();
            ahead.round = None;
        }
    }
}
