//! `policy confirm`: an admin agrees with whoever reported that a verdict was a mistake; without an event, what was reported.
//!
//! INVARIANT: reads and opens no text. A confirmation is a row of the record, and nothing follows from it by itself: the
//! classifier has no memory of prompts that it could go into yet. A policy that is wrong is corrected in its folder.

use anyhow::{Context, Result};
use host_journal::{Audit, Change, Entry, Filter, Judged, Kind, Order, Page, Record, SiteWord};
use host_store::Store;
use serde_json::json;
use shared_protocol::EventId;

use super::simulate;
use super::told::{action, joined};
use crate::cli::log::filter::shown;
use crate::cli::table;
use crate::exit::Exit;
use crate::live::{self, Active};
use crate::os::Env;
use crate::out;
use crate::record::Recorder;

/// Rows of one look into the file.
const PAGE: u32 = 500;

/// Which one.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The interaction, as `log list` shows it; without one, everything that was reported is listed.
    #[arg(value_name = "EVENT")]
    event: Option<String>,
}

/// A report, with what it is about.
struct Reported {
    row: Record,
    judged: Option<Box<Judged>>,
    confirmed: bool,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let data = env.data().context("no home folder is known; set HOME")?;
    let Some(store) = simulate::open(&data)? else { return Ok(Exit::NotFound) };
    let Some(event) = &args.event else { return list(&store, json) };
    let id = EventId::try_from(event.clone())?;
    let Some(reported) = about(&store, &id)? else {
        out::note(&format!(
            "nobody reported `{event}` as a mistake; `promptgate policy confirm` lists what was"
        ));
        return Ok(Exit::NotFound);
    };
    if !reported.confirmed {
        let active = Active::load(env);
        let recorder = Recorder::new(Some(data), live::person(env), Box::new(move || active.holders()));
        let mut audit = Audit::new(Change::MistakeConfirmed, recorder.by());
        audit.name = reported.policies().first().map(|id| SiteWord::from(id.as_str()));
        recorder.audit(Some(&id), audit)?;
    }
    if json {
        let told = json!({ "event": id, "confirmed": true, "before": reported.confirmed });
        out::line(&told.to_string());
    } else if reported.confirmed {
        out::line(&format!("{event} was confirmed before"));
    } else {
        out::line(&format!("{event} is on record as a mistake of {}", joined(reported.policies(), ", ")));
        out::line("Correct the policy or the detector, and write a story, so that it stays corrected:");
        out::line(&format!("  promptgate policy explain --event {event}"));
    }
    Ok(Exit::Done)
}

fn list(store: &Store, json: bool) -> Result<Exit> {
    let filter = Filter { kinds: vec![Kind::Mistake], ..Filter::default() };
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = Page { order: Order::Oldest, after, limit: PAGE };
        let records = store.read(|view| host_journal::list(view, &filter, &page))?;
        let Some(last) = records.last() else { break };
        after = Some(last.seq);
        for event in records.iter().filter_map(|record| record.event.as_ref()) {
            rows.extend(about(store, event)?);
        }
    }
    if json {
        for one in &rows {
            out::line(&one.json().to_string());
        }
        return Ok(Exit::Done);
    }
    let cells: Vec<_> = rows.iter().map(Reported::cells).collect();
    table::align(&["TIME", "USER", "WAS", "POLICIES", "CONFIRMED", "EVENT"], &cells).iter().for_each(
        |line| {
            out::line(line);
        },
    );
    Ok(Exit::Done)
}

/// The report about an interaction, where there is one.
fn about(store: &Store, event: &EventId) -> Result<Option<Reported>> {
    let records = store.read(|view| host_journal::event(view, event))?;
    let confirmed = records.iter().any(
        |record| matches!(&record.entry, Some(Entry::Audit(audit)) if audit.what == Change::MistakeConfirmed),
    );
    let (mut row, mut judged) = (None, None);
    for record in records {
        match &record.entry {
            Some(Entry::Mistake(_)) => row = Some(record),
            Some(Entry::Judged(entry)) => judged = Some(entry.clone()),
            _ => {}
        }
    }
    Ok(row.map(|row| Reported { row, judged, confirmed }))
}

impl Reported {
    fn policies(&self) -> Vec<String> {
        self.judged.iter().flat_map(|judged| &judged.policies).map(|policy| policy.id.clone()).collect()
    }

    fn was(&self) -> String {
        self.judged.as_ref().map_or("-".to_owned(), |judged| action((judged.action, judged.mode)))
    }

    fn cells(&self) -> Vec<String> {
        let policies = self.policies();
        vec![
            shown(self.row.at),
            self.row.person.clone().unwrap_or_default(),
            self.was(),
            if policies.is_empty() { "-".to_owned() } else { policies.join(",") },
            if self.confirmed { "yes" } else { "no" }.to_owned(),
            self.row.event.as_ref().map(|event| event.as_str().to_owned()).unwrap_or_default(),
        ]
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "event": self.row.event, "at": self.row.at, "person": self.row.person,
            "action": self.judged.as_ref().map(|judged| judged.action),
            "mode": self.judged.as_ref().map(|judged| judged.mode),
            "policies": self.policies(), "confirmed": self.confirmed,
        })
    }
}
