//! Whether the clock of this machine went back, from the heartbeats on record: the host wrote them with its own clock.

use host_journal::{Filter, JournalError, Kind, Page, Record};
use host_store::Store;
use shared_protocol::Millis;

use super::{Check, State};
use crate::cli::log::filter::shown;
use crate::os::Env;

/// How many heartbeats are looked at, newest first.
const BEATS: u32 = 10_000;

/// Several hosts write at the same time, and a clock is set right by a little all the time: milliseconds.
const SLACK: Millis = 60_000;

/// A note, when it did.
pub(super) fn check(env: &Env) -> Option<Check> {
    let data = env.data()?;
    let store = Store::existing(&data, Store::BUSY).ok()?;
    let filter = Filter { kinds: vec![Kind::Heartbeat], ..Filter::default() };
    let page = Page { limit: BEATS, ..Page::default() };
    let records: Result<Vec<Record>, JournalError> =
        store.read(|view| host_journal::list(view, &filter, &page));
    let times: Vec<(u64, Millis)> = records.ok()?.iter().rev().map(|one| (one.seq, one.at)).collect();
    let back = steps_back(&times);
    let (seq, from, to) = back.last()?;
    let what = format!(
        "went back {} times, last before row {seq}: from {} to {}; the record keeps its order, times in it overlap",
        back.len(),
        shown(*from),
        shown(*to)
    );
    Some(Check::new("clock", State::Note, what))
}

/// Row, time before, time after, of every step back; rows in their order.
fn steps_back(times: &[(u64, Millis)]) -> Vec<(u64, Millis, Millis)> {
    let pairs = times.iter().zip(times.iter().skip(1));
    let back = pairs.filter(|((_, before), (_, after))| after.saturating_add(SLACK) < *before);
    back.map(|((_, before), (seq, after))| (*seq, *before, *after)).collect()
}

#[cfg(test)]
mod tests {
    use super::steps_back;

    #[test]
    fn a_step_back_is_more_than_a_little() {
        let minute = 60_000;
        let times = [(1, 10 * minute), (4, 9 * minute), (5, 20 * minute), (9, 3 * minute), (10, 4 * minute)];
        assert_eq!(steps_back(&times), [(9, 20 * minute, 3 * minute)]);
        assert_eq!(steps_back(&times[..1]), []);
        assert_eq!(steps_back(&[]), []);
    }
}
