//! `promptgate risk`: where a person stands, how they came there, what counts, and setting it back.
//!
//! INVARIANT: shows words of behaviours, counts and ids of interactions; no text. A reset has a name and a note.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use host_risk::keep::{self, Said};
use host_risk::{Change, Mode, Points, Reason, Standing};
use host_store::{RiskChangeRow, Store, StoreError};
use serde_json::{Value, json};
use shared_protocol::Level;

use super::log::filter::shown;
use super::table;
use crate::exit::Exit;
use crate::live::{self, Active};
use crate::native::now;
use crate::os::Env;
use crate::out;
use crate::record::Recorder;
use crate::risk::Scoring;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Shows a person's level, and what it rests on.
    Show(Whose),
    /// Shows every change of a person's level, newest first.
    History(History),
    /// Shows the behaviours, and how much each counts here.
    Behaviours,
    /// Sets a person back to none, or takes one behaviour back that was a mistake.
    Reset(Reset),
}

/// Of whom.
#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// The person, as `log list` shows it under USER; without it yourself.
    #[arg(long)]
    person: Option<String>,
}

/// Of whom, and how much.
#[derive(Debug, clap::Args)]
pub(super) struct History {
    #[command(flatten)]
    whose: Whose,
    /// Most lines.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Of whom, what, and why.
#[derive(Debug, clap::Args)]
pub(super) struct Reset {
    #[command(flatten)]
    whose: Whose,
    /// Takes back only this behaviour: it was a mistake.
    #[arg(long, value_name = "ID")]
    behaviour: Option<String>,
    /// Why; it stands in the history.
    #[arg(long)]
    note: String,
    /// In whose name, where it is not this account's.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) fn run(command: &Command, env: &Env, json: bool) -> Result<Exit> {
    let active = Active::load(env);
    if let Some(fault) = &active.configured.fault {
        out::note(&format!("settings: {fault}"));
    }
    let Some(scoring) = active.scoring() else {
        bail!("risk is not scored here: remove `enabled = false` from [risk] in the settings");
    };
    let data = || env.data().context("no home folder is known; set HOME");
    match command {
        Command::Behaviours => Ok(behaviours(&scoring, json)),
        Command::Show(whose) => show(&store(&data()?)?, &person(whose, &active), &scoring, json),
        Command::History(args) => history(&store(&data()?)?, &person(&args.whose, &active), args.limit, json),
        Command::Reset(args) => reset(data()?, args, env, &scoring, json),
    }
}

fn store(data: &Path) -> Result<Store> {
    Ok(Store::existing(data, Store::BUSY)?)
}

/// Whoever was named, else who is at the keyboard, by the name that rows have.
fn person(whose: &Whose, active: &Active) -> String {
    whose.person.clone().unwrap_or_else(|| active.known().person.clone())
}

/// What to say of somebody who was never seen.
fn nobody(store: &Store, person: &str) -> Result<Exit> {
    let known = store.read::<_, StoreError>(|view| view.risks())?;
    let names: Vec<String> = known.into_iter().map(|row| row.person).collect();
    out::note(&format!(
        "nothing was seen of `{}` on this device{}",
        table::plain(person),
        if names.is_empty() {
            String::new()
        } else {
            format!("; known are {}", table::plain(&names.join(", ")))
        }
    ));
    Ok(Exit::NotFound)
}

fn show(store: &Store, person: &str, scoring: &Scoring, json: bool) -> Result<Exit> {
    let read = store.read::<_, StoreError>(|view| keep::standing(view, person, &scoring.rules, now()));
    let Some(standing) = read? else { return nobody(store, person) };
    let reasons = standing.reasons(&scoring.rules);
    if json {
        out::line(&told(person, &standing, &reasons, scoring.rules.mode).to_string());
        return Ok(Exit::Done);
    }
    let level = word(standing.level);
    let score = match scoring.rules.mode {
        Mode::Decay => format!(", score {} of 100", standing.score().whole()),
        Mode::Max => ", the highest level seen until a reset".to_owned(),
    };
    out::line(&format!("{}: {level}{score}", table::plain(person)));
    if reasons.is_empty() {
        return Ok(Exit::Done);
    }
    out::line("");
    let cells = |reason: &Reason| {
        let pot = standing.pots.get(&reason.behaviour);
        let events = pot.map_or(0, |pot| pot.events.len());
        let newest = pot.and_then(|pot| pot.events.last()).map_or("-", |(_, event)| event.as_str());
        vec![
            reason.behaviour.clone(),
            reason.points.whole().to_string(),
            reason.count.to_string(),
            pot.map_or_else(|| "-".to_owned(), |pot| shown(pot.last)),
            if events == 0 { "-".to_owned() } else { newest.to_owned() },
            reason.words.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reasons.iter().map(cells).collect();
    for line in table::align(&["BEHAVIOUR", "POINTS", "TIMES", "LAST", "NEWEST EVENT", "WHAT"], &rows) {
        out::line(&line);
    }
    out::line("");
    out::line("`promptgate log show EVENT` shows an interaction; `promptgate risk reset` sets this back.");
    Ok(Exit::Done)
}

fn told(person: &str, standing: &Standing, reasons: &[Reason], mode: Mode) -> Value {
    json!({
        "person": person,
        "level": word(standing.level),
        "score": standing.score().whole(),
        "mode": match mode { Mode::Decay => "decay", Mode::Max => "max" },
        "at": standing.at,
        "reasons": reasons.iter().map(|reason| reason_told(reason, standing)).collect::<Vec<_>>(),
    })
}

fn reason_told(reason: &Reason, standing: &Standing) -> Value {
    let pot = standing.pots.get(&reason.behaviour);
    json!({
        "behaviour": reason.behaviour,
        "words": reason.words,
        "points": reason.points.whole(),
        "count": reason.count,
        "last": pot.map(|pot| pot.last),
        "signals": reason.signals,
        "events": pot.map(|pot| pot.events.iter().map(|(_, event)| event.as_str()).collect::<Vec<_>>()),
    })
}

fn history(store: &Store, person: &str, limit: u32, json: bool) -> Result<Exit> {
    let changes = store.read::<_, StoreError>(|view| view.risk_changes(person, limit))?;
    if changes.is_empty() && store.read::<_, StoreError>(|view| view.risk(person))?.is_none() {
        return nobody(store, person);
    }
    let level = |number| word(keep::level_of(number));
    if json {
        for row in &changes {
            let told = json!({
                "id": row.id, "person": row.person, "at": row.at, "from": level(row.before), "to": level(row.after),
                "score": Points(row.score).whole(), "cause": row.cause, "by": row.by, "note": row.note,
                "reasons": value(&row.reasons), "events": value(&row.events),
            });
            out::line(&told.to_string());
        }
        return Ok(Exit::Done);
    }
    let cells = |row: &RiskChangeRow| {
        vec![
            shown(row.at),
            level(row.before).to_owned(),
            level(row.after).to_owned(),
            Points(row.score).whole().to_string(),
            row.cause.clone(),
            why(row),
        ]
    };
    let rows: Vec<Vec<String>> = changes.iter().map(cells).collect();
    for line in table::align(&["WHEN", "FROM", "TO", "SCORE", "CAUSE", "WHY"], &rows) {
        out::line(&line);
    }
    Ok(Exit::Done)
}

fn why(row: &RiskChangeRow) -> String {
    if let (Some(by), Some(note)) = (&row.by, &row.note) {
        return format!("{by}: {note}");
    }
    let reasons: Vec<Reason> = serde_json::from_str(&row.reasons).unwrap_or_default();
    let told: Vec<String> =
        reasons.iter().map(|reason| format!("{} ({})", reason.words, reason.count)).collect();
    told.join(", ")
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn behaviours(scoring: &Scoring, json: bool) -> Exit {
    let all = &scoring.rules.behaviours;
    if json {
        for one in all {
            let told = json!({
                "id": one.id, "words": one.words, "enabled": one.enabled, "level": word(one.level),
                "weight": one.weight, "most": one.most, "piles": one.piles, "holds": one.holds,
            });
            out::line(&told.to_string());
        }
        return Exit::Done;
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.id.clone(),
                if one.enabled { "on" } else { "off" }.to_owned(),
                word(one.level).to_owned(),
                one.weight.to_string(),
                one.most.to_string(),
                if one.holds { "until reset" } else { "-" }.to_owned(),
                one.words.clone(),
            ]
        })
        .collect();
    for line in table::align(&["BEHAVIOUR", "STATE", "LEVEL", "WEIGHT", "MOST", "HOLDS", "WHAT"], &rows) {
        out::line(&line);
    }
    Exit::Done
}

fn reset(data: PathBuf, args: &Reset, env: &Env, scoring: &Scoring, json: bool) -> Result<Exit> {
    if args.note.trim().is_empty() {
        bail!("say why with --note: it stands in the history");
    }
    if let Some(id) = &args.behaviour
        && !scoring.rules.behaviours.iter().any(|one| one.id == *id)
    {
        bail!("`{id}` is no behaviour; `promptgate risk behaviours` shows them");
    }
    let active = Active::load(env);
    let (person, store) = (person(&args.whose, &active), store(&data)?);
    let at_keyboard = active.known().person.clone();
    let recorder = Recorder::new(Some(data), live::person(env), Box::new(move || active.holders()))
        .naming(Box::new(move || at_keyboard.clone()));
    let own = live::person(env);
    let said = Said { by: args.by.as_deref().unwrap_or(&own), note: args.note.trim() };
    let behaviour = args.behaviour.as_deref();
    let Some(change) = recorder.reset(&person, behaviour, said, scoring)? else {
        return match behaviour {
            Some(behaviour) if store.read::<_, StoreError>(|view| view.risk(&person))?.is_some() => {
                out::note(&format!("nothing of `{behaviour}` counts for {}", table::plain(&person)));
                Ok(Exit::NotFound)
            }
            _ => nobody(&store, &person),
        };
    };
    let Change { from, to, .. } = change;
    if json {
        out::line(&json!({"person": person, "from": word(from), "to": word(to)}).to_string());
    } else {
        let told = if scoring.receivers.is_empty() { "" } else { "; receivers are told of it by the host" };
        out::line(&format!("{}: {} before, {} now{told}", table::plain(&person), word(from), word(to)));
    }
    Ok(Exit::Done)
}

/// What people call a level.
pub(super) fn word(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}
