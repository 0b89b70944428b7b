//! Bundles on the machine that follows them: fetched, verified, kept, and put into force.
//!
//! ```text
//! web | watched file --> arrive: open, look through --> row in the record --> policy/bundle.tar.gz --> state.toml
//!                                                                               | by its stamp
//!                        every host process: kept (verified again) --> in force: settings, rules, keys of codes
//! ```
//! INVARIANT: of all processes on this data folder one fetches: who holds the lease. All of them follow what is kept.
//! INVARIANT: nothing here is on the way of a verdict but a look at two files' stamps.

mod arrive;
mod developer;
pub(crate) mod folder;
mod health;
mod in_force;
mod keep;
mod kept;
pub(crate) mod looked;
pub(crate) mod place;
mod refusal;
pub(crate) mod sheet;
mod sources;
mod standing;
mod state;
pub(crate) mod store;
mod trust;
mod watched;
mod web;
mod worker;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub(crate) use in_force::{InForce, Rules};
pub(crate) use keep::Keep;
pub(crate) use kept::{Kept, NotUsed};
pub(crate) use standing::Standing;

use arrive::Arrivals;
use health::SourceHealth;
use worker::Worker;

use crate::lease::Lease;
use crate::live::Live;
use crate::record::Recorder;
use crate::settings::BundleSettings;

/// Between two looks at the settings, and at the lease while another process holds it.
const TICK: Duration = Duration::from_secs(1);
/// The lease's file.
const LEASE: &str = "policy.lock";

/// The thread of the place that the settings name.
struct Running {
    settings: BundleSettings,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Whom to tell that something else may hold.
#[derive(Clone)]
pub(crate) struct Changed(Arc<Mutex<Option<Tell>>>);

type Tell = Box<dyn Fn() + Send>;

impl Changed {
    fn tell(&self) {
        if let Some(tell) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            tell();
        }
    }

    /// Nobody listens any more.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Fetches in the background for as long as this process lives. `tell` is called when something else may hold, until that
/// is forgotten. Nothing is waited for at its end: what was not put in its place is fetched again.
pub(crate) fn start(
    live: Arc<Live>,
    recorder: Arc<Recorder>,
    data: PathBuf,
    tell: impl Fn() + Send + 'static,
) -> Changed {
    let arrivals = Arc::new(Arrivals::new(Keep::of(&data), Arc::clone(&recorder)));
    let changed = Changed(Arc::new(Mutex::new(Some(Box::new(tell)))));
    let told = changed.clone();
    thread::spawn(move || {
        let mut running: Option<Running> = None;
        let mut lease = None;
        loop {
            let wanted = live.active().configured.bundle.clone();
            let is_right = running
                .as_ref()
                .is_some_and(|one| Some(&one.settings) == wanted.as_ref() && !one.thread.is_finished());
            if !is_right && let Some(old) = running.take() {
                // It may still wait for an answer, of which nothing will come.
                old.stop.store(true, Ordering::Relaxed);
            }
            match wanted {
                None => lease = None,
                Some(settings) => {
                    if lease.is_none() {
                        // A folder in which no lease can be had has no record either; doctor tells.
                        lease = Lease::take(&data, LEASE).ok().flatten();
                        if lease.is_some() {
                            arrivals.keep().clean();
                        }
                    }
                    if lease.is_some() && running.is_none() {
                        let stop = Arc::new(AtomicBool::new(false));
                        let worker = Worker {
                            settings: settings.clone(),
                            arrivals: Arc::clone(&arrivals),
                            changed: told.clone(),
                            health: SourceHealth::new(Arc::clone(&recorder)),
                            tag: None,
                            stop: Arc::clone(&stop),
                        };
                        let thread = thread::spawn(move || worker.run());
                        running = Some(Running { settings, stop, thread });
                    }
                }
            }
            thread::sleep(TICK);
        }
    });
    changed
}
