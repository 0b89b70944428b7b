//! `policy confirm`: an admin agrees with whoever reported that a verdict was a mistake; without an event, what was reported.
//!
//! What the models said wrongly of the prompt is then taken from prompts like it. INVARIANT: reads and opens no text. Under a
//! bundle a confirmation is signed with a key that signs bundles here, or nothing is confirmed.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use host_journal::{Audit, Change, Entry, Filter, Judged, Kind, Order, Page, Record, SiteWord};
use host_policy::Confirmation;
use host_store::{NeighbourRow, Store};
use serde_json::json;
use shared_protocol::{EventId, Topic};

use super::told::{action, joined};
use super::{signing, simulate};
use crate::cli::log::filter::shown;
use crate::cli::table;
use crate::exit::Exit;
use crate::live::{self, Active};
use crate::native::now;
use crate::neighbours::{self, Trust};
use crate::os::Env;
use crate::out;
use crate::record::Recorder;

/// Rows of one look into the file.
const PAGE: u32 = 500;

/// Which one, and who agrees.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The interaction, as `log list` shows it; without one, everything that was reported is listed.
    #[arg(value_name = "EVENT")]
    event: Option<String>,
    /// The signing key's file, as `policy keygen` wrote it: a confirmation that counts under a bundle.
    #[arg(long, value_name = "FILE", requires = "event")]
    key: Option<PathBuf>,
    /// A file whose first line is the key's passphrase, or the token's PIN; else PROMPTGATE_PASSPHRASE, else it is asked
    /// for.
    #[arg(long, value_name = "FILE", requires = "key")]
    passphrase_file: Option<PathBuf>,
    /// What somebody signed elsewhere.
    #[arg(long, value_name = "TEXT", requires = "event", conflicts_with = "key")]
    code: Option<String>,
    /// Only signs: what was kept on another machine, as the list there shows it under KEPT. Prints what `--code` takes there.
    #[arg(long, value_name = "HEX", requires = "key", requires = "person")]
    kept: Option<String>,
    /// With `--kept`: the person, as the list there shows them under USER.
    #[arg(long, value_name = "P", requires = "kept")]
    person: Option<String>,
}

/// A report, with what it is about.
struct Reported {
    row: Record,
    judged: Option<Box<Judged>>,
    kept: Option<NeighbourRow>,
    /// Somebody agreed before.
    is_on_record: bool,
    /// Prompts like it are corrected.
    counts: bool,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    if let (Some(event), Some(kept), Some(person)) = (&args.event, &args.kept, &args.person) {
        return sign(args, event, kept, person, json);
    }
    let data = env.data().context("no home folder is known; set HOME")?;
    let Some(store) = simulate::open(&data)? else { return Ok(Exit::NotFound) };
    let active = Active::load(env);
    let trust = Trust::of(&active);
    let Some(event) = &args.event else { return list(&store, &trust, json) };
    let id = EventId::try_from(event.clone())?;
    let Some(mut reported) = about(&store, &id, &trust)? else {
        out::note(&format!(
            "nobody reported `{event}` as a mistake; `promptgate policy confirm` lists what was"
        ));
        return Ok(Exit::NotFound);
    };
    let before = reported.counts || (reported.is_on_record && reported.kept.is_none());
    if !before {
        let code = reported.code(args, &trust)?;
        let recorder = Recorder::new(Some(data), live::person(env), Box::new(move || active.holders()));
        let mut audit = Audit::new(Change::MistakeConfirmed, recorder.by());
        audit.name = reported.policies().first().map(|id| SiteWord::from(id.as_str()));
        recorder.confirm_mistake(&id, audit, now(), code.as_deref())?;
        reported.counts = reported.kept.is_some();
    }
    if json {
        let told = json!({
            "event": id, "confirmed": true, "before": before, "corrects": reported.corrects(),
        });
        out::line(&told.to_string());
    } else if before {
        out::line(&format!("{event} was confirmed before"));
    } else {
        tell(event, &reported);
    }
    Ok(Exit::Done)
}

fn tell(event: &str, reported: &Reported) {
    out::line(&format!("{event} is on record as a mistake of {}", joined(reported.policies(), ", ")));
    let topics = reported.corrects();
    if reported.kept.is_none() {
        out::line(
            "No prompt is corrected by it: what rules find is not, nor a text that was not read to its end, nor one that was \
             reported after the host had ended.",
        );
    } else if !topics.is_empty() {
        out::line(&format!(
            "From the next prompt on the models say no {} of a prompt like it. What rules find counts as before.",
            joined(topics, ", ")
        ));
    }
    out::line("Correct the policy or the detector, and write a story, so that it stays corrected:");
    out::line(&format!("  promptgate policy explain --event {event}"));
}

/// Signs what was kept on another machine.
fn sign(args: &Args, event: &str, kept: &str, person: &str, json: bool) -> Result<Exit> {
    let event = EventId::try_from(event.to_owned())?.as_str().to_owned();
    let digest = Confirmation::digest(kept)
        .ok_or_else(|| anyhow!("`{kept}` is not what the list shows under KEPT; copy its 64 digits whole"))?;
    let said = Confirmation { event, person: person.to_owned(), digest };
    let key = signing::Given::new(args.key.as_deref(), args.passphrase_file.as_deref())?;
    let code = said.write(key.open()?.as_ref())?;
    out::line(&if json { json!({ "code": code }).to_string() } else { code });
    Ok(Exit::Done)
}

fn list(store: &Store, trust: &Trust, json: bool) -> Result<Exit> {
    let filter = Filter { kinds: vec![Kind::Mistake], ..Filter::default() };
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = Page { order: Order::Oldest, after, limit: PAGE };
        let records = store.read(|view| host_journal::list(view, &filter, &page))?;
        let Some(last) = records.last() else { break };
        after = Some(last.seq);
        for event in records.iter().filter_map(|record| record.event.as_ref()) {
            rows.extend(about(store, event, trust)?);
        }
    }
    if json {
        for one in &rows {
            out::line(&one.json().to_string());
        }
        return Ok(Exit::Done);
    }
    let cells: Vec<_> = rows.iter().map(Reported::cells).collect();
    let titles = ["TIME", "USER", "WAS", "POLICIES", "CONFIRMED", "CORRECTS", "EVENT", "KEPT"];
    table::align(&titles, &cells).iter().for_each(|line| {
        out::line(line);
    });
    Ok(Exit::Done)
}

/// The report about an interaction, where there is one.
fn about(store: &Store, event: &EventId, trust: &Trust) -> Result<Option<Reported>> {
    let records = store.read(|view| host_journal::event(view, event))?;
    let kept = store.read::<_, host_store::StoreError>(|view| view.neighbour(event.as_str()))?;
    let is_on_record = records.iter().any(
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
    let counts = kept.as_ref().is_some_and(|kept| trust.takes(kept));
    Ok(row.map(|row| Reported { row, judged, kept, is_on_record, counts }))
}

impl Reported {
    /// What says that this is confirmed; nothing where nobody has to sign.
    fn code(&self, args: &Args, trust: &Trust) -> Result<Option<String>> {
        let Some(kept) = &self.kept else { return Ok(None) };
        let keys = match trust {
            Trust::Anybody => return Ok(None),
            Trust::Nobody => bail!(
                "the settings of this machine are an organisation's and name no bundle: nobody can confirm anything here"
            ),
            Trust::Keys(keys) if keys.is_empty() => {
                bail!("the bundle has expired: a confirmation counts only under one that holds")
            }
            Trust::Keys(keys) => keys,
        };
        let said = neighbours::of(kept);
        let code = match (&args.key, &args.code) {
            (Some(key), _) => {
                let key = signing::Given::new(Some(key), args.passphrase_file.as_deref())?;
                said.write(key.open()?.as_ref())?
            }
            (None, Some(code)) => code.split_whitespace().collect(),
            (None, None) => bail!(
                "this machine follows a bundle, so a confirmation has to be signed with the bundle's key: add --key FILE, or \
                 --code with what somebody signed elsewhere (`promptgate policy confirm {} --kept {} --person {} --key FILE`)",
                kept.event,
                said.kept(),
                table::plain(&kept.person)
            ),
        };
        match Confirmation::read(&code, keys)? {
            signed if signed == said => Ok(Some(code)),
            _ => bail!("this confirmation is for another report; sign what the list shows for this one"),
        }
    }

    /// Topics that are taken from prompts like it.
    fn corrects(&self) -> Vec<String> {
        let kept = self.kept.as_ref().filter(|_| self.counts);
        let topics = kept.and_then(|kept| serde_json::from_str::<Vec<Topic>>(&kept.topics).ok());
        let mut names: Vec<String> = topics.into_iter().flatten().map(String::from).collect();
        names.sort();
        names.dedup();
        names
    }

    fn is_confirmed(&self) -> bool {
        self.counts || (self.is_on_record && self.kept.is_none())
    }

    /// What somebody elsewhere would sign.
    fn digest(&self) -> Option<String> {
        self.kept.as_ref().map(|kept| neighbours::of(kept).kept())
    }

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
            if self.is_confirmed() { "yes" } else { "no" }.to_owned(),
            if self.counts { self.corrects().join(",") } else { "-".to_owned() },
            self.row.event.as_ref().map(|event| event.as_str().to_owned()).unwrap_or_default(),
            self.digest().unwrap_or_else(|| "-".to_owned()),
        ]
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "event": self.row.event, "at": self.row.at, "person": self.row.person,
            "action": self.judged.as_ref().map(|judged| judged.action),
            "mode": self.judged.as_ref().map(|judged| judged.mode),
            "policies": self.policies(), "confirmed": self.is_confirmed(),
            "corrects": self.corrects(), "kept": self.digest(),
        })
    }
}
