//! Time passes: levels that fade are seen to have moved, and the file of a security product is looked at.
//!
//! INVARIANT: several processes may do this at once: each step is one transaction, and the second one finds nothing new.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use host_risk::{Seen, Sign, posture};
use shared_protocol::{Level, Millis};

use crate::live::Live;
use crate::native::now;
use crate::out;
use crate::record::Recorder;

/// Between two looks.
const TICK: Duration = Duration::from_secs(60);
/// How long what became of messages is kept.
const KEPT: Millis = 90 * DAY;
const DAY: Millis = 24 * 3_600_000;

/// Watches for as long as this process lives.
pub(crate) fn start(live: Arc<Live>, recorder: Arc<Recorder>) {
    thread::spawn(move || {
        let mut told = None;
        loop {
            thread::sleep(TICK);
            let active = live.active();
            let settings = active.configured.risk.clone();
            let looked = settings.posture_file.as_deref().map_or(Ok(Level::None), of_device);
            let said = looked.as_ref().err().map(|fault| format!("{fault:#}"));
            if said != told {
                // Once, not every minute.
                if let Some(said) = &said {
                    out::note(said);
                }
                told = said;
            }
            let done = step(&recorder, looked.unwrap_or(Level::None), active.configured.keep.days);
            if let Err(fault) = done {
                out::note(&format!("risk: {fault:#}"));
            }
        }
    });
}

fn step(recorder: &Recorder, device: Level, days: Option<u32>) -> Result<()> {
    let at = now();
    if device > Level::None {
        recorder.seen(&[Seen { sign: Sign::Posture(device), at, event: None }])?;
    }
    recorder.settle(at)?;
    let own = days.map(|days| Millis::from(days) * DAY);
    recorder.in_record(|tx, _| {
        tx.trim_outbox(at.saturating_sub(own.unwrap_or(KEPT).min(KEPT)))?;
        if let Some(own) = own {
            tx.trim_risk(at.saturating_sub(own))?;
        }
        Ok(())
    })
}

fn of_device(path: &Path) -> Result<Level> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!("the posture file {} cannot be read: let this user read it", path.display())
    })?;
    Ok(posture::level(&text, now())?)
}
