//! One sink at work: takes rows after its cursor, sends them with the signed head of the moment, moves the cursor.
//!
//! INVARIANT: no row is given up because of the head that goes with it: before it is, it is tried alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use host_journal::sink::{Most, Outgoing, Parcel, outgoing};
use host_journal::{JournalError, SignedHead, head};
use host_store::{DeadLetter, SinkState, Store, StoreError};
use shared_protocol::Millis;

use super::health::SinkHealth;
use super::kind::{Sent, Transport};
use crate::native::now;
use crate::settings::SinkSettings;

/// Most rows that go at once.
pub(super) const ROWS: u32 = 500;
/// Most bytes of body and sealed text that go at once.
pub(super) const BYTES: usize = 512 * 1024;
/// Between two looks for new rows.
const IDLE: Duration = Duration::from_millis(1_000);
/// How soon a stop is seen.
const SLICE: Duration = Duration::from_millis(200);
/// Most of what a receiver says that is kept, in characters.
const REASON: usize = 300;
/// However long a receiver asks for.
const LONGEST: Duration = Duration::from_secs(3_600);

/// What one step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is nothing to send.
    Idle,
    /// The cursor moved: so many rows were taken, so many set aside.
    Moved(u64, u64),
    /// Not now: not before this time, and why.
    Later(Millis, String),
}

/// A sink at work.
pub(crate) struct Worker {
    settings: SinkSettings,
    transport: Option<Box<dyn Transport>>,
    /// Most rows of the next try: halved while the receiver refuses, so that it is the one bad row that is set aside.
    limit: u32,
    /// The receiver refused a head and took the row beside it: it gets no more of them from this process.
    headless: bool,
    /// Of dead letters that are sent again: the last row that was tried.
    pub(super) again: u64,
}

impl Worker {
    pub(crate) fn new(settings: SinkSettings) -> Self {
        Self { settings, transport: None, limit: ROWS, headless: false, again: 0 }
    }

    /// Works until it is stopped. The first try is made at once, whatever was before: the settings may be new.
    pub(super) fn run(mut self, store: &Store, stop: &AtomicBool, health: &mut SinkHealth) {
        let mut wait = Duration::ZERO;
        while !rest(wait, stop) {
            let step = self.step(store);
            if let Ok(step) = &step {
                health.heard(step, now());
            }
            wait = match step {
                Ok(Step::Moved(..)) => Duration::ZERO,
                Ok(Step::Idle) => IDLE,
                Ok(Step::Later(until, _)) => Duration::from_millis(until.saturating_sub(now())),
                // The file is busy or gone; the record's own writers tell of it.
                Err(_) => IDLE * 5,
            };
        }
    }

    /// Sends one batch, or one dead letter again.
    pub(crate) fn step(&mut self, store: &Store) -> Result<Step, JournalError> {
        if let Some(step) = self.again(store)? {
            return Ok(step);
        }
        let name = self.settings.name.clone();
        let most = Most { rows: self.limit, bytes: BYTES };
        let read: Result<(SinkState, Vec<Outgoing>, Option<SignedHead>), JournalError> = store.read(|view| {
            let state = view.sink(&name)?.unwrap_or(SinkState { name, ..SinkState::default() });
            let rows = outgoing(view, state.cursor, most)?;
            let device = rows.last().map(|last| last.row.device.clone()).unwrap_or_default();
            Ok((state, rows, head(view, &device, now())?))
        });
        let (state, rows, head) = read?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Step::Idle) };
        let (first, last, count) = (first.row.seq, last.row.seq, rows.len() as u64);
        let sink = self.settings.name.clone();
        let letter =
            |rows, reason: String| DeadLetter { sink, first, last, rows, at: now(), reason: short(&reason) };
        match self.with_head(&rows, head.as_ref()) {
            Sent::Taken => {
                self.limit = self.limit.saturating_mul(2).min(ROWS);
                moved(store, state, last, count, None)?;
                Ok(Step::Moved(count, 0))
            }
            Sent::TakenBut(refused, reason) => {
                let refused = refused.clamp(1, count);
                let letter = letter(refused, reason);
                moved(store, state, last, count - refused, Some(letter))?;
                Ok(Step::Moved(count - refused, refused))
            }
            Sent::Refused(reason) if count == 1 => {
                let letter = letter(1, reason);
                moved(store, state, last, 0, Some(letter))?;
                Ok(Step::Moved(0, 1))
            }
            // Which row it is about shows when there is only one.
            Sent::Refused(_) => {
                self.limit = u32::try_from(count / 2).unwrap_or(1).max(1);
                Ok(Step::Moved(0, 0))
            }
            Sent::Later(why, after) => {
                self.hang_up();
                let until = failed(store, state, &short(&why), after)?;
                Ok(Step::Later(until, short(&why)))
            }
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.settings.name
    }

    /// What is broken may be the connection: the next try makes a new one.
    pub(super) fn hang_up(&mut self) {
        self.transport = None;
    }

    /// Sends rows and a head, or a row without it where the receiver refuses the two.
    pub(super) fn with_head(&mut self, rows: &[Outgoing], head: Option<&SignedHead>) -> Sent {
        let head = head.filter(|_| !self.headless);
        match self.send(&Parcel { rows, head }) {
            Sent::Refused(_) if rows.len() == 1 && head.is_some() => {
                let alone = self.send(&Parcel { rows, head: None });
                self.headless = alone == Sent::Taken;
                alone
            }
            sent => sent,
        }
    }

    fn send(&mut self, parcel: &Parcel<'_>) -> Sent {
        let mut transport = match self.transport.take() {
            Some(transport) => transport,
            None => match (self.settings.kind.open)(&self.settings) {
                Ok(transport) => transport,
                Err(fault) => return Sent::Later(format!("{fault:#}"), None),
            },
        };
        let sent = transport.send(parcel);
        self.transport = Some(transport);
        sent
    }
}

fn moved(
    store: &Store,
    state: SinkState,
    last: u64,
    taken: u64,
    letter: Option<DeadLetter>,
) -> Result<(), StoreError> {
    let sent_at = if taken > 0 { Some(now()) } else { state.sent_at };
    let delivered = state.delivered + taken;
    let state = SinkState {
        cursor: last,
        delivered,
        failures: 0,
        retry_at: 0,
        fault: None,
        fault_at: None,
        sent_at,
        ..state
    };
    store.write(|tx| {
        if let Some(letter) = &letter {
            tx.set_aside(letter)?;
        }
        tx.put_sink(&state)
    })
}

/// Writes the fault down; when to try again.
pub(super) fn failed(
    store: &Store,
    state: SinkState,
    why: &str,
    after: Option<Duration>,
) -> Result<Millis, StoreError> {
    let failures = state.failures.saturating_add(1);
    let mut random = [0_u8; 8];
    // Without randomness the pause is the shortest of its step; nothing rests on it.
    let _drawn = getrandom::fill(&mut random);
    let pause = host_net::pause(failures, u64::from_ne_bytes(random));
    let pause = pause.max(after.unwrap_or_default().min(LONGEST));
    let retry_at = now().saturating_add(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
    let fault = Some(why.to_owned());
    let state = SinkState { failures, retry_at, fault, fault_at: Some(now()), ..state };
    store.write(|tx| tx.put_sink(&state))?;
    Ok(retry_at)
}

/// Waits; `true` when it is to stop.
fn rest(wait: Duration, stop: &AtomicBool) -> bool {
    let mut left = wait;
    while !left.is_zero() && !stop.load(Ordering::Relaxed) {
        let slice = left.min(SLICE);
        thread::sleep(slice);
        left = left.saturating_sub(slice);
    }
    stop.load(Ordering::Relaxed)
}

/// What a receiver said, on one line and not too long.
pub(super) fn short(text: &str) -> String {
    let line: String =
        text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(REASON).collect();
    line.trim().to_owned()
}
