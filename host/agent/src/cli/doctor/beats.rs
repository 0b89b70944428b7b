//! Since when each browser's extension is connected, and how often it broke off: from the heartbeats on record.

use std::collections::BTreeMap;

use host_journal::{Beat, Entry, Filter, JournalError, Kind, Page, Record};
use host_store::Store;
use shared_protocol::Millis;

use super::{Check, State};
use crate::cli::log::filter::shown;
use crate::native::now;
use crate::os::Env;

/// How far back connections are counted.
const SINCE: Millis = 7 * 24 * 60 * 60 * 1000;

/// What the heartbeats say of one browser.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    began: u64,
    ended: u64,
    last: Millis,
}

/// The heartbeats of the last days, newest first.
pub(super) fn read(env: &Env) -> Vec<Record> {
    let since = Some(now().saturating_sub(SINCE));
    let filter = Filter { kinds: vec![Kind::Heartbeat], since, ..Filter::default() };
    let page = Page { limit: 100_000, ..Page::default() };
    let records: Option<Vec<Record>> = env.data().and_then(|data| {
        let store = Store::existing(&data, Store::BUSY).ok()?;
        let read: Result<_, JournalError> = store.read(|view| host_journal::list(view, &filter, &page));
        read.ok()
    });
    records.unwrap_or_default()
}

/// A note for each browser that was connected in the last days, or that none was though one finds the host.
pub(super) fn checks(beats: &[Record], is_found: bool) -> Vec<Check> {
    if beats.is_empty() && is_found {
        let what = "none in 7 days: a browser finds the host, and no extension came through to it";
        let fix = "start the browser; the extension's popup says what it waits for";
        return vec![Check::note("heartbeat", what, fix)];
    }
    let told = |(browser, counted): (String, Counted)| {
        let Counted { began, ended, last } = counted;
        // Who is still there has not ended yet.
        let open = began.saturating_sub(ended);
        let what = format!(
            "{browser}: last seen {}; {began} connections in 7 days, {open} of them without an end \
             (open now, or broken off)",
            shown(last)
        );
        Check::new("heartbeat", State::Note, what)
    };
    counted(beats).into_iter().map(told).collect()
}

fn counted(records: &[Record]) -> BTreeMap<String, Counted> {
    let mut found: BTreeMap<String, Counted> = BTreeMap::new();
    for record in records {
        let Some(Entry::Heartbeat(beat)) = &record.entry else { continue };
        let name = serde_json::to_value(beat.browser).unwrap_or_default();
        let counted = found.entry(name.as_str().unwrap_or_default().to_owned()).or_default();
        match beat.beat {
            Beat::Connected => counted.began += 1,
            Beat::Alive => {}
            Beat::Ended => counted.ended += 1,
        }
        counted.last = counted.last.max(record.at);
    }
    found
}
