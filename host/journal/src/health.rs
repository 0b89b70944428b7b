//! When somebody looked: the time in which each browser's extension was connected, and what lies between.
//!
//! INVARIANT: a stretch is covered by the heartbeats that stand on record, never by what is likely.

use std::collections::BTreeMap;

use host_store::{Order, Page, View};
use shared_protocol::{Browser, Millis};

use crate::{Beat, Entry, Filter, JournalError, Kind, list};

/// How long a heartbeat counts: they come every 15 minutes, and a busy machine may be late.
pub const BEAT_COUNTS: Millis = 20 * 60 * 1000;

/// Most heartbeats that are read: a week of a dozen profiles, four times over.
const MOST: u32 = 40_000;

/// A time in which a browser's extension was connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Since when.
    pub from: Millis,
    /// Up to when: its end, or as long as the last heartbeat counts.
    pub to: Millis,
    /// The browser ended it in order. Otherwise it broke off, or goes on.
    pub ended: bool,
}

/// The times of each browser, oldest first, from the heartbeats at or after `since`.
///
/// # Errors
/// When the file or a row cannot be read.
pub fn connected(view: &View<'_>, since: Millis) -> Result<Vec<(Browser, Vec<Connected>)>, JournalError> {
    let filter = Filter { kinds: vec![Kind::Heartbeat], since: Some(since), ..Filter::default() };
    let page = Page { order: Order::Oldest, after: None, limit: MOST };
    let mut all: BTreeMap<Browser, Lane> = BTreeMap::new();
    for record in list(view, &filter, &page)? {
        let Some(Entry::Heartbeat(heartbeat)) = &record.entry else { continue };
        all.entry(heartbeat.browser).or_default().beat(heartbeat.beat, record.at);
    }
    Ok(all.into_iter().map(|(browser, lane)| (browser, lane.stretches)).collect())
}

/// The times of one browser, and how many of its profiles are connected at the end of the last one.
#[derive(Default)]
struct Lane {
    stretches: Vec<Connected>,
    open: u32,
}

impl Lane {
    fn beat(&mut self, beat: Beat, at: Millis) {
        let counts_to = at.saturating_add(BEAT_COUNTS);
        let last = self.stretches.last_mut().filter(|last| at <= last.to);
        match (last, beat) {
            (Some(last), Beat::Connected | Beat::Alive) => {
                self.open = if last.ended { 1 } else { self.open + u32::from(beat == Beat::Connected) };
                (last.to, last.ended) = (counts_to, false);
            }
            (Some(last), Beat::Ended) => {
                self.open = self.open.saturating_sub(1);
                if self.open == 0 {
                    (last.to, last.ended) = (at, true);
                }
            }
            // The end of a time whose beginning is not read.
            (None, Beat::Ended) => {}
            (None, Beat::Connected | Beat::Alive) => {
                self.open = 1;
                self.stretches.push(Connected { from: at, to: counts_to, ended: false });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BEAT_COUNTS, Connected, Lane};
    use crate::Beat;

    const MINUTE: u64 = 60_000;

    fn stretches(beats: &[(Beat, u64)]) -> Vec<Connected> {
        let mut lane = Lane::default();
        beats.iter().for_each(|(beat, minute)| lane.beat(*beat, minute * MINUTE));
        lane.stretches
    }

    #[test]
    fn beats_join_and_gaps_stay() {
        let beats = [
            (Beat::Connected, 0),
            (Beat::Alive, 15),
            (Beat::Ended, 22),
            (Beat::Connected, 100),
            // Broken off: the next one is beyond what a beat counts.
            (Beat::Connected, 200),
            (Beat::Alive, 215),
        ];
        let expected = [
            Connected { from: 0, to: 22 * MINUTE, ended: true },
            Connected { from: 100 * MINUTE, to: 100 * MINUTE + BEAT_COUNTS, ended: false },
            Connected { from: 200 * MINUTE, to: 215 * MINUTE + BEAT_COUNTS, ended: false },
        ];
        assert_eq!(stretches(&beats), expected);
    }

    #[test]
    fn a_profile_that_ends_does_not_end_the_other() {
        let beats = [
            (Beat::Connected, 0),
            (Beat::Connected, 1),
            (Beat::Ended, 2),
            (Beat::Alive, 16),
            (Beat::Ended, 20),
        ];
        assert_eq!(stretches(&beats), [Connected { from: 0, to: 20 * MINUTE, ended: true }]);
    }

    #[test]
    fn an_end_alone_is_no_time() {
        assert_eq!(stretches(&[(Beat::Ended, 5)]), []);
    }
}
