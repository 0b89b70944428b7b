//! Signals of others: transmitters of the settings are asked (RFC 8936), and what they tell of this person counts.
//!
//! INVARIANT: of all processes on this data folder one asks: who holds the lease. INVARIANT: a signal is acknowledged after
//! what it says, the row about it and its id stand in the record, in one transaction; so a crash repeats the question and
//! counts nothing twice. INVARIANT: nobody is asked while nobody is known whom the answer could be about. A sign-in that a
//! signal ends is ended before the signal counts as dealt with. Nothing here is on the way of a verdict.

mod act;
mod ask;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use host_risk::signal::Subject;

pub(crate) use ask::{Inbox, Polled};

use crate::identity::Session;
use crate::lease::Lease;
use crate::live::{Active, Live};
use crate::native::now;
use crate::out;
use crate::record::Recorder;
use crate::settings::{IdentitySettings, Named, SignalSettings, TravelSettings};

/// Between two looks at the clock and the settings.
const TICK: Duration = Duration::from_secs(1);
/// The lease's file.
const FILE: &str = "signals.lock";

/// Whom signals may be about now, and what they may end.
#[derive(Clone)]
pub(crate) struct Whose {
    /// As rows name them.
    person: String,
    email: Option<String>,
    session: Option<Session>,
    identity: Option<IdentitySettings>,
    /// The issuer of our own tokens.
    ours: Option<String>,
    travel: Option<TravelSettings>,
    data: PathBuf,
}

impl Whose {
    /// Whoever is at the keyboard. None where that is nobody known.
    pub(crate) fn of(active: &Active, data: PathBuf) -> Option<Self> {
        let (configured, known) = (&active.configured, active.known());
        let is_known = configured.identity.is_none() || known.session.is_some();
        let ssf = configured.ssf.as_ref();
        // With a provider only its word counts; without one the settings name the person of this machine.
        let of_settings = || ssf.filter(|_| configured.identity.is_none()).map(|ssf| ssf.person.clone());
        is_known.then(|| Self {
            person: known.person.clone(),
            email: known.facts.email.clone().or_else(of_settings),
            session: known.session.clone(),
            identity: configured.identity.clone(),
            ours: ssf.map(|ssf| ssf.issuer.clone()),
            travel: configured.risk.travel.clone(),
            data,
        })
    }

    /// As a transmitter names them; none where they have no such name.
    fn subject(&self, by: &Named) -> Option<Subject> {
        match by {
            Named::Email => self.email.clone().map(Subject::Email),
            Named::IssSub => self.session.as_ref().map(|session| Subject::IssSub {
                iss: session.person.issuer.clone(),
                sub: session.person.sub.clone(),
            }),
            Named::Opaque { id, person } => {
                let is_address = self.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(person));
                let is_name = self.session.as_ref().is_some_and(|session| session.person.sub == *person);
                // Where nobody signs in, the machine's own person is meant.
                let is_them = self.identity.is_none() || is_address || is_name;
                is_them.then(|| Subject::Opaque(id.clone()))
            }
        }
    }
}

/// The lease of who asks.
pub(crate) fn lease(data: &std::path::Path) -> std::io::Result<Option<Lease>> {
    Lease::take(data, FILE)
}

/// When a transmitter is asked next, and how often it failed.
struct Turn {
    settings: SignalSettings,
    inbox: Inbox,
    next: Instant,
    failures: u32,
    told: Option<String>,
}

/// Asks in the background for as long as this process lives.
pub(crate) fn start(live: Arc<Live>, recorder: Arc<Recorder>, data: PathBuf) {
    thread::spawn(move || {
        let mut held = None;
        let mut turns: BTreeMap<String, Turn> = BTreeMap::new();
        loop {
            thread::sleep(TICK);
            let active = live.active();
            let wanted = &active.configured.signals;
            turns.retain(|name, turn| wanted.iter().any(|one| one.name == *name && *one == turn.settings));
            if wanted.is_empty() {
                held = None;
                continue;
            }
            if held.is_none() {
                held = lease(&data).ok().flatten();
            }
            let Some(whose) = Whose::of(&active, data.clone()).filter(|_| held.is_some()) else { continue };
            for settings in wanted {
                let turn = turns.entry(settings.name.clone()).or_insert_with(|| Turn {
                    inbox: Inbox::new(settings.clone()),
                    settings: settings.clone(),
                    next: Instant::now(),
                    failures: 0,
                    told: None,
                });
                turn.ask(&recorder, &whose);
            }
        }
    });
}

impl Turn {
    fn ask(&mut self, recorder: &Recorder, whose: &Whose) {
        if Instant::now() < self.next {
            return;
        }
        let fault = match self.inbox.round(recorder, whose, now()) {
            Ok(polled) => {
                self.failures = 0;
                polled.fault
            }
            Err(fault) => {
                self.failures = self.failures.saturating_add(1);
                Some(format!("{fault:#}"))
            }
        };
        let pause =
            if self.failures == 0 { Duration::ZERO } else { host_net::pause(self.failures, u64::MAX / 2) };
        self.next = Instant::now() + self.settings.every.max(pause);
        if fault != self.told {
            // Once, not every minute.
            if let Some(fault) = &fault {
                out::note(&format!("signals of {}: {fault}", self.settings.name));
            }
            self.told = fault;
        }
    }
}

#[cfg(test)]
mod tests;
