//! What the network level saw of requests that no hook vouched for, and how far it may go by itself.
//!
//! INVARIANT: shapes only; an address is read, told without its text, and forgotten.
//! INVARIANT: the network level is open only where every fault that it stands in for lets go: it never makes a trial
//! stricter than its settings.

use shared_protocol::{
    Action, App, Code, EventId, FailAction, FailSettings, Millis, ToHost, Uncovered, UnreachableAction,
};
use shared_sites::Sighting;

use super::Session;
use super::effect::Effect;
use super::event::Seen;
use super::hold::own_card;
use super::link::passed;
use crate::ui::model::{CardModel, HostLink, Stage};

/// The same again within this time is one row.
const SAME_MS: Millis = 60_000;

/// Most rows within that time, whatever a page does.
const MOST: usize = 32;

/// What is known of the network level.
#[derive(Debug, Default)]
pub(super) struct Net {
    closed: Option<bool>,
    told: Vec<(Millis, App, Uncovered)>,
    /// Something was stopped where no card could say so.
    unsaid: bool,
}

impl Net {
    /// Something was stopped and nobody was told.
    pub(super) fn is_unsaid(&self) -> bool {
        self.unsaid
    }

    /// The sites' data changed: the network level is told anew.
    pub(super) fn renew(&mut self) {
        self.closed = None;
    }

    /// The popup says it.
    pub(super) fn said(&mut self) {
        self.unsaid = false;
    }

    /// Whether this is a row of its own.
    fn is_new(&mut self, now: Millis, app: &App, seen: &Uncovered) -> bool {
        self.told.retain(|(at, ..)| !passed(now, *at, at.saturating_add(SAME_MS)));
        let same = |(_, of, before): &(Millis, App, Uncovered)| of == app && before == seen;
        if self.told.len() >= MOST || self.told.iter().any(same) {
            return false;
        }
        self.told.push((now, app.clone(), seen.clone()));
        true
    }
}

impl Session {
    /// A request at the network level.
    pub(super) fn seen(&mut self, now: Millis, request: Seen, out: &mut Vec<Effect>) {
        let Seen { event, tab, road, method, url, stopped } = request;
        let sighting = self.sites.sighting(road, &method, url.expose());
        let Some(Sighting { app, path }) = sighting else { return };
        let seen = Uncovered { road, path, stopped };
        if self.net.is_new(now, &app, &seen) {
            self.link.say(ToHost::Uncovered { app: app.clone(), seen, at: now }, out);
            self.want_host(now, out);
        }
        if stopped {
            self.say_stopped(&event, tab, app, out);
        }
    }

    /// Says it where the person is: in the tab's page, else on the button.
    fn say_stopped(&mut self, event: &EventId, tab: Option<i64>, app: App, out: &mut Vec<Effect>) {
        let page = self.pages.iter().find(|(_, page)| tab.is_some() && page.tab == tab);
        let Some(port) = page.map(|(port, _)| *port) else {
            self.net.unsaid = true;
            return;
        };
        if self.cards.any_on(port) {
            return;
        }
        let card = own_card(Action::Block, Code::Uncovered);
        let model = self.model(event, Stage::Refused, card, Some(Code::Uncovered));
        self.cards.show(event, port, CardModel { app, ..model }, out);
    }

    /// Lets the network level stop what no hook vouched for, or only look on. Before any settings are known it stays
    /// as it was, unless there is nobody who could bring them.
    pub(super) fn stand_net(&mut self, out: &mut Vec<Effect>) {
        let wanted = match (&self.settings, self.link.shown()) {
            (Some(settings), _) => !is_open(&settings.fail),
            (None, _) if self.managed => true,
            (None, HostLink::Missing | HostLink::Lost | HostLink::Version) => false,
            (None, HostLink::Connecting | HostLink::Connected) => return,
        };
        if self.net.closed != Some(wanted) {
            self.net.closed = Some(wanted);
            let rules = (!self.repaired.is_empty()).then(|| self.sites.net_rules());
            out.push(Effect::Net { closed: wanted, rules });
        }
    }
}

/// Whether every fault that could have kept a hook from holding a request lets go.
fn is_open(fail: &FailSettings) -> bool {
    fail.unreachable == UnreachableAction::Allow
        && fail.deadline == FailAction::Allow
        && fail.unread == FailAction::Allow
}
