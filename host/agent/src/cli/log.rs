//! `promptgate log`: reading the record.
//!
//! INVARIANT: rows are only read, but for `erase` and `prune`; what is written besides is that somebody opened text. Text
//! is shown by `open`, and by `conversation --open`, and nowhere else.

mod emptying;
pub(in crate::cli) mod filter;
mod keygen;
mod listed;
mod mine;
mod open;
mod opened;
mod rescan;
mod row;
mod verify;
mod view;

use anyhow::{Context, Result};
use host_journal::{JournalError, Known, Record, Released, State};
use host_store::{Store, StoreError, View};
use serde_json::json;
use shared_protocol::EventId;

use self::listed::Listed;
use super::table;
use crate::exit::Exit;
use crate::keys::{Given, Keys};
use crate::live::{self, Active};
use crate::os::{self, Env};
use crate::out;
use crate::record::Recorder;

/// What to read.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Makes a key pair for whoever shall open the record.
    Keygen(keygen::Args),
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
        #[command(flatten)]
        keys: Given,
    },
    /// Empties every row of a person and all that belongs to it, for good.
    Erase(emptying::Erase),
    /// Empties the rows of a time that is over, for good.
    Prune(emptying::Prune),
    /// Checks that no row was changed, removed, moved or cut off since it was written.
    Verify(verify::Args),
    /// Opens the sealed text of one interaction.
    Open {
        /// Its event id, as `log list` shows it.
        event: String,
        #[command(flatten)]
        keys: Given,
    },
    /// Runs today's classifier and policy over prompts on record, and shows what is new.
    Rescan(rescan::Args),
    /// What is on record about you, in plain words; no text.
    Mine(mine::Args),
}

pub(super) fn run(command: &Command, env: &Env, json: bool) -> Result<Exit> {
    if let Command::Keygen(args) = command {
        return keygen::run(args, json);
    }
    let data = env.data().context("no home folder is known; set HOME")?;
    let store = match Store::existing(&data, Store::BUSY) {
        Ok(store) => store,
        Err(StoreError::Missing) => {
            out::note(&StoreError::Missing.to_string());
            return Ok(Exit::NotFound);
        }
        Err(fault) => return Err(fault.into()),
    };
    let load = |given: &Given| Keys::load(&data, given, os::passphrase());
    let recorder = || {
        let active = Active::load(env);
        Recorder::new(Some(data.clone()), live::person(env), Box::new(move || active.holders()))
    };
    match command {
        Command::Keygen(args) => keygen::run(args, json),
        Command::List(args) => list(&store, args, json),
        Command::Erase(args) => emptying::erase(&store, args, &data, env, json),
        Command::Prune(args) => emptying::prune(&store, args, &data, env, json),
        Command::Verify(args) => verify::run(&store, args, load(&args.keys)?, json),
        Command::View(args) => view::run(args, store, &data, env, recorder(), json),
        Command::Show { event } => show(&store, event, json),
        Command::Conversation { id, app, open: false, .. } => {
            open::conversation(&store, id, app.as_deref(), None, json)
        }
        Command::Conversation { id, app, open: true, keys } => {
            let (mut keys, recorder) = (load(keys)?, recorder());
            open::conversation(&store, id, app.as_deref(), Some((&mut keys, &recorder)), json)
        }
        Command::Open { event, keys } => open::open(&store, event, &mut load(keys)?, &recorder(), json),
        Command::Rescan(args) => {
            let active = Active::load(env);
            rescan::run(&store, args, &mut load(&args.keys)?, active.snapshot()?, &recorder(), json)
        }
        Command::Mine(args) => mine::run(&store, args, &live::person(env), json),
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
    let Some((_, records)) = interaction(store, event)? else { return Ok(Exit::NotFound) };
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

/// The rows of an event; `None`, told on stderr, when there are none.
fn interaction(store: &Store, event: &str) -> Result<Option<(EventId, Vec<Record>)>> {
    let id = EventId::try_from(event.to_owned())?;
    let records = read(store, |view| host_journal::event(view, &id))?;
    if records.is_empty() {
        out::note("no such interaction is on record; `promptgate log list` shows their ids");
        return Ok(None);
    }
    Ok(Some((id, records)))
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
