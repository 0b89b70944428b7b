//! `promptgate log`: reading the record.
//!
//! INVARIANT: reads only. Text is shown by `open`, and by `conversation --open`, and nowhere else.

mod books;
mod export;
pub(in crate::cli) mod filter;
mod opened;
mod row;
mod ship;

use std::path::PathBuf;

use anyhow::{Context, Result};
use host_journal::{Entry, JournalError, Known, Page, Record, Released, State, Turn};
use host_store::{Store, StoreError, View};
use serde_json::{Value, json};
use shared_protocol::{App, EventId};

use super::table;
use crate::exit::Exit;
use crate::os::Env;
use crate::out;
use books::Books;

/// What to read.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// One line for each interaction, newest first.
    List {
        #[command(flatten)]
        filter: filter::Args,
        #[command(flatten)]
        from: books::From,
    },
    /// Everything on record of one interaction, oldest first.
    Show {
        /// Its event id, as `log list` shows it.
        event: String,
        #[command(flatten)]
        from: books::From,
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
        #[command(flatten)]
        from: books::From,
    },
    /// Opens the sealed text of one interaction.
    Open {
        /// Its event id, as `log list` shows it.
        event: String,
        /// A private key besides those on this machine.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        #[command(flatten)]
        from: books::From,
    },
    /// Writes rows into a file that others read.
    Export(export::Args),
    /// Sends rows to the sinks of the settings, and says what went where.
    Ship(ship::Args),
}

pub(super) fn run(command: &Command, env: &Env, json: bool) -> Result<Exit> {
    let data = env.data().context("no home folder is known; set HOME")?;
    let from = match command {
        Command::List { from, .. }
        | Command::Show { from, .. }
        | Command::Conversation { from, .. }
        | Command::Open { from, .. } => from.folder(),
        Command::Export(_) => None,
        Command::Ship(args) => return ship::run(args, env, json),
    };
    let books = match from {
        Some(folder) => Some(Books::from(folder)?),
        None => Books::here(&data)?,
    };
    let Some(books) = books else {
        out::note(&StoreError::Missing.to_string());
        return Ok(Exit::NotFound);
    };
    match command {
        Command::List { filter, .. } => list(&books, filter, json),
        Command::Show { event, .. } => show(&books, event, json),
        Command::Conversation { id, app, open, key, .. } => {
            let keys = if *open { Some(opened::Keys::load(&data, key.as_deref())?) } else { None };
            conversation(&books, id, app.as_deref(), keys.as_ref(), json)
        }
        Command::Open { event, key, .. } => {
            open(&books, event, &opened::Keys::load(&data, key.as_deref())?, json)
        }
        Command::Export(args) => match books.stores.first() {
            Some(store) => export::run(args, store, env, json),
            None => Ok(Exit::NotFound),
        },
        Command::Ship(args) => ship::run(args, env, json),
    }
}

fn list(books: &Books, args: &filter::Args, json: bool) -> Result<Exit> {
    let (filter, page) = (args.filter()?, Page { limit: args.limit(), ..Page::default() });
    let mut listed: Vec<(Record, Option<Known>)> = Vec::new();
    for store in &books.stores {
        listed.extend(read(store, |view| {
            let records = host_journal::list(view, &filter, &page)?;
            let known = |record: Record| {
                let known = match (&record.entry, &record.event) {
                    (Some(Entry::Judged(_)), Some(event)) => Some(host_journal::known(view, event)?),
                    _ => None,
                };
                Ok((record, known))
            };
            records.into_iter().map(known).collect::<Result<Vec<_>, _>>()
        })?);
    }
    if books.exported {
        // Of many devices: by time, newest first, and within a device by its sequence.
        listed.sort_by_key(|(record, _)| std::cmp::Reverse((record.at, record.seq)));
        listed.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
    }
    if json {
        for (record, known) in &listed {
            if !out::line(&row::json(record, known.as_ref().map(state))?.to_string()) {
                break;
            }
        }
        return Ok(Exit::Done);
    }
    let mut head = row::HEAD.to_vec();
    head.splice(0..0, books.exported.then_some("DEVICE"));
    let cells = |(record, known): &(Record, Option<Known>)| {
        let mut cells = row::cells(record, known.as_ref().map(state));
        cells.splice(0..0, books.exported.then(|| record.device.clone()));
        cells
    };
    for line in table::align(&head, &listed.iter().map(cells).collect::<Vec<_>>()) {
        out::line(&line);
    }
    Ok(Exit::Done)
}

fn show(books: &Books, event: &str, json: bool) -> Result<Exit> {
    let Some((_, records)) = interaction(books, event)? else { return Ok(Exit::NotFound) };
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
    books: &Books,
    id: &str,
    app: Option<&str>,
    keys: Option<&opened::Keys>,
    json: bool,
) -> Result<Exit> {
    let app = app.map(App::new);
    let mut turns: Vec<(&Store, Turn)> = Vec::new();
    for store in &books.stores {
        let found = read(store, |view| host_journal::conversation(view, app.as_ref(), id))?;
        turns.extend(found.into_iter().map(|turn| (store, turn)));
    }
    if books.exported {
        // A conversation can go on on another device.
        turns.sort_by_key(|(_, turn)| turn.records.first().map(|first| first.at));
    }
    if turns.is_empty() {
        out::note("no such conversation is on record; `promptgate log list` shows their ids");
        return Ok(Exit::NotFound);
    }
    for (store, turn) in &turns {
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

fn open(books: &Books, event: &str, keys: &opened::Keys, json: bool) -> Result<Exit> {
    let Some((store, records)) = interaction(books, event)? else { return Ok(Exit::NotFound) };
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

/// The rows of an event and the record they are in; `None`, told on stderr, when there are none.
fn interaction<'a>(books: &'a Books, event: &str) -> Result<Option<(&'a Store, Vec<Record>)>> {
    let id = EventId::try_from(event.to_owned())?;
    for store in &books.stores {
        let records = read(store, |view| host_journal::event(view, &id))?;
        if !records.is_empty() {
            return Ok(Some((store, records)));
        }
    }
    out::note("no such interaction is on record; `promptgate log list` shows their ids");
    Ok(None)
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
