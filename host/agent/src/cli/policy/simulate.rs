//! `policy simulate`: a folder's policies over what is on record, and what would have come out otherwise.
//!
//! Judged rows keep the facts of their decision, so nothing is opened and no key is needed.
//! INVARIANT: reads only. It knows levels, labels and counts of a prompt, never its text; so detectors that are new in
//! the folder see nothing here (`log rescan` looks at texts).

mod figures;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use host_journal::{Entry, Filter, Judged, Kind, Order, Page, Record};
use host_policy::{Decision, Facts, Guardrails};
use host_store::{Store, StoreError};
use shared_protocol::{Action, App, Code, Mode};

use self::figures::Figures;
use super::folder::Folder;
use super::looked::Looked;
use super::{test, weighed};
use crate::cli::log::filter;
use crate::exit::Exit;
use crate::os::Env;
use crate::out;

/// Rows of one look into the file.
const PAGE: u32 = 500;

/// Which folder, over which rows.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The bundle folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// At or after: 2026-11-22, 2026-11-22T20:00, a time with a zone, or an age such as 7d or 12h.
    #[arg(long, value_name = "WHEN", default_value = "7d")]
    since: String,
    /// Before; written as for --since.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// The site: chatgpt, gemini, claude, perplexity.
    #[arg(long)]
    app: Option<String>,
    /// The person.
    #[arg(long)]
    user: Option<String>,
    /// Most examples of each change.
    #[arg(long, default_value_t = 5, value_name = "NUMBER")]
    examples: usize,
}

/// A row under both policies.
struct Replayed {
    was: (Action, Mode),
    now: (Action, Mode),
    before: Vec<String>,
    after: Vec<String>,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let folder = Folder::read(&args.folder)?;
    let looked = Looked::in_force(&folder);
    if looked.is_refused() {
        return Ok(test::refused(&looked, &folder, json));
    }
    let Some(whole) = looked.whole() else { return Ok(Exit::Fault) };
    let filter = Filter {
        kinds: vec![Kind::Judged],
        app: args.app.as_ref().map(App::new),
        user: args.user.clone(),
        since: filter::moment(Some(&args.since))?,
        until: filter::moment(args.until.as_deref())?,
        ..Filter::default()
    };
    let data = env.data().context("no home folder is known; set HOME")?;
    let Some(store) = open(&data)? else { return Ok(Exit::NotFound) };
    let mut figures = Figures::new(args.examples);
    replay(&store, &filter, &whole.guardrails, &mut figures)?;
    if json {
        out::line(&figures.json().to_string());
    } else {
        figures.lines().iter().for_each(|line| {
            out::line(line);
        });
    }
    Ok(Exit::Done)
}

/// This machine's record, where there is one.
pub(super) fn open(data: &Path) -> Result<Option<Store>> {
    match Store::existing(data, Store::BUSY) {
        Ok(store) => Ok(Some(store)),
        Err(StoreError::Missing) => {
            out::note(&StoreError::Missing.to_string());
            Ok(None)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn replay(store: &Store, filter: &Filter, guardrails: &Guardrails, figures: &mut Figures) -> Result<()> {
    let mut after = None;
    loop {
        let page = Page { order: Order::Oldest, after, limit: PAGE };
        let records = store.read(|view| host_journal::list(view, filter, &page))?;
        let Some(last) = records.last() else { return Ok(()) };
        after = Some(last.seq);
        for record in &records {
            let Some(Entry::Judged(judged)) = &record.entry else { continue };
            if by_a_fault(judged) {
                figures.fault();
                continue;
            }
            match replayed(record, judged, guardrails) {
                Some(replayed) => figures.count(record, &replayed),
                None => figures.unknown(),
            }
        }
        out::progress(&format!("{} replayed", figures.read()));
    }
}

/// Whether a fail setting decided, and no policy: what could not be read or looked through in time.
fn by_a_fault(judged: &Judged) -> bool {
    judged.fault.is_some_and(|code| code != Code::PolicyFault)
}

/// The row under the folder's policies; nothing where its facts were not kept or are of a newer form.
fn replayed(record: &Record, judged: &Judged, guardrails: &Guardrails) -> Option<Replayed> {
    let at = i64::try_from(record.at / 1_000).ok();
    let read = |facts: &host_journal::FactsJson| {
        let mut facts = Facts::from_bytes(facts.as_bytes()).ok()?;
        facts.at = facts.at.or(at);
        guardrails.settings.about(&mut facts);
        Some(facts)
    };
    let facts = read(judged.facts.as_ref()?)?;
    let redacted = judged.redacted_facts.as_ref().and_then(read);
    // What redaction would send is known only where it was asked for then; else a redaction stands as it is.
    let decision = weighed::facts(&guardrails.policy, &facts, redacted.as_ref());
    let mut before: Vec<String> = judged.policies.iter().map(|policy| policy.id.clone()).collect();
    before.sort();
    before.dedup();
    Some(Replayed { was: was(judged), now: decision.reported(), before, after: ids(&decision) })
}

fn was(judged: &Judged) -> (Action, Mode) {
    match judged.would {
        Some(would) if would > judged.action => (would, Mode::Monitor),
        _ => (judged.action, judged.mode),
    }
}

fn ids(decision: &Decision) -> Vec<String> {
    let mut ids: Vec<String> = decision.policies.iter().map(|policy| policy.id.clone()).collect();
    ids.sort();
    ids
}
