//! Heartbeats: rows without text that say when the extension of a browser was connected, so that the time in which it
//! was not can be seen.
//!
//! INVARIANT: one row when it connects, at most one in each [`PAUSE`] while it is connected, one when it leaves in order.
//! A connection that ends without that row broke off. Deliberately silent about what was done meanwhile.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use host_journal::{Beat, Entry, Heartbeat, SiteWord};
use shared_protocol::{Browser, Hello};

use super::desk::now;
use super::health::Watched;
use crate::live::Live;
use crate::out;
use crate::record::Recorder;

/// Between two rows of one connection.
const PAUSE: Duration = Duration::from_secs(15 * 60);

/// The version that the doctor's own greeting names: nobody's browser.
pub(crate) const DOCTOR: &str = "doctor";

/// Who is connected.
#[derive(Clone)]
struct Connected {
    browser: Browser,
    extension: String,
    last: Instant,
}

/// The heart of one connection.
pub(super) struct Heart {
    live: Arc<Live>,
    recorder: Arc<Recorder>,
    connected: Mutex<Option<Connected>>,
    health: Watched,
}

impl Heart {
    pub(super) fn new(live: Arc<Live>, recorder: Arc<Recorder>) -> Self {
        let health = Watched::new(Arc::clone(&live), Arc::clone(&recorder));
        Self { live, recorder, connected: Mutex::new(None), health }
    }

    /// The extension introduced itself. Only the first time of a connection counts.
    pub(super) fn connected(&self, hello: &Hello, at: Instant) {
        if hello.extension == DOCTOR {
            return;
        }
        let mut connected = self.lock();
        if connected.is_some() {
            return;
        }
        let new = Connected { browser: hello.browser, extension: hello.extension.clone(), last: at };
        *connected = Some(new.clone());
        drop(connected);
        self.beat(Beat::Connected, &new);
        self.health.look();
    }

    /// Time goes by.
    pub(super) fn tick(&self, at: Instant) {
        let mut connected = self.lock();
        if connected.is_none() {
            return;
        }
        self.health.look();
        let Some(now) = connected.as_mut().filter(|now| at.saturating_duration_since(now.last) >= PAUSE)
        else {
            return;
        };
        now.last = at;
        let now = now.clone();
        drop(connected);
        self.beat(Beat::Alive, &now);
    }

    /// The browser closed the connection.
    pub(super) fn ended(&self) {
        let ended = self.lock().take();
        if let Some(ended) = ended {
            self.beat(Beat::Ended, &ended);
        }
    }

    fn beat(&self, beat: Beat, of: &Connected) {
        let row = Heartbeat {
            beat,
            browser: of.browser,
            extension: SiteWord::from(&of.extension),
            host: SiteWord::from(env!("CARGO_PKG_VERSION")),
            source: self.live.active().settings().source,
        };
        if let Err(fault) = self.recorder.note(None, now(), Entry::Heartbeat(row)) {
            out::note(&format!("not recorded: {fault:#}"));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Connected>> {
        self.connected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
