//! Sharing risk: messages of the outbox to the receivers of the settings, signed, in order for each person.
//!
//! INVARIANT: of all processes on this data folder one sends: who holds the lease. INVARIANT: a message is written down as
//! it goes out before its first try, and goes out the same in every later one (but for a date that a wrong clock
//! wrote, and what was refused for its key); so a
//! crash repeats it and never loses it.
//! INVARIANT: it speaks of the person of this machine only. INVARIANT: nothing here is on the way of a verdict.
//! The key and the way to a receiver are behind [`signer::Signer`] and [`way::Way`]: a relay that holds the key for many
//! machines takes their place.

pub(crate) mod inbox;
pub(crate) mod keys;
mod sender;
mod sharing;
mod signer;
mod way;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use shared_protocol::Millis;

pub(crate) use sender::{Sender, Step};
pub(crate) use sharing::{mark, standing_before};

use crate::lease::Lease;
use crate::live::{Active, Live};
use crate::native::now;
use crate::out;
use crate::record::Recorder;
use crate::settings::SsfSettings;

/// Between two looks at the outbox, the settings and the lease.
const TICK: Duration = Duration::from_secs(1);

/// The lease's file.
const FILE: &str = "ssf.lock";

/// The lease of who sends.
pub(crate) fn lease(data: &std::path::Path) -> std::io::Result<Option<Lease>> {
    Lease::take(data, FILE)
}

/// Sends in the background for as long as this process lives.
pub(crate) fn start(live: Arc<Live>, recorder: Arc<Recorder>, data: PathBuf) {
    thread::spawn(move || {
        let mut held = None;
        let mut senders = Senders::default();
        let mut told = None;
        loop {
            thread::sleep(TICK);
            let active = live.active();
            let is_wanted = active.configured.ssf.as_ref().is_some_and(|ssf| !ssf.receivers.is_empty());
            if !is_wanted && !standing_before(&recorder) {
                held = None;
                continue;
            }
            if held.is_none() {
                // A folder in which no lease can be had has no record either; doctor tells.
                held = lease(&data).ok().flatten();
            }
            // Messages wait while somebody else than the person of the settings is at the keyboard.
            let spoken =
                if held.is_some() { senders.turn(&recorder, &active) } else { may_speak(&active).map(drop) };
            let silent = spoken.err();
            if silent != told {
                if let Some(why) = &silent {
                    out::note(&format!("sharing: {why}"));
                }
                told.clone_from(&silent);
            }
        }
    });
}

/// Of whom this machine may speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whom {
    /// As rows name them.
    pub(crate) person: String,
    /// Since when they are signed in, milliseconds; 0 where nobody signs in.
    pub(crate) since: Millis,
}

/// Of whom this machine may speak now: where there is a provider, only the person of `[ssf]`, who is signed
/// in, bound to this device as the settings ask, and has the same address there. Else why of nobody, and what to do.
pub(crate) fn may_speak(active: &Active) -> Result<Whom, String> {
    let (configured, known) = (&active.configured, active.known());
    let (Some(ssf), Some(_)) = (&configured.ssf, &configured.identity) else {
        return Ok(Whom { person: known.person.clone(), since: 0 });
    };
    let is_them = known.facts.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(&ssf.person));
    let Some(session) = known.session.as_ref().filter(|_| is_them) else {
        return Err(format!(
            "nothing is told while {} is not signed in here: `promptgate login`, or correct `person` in [ssf]",
            ssf.person
        ));
    };
    if !known.facts.enrolled {
        return Err(format!(
            "nothing is told of {}, who is not enrolled here: `promptgate enrol`",
            ssf.person
        ));
    }
    let since = Millis::try_from(session.signed_in_at).unwrap_or_default().saturating_mul(1_000);
    Ok(Whom { person: known.person.clone(), since })
}

/// A sender for each receiver.
#[derive(Default)]
struct Senders {
    settings: Option<SsfSettings>,
    senders: BTreeMap<String, Sender>,
}

impl Senders {
    /// Tells what may be told. Why nothing may, where that is so.
    fn turn(&mut self, recorder: &Recorder, active: &Active) -> Result<(), String> {
        // Settings and person are of one moment: who comes next is not told of under this one's address.
        let whom = may_speak(active)?;
        if let Err(fault) = self.round(recorder, &whom, active.configured.ssf.clone()) {
            out::note(&format!("sharing: {fault:#}"));
        }
        Ok(())
    }

    fn round(
        &mut self,
        recorder: &Recorder,
        whom: &Whom,
        settings: Option<SsfSettings>,
    ) -> anyhow::Result<()> {
        mark(recorder, settings.as_ref())?;
        if settings != self.settings {
            // What was parked may have been for want of these very settings.
            if self.settings.is_some() {
                recorder.in_record(|tx, _| Ok(tx.unpark_outbox(None)?))?;
            }
            self.senders.clear();
            self.settings = settings;
        }
        let Some(settings) = &self.settings else { return Ok(()) };
        for receiver in &settings.receivers {
            let sender = self
                .senders
                .entry(receiver.name.clone())
                .or_insert_with(|| Sender::new(settings.clone(), receiver.clone()));
            // All that is due: until there is nothing, or the receiver takes nothing now.
            while let Step::Sent(_) = sender.step(recorder, whom, now())? {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
