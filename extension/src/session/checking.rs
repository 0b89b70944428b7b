//! The card that says how far a slow file is, and the person's "do not send it".
//!
//! INVARIANT: quiet until [`QUIET_MS`]; it takes no focus, covers no other card, and is gone with the verdict.

use std::collections::BTreeMap;

use shared_protocol::{Action, Code, EventId, Millis, RefusedReason};

use super::Session;
use super::effect::{Effect, Shape, ToRelay};
use super::event::PortId;
use super::hold::{Hold, State, own_card};
use crate::ui::model::{CardModel, Progress, Stage};

/// A file that is through before this is not spoken of.
const QUIET_MS: Millis = 400;

/// Between two looks.
const BETWEEN_MS: Millis = 500;

/// When each card was last brought up to date.
#[derive(Debug, Default)]
pub(super) struct Checking {
    shown: BTreeMap<EventId, Millis>,
}

impl Session {
    /// Shows how far the files of each page's oldest upload are; takes the card of one that is decided away.
    pub(super) fn show_progress(&mut self, now: Millis, out: &mut Vec<Effect>) {
        for event in self.checking.shown.keys().cloned().collect::<Vec<_>>() {
            if self.is_checking(&event) {
                continue;
            }
            self.checking.shown.remove(&event);
            if self.cards.model(&event).is_some_and(|model| model.stage == Stage::Checking) {
                self.cards.close(&event, out);
            }
        }
        let mut pages: BTreeMap<PortId, (Millis, EventId)> = BTreeMap::new();
        for (event, hold) in self.holds.iter().filter(|(event, _)| self.is_checking(event)) {
            let page = self.card_page(hold.port);
            let oldest = pages.entry(page).or_insert_with(|| (hold.at, event.clone()));
            if hold.at < oldest.0 {
                *oldest = (hold.at, event.clone());
            }
        }
        for (page, (at, event)) in pages {
            let last = self.checking.shown.get(&event);
            let due = last.map_or(at.saturating_add(QUIET_MS), |last| last.saturating_add(BETWEEN_MS));
            if now < due || self.cards.other_on(page, &event) {
                continue;
            }
            let model = self.progress_model(&event);
            self.checking.shown.insert(event.clone(), now);
            if self.cards.model(&event) != Some(&model) {
                self.cards.show(&event, page, model, out);
            }
        }
    }

    /// When there is something to show.
    pub(super) fn progress_due(&self, now: Millis) -> Option<Millis> {
        let holds = self.holds.iter().filter(|(event, _)| self.is_checking(event));
        let due = holds.map(|(event, hold)| match self.checking.shown.get(event) {
            Some(last) => last.saturating_add(BETWEEN_MS),
            None => hold.at + QUIET_MS,
        });
        // What another card stands in the place of is looked at again.
        due.min().map(|due| if due <= now { now + BETWEEN_MS } else { due })
    }

    fn is_checking(&self, event: &EventId) -> bool {
        let judging = |hold: &Hold| matches!(hold.state, State::Judging);
        self.files.has(event) && self.holds.get(event).is_some_and(judging)
    }

    fn progress_model(&self, event: &EventId) -> CardModel {
        let (done, size) = self.files.progress(event);
        let part = done.saturating_mul(100).checked_div(size).unwrap_or(100).min(100);
        let prompt = self.holds.get(event).and_then(Hold::prompt);
        let names = prompt.map(|prompt| prompt.attachments.iter().filter_map(|file| file.name.clone()));
        let mut card = own_card(Action::Allow, Code::Deadline);
        card.may_send = false;
        let model = self.model(event, Stage::Checking, card, None);
        let progress = Progress {
            part: u8::try_from(part).unwrap_or(100),
            name: names.and_then(|mut names| names.next()),
        };
        CardModel { progress: Some(progress), ..model }
    }

    /// The person does not want to wait for it. `false`: there is no such card.
    pub(super) fn called_off(&mut self, now: Millis, event: &EventId, out: &mut Vec<Effect>) -> bool {
        if !self.is_checking(event) {
            return false;
        }
        let Some((port, refusal)) =
            self.holds.get(event).map(|hold| (hold.port, Shape::of(self.sites.refusal(&hold.request))))
        else {
            return false;
        };
        self.pieces.refused(event);
        self.taken_back(now, event, RefusedReason::Aborted, out);
        self.say(port, ToRelay::Refuse { event: event.clone(), refusal, text: None }, out);
        true
    }
}
