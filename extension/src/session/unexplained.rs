//! Text that left a composer without a request that asked to send it: what a site looks like that has found a way
//! nobody guards.
//!
//! INVARIANT: a row of drift and nothing more: nothing is stopped, and no text is known here.

use std::collections::BTreeMap;

use shared_protocol::{Millis, Operation, Reading};

use super::Session;
use super::effect::Effect;
use super::event::PortId;

/// A request this long before Enter still explains it: two clocks are compared.
const BEFORE_MS: Millis = 100;

/// Longest that a relay may say it was ago.
const MOST_MS: Millis = 60_000;

/// Most tabs that are remembered.
const MOST: usize = 256;

/// When each tab last asked to send a text.
#[derive(Debug, Default)]
pub(super) struct Asked(BTreeMap<Option<i64>, Millis>);

impl Asked {
    /// A request of this tab is held. A draft explains nothing: it is there with every letter.
    pub(super) fn note(&mut self, now: Millis, tab: Option<i64>, reading: &Reading) {
        let explains = match reading {
            Reading::Prompt(prompt) => prompt.operation != Operation::SendDraft,
            Reading::Unread(_) => true,
        };
        if explains {
            self.set(now, tab);
        }
    }

    /// The answer of one is still read: a session before this one held it.
    pub(super) fn set(&mut self, now: Millis, tab: Option<i64>) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(tab, now);
    }

    fn since(&self, tab: Option<i64>, then: Millis) -> bool {
        self.0.get(&tab).is_some_and(|at| *at >= then)
    }
}

impl Session {
    /// A composer lost its text `ms` ago.
    pub(super) fn emptied(
        &mut self,
        now: Millis,
        port: PortId,
        url: &str,
        ms: Millis,
        out: &mut Vec<Effect>,
    ) {
        let Some(page) = self.pages.get(&port) else { return };
        let then = now.saturating_sub(ms.min(MOST_MS)).saturating_sub(BEFORE_MS);
        if self.asked.since(page.tab, then) {
            return;
        }
        if let Some((app, drift)) = self.sites.unexplained(url) {
            self.leave_drift(now, &app, drift, out);
        }
    }
}
