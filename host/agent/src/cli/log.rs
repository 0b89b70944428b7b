//! `promptgate log`: the record, for people.
//!
//! INVARIANT: rows are only read, but for `erase` and `prune`; what is written besides is that somebody opened, viewed or
//! exported. Text is shown by `open`, and by `conversation --open`, and nowhere else.

mod books;
mod emptying;
mod export;
mod exports;
pub(in crate::cli) mod filter;
mod keygen;
mod listed;
mod mine;
mod open;
mod opened;
mod reading;
mod rescan;
mod row;
mod ship;
mod verify;
mod view;

use anyhow::{Context, Result};
use host_journal::{JournalError, Known, Released, State};
use host_store::{Store, StoreError, View};

use super::table;
use crate::exit::Exit;
use crate::keys::{Given, Keys};
use crate::live::{self, Active};
use crate::os::{self, Env};
use crate::out;
use crate::record::Recorder;
use books::Books;

/// What to do with it.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    #[command(flatten)]
    Read(reading::Command),
    /// Serves a page on this machine to look through the record: list, figures, conversations.
    View(view::Args),
    /// What is on record about you, in plain words; no text.
    Mine(mine::Args),
    /// Checks that no row was changed, removed, moved or cut off since it was written.
    Verify(verify::Args),
    /// Runs today's classifier and policy over prompts on record, and shows what is new.
    Rescan(rescan::Args),
    /// Writes rows into a file that others read.
    Export(export::Args),
    /// Sends rows to the sinks of the settings, and says what went where.
    Ship(ship::Args),
    /// Empties the rows of a time that is over, for good.
    Prune(emptying::Prune),
    /// Empties every row of a person and all that belongs to it, for good.
    Erase(emptying::Erase),
    /// Makes a key pair for whoever shall open the record.
    Keygen(keygen::Args),
}

pub(super) fn run(command: &Command, env: &Env, json: bool) -> Result<Exit> {
    // These need no record.
    match command {
        Command::Keygen(args) => return keygen::run(args, json),
        Command::Ship(args) => return ship::run(args, env, json),
        _ => {}
    }
    let data = env.data().context("no home folder is known; set HOME")?;
    let load = |given: &Given| Keys::load(&data, given, os::passphrase());
    let recorder = || {
        let active = Active::load(env);
        Recorder::new(Some(data.clone()), live::person(env), Box::new(move || active.holders()))
    };
    if let Command::Read(command) = command
        && let Some(folder) = command.folder()
    {
        return command.run(&Books::from(folder)?, &load, &recorder, json);
    }
    if let Command::Verify(args) = command
        && let Some(folder) = args.from.folder()
    {
        return verify::exported(folder, args, load(&args.keys)?, json);
    }
    if let Command::View(args) = command
        && let Some(folder) = args.from.folder()
    {
        let store = Books::from(folder)?.into_one()?;
        return view::run(args, store, view::Reader { data: &data, env, recorder: None }, json);
    }
    let store = match Store::existing(&data, Store::BUSY) {
        Ok(store) => store,
        Err(StoreError::Missing) => {
            out::note(&StoreError::Missing.to_string());
            return Ok(Exit::NotFound);
        }
        Err(fault) => return Err(fault.into()),
    };
    match command {
        Command::Read(command) => command.run(&Books::of(store), &load, &recorder, json),
        Command::View(args) => {
            let reader = view::Reader { data: &data, env, recorder: Some(recorder()) };
            view::run(args, store, reader, json)
        }
        Command::Mine(args) => mine::run(&store, args, &Active::load(env).known().person, json),
        Command::Verify(args) => verify::run(&store, args, load(&args.keys)?, json),
        Command::Rescan(args) => {
            let active = Active::load(env);
            rescan::run(&store, args, &mut load(&args.keys)?, active.snapshot()?, &recorder(), json)
        }
        Command::Export(args) => export::run(args, &store, &recorder(), json),
        Command::Ship(args) => ship::run(args, env, json),
        Command::Prune(args) => emptying::prune(&store, args, &data, env, json),
        Command::Erase(args) => emptying::erase(&store, args, &data, env, json),
        Command::Keygen(args) => keygen::run(args, json),
    }
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
