//! What the host recorded of roads.

use anyhow::{Result, ensure};
use serde_json::Value;
use tests_e2e::Guarded;
use tests_harness::PATIENCE;

use crate::road::{Road, Row};

/// More rows than all roads leave.
const ALL: [&str; 2] = ["--limit", "1000"];

/// Rows of requests that a hook held.
const HELD: [&str; 6] = ["--kind", "judged", "--kind", "late", "--limit", "1000"];

/// Rows of the network level.
const UNCOVERED: [&str; 4] = ["--kind", "uncovered", "--limit", "1000"];

fn count_refusals(rows: &[Value]) -> usize {
    rows.iter().filter(|row| row["kind"] == "refused" || row["action"] == "block").count()
}

/// How many sends were refused so far.
pub(crate) fn refusals(guarded: &Guarded) -> Result<usize> {
    Ok(count_refusals(&guarded.records()?.list(&ALL)?))
}

/// Waits until one more is.
pub(crate) async fn one_more_refusal(guarded: &Guarded, before: usize) -> Result<()> {
    let more = |rows: &[Value]| count_refusals(rows) > before;
    guarded.records()?.wait_for_those(&ALL, PATIENCE / 2, more).await.map(drop)
}

/// How many requests that a hook held are on record so far.
pub(crate) fn held(guarded: &Guarded) -> Result<usize> {
    Ok(guarded.records()?.list(&HELD)?.len())
}

/// Waits until one more is.
pub(crate) async fn one_more_held(guarded: &Guarded, before: usize) -> Result<()> {
    let more = |rows: &[Value]| rows.len() > before;
    guarded.records()?.wait_for_those(&HELD, PATIENCE / 4, more).await.map(drop)
}

/// What is wrong with the rows that these roads must have left at the network level: each has its own, `exactly` one
/// where it was played once.
pub(crate) async fn wrong(
    guarded: &Guarded,
    roads: &[(&Road, &Row)],
    stopped: bool,
    exactly: bool,
) -> Result<Vec<String>> {
    let records = guarded.records()?;
    let all = |rows: &[Value]| roads.iter().all(|(_, row)| row.count(rows, stopped) > 0);
    // Whether it did become so is told road by road below.
    let _awaited = records.wait_for_those(&UNCOVERED, PATIENCE / 4, all).await;
    let rows = records.list(&UNCOVERED)?;
    let fault = |(road, row): &(&Road, &Row)| {
        let count = row.count(&rows, stopped);
        let well = if exactly { count == 1 } else { count > 0 };
        (!well).then(|| format!("{}: {count} rows are {row:?}, stopped: {stopped}", road.name))
    };
    let mut wrong: Vec<String> = roads.iter().filter_map(fault).collect();
    if !wrong.is_empty() {
        let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
        wrong.push(format!("the rows are:\n{rows}"));
    }
    Ok(wrong)
}

/// Fails when there is a row of a road of which the browser tells nobody: SECURITY.md says that there is none.
pub(crate) fn none(guarded: &Guarded, road: &Road, row: &Row) -> Result<()> {
    let rows = guarded.records()?.list(&UNCOVERED)?;
    ensure!(row.count(&rows, true) == 0, "{}: it is on record by now: say so", road.name);
    Ok(())
}
