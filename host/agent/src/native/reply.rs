//! Pushing the settings: when their file changed, every extension that has introduced itself is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use shared_protocol::ToExtension;

use crate::live::Live;
use crate::out;

/// Looks for changed settings and tells the extension.
#[derive(Clone)]
pub(super) struct Settings {
    live: Arc<Live>,
    out: SyncSender<ToExtension>,
    greeted: Arc<AtomicBool>,
}

impl Settings {
    pub(super) fn new(live: Arc<Live>, out: SyncSender<ToExtension>) -> Self {
        Self { live, out, greeted: Arc::new(AtomicBool::new(false)) }
    }

    /// From now on changes are pushed.
    pub(super) fn greet(&self) {
        self.greeted.store(true, Ordering::Release);
    }

    /// Whether the extension introduced itself.
    pub(super) fn is_greeted(&self) -> bool {
        self.greeted.load(Ordering::Acquire)
    }

    /// Takes up a changed file.
    pub(super) fn refresh(&self) {
        let Some(active) = self.live.refresh() else { return };
        if let Some(fault) = &active.configured.fault {
            out::note(&format!("settings: {fault}"));
        }
        if self.is_greeted() {
            // When the browser is gone there is nobody to tell.
            let _gone = self.out.send(ToExtension::Settings(Box::new(active.settings().clone())));
        }
    }
}
