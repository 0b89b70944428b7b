//! Pushing the settings and the sites' repaired data: when they changed, every extension that has introduced itself is told.
//!
//! INVARIANT: what is told last is what holds: it is looked up under the lock that orders what is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use shared_protocol::{Settings as Snapshot, ToExtension};

use crate::live::Live;
use crate::out;

/// Looks for changed settings and tells the extension.
#[derive(Clone)]
pub(super) struct Settings {
    live: Arc<Live>,
    out: SyncSender<ToExtension>,
    greeted: Arc<AtomicBool>,
    /// The repaired data that was told last.
    told: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Settings {
    pub(super) fn new(live: Arc<Live>, out: SyncSender<ToExtension>) -> Self {
        Self { live, out, greeted: Arc::new(AtomicBool::new(false)), told: Arc::default() }
    }

    /// Answers hello; from now on changes are pushed.
    pub(super) fn greet(&self, welcome: impl FnOnce(Snapshot) -> ToExtension) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let active = self.live.active();
        self.send(welcome(active.settings().clone()));
        // Also when there is none: the extension may hold some from before.
        *told = active.sites();
        self.send(ToExtension::Sites { sites: told.clone() });
        self.greeted.store(true, Ordering::Release);
    }

    /// Whether the extension introduced itself.
    pub(super) fn is_greeted(&self) -> bool {
        self.greeted.load(Ordering::Acquire)
    }

    /// Takes up a changed file, on a thread of its own: whoever watches over deadlines has no time to read a bundle.
    pub(super) fn refresh_aside(&self) {
        if self.live.is_stale() {
            let settings = self.clone();
            thread::spawn(move || settings.refresh());
        }
    }

    /// Takes up a changed file.
    pub(super) fn refresh(&self) {
        let Some(active) = self.live.refresh() else { return };
        if let Some(fault) = &active.configured.fault {
            out::note(&format!("settings: {fault}"));
        }
        if let Some(fault) = &active.in_force.fault {
            out::note(&format!("everything with text is refused ({}): {}", fault.code, fault.what));
        }
        // The first prompt under it need not be the slow one.
        thread::spawn(move || active.snapshot().map(crate::judge::Snapshot::warm));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_greeted() {
            return;
        }
        let active = self.live.active();
        self.send(ToExtension::Settings(Box::new(active.settings().clone())));
        let sites = active.sites();
        if *told != sites {
            told.clone_from(&sites);
            self.send(ToExtension::Sites { sites });
        }
    }

    fn send(&self, message: ToExtension) {
        // When the browser is gone there is nobody to tell.
        let _gone = self.out.send(message);
    }
}
