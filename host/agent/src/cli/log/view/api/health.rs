//! Whether somebody looked, and what could not be read: heartbeats, drift, requests that no hook vouched for; then what
//! was wrong with the record, and who changed or saw what.

use host_journal::{Entry, Filter, Kind, Page};
use host_store::View;
use serde_json::{Value, json};
use shared_protocol::Millis;

use super::{Fault, now};

/// How far back.
const BACK: Millis = 7 * 24 * 60 * 60 * 1000;

/// Most rows of a kind that are told; their number is told whole.
const MOST: u32 = 500;

pub(super) fn told(view: &View<'_>, _query: &str) -> Result<Value, Fault> {
    let (now, since) = (now(), now().saturating_sub(BACK));
    let connected = host_journal::connected(view, since)?;
    let browsers = connected.into_iter().map(|(browser, stretches)| {
        let stretches = stretches.iter().map(|one| {
            let to = one.to.min(now);
            // The last one goes on while its heartbeat counts.
            json!({ "from": one.from, "to": to, "ended": one.ended, "open": !one.ended && one.to > now })
        });
        json!({ "browser": browser, "connected": stretches.collect::<Vec<_>>() })
    });
    let browsers: Vec<Value> = browsers.collect();
    Ok(json!({
        "since": since, "now": now, "browsers": browsers,
        "drift": rows(view, Kind::Drift, since)?, "uncovered": rows(view, Kind::Uncovered, since)?,
        "late": rows(view, Kind::Late, since)?, "trouble": rows(view, Kind::Health, since)?,
        "audit": rows(view, Kind::Audit, since)?,
    }))
}

fn rows(view: &View<'_>, kind: Kind, since: Millis) -> Result<Value, Fault> {
    let filter = Filter { kinds: vec![kind], since: Some(since), ..Filter::default() };
    let records = host_journal::list(view, &filter, &Page { limit: MOST, ..Page::default() })?;
    let rows: Vec<Value> = records
        .iter()
        .filter_map(|record| {
            let (what, path, left) = match record.entry.as_ref()? {
                Entry::Drift(row) => (json!(row.drift.what), json!(row.drift.path), None),
                Entry::Uncovered(row) => (json!(row.seen.road), json!(row.seen.path), Some(!row.seen.stopped)),
                Entry::Late(row) => (json!(row.operation), Value::Null, Some(row.released)),
                Entry::Health(row) => (json!(row.trouble), json!(row.name), None),
                Entry::Audit(row) => (json!(row.what), json!(row.by.as_str()), None),
                _ => return None,
            };
            Some(json!({
                "at": record.at, "app": record.app, "event": record.event, "what": what, "path": path, "left": left,
            }))
        })
        .collect();
    Ok(json!({ "count": host_journal::count(view, &filter)?, "rows": rows }))
}
