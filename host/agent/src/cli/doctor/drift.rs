//! `promptgate doctor --drift`: what could not be read, grouped, with the next step for who keeps the sites' data.
//!
//! INVARIANT: shows what a drift row holds and nothing else: shapes and names of fields, never text.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use host_journal::{Entry, Filter, JournalError, Kind, Page, Record};
use host_store::{Store, StoreError};
use serde::Serialize;
use shared_protocol::{DriftKind, Millis};

use crate::cli::log::filter::shown;
use crate::cli::table;
use crate::exit::Exit;
use crate::os::Env;
use crate::out;

/// Most rows that are looked at, newest first.
const MOST: u32 = 100_000;

/// Rows that say the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Same {
    app: String,
    what: DriftKind,
    operation: Option<&'static str>,
    path: String,
    place: Option<String>,
}

#[derive(Debug, Serialize)]
struct Group<'a> {
    #[serde(flatten)]
    same: &'a Same,
    count: u64,
    first: Millis,
    last: Millis,
    next: &'static str,
}

pub(super) fn run(env: &Env, json: bool) -> Result<Exit> {
    let data = env.data().context("no home folder is known; set HOME")?;
    let store = match Store::existing(&data, Store::BUSY) {
        Ok(store) => store,
        Err(StoreError::Missing) => {
            out::note(&StoreError::Missing.to_string());
            return Ok(Exit::NotFound);
        }
        Err(fault) => return Err(fault.into()),
    };
    let filter = Filter { kinds: vec![Kind::Drift], ..Filter::default() };
    let page = Page { limit: MOST, ..Page::default() };
    let records: Result<Vec<Record>, JournalError> =
        store.read(|view| host_journal::list(view, &filter, &page));
    let groups = grouped(&records?);
    let groups: Vec<Group<'_>> = groups
        .iter()
        .map(|(same, (count, first, last))| Group {
            same,
            count: *count,
            first: *first,
            last: *last,
            next: next(same.what),
        })
        .collect();
    if json {
        for group in &groups {
            if !out::line(&serde_json::to_string(group)?) {
                break;
            }
        }
        return Ok(Exit::Done);
    }
    tell(&groups)?;
    Ok(Exit::Done)
}

type Groups = BTreeMap<Same, (u64, Millis, Millis)>;

fn grouped(records: &[Record]) -> Groups {
    let mut groups = Groups::new();
    for record in records {
        let Some(Entry::Drift(drifted)) = &record.entry else { continue };
        let drift = &drifted.drift;
        let same = Same {
            app: record.app.as_ref().map_or_else(|| "-".to_owned(), |app| app.as_str().to_owned()),
            what: drift.what,
            operation: drift.operation.map(shared_protocol::Operation::as_str),
            path: drift.path.clone(),
            place: drift.place.clone(),
        };
        let (count, first, last) = groups.entry(same).or_insert((0, record.at, record.at));
        *count += 1;
        *first = record.at.min(*first);
        *last = record.at.max(*last);
    }
    groups
}

fn tell(groups: &[Group<'_>]) -> Result<()> {
    if groups.is_empty() {
        out::line("everything was read: there is no drift row");
        return Ok(());
    }
    let dash = |cell: Option<&str>| cell.unwrap_or("-").to_owned();
    let mut rows = Vec::new();
    for Group { same, count, first, last, .. } in groups {
        let what = serde_json::to_value(same.what)?;
        rows.push(vec![
            same.app.clone(),
            dash(what.as_str()),
            same.path.clone(),
            dash(same.place.as_deref()),
            dash(same.operation),
            count.to_string(),
            shown(*first),
            shown(*last),
        ]);
    }
    let head = ["SITE", "WHAT", "PATH", "PLACE", "TAKEN FOR", "COUNT", "FIRST", "LAST"];
    for line in table::align(&head, &rows) {
        out::line(&line);
    }
    let mut steps: Vec<(DriftKind, &str)> =
        groups.iter().map(|group| (group.same.what, group.next)).collect();
    steps.sort_unstable();
    steps.dedup();
    for (what, step) in steps {
        let what = serde_json::to_value(what)?;
        out::line(&format!("next, for {}: {step}", what.as_str().unwrap_or_default()));
    }
    Ok(())
}

/// What a maintainer does about it.
fn next(what: DriftKind) -> &'static str {
    match what {
        DriftKind::Shape => {
            "capture such a request (`cargo xtask capture`) and correct `needs` and `text` of the rule with this path"
        }
        DriftKind::Encoding => {
            "capture such a request and see how its body or the named field is written now; a new encoding may need code"
        }
        DriftKind::Endpoint => {
            "find out what the address does: a [[rule]] when it carries text or changes something, else `harmless`"
        }
        DriftKind::Oversize => {
            "nothing to repair: a text was longer than what is read; `oversize` says what then happens"
        }
        DriftKind::Body => "see which form of body the page gives: the hook could not copy it",
        DriftKind::Answer => {
            "capture such an answer: its format has changed and the decoder found no text in it"
        }
        DriftKind::LeftOver => {
            "when the field holds a person's text, add it to the rule's `text`; when it is the site's own, to `own`"
        }
        DriftKind::Unexplained => {
            "send a text on such a page with the browser's network panel open: where it goes is a road or a rule that is missing"
        }
    }
}

#[cfg(test)]
mod tests {
    use host_journal::{Drifted, Entry, Record};
    use shared_protocol::{App, Drift, DriftKind};

    use super::grouped;

    #[test]
    fn the_same_is_one_line_with_its_first_and_last_time() {
        let record = |at, path: &str| Record {
            seq: 1,
            device: String::new(),
            at,
            event: None,
            kind: host_journal::Kind::Drift,
            app: Some(App::new("claude")),
            person: None,
            entry: Some(Entry::Drift(Drifted {
                drift: Drift {
                    what: DriftKind::Shape,
                    operation: None,
                    path: path.to_owned(),
                    place: Some("prompt".to_owned()),
                    size: Some(at),
                },
            })),
            sealed: Vec::new(),
            hash: [0; 32],
        };
        let groups = grouped(&[record(7, "POST /a"), record(5, "POST /a"), record(6, "POST /b")]);
        let told: Vec<_> = groups.iter().map(|(same, counted)| (same.path.as_str(), *counted)).collect();
        assert_eq!(told, [("POST /a", (2, 5, 7)), ("POST /b", (1, 6, 6))]);
    }
}
