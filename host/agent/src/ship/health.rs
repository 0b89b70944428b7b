//! Rows about a sink's health: that it takes nothing, that it does again, that it refused rows for good.
//!
//! INVARIANT: these rows go to the sink too, which may refuse them: of each at most one in [`PAUSE`], so that a sink
//! that refuses everything does not write the record full.

use std::sync::Arc;

use host_journal::{Entry, Health, SiteWord, Trouble};
use shared_protocol::Millis;

use super::worker::Step;
use crate::out;
use crate::record::Recorder;

/// Tries in a row that fail before it is worth a row.
const TRIES: u32 = 5;
/// Between two rows of one trouble.
const PAUSE: Millis = 60 * 60 * 1000;

/// What is on record of a sink's health since this process ships.
pub(super) struct SinkHealth {
    recorder: Arc<Recorder>,
    name: SiteWord,
    failed: u32,
    troubled: bool,
    told: [Option<Millis>; 2],
}

impl SinkHealth {
    pub(super) fn new(recorder: Arc<Recorder>, name: &str) -> Self {
        Self { recorder, name: SiteWord::from(name), failed: 0, troubled: false, told: [None, None] }
    }

    /// A step came to this.
    pub(super) fn heard(&mut self, step: &Step, at: Millis) {
        match step {
            Step::Idle => {}
            Step::Later(..) => {
                self.failed = self.failed.saturating_add(1);
                let [sink, _] = &mut self.told;
                if self.failed == TRIES && is_due(sink, at) {
                    self.troubled = true;
                    self.note(Trouble::Sink, false, None, at);
                }
            }
            Step::Moved(_, refused) => {
                self.failed = 0;
                if std::mem::take(&mut self.troubled) {
                    self.note(Trouble::Sink, true, None, at);
                }
                let [_, letters] = &mut self.told;
                if *refused > 0 && is_due(letters, at) {
                    self.note(Trouble::DeadLetter, false, Some(*refused), at);
                }
            }
        }
    }

    fn note(&self, trouble: Trouble, over: bool, count: Option<u64>, at: Millis) {
        let row = Health { trouble, over, name: Some(self.name.clone()), count };
        if let Err(fault) = self.recorder.note(None, at, Entry::Health(row)) {
            out::note(&format!("not recorded: {fault:#}"));
        }
    }
}

/// Whether it is time for another row; then it is told now.
fn is_due(told: &mut Option<Millis>, at: Millis) -> bool {
    let due = told.is_none_or(|before| at.saturating_sub(before) >= PAUSE);
    if due {
        *told = Some(at);
    }
    due
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use host_store::Store;

    use super::{PAUSE, SinkHealth, TRIES};
    use crate::record::Recorder;
    use crate::ship::Step;

    #[test]
    fn a_sink_that_refuses_everything_leaves_few_rows() {
        let data = tempfile::tempdir().unwrap();
        let recorder =
            Arc::new(Recorder::new(Some(data.path().to_owned()), "jane".to_owned(), Box::new(|| None)));
        let mut health = SinkHealth::new(Arc::clone(&recorder), "siem");
        let rows = || Store::existing(data.path(), Store::BUSY).unwrap().read(|view| view.head()).unwrap();
        let count = || rows().map_or(0, |head| head.seq);
        for at in 0..100 {
            health.heard(&Step::Moved(0, 1), at);
        }
        assert_eq!(count(), 1);
        health.heard(&Step::Moved(0, 1), PAUSE);
        assert_eq!(count(), 2);
        for _ in 0..TRIES * 3 {
            health.heard(&Step::Later(0, "down".to_owned()), PAUSE);
        }
        assert_eq!(count(), 3);
        health.heard(&Step::Moved(9, 0), PAUSE);
        health.heard(&Step::Moved(9, 0), PAUSE);
        assert_eq!(count(), 4);
    }
}
