//! Rows about the place that bundles come from: that it does not answer, and that it does again.
//!
//! INVARIANT: at most one of each in [`PAUSE`].

use std::sync::Arc;

use host_journal::{Entry, Health, Trouble};
use shared_protocol::Millis;

use crate::out;
use crate::record::Recorder;

/// Tries in a row that come to nothing before it is worth a row.
const TRIES: u32 = 5;
/// Between two rows of one trouble.
const PAUSE: Millis = 60 * 60 * 1000;

/// What is on record of it since this process asks.
pub(super) struct SourceHealth {
    recorder: Arc<Recorder>,
    troubled: bool,
    told: Option<Millis>,
}

impl SourceHealth {
    pub(super) fn new(recorder: Arc<Recorder>) -> Self {
        Self { recorder, troubled: false, told: None }
    }

    /// So many tries in a row came to nothing.
    pub(super) fn heard(&mut self, failures: u32, at: Millis) {
        if failures == 0 && std::mem::take(&mut self.troubled) {
            self.note(true, at);
        }
        let is_due = self.told.is_none_or(|before| at.saturating_sub(before) >= PAUSE);
        if failures >= TRIES && !self.troubled && is_due {
            self.troubled = true;
            self.told = Some(at);
            self.note(false, at);
        }
    }

    fn note(&self, over: bool, at: Millis) {
        let row = Health { trouble: Trouble::BundleSource, over, name: None, count: None };
        if let Err(fault) = self.recorder.note(None, at, Entry::Health(row)) {
            out::note(&format!("not recorded: {fault:#}"));
        }
    }
}
