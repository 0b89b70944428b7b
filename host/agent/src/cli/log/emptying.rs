//! `promptgate log erase` and `log prune`: rows lose what they say; the chain stays whole.
//!
//! INVARIANT: what was emptied is in none of the record's files when the command ends well, and an audit row says that it
//! was done, how much and by whom, and never whose.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use host_journal::{Audit, By, Change, Entry, Erasing, SiteWord};
use host_store::{Filter, Scrubbing, Store};
use jiff::Zoned;
use serde_json::json;

use super::filter::time;
use crate::exit::Exit;
use crate::identity;
use crate::native::now;
use crate::os::Env;
use crate::out;
use crate::record::Recorder;
use crate::retention;

/// How long somebody who reads an older moment of the record is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whose rows.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Erase {
    /// The person, as `log list` shows it under USER.
    #[arg(long)]
    person: String,
    /// Do it; without this only the number of rows is told.
    #[arg(long)]
    yes: bool,
}

/// Which rows.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Prune {
    /// An age such as 90d, or a day such as 2026-01-31.
    #[arg(long, value_name = "WHEN")]
    older_than: String,
}

pub(super) fn erase(store: &Store, args: &Erase, data: &Path, env: &Env, json: bool) -> Result<Exit> {
    let person = args.person.as_str();
    if person.is_empty() {
        return Err(anyhow!("name a person; `promptgate log list` shows them under USER"));
    }
    let filter = Filter { person: Some(person.to_owned()), ..Filter::default() };
    let own = store.read::<_, host_store::StoreError>(|view| view.count(&filter))?;
    if !args.yes {
        if json {
            out::line(&json!({ "erased": 0, "rows": own }).to_string());
        }
        out::note(&format!(
            "{own} rows and what belongs to them would be emptied for good; add --yes to do it"
        ));
        return Ok(Exit::Fault);
    }
    if identity::is_signed_in(data, person)? {
        return Err(anyhow!(
            "{} is signed in here, and the next prompt would be theirs again: run `promptgate logout`, then this",
            crate::cli::table::plain(person)
        ));
    }
    identity::erased(data, person)?;
    let mut erasing = Erasing::default();
    while !erasing.is_done() {
        erasing = store.write(|tx| erasing.step(tx, person))?;
        out::progress(&format!("{} rows emptied", erasing.rows));
    }
    finish(store, data, env, Change::LogErased, erasing.rows, Some(person))?;
    Ok(told(erasing.rows, "erased", json))
}

pub(super) fn prune(store: &Store, args: &Prune, data: &Path, env: &Env, json: bool) -> Result<Exit> {
    let before = time(&args.older_than, &Zoned::now())?;
    let mut rows = 0;
    loop {
        let some = store.write(|tx| host_journal::prune(tx, before, retention::ROWS))?;
        rows += some;
        out::progress(&format!("{rows} rows emptied"));
        if some == 0 {
            break;
        }
    }
    finish(store, data, env, Change::LogPruned, rows, None)?;
    Ok(told(rows, "pruned", json))
}

fn told(rows: u64, what: &str, json: bool) -> Exit {
    out::progress("");
    if json {
        out::line(&json!({ what: rows }).to_string());
    } else {
        out::line(&format!("{rows} rows {what}; `promptgate log verify` shows that the record is whole"));
    }
    Exit::Done
}

/// Gives room back, writes the audit row, and sees to it that nothing is left in pages and in the write-ahead log.
fn finish(store: &Store, data: &Path, env: &Env, what: Change, rows: u64, gone: Option<&str>) -> Result<()> {
    while retention::shrink(store)? {
        out::progress("giving room back");
    }
    let by = match env.user() {
        // The name of who erased their own rows would be the one that is left of them.
        Some(user) if gone.is_none_or(|gone| !user.contains(gone)) => By::User(SiteWord::from(user)),
        Some(_) | None => By::Host,
    };
    let mut audit = Audit::new(what, by);
    audit.count = Some(rows);
    // Nobody's row, and no new key: the record's own one seals it.
    let recorder = Recorder::new(Some(data.to_owned()), String::new(), Box::new(|| None));
    recorder.note_of_machine(now(), Entry::Audit(audit))?;
    // After room was given back: that moves pages as they are.
    let mut scrubbing = Scrubbing::default();
    while !scrubbing.is_done() {
        scrubbing = store.scrub(scrubbing)?;
        out::progress(&format!("{} pages overwritten where nothing stands", scrubbing.pages));
    }
    let start = Instant::now();
    while !store.sweep() {
        if start.elapsed() > PATIENCE {
            return Err(anyhow!(
                "the rows are emptied, and copies of them still stand in the write-ahead log because another \
                 program reads the record: end it, then run this again"
            ));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
