//! The watchdog: whatever happens to a judgement, something is said in time.
//!
//! INVARIANT: of a judgement and its alarm exactly one speaks: who claims the [`Turn`] first.
//! It deliberately stops nothing: a judgement that lost its turn finishes for itself and is dropped.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The right to answer one request.
#[derive(Debug, Default)]
pub(super) struct Turn(AtomicBool);

impl Turn {
    /// `true` for the first who asks.
    pub(super) fn claim(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

type Alarm = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct State {
    alarms: BTreeMap<(Instant, u64), Alarm>,
    next: u64,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// Names an alarm that was set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket(Instant, u64);

/// The watchdog.
pub(super) struct Watch {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

/// For setting and cancelling alarms.
#[derive(Clone)]
pub(super) struct Alarms(Arc<Shared>);

impl Watch {
    /// Starts it. `tick` is called every `every` as well.
    pub(super) fn start(every: Duration, tick: impl Fn() + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let watching = Arc::clone(&shared);
        Self { shared, thread: thread::spawn(move || watching.watch(every, &tick)) }
    }

    /// For others to set alarms with.
    pub(super) fn alarms(&self) -> Alarms {
        Alarms(Arc::clone(&self.shared))
    }

    /// Ends it; alarms that are still set are dropped.
    pub(super) fn finish(self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        // The thread catches what alarms throw.
        let _ended = self.thread.join();
    }
}

impl Alarms {
    /// Calls `alarm` at `when`, unless it is cancelled before.
    pub(super) fn set(&self, when: Instant, alarm: impl FnOnce() + Send + 'static) -> Ticket {
        let mut state = self.0.lock();
        let ticket = Ticket(when, state.next);
        state.next += 1;
        state.alarms.insert((ticket.0, ticket.1), Box::new(alarm));
        self.0.changed.notify_all();
        ticket
    }

    /// Takes an alarm back.
    pub(super) fn cancel(&self, ticket: Ticket) {
        let dropped = self.0.lock().alarms.remove(&(ticket.0, ticket.1));
        // Outside the lock: dropping may free a large prompt.
        drop(dropped);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, every: Duration, tick: &dyn Fn()) {
        let mut next_tick = Instant::now() + every;
        let mut state = self.lock();
        while !state.closed {
            let now = Instant::now();
            let due = state.alarms.first_entry().filter(|first| first.key().0 <= now);
            if let Some(first) = due {
                let alarm = first.remove();
                drop(state);
                // An alarm tells its own fault; the watch goes on.
                let _told = catch_unwind(AssertUnwindSafe(alarm));
                state = self.lock();
            } else if next_tick <= now {
                drop(state);
                let _told = catch_unwind(AssertUnwindSafe(tick));
                next_tick = Instant::now() + every;
                state = self.lock();
            } else {
                let until =
                    state.alarms.first_key_value().map_or(next_tick, |((at, _), _)| (*at).min(next_tick));
                let wait = until.saturating_duration_since(now);
                state = self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};

    use super::{Turn, Watch};

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn alarms_go_off_in_order_and_cancelled_ones_do_not() {
        let watch = Watch::start(LONG, || {});
        let (tell, told) = channel();
        let start = Instant::now();
        for wait in [60, 20, 40] {
            let tell = tell.clone();
            watch.alarms().set(start + Duration::from_millis(wait), move || tell.send(wait).unwrap());
        }
        let cancelled = tell.clone();
        let ticket =
            watch.alarms().set(start + Duration::from_millis(30), move || cancelled.send(0).unwrap());
        watch.alarms().cancel(ticket);
        watch.alarms().set(start + Duration::from_millis(10), || std::panic::resume_unwind(Box::new(())));
        let heard: Vec<u64> = (0..3).map(|_| told.recv_timeout(LONG).unwrap()).collect();
        assert_eq!(heard, [20, 40, 60]);
        assert!(start.elapsed() >= Duration::from_millis(60));
        watch.finish();
    }

    #[test]
    fn it_ticks() {
        let (tell, told) = channel();
        let watch = Watch::start(Duration::from_millis(5), move || {
            // After the test has heard enough nobody listens.
            let _heard = tell.send(());
        });
        for _ in 0..3 {
            told.recv_timeout(LONG).unwrap();
        }
        watch.finish();
    }

    #[test]
    fn one_turn_is_claimed_once() {
        let turn = Turn::default();
        let claims = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(|| turn.claim())).collect();
            all.into_iter().map(|one| one.join().unwrap()).filter(|&won| won).count()
        });
        assert_eq!(claims, 1);
    }
}
