//! `promptgate log`: reading the record.
//!
//! INVARIANT: reads only. Text is shown by `open`, and by `conversation --open`, and nowhere else.

pub(in crate::cli) mod filter;
mod listed;
mod opened;
mod row;
mod view;

use std::path::PathBuf;

use anyhow::{Context, Result};
use host_journal::{JournalError, Known, Record, Released, State, Turn};
use host_store::{Store, StoreError, View};
use serde_json::{Value, json};
use shared_protocol::{App, EventId};

use self::listed::Listed;
use super::table;
use crate::exit::Exit;
use crate::os::Env;
use crate::out;

/// What to read.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// One line for each interaction, newest first.
    List(filter::Args),
    /// Serves a page on this machine to look through the record: list, figures, conversations.
    View(view::Args),
    /// Everything on record of one interaction, oldest first.
    Show {
        /// Its event id, as `log list` shows it.
        event: String,
    },
    /// A conversation from its first prompt to its last answer.
    Conversation {
        /// The site's id of it.
        id: String,
        /// Only on this site.
        #[arg(long)]
        app: Option<String>,
        /// With the sealed text, where a key here opens it.
        #[arg(long)]
        open: bool,
        /// A private key besides those on this machine.
        #[arg(long, value_name = "FILE", requires = "open")]
        key: Option<PathBuf>,
    },
    /// Opens the sealed text of one interaction.
    Open {
        /// Its event id, as `log list` shows it.
        event: String,
        /// A private key besides those on this machine.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

pub(super) fn run(command: &Command, env: &Env, json: bool) -> Result<Exit> {
    let data = env.data().context("no home folder is known; set HOME")?;
    let store = match Store::existing(&data, Store::BUSY) {
        Ok(store) => store,
        Err(StoreError::Missing) => {
            out::note(&StoreError::Missing.to_string());
            return Ok(Exit::NotFound);
        }
        Err(fault) => return Err(fault.into()),
    };
    match command {
        Command::List(args) => list(&store, args, json),
        Command::View(args) => view::run(args, store, &data, env, json),
        Command::Show { event } => show(&store, event, json),
        Command::Conversation { id, app, open, key } => {
            let keys = if *open { Some(opened::Keys::load(&data, key.as_deref())?) } else { None };
            conversation(&store, id, app.as_deref(), keys.as_ref(), json)
        }
        Command::Open { event, key } => {
            open(&store, event, &opened::Keys::load(&data, key.as_deref())?, json)
        }
    }
}

fn list(store: &Store, args: &filter::Args, json: bool) -> Result<Exit> {
    let (filter, page) = (args.filter()?, args.page());
    let Listed { rows, next } = read(store, |view| listed::page(view, &filter, &page))?;
    if json {
        let rows = rows.iter().map(|(record, known)| row::json(record, known.as_ref().map(state)));
        for told in rows.chain(next.map(|next| Ok(json!({ "next": next })))) {
            if !out::line(&told?.to_string()) {
                break;
            }
        }
        return Ok(Exit::Done);
    }
    let cells: Vec<_> =
        rows.iter().map(|(record, known)| row::cells(record, known.as_ref().map(state))).collect();
    for line in table::align(&row::HEAD, &cells) {
        out::line(&line);
    }
    if let Some(next) = next {
        out::line(&format!("more: the same command with --after {next}"));
    }
    Ok(Exit::Done)
}

fn show(store: &Store, event: &str, json: bool) -> Result<Exit> {
    let Some(records) = interaction(store, event)? else { return Ok(Exit::NotFound) };
    for record in &records {
        if json {
            out::line(&row::json(record, None)?.to_string());
        } else {
            row::details(record)?.iter().for_each(|line| {
                out::line(line);
            });
        }
    }
    Ok(Exit::Done)
}

fn conversation(
    store: &Store,
    id: &str,
    app: Option<&str>,
    keys: Option<&opened::Keys>,
    json: bool,
) -> Result<Exit> {
    let app = app.map(App::new);
    let turns: Vec<Turn> = read(store, |view| host_journal::conversation(view, app.as_ref(), id))?;
    if turns.is_empty() {
        out::note("no such conversation is on record; `promptgate log list` shows their ids");
        return Ok(Exit::NotFound);
    }
    for turn in &turns {
        let known = Known::of(&turn.records);
        let texts = match keys {
            Some(keys) => opened::texts(store, &turn.records, keys)?,
            None => Vec::new(),
        };
        if json {
            let rows =
                turn.records.iter().map(|record| row::json(record, None)).collect::<Result<Vec<_>>>()?;
            let mut told = json!({ "event": turn.event, "state": state(&known), "rows": rows });
            if let (Some(told), Some(_)) = (told.as_object_mut(), keys) {
                told.insert("texts".to_owned(), Value::from_iter(texts.iter().map(opened::Text::json)));
            }
            out::line(&told.to_string());
        } else {
            for record in turn.records.iter().filter(|record| row::is_told(record)) {
                out::line(&row::cells(record, Some(state(&known))).join("  "));
            }
            for text in &texts {
                text.lines().iter().for_each(|line| {
                    out::line(line);
                });
            }
        }
    }
    Ok(Exit::Done)
}

fn open(store: &Store, event: &str, keys: &opened::Keys, json: bool) -> Result<Exit> {
    let Some(records) = interaction(store, event)? else { return Ok(Exit::NotFound) };
    if records.iter().all(|record| record.sealed.is_empty()) {
        out::note("no text of this interaction was kept");
        return Ok(Exit::NotFound);
    }
    let texts = opened::texts(store, &records, keys)?;
    for text in &texts {
        if json {
            out::line(&text.json().to_string());
        } else {
            text.lines().iter().for_each(|line| {
                out::line(line);
            });
        }
    }
    Ok(if texts.iter().any(opened::Text::is_open) { Exit::Done } else { Exit::NoKey })
}

/// The rows of an event; `None`, told on stderr, when there are none.
fn interaction(store: &Store, event: &str) -> Result<Option<Vec<Record>>> {
    let id = EventId::try_from(event.to_owned())?;
    let records = read(store, |view| host_journal::event(view, &id))?;
    if records.is_empty() {
        out::note("no such interaction is on record; `promptgate log list` shows their ids");
        return Ok(None);
    }
    Ok(Some(records))
}

fn read<T>(store: &Store, work: impl FnOnce(&View<'_>) -> Result<T, JournalError>) -> Result<T> {
    Ok(store.read(work)?)
}

/// Where an interaction stands, in a word.
fn state(known: &Known) -> &'static str {
    match known.state() {
        State::New => "new",
        State::Asked => "asked",
        State::Released(Released { edited: true }) => "released-edited",
        State::Released(_) => "released",
        State::Refused(_) => "refused",
    }
}
