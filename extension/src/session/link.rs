//! The link to the host: negotiation, frames, and when to try again.
//!
//! INVARIANT: the first word on every connection is `hello`, and nothing else is said before `welcome`.
//! What waits meanwhile is in the backlog; holds are asked again from their own state.

use shared_protocol::{EventId, Hello, Millis, PROTOCOL, Status, ToHost, frame};

use super::Effect;
use super::backlog::Backlog;
use crate::ui::model::HostLink;

/// Between a failure and the next try that a request may cause, doubling.
const FIRST_PAUSE_MS: Millis = 250;
const LONGEST_PAUSE_MS: Millis = 2_000;
/// The same for tries nobody waits for.
const FIRST_IDLE_MS: Millis = 1_000;
const LONGEST_IDLE_MS: Millis = 300_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Down { since: Millis, again: Millis, idle: Millis },
    Opening { since: Millis, until: Millis },
    Up,
}

/// The link.
#[derive(Debug)]
pub(super) struct Link {
    state: State,
    shown: HostLink,
    failures: u32,
    next_id: u32,
    joiner: frame::Joiner,
    backlog: Backlog,
    status: Option<Status>,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            state: State::Down { since: 0, again: 0, idle: 0 },
            shown: HostLink::Connecting,
            failures: 0,
            next_id: 0,
            joiner: frame::Joiner::default(),
            backlog: Backlog::default(),
            status: None,
        }
    }
}

impl Link {
    pub(super) fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// Neither there nor on the way.
    pub(super) fn is_down(&self) -> bool {
        matches!(self.state, State::Down { .. })
    }

    pub(super) fn shown(&self) -> HostLink {
        self.shown
    }

    pub(super) fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    pub(super) fn set_status(&mut self, status: Status) {
        self.status = Some(status);
    }

    /// Opens it unless it is open or was lost a moment ago.
    pub(super) fn want(&mut self, now: Millis, patience: Millis, out: &mut Vec<Effect>) {
        if let State::Down { since, again, .. } = self.state
            && passed(now, since, again)
        {
            self.state = State::Opening { since: now, until: now + patience };
            out.push(Effect::ConnectHost);
        }
    }

    /// When something is due: the welcome, or the next try when `something` waits for a host.
    pub(super) fn due(&self, something: bool) -> Option<Millis> {
        match self.state {
            State::Opening { until, .. } => Some(until),
            State::Down { idle, .. } => (something || !self.backlog.is_empty()).then_some(idle),
            State::Up => None,
        }
    }

    /// Whether the next try that nobody waits for has come.
    pub(super) fn is_idle_due(&self, now: Millis, something: bool) -> bool {
        match self.state {
            State::Down { since, idle, .. } => {
                (something || !self.backlog.is_empty()) && passed(now, since, idle)
            }
            State::Opening { .. } | State::Up => false,
        }
    }

    /// Nobody said welcome in time.
    pub(super) fn is_overdue(&self, now: Millis) -> bool {
        matches!(self.state, State::Opening { since, until } if passed(now, since, until))
    }

    pub(super) fn hello(&mut self, hello: Hello, out: &mut Vec<Effect>) {
        self.joiner = frame::Joiner::default();
        if matches!(self.state, State::Opening { .. }) {
            self.put(&ToHost::Hello(hello), out);
        }
    }

    /// The host speaks a version we speak; says what waited.
    pub(super) fn welcome(&mut self, version: u16, out: &mut Vec<Effect>) -> bool {
        let known = (PROTOCOL.min..=PROTOCOL.max).contains(&version);
        if !known || !matches!(self.state, State::Opening { .. }) {
            return false;
        }
        self.state = State::Up;
        self.shown = HostLink::Connected;
        self.failures = 0;
        for message in self.backlog.take() {
            self.tell(message, out);
        }
        true
    }

    /// The port is gone, or nobody said welcome.
    pub(super) fn lost(&mut self, now: Millis, shown: HostLink) {
        let was_up = self.is_up();
        // A host that worked is tried again at once.
        let pause = if was_up { 0 } else { (FIRST_PAUSE_MS << self.failures.min(8)).min(LONGEST_PAUSE_MS) };
        let idle = (FIRST_IDLE_MS << self.failures.min(16)).min(LONGEST_IDLE_MS);
        self.failures += u32::from(!was_up);
        self.state = State::Down { since: now, again: now + pause, idle: now + idle };
        self.shown = shown;
        self.status = None;
        self.backlog.lost();
    }

    /// Says it now, or when the host is back.
    pub(super) fn say(&mut self, message: ToHost, out: &mut Vec<Effect>) {
        if self.is_up() {
            self.tell(message, out);
        } else {
            self.backlog.wait(message);
        }
    }

    /// The host wrote down all that was said of this event, or never will.
    pub(super) fn confirmed(&mut self, event: &EventId) {
        self.backlog.confirmed(event);
    }

    /// The report about this event is on record, or never will be.
    pub(super) fn reported(&mut self, event: &EventId) {
        self.backlog.reported(event);
    }

    /// Says it now or not at all.
    pub(super) fn say_now(&mut self, message: &ToHost, out: &mut Vec<Effect>) -> bool {
        let up = self.is_up();
        if up {
            self.put(message, out);
        }
        up
    }

    fn tell(&mut self, message: ToHost, out: &mut Vec<Effect>) {
        self.put(&message, out);
        self.backlog.told(message);
    }

    fn put(&mut self, message: &ToHost, out: &mut Vec<Effect>) {
        let Ok(json) = serde_json::to_string(message) else { return };
        self.next_id = self.next_id.wrapping_add(1);
        out.extend(frame::split(self.next_id, &json).into_iter().map(|frame| Effect::ToHost { frame }));
    }

    /// A whole message's JSON text, when this frame makes one whole.
    pub(super) fn join(&mut self, frame: &str) -> Option<String> {
        self.joiner.push(frame).ok().flatten()
    }
}

/// Whether `at` has come. A clock that was set back must not make anybody wait for it to come round again.
pub(super) fn passed(now: Millis, since: Millis, at: Millis) -> bool {
    now >= at || now < since
}
