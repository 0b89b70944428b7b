//! Heartbeats: rows without text that say when the extension of a browser was connected, so that the time in which it
//! was not can be seen.
//!
//! INVARIANT: one row when it connects, at most one in each [`PAUSE`] while it is connected, one when it leaves in order.
//! A connection that ends without that row broke off. Deliberately silent about what was done meanwhile.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use host_journal::{Beat, Entry, Health, Heartbeat, SiteWord, Trouble};
use shared_protocol::{Browser, Hello, Millis};

use super::desk::now;
use super::health::Watched;
use crate::live::Live;
use crate::out;
use crate::record::Recorder;

/// Between two rows of one connection.
const PAUSE: Duration = Duration::from_secs(15 * 60);

/// Less than this is no step back, milliseconds.
const SLACK: Millis = 60_000;

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

    /// A clock that went back, by the last heartbeat on record. Several hosts write, and a clock is set right by a little all the
    /// time.
    fn look_at_the_clock(&self, at: Millis) {
        let back = self.recorder.last_beat().map_or(0, |last| last.saturating_sub(at));
        if back > SLACK {
            let (trouble, count) = (Trouble::ClockBack, Some(back));
            let row = Health { trouble, over: false, name: None, count };
            if let Err(fault) = self.recorder.note(None, at, Entry::Health(row)) {
                out::note(&format!("not recorded: {fault:#}"));
            }
        }
    }

    fn beat(&self, beat: Beat, of: &Connected) {
        self.look_at_the_clock(now());
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use host_journal::{Beat, Entry, Filter, Heartbeat, Kind, Page, SiteWord, Trouble};
    use shared_protocol::{Browser, Hello, PROTOCOL, PolicySource};

    use super::{Heart, SLACK};
    use crate::live::Live;
    use crate::native::now;
    use crate::os::{Env, Os};
    use crate::record::Recorder;

    #[test]
    fn a_clock_that_went_back_is_on_record_once() {
        for (ahead, wanted) in [(SLACK / 2, 0), (SLACK * 60, 1)] {
            let home = tempfile::tempdir().unwrap();
            let env = Env::new(Os::Linux, [("HOME", home.path().to_str().unwrap().to_owned())]);
            let recorder = Arc::new(Recorder::new(env.data(), "jane".to_owned(), Box::new(|| None)));
            let (extension, source) = (SiteWord::from("1"), PolicySource::BuiltinEnforce);
            let row = Heartbeat {
                beat: Beat::Ended,
                browser: Browser::Firefox,
                host: extension.clone(),
                extension,
                source,
            };
            recorder.note(None, now() + ahead, Entry::Heartbeat(row)).unwrap();
            let heart = Heart::new(Arc::new(Live::load(&env)), Arc::clone(&recorder));
            let extension = "1".to_owned();
            let hello = Hello { protocol: PROTOCOL, extension, browser: Browser::Firefox, language: None };
            heart.connected(&hello, Instant::now());
            heart.ended();
            let filter = Filter { kinds: vec![Kind::Health], ..Filter::default() };
            let rows = recorder
                .look(|view| Ok(host_journal::list(view, &filter, &Page::default()).unwrap()))
                .unwrap();
            let back = rows.iter().filter(|row| {
                matches!(&row.entry, Some(Entry::Health(health)) if health.trouble == Trouble::ClockBack && health.count > Some(SLACK))
            });
            assert_eq!(back.count(), wanted, "{ahead}");
        }
    }
}
