//! The composer's text ahead of Send.
//!
//! INVARIANT: nothing here comes near the record, and nothing is released by it: what is kept is what the engine
//! said, so that the judgement of the Send looks it up and decides anew.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use shared_protocol::{
    Card, ComposerText, EventId, Judge, Operation, Part, PartKind, Preview, Prompt, Reading, ToExtension,
};

use super::{Desk, now};
use crate::files::NONE;
use crate::judge::Asked;
use crate::record;

/// Most texts that one message may ask about.
const MOST: usize = 2;

impl Desk {
    /// Looks through it and answers, whatever happens: the extension asks one after the other.
    pub(super) fn preview(&self, ahead: ComposerText) {
        let round = ahead.round;
        let card = catch_unwind(AssertUnwindSafe(|| self.look_ahead(ahead))).unwrap_or_default();
        self.send(ToExtension::Previewed { round, card });
    }

    /// What a Send of it would bring, as far as can be known before.
    fn look_ahead(&self, ahead: ComposerText) -> Option<Card> {
        let active = self.live.active();
        let limit = usize::try_from(active.settings().fail.oversize_bytes).unwrap_or(usize::MAX);
        if active.settings().preview == Preview::Off {
            return None;
        }
        let snapshot = active.snapshot().ok()?;
        let texts = ahead.texts.into_iter().filter(|text| text.len() <= limit).take(MOST);
        let mut first = None;
        for text in texts {
            if active.previews.known(text.expose(), Instant::now()).is_none() {
                let scanned = Arc::new(snapshot.engine.look_through(text.expose()));
                active.previews.keep(text.expose(), scanned, Instant::now());
            }
            first.get_or_insert(text);
        }
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: first? });
        // Of this event nobody will hear again.
        let event = EventId::try_from(record::uuid().ok()?).ok()?;
        let reading = Reading::Prompt(prompt);
        let ask = Judge {
            event,
            app: ahead.app,
            at: now(),
            reading,
            private_window: ahead.private_window,
            page: None,
            placeholders: Vec::new(),
        };
        let known = |text: &str| active.previews.known(text, Instant::now());
        let browser = self.browser.get().copied();
        let (risk, around) = (self.recorder.risk(now()), self.around(&ask, &active));
        let asked =
            Asked { judge: &ask, browser, user: None, risk, known: &known, around: &around, files: &NONE };
        let start = Instant::now();
        let (judgement, _) = snapshot.judge(&asked, &|| start.elapsed());
        // The hint names what was found; the words around it are for the card of a Send.
        let mut card = judgement.verdict.card?;
        card.findings.iter_mut().for_each(|found| found.spots.clear());
        Some(card)
    }
}
