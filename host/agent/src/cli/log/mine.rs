//! `log mine`: what is on record about whoever asks, in words that need no manual.
//!
//! INVARIANT: metadata only, and only of the account that runs the program; the name comes from the system.

use std::collections::BTreeSet;

use anyhow::Result;
use host_classify::described;
use host_journal::{Audit, By, Change, Entry, Filter, Known, Page, Record, State};
use host_store::Store;
use serde_json::json;
use shared_protocol::{Action, Label, Operation};

use super::filter::{self, shown};
use super::{read, row, state};
use crate::cli::table::plain;
use crate::exit::Exit;
use crate::out;

/// How much.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// At or after: 2026-11-22, 2026-11-22T20:00, a time with a zone, or an age such as 7d or 12h.
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Most interactions, newest first.
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

pub(super) fn run(store: &Store, args: &Args, person: &str, json: bool) -> Result<Exit> {
    let filter = Filter {
        kinds: Filter::INTERACTIONS.to_vec(),
        user: Some(person.to_owned()),
        since: filter::moment(args.since.as_deref())?,
        ..Filter::default()
    };
    let page = Page { limit: args.limit, ..Page::default() };
    let (total, listed): (u64, Vec<(Record, Vec<Record>)>) = read(store, |view| {
        let records = host_journal::list(view, &filter, &page)?;
        let whole = |record: Record| {
            let rows = match &record.event {
                Some(event) => host_journal::event(view, event)?,
                None => Vec::new(),
            };
            Ok::<_, host_journal::JournalError>((record, rows))
        };
        let listed = records.into_iter().map(whole).collect::<Result<_, _>>()?;
        Ok((host_journal::count(view, &filter)?, listed))
    })?;
    if json {
        for (record, rows) in &listed {
            let mut told = row::json(record, Some(state(&Known::of(rows))))?;
            if let Some(told) = told.as_object_mut() {
                told.insert("kept".to_owned(), json!(kept(rows)));
                told.insert("opened".to_owned(), json!(openings(rows)));
            }
            out::line(&told.to_string());
        }
        return Ok(Exit::Done);
    }
    out::line(&format!("On record about {} on this machine: {}.", plain(person), many(total, "interaction")));
    for (record, rows) in &listed {
        out::line("");
        for line in words(record, rows) {
            out::line(&plain(&line));
        }
    }
    if u64::try_from(listed.len()).is_ok_and(|shown| shown < total) {
        out::line("");
        out::line("Older ones: --limit and --since show more.");
    }
    Ok(Exit::Done)
}

/// One interaction, a fact a line.
fn words(record: &Record, rows: &[Record]) -> Vec<String> {
    let app = record.app.as_ref().map_or("a site", |app| app.as_str());
    let mut lines = Vec::new();
    match &record.entry {
        Some(Entry::Judged(judged)) => {
            let did = judged.operation.map_or("sent what could not be read", did);
            lines.push(format!("{}  {app}: you {did}", shown(record.at)));
            let found: Vec<String> =
                judged.labels.iter().map(|(label, count)| found(label, *count)).collect();
            if found.is_empty() {
                lines.push("  found: nothing of note".to_owned());
            } else {
                lines.push(format!("  found: {}", found.join(", ")));
            }
            let mut decided = format!("  decided: {}", decision(judged.action));
            let policies: Vec<&str> = judged.policies.iter().map(|policy| policy.id.as_str()).collect();
            if !policies.is_empty() {
                decided.push_str(&format!(" (policy {})", policies.join(", ")));
            }
            lines.push(decided);
            lines.push(format!("  then: {}", end(&Known::of(rows))));
        }
        Some(Entry::Late(late)) => {
            lines.push(format!("{}  {app}: a request while Promptgate was away", shown(record.at)));
            let end = if late.released { "it was let go" } else { "it was refused" };
            lines.push(format!("  then: {end}"));
        }
        Some(Entry::Uncovered(row)) => {
            lines.push(format!("{}  {app}: a request past the page's guard", shown(record.at)));
            let end = if row.seen.stopped { "it was stopped" } else { "it left, unread" };
            lines.push(format!("  then: {end}"));
        }
        Some(_) => lines.push(format!("{}  {app}: a row of kind {}", shown(record.at), record.kind.as_str())),
        None => lines
            .push(format!("{}  {app}: erased; that there was something is still known", shown(record.at))),
    }
    let kept = kept(rows);
    if kept.is_empty() {
        lines.push("  text: none was kept".to_owned());
    } else {
        lines.push(format!("  text: kept, sealed; only the holders of {} can open it", kept.join(", ")));
    }
    lines.extend(openings(rows).into_iter().map(|opening| format!("  {opening}")));
    lines
}

/// Names of the keys that open something of it.
fn kept(rows: &[Record]) -> Vec<String> {
    let keys: BTreeSet<&str> =
        rows.iter().flat_map(|row| &row.sealed).map(|note| note.key.as_str()).collect();
    keys.into_iter().map(|key| format!("key {key}")).collect()
}

/// Who opened its text, and when.
fn openings(rows: &[Record]) -> Vec<String> {
    let opening = |row: &Record| match &row.entry {
        Some(Entry::Audit(Audit { what: Change::LogOpened, by, .. })) => {
            let by = match by {
                By::Host => "Promptgate",
                By::User(name) => name.as_str(),
            };
            Some(format!("opened: by {by} at {}", shown(row.at)))
        }
        Some(_) | None => None,
    };
    rows.iter().filter_map(opening).collect()
}

fn found(label: &Label, count: u64) -> String {
    let words = described(label);
    if count == 1 { words.to_owned() } else { format!("{words} ({count} times)") }
}

fn many(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn did(operation: Operation) -> &'static str {
    match operation {
        Operation::SendPrompt => "sent a prompt",
        Operation::SendDraft => "wrote a prompt (a draft that the site sends while you write)",
        Operation::EditPrompt => "changed a prompt",
        Operation::Regenerate => "asked for another answer",
        Operation::ReceiveResponse => "got an answer",
        Operation::UploadFile => "uploaded a file",
        Operation::ShareConversation => "shared a conversation",
        Operation::DeleteConversation => "deleted a conversation",
        Operation::WriteMemory => "changed what the assistant remembers",
        Operation::WriteInstructions => "changed the assistant's instructions",
        Operation::UseConnector => "used a connector",
        Operation::Dictate => "dictated",
    }
}

fn decision(action: Action) -> &'static str {
    match action {
        Action::Allow => "fine",
        Action::Coach => "fine, with advice",
        Action::Warn => "a second look was asked for",
        Action::Justify => "a reason was asked for",
        Action::Redact => "to be sent without what was found",
        Action::Block => "not to be sent",
    }
}

fn end(known: &Known) -> &'static str {
    match known.state() {
        State::New => "nothing is on record",
        State::Asked => "no answer is on record",
        State::Released(released) if released.edited => "it was sent without what was found",
        State::Released(_) => "it was sent",
        State::Refused(_) => "it was not sent",
    }
}
