//! Retention in the background: rows past their time, or more than there is room for, lose what they say.
//!
//! INVARIANT: no verdict waits for it longer than one small step: a connection of its own, few rows in a transaction, a
//! pause after each; where the file is busy it gives way and comes back.
//! INVARIANT: what was emptied is in no page any more a day later: all pages are gone through then, also for whoever emptied
//! rows by hand and did not come to the end.
//! INVARIANT: a clock that is far ahead empties nothing in the first hour after a start, in which it is usually set right.
//! INVARIANT: for want of room nothing of the last day goes: an interaction that is still going on is looked up there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Result;
use host_journal::{Audit, By, Change, Entry, JournalError};
use host_store::{Scrubbing, Store, StoreError};
use shared_protocol::Millis;

use crate::live::Live;
use crate::native::now;
use crate::out;
use crate::record::Recorder;

/// Rows emptied in one transaction by the command; in the background fewer.
pub(crate) const ROWS: u32 = 256;
const FEW: u32 = 16;

/// Pages given back in one transaction.
const PAGES: u32 = 64;

/// Between two steps, between two rounds, and before the first one.
const PAUSE: Duration = Duration::from_millis(25);
const ROUND: Duration = Duration::from_secs(60 * 60);
const FIRST: Duration = Duration::from_secs(1);

/// Milliseconds of a day.
const DAY: Millis = 24 * 60 * 60 * 1000;

/// How far behind a start the newest row from before it may be and the clock still be believed at once.
const AWAY: Millis = 7 * DAY;

/// What the settings say about how long and how much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keep {
    /// Days.
    pub(crate) days: Option<u32>,
    /// Bytes of the record's file.
    pub(crate) bytes: Option<u64>,
}

/// The thread.
pub(crate) struct Retention {
    closed: Arc<(Mutex<bool>, Condvar)>,
    thread: JoinHandle<()>,
}

impl Retention {
    /// Starts it.
    pub(crate) fn start(live: Arc<Live>, recorder: Arc<Recorder>, data: Option<PathBuf>) -> Self {
        let closed = Arc::new((Mutex::new(false), Condvar::new()));
        let ends = Arc::clone(&closed);
        let thread = thread::spawn(move || {
            let mut pause = FIRST;
            let started = (now(), Instant::now());
            let mut scrubbed: Option<Instant> = None;
            while !waits(&ends, pause) {
                pause = ROUND;
                let Some(data) = data.as_deref() else { continue };
                let keep = live.active().configured.keep;
                let is_due = scrubbed.is_none_or(|at| at.elapsed() >= Duration::from_millis(DAY));
                let pauses = || waits(&ends, PAUSE);
                let done = round(data, keep, started, &recorder, &pauses).and_then(|()| match is_due {
                    true => scrub(data, &pauses),
                    false => Ok(()),
                });
                match done {
                    Ok(()) if is_due => scrubbed = Some(Instant::now()),
                    Ok(()) => {}
                    Err(fault) => out::note(&format!("retention: {fault:#}")),
                }
            }
        });
        Self { closed, thread }
    }

    /// Ends it after its current step.
    pub(crate) fn finish(self) {
        *self.closed.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.closed.1.notify_all();
        // A thread that panicked has told its place.
        let _ended = self.thread.join();
    }
}

/// Waits; `true` once it is to end.
fn waits(closed: &(Mutex<bool>, Condvar), time: Duration) -> bool {
    let state = closed.0.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = closed.1.wait_timeout_while(state, time, |closed| !*closed);
    *waited.unwrap_or_else(PoisonError::into_inner).0
}

/// Empties what is over its time or too much, then gives room back. `pause` says `true` when it is to end.
fn round(
    data: &Path,
    keep: Keep,
    started: (Millis, Instant),
    recorder: &Recorder,
    pause: &dyn Fn() -> bool,
) -> Result<()> {
    if keep == Keep::default() {
        return Ok(());
    }
    let store = match Store::existing(data, Duration::from_millis(5)) {
        Err(StoreError::Missing) => return Ok(()),
        store => store?,
    };
    let before = store.read(|view| view.newest_before(started.0))?;
    let at = believed(before, started.0, now(), started.1.elapsed());
    let mut rows = 0;
    let mut ends = false;
    if let Some(days) = keep.days {
        let before = at.saturating_sub(u64::from(days).saturating_mul(DAY));
        while !ends && step(&store, before, &mut rows)? {
            ends = pause();
        }
    }
    if let Some(most) = keep.bytes {
        while !ends && is_over(&store, most)? && step(&store, at.saturating_sub(DAY), &mut rows)? {
            ends = pause();
        }
    }
    while !ends && gives_way(shrink(&store))? {
        ends = pause();
    }
    if rows > 0 {
        let mut audit = Audit::new(Change::LogPruned, By::Host);
        audit.count = Some(rows);
        recorder.note_of_machine(now(), Entry::Audit(audit))?;
        // What a reader still holds goes with the next row.
        let _done_or_later = store.sweep();
    }
    Ok(())
}

/// The time that rows are old by: the clock's, unless it began far behind the newest row from `before` that. Then only so far
/// as one is away from a machine, until it has gone on for an hour.
fn believed(before: Option<Millis>, started: Millis, at: Millis, running: Duration) -> Millis {
    let latest = before.map(|before| before.saturating_add(AWAY));
    match latest.filter(|latest| *latest < started && running < ROUND) {
        Some(latest) => latest.saturating_add(at.saturating_sub(started)),
        None => at,
    }
}

/// Goes through all pages, where rows were emptied since that was last done.
fn scrub(data: &Path, pause: &dyn Fn() -> bool) -> Result<()> {
    let store = match Store::existing(data, Duration::from_millis(5)) {
        Err(StoreError::Missing) => return Ok(()),
        store => store?,
    };
    if !store.owes_scrub()? {
        return Ok(());
    }
    let mut scrubbing = Scrubbing::default();
    while !scrubbing.is_done() && !pause() {
        match store.scrub(scrubbing) {
            Ok(further) => scrubbing = further,
            Err(StoreError::Locked) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    // What a reader still holds goes with the next row.
    let _done_or_later = store.sweep();
    Ok(())
}

/// Whether there was something to empty, or the file was busy.
fn step(store: &Store, before: Millis, rows: &mut u64) -> Result<bool> {
    match store.write(|tx| host_journal::prune(tx, before, FEW)) {
        Ok(some) => {
            *rows += some;
            Ok(some > 0)
        }
        Err(JournalError::Store(StoreError::Locked)) => Ok(true),
        Err(fault) => Err(fault.into()),
    }
}

/// Whether more stands in the file than there is to be.
pub(crate) fn is_over(store: &Store, most: u64) -> Result<bool, StoreError> {
    let size = store.read(|view| view.size())?;
    Ok(size.bytes.saturating_sub(size.free) > most)
}

/// Gives some room back; `false` when there is none to give.
pub(crate) fn shrink(store: &Store) -> Result<bool, StoreError> {
    store.write(|tx| {
        if tx.size()?.free == 0 {
            return Ok(false);
        }
        tx.shrink(PAGES)?;
        Ok(true)
    })
}

/// Comes back where the file was busy.
fn gives_way(shrunk: Result<bool, StoreError>) -> Result<bool, StoreError> {
    match shrunk {
        Err(StoreError::Locked) => Ok(true),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{AWAY, DAY, ROUND, believed};

    #[test]
    fn a_clock_far_ahead_is_believed_after_an_hour() {
        let (start, soon) = (1_000 * DAY, Duration::from_secs(1));
        let at = start + 1_000;
        assert_eq!(believed(None, start, at, soon), at);
        assert_eq!(believed(Some(start - AWAY), start, at, soon), at);
        let last = start - 400 * DAY;
        assert_eq!(believed(Some(last), start, at, soon), last + AWAY + 1_000);
        assert_eq!(believed(Some(last), start, at, ROUND), at);
    }
}
