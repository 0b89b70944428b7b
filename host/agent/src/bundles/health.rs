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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use host_journal::{Filter, Kind, Page};

    use super::{PAUSE, SourceHealth, TRIES};
    use crate::record::Recorder;

    #[test]
    fn a_place_that_is_away_leaves_few_rows() {
        let data = tempfile::tempdir().unwrap();
        let recorder =
            Arc::new(Recorder::new(Some(data.path().to_owned()), "jane".to_owned(), Box::new(|| None)));
        let mut health = SourceHealth::new(Arc::clone(&recorder));
        let filter = Filter { kinds: vec![Kind::Health], ..Filter::default() };
        let rows = || recorder.listed(&filter, &Page::default());
        for (failures, at, expected) in [
            (0, 0, 0),
            (TRIES - 1, 1, 0),
            (TRIES, 2, 1),
            (TRIES + 100, 3, 1),
            (0, 4, 2),
            (0, 5, 2),
            // Comes and goes: no row for each time.
            (TRIES, 6, 2),
            (0, 7, 2),
            (TRIES, PAUSE + 2, 3),
        ] {
            health.heard(failures, at);
            assert_eq!(rows(), expected, "{failures} at {at}");
        }
    }
}
