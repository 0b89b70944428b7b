//! Time passes: levels that fade are seen to have moved, and the device is looked at: what its security product says, who
//! controls it, where it is.
//!
//! INVARIANT: several processes may do this at once: each step is one transaction, and the second one finds nothing new.
//! INVARIANT: what cannot be looked at is told once and ends nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use shared_protocol::{Level, Millis};

use super::{device, remote, travel};
use crate::lease::Lease;
use crate::live::Live;
use crate::native::now;
use crate::out;
use crate::record::Recorder;
use crate::ssf;

/// Before the first look: whoever starts is not held up by it.
const SOON: Duration = Duration::from_secs(2);
/// Between two looks.
const TICK: Duration = Duration::from_secs(60);
/// How long what became of messages is kept.
const KEPT: Millis = 90 * DAY;
const DAY: Millis = 24 * 3_600_000;
/// A session of remote control that goes on is told again after so long.
const AGAIN: Duration = Duration::from_secs(3_600);

/// Watches for as long as this process lives.
pub(crate) fn start(live: Arc<Live>, recorder: Arc<Recorder>, data: Option<PathBuf>) {
    thread::spawn(move || {
        let mut told = Vec::new();
        let mut controlled: Option<Instant> = None;
        let mut travelling = travel::Travelling::default();
        let mut held = None;
        let mut wait = SOON;
        loop {
            thread::sleep(wait);
            wait = TICK;
            let active = live.active();
            let settings = &active.configured.risk;
            if settings.rules.is_none() {
                continue;
            }
            let mut faults = Vec::new();
            let level = device::level(settings).unwrap_or_else(|fault| {
                faults.push(format!("{fault:#}"));
                None
            });
            // Where nobody says anything, or nothing that still counts, the device is neither at risk nor well again.
            if let Some(level) = level {
                // Somebody else's device is nobody's news: it is told once its person is there.
                if let Ok(whom) = ssf::may_speak(&active) {
                    recorder.complies(&whom.person, level < Level::Medium, now()).unwrap_or_else(|fault| {
                        faults.push(format!("{fault:#}"));
                    });
                }
                recorder.posture(level).unwrap_or_else(|fault| faults.push(format!("{fault:#}")));
            }
            let mut note = |fault: anyhow::Error| faults.push(format!("{fault:#}"));
            let is_controlled = settings.remote_control && !remote::sessions().is_empty();
            if !is_controlled {
                controlled = None;
            } else if controlled.is_none_or(|since| since.elapsed() > AGAIN) {
                recorder.controlled().unwrap_or_else(&mut note);
                controlled = Some(Instant::now());
            }
            step(&recorder, active.configured.keep.days).unwrap_or_else(&mut note);
            if let (Some(settings), Some(data)) = (&settings.travel, &data) {
                // One process asks where the device is.
                if held.is_none() {
                    held = Lease::take(data, "travel.lock").ok().flatten();
                }
                if held.is_some() {
                    travelling.step(settings, &recorder).unwrap_or_else(&mut note);
                }
            }
            // Once, not every minute.
            for fault in faults.iter().filter(|fault| !told.contains(*fault)) {
                out::note(&format!("risk: {fault}"));
            }
            told = faults;
        }
    });
}

fn step(recorder: &Recorder, days: Option<u32>) -> Result<()> {
    let at = now();
    recorder.settle(at)?;
    let own = days.map(|days| Millis::from(days) * DAY);
    recorder.in_record(|tx, _| {
        tx.trim_outbox(at.saturating_sub(own.unwrap_or(KEPT).min(KEPT)))?;
        // A token older than this is refused, whether its id is remembered or not.
        let signals = at.saturating_sub(host_risk::signal::OLDEST.saturating_add(DAY));
        tx.trim_signals(signals, at.saturating_sub(host_risk::arrive::KEPT))?;
        if let Some(own) = own {
            tx.trim_risk(at.saturating_sub(own))?;
        }
        Ok(())
    })
}
