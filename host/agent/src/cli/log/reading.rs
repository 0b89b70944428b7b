//! `log list|show|conversation|open`: what reads this machine's record and the exports of other devices alike.

use std::cmp::Reverse;
use std::path::Path;

use anyhow::Result;
use host_journal::{Known, Page, Record};
use host_store::Store;
use serde_json::json;
use shared_protocol::EventId;

use super::listed::{self, Listed};
use super::{Books, books, filter, open, read, row, state, table};
use crate::exit::Exit;
use crate::keys::{Given, Keys};
use crate::out;
use crate::record::Recorder;

/// What to read.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
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
        #[command(flatten)]
        keys: Given,
        #[command(flatten)]
        from: books::From,
    },
    /// Opens the sealed text of one interaction.
    Open {
        /// Its event id, as `log list` shows it.
        event: String,
        #[command(flatten)]
        keys: Given,
        #[command(flatten)]
        from: books::From,
    },
}

impl Command {
    /// The folder of exports to read in place of this machine's record.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            Self::List { from, .. }
            | Self::Show { from, .. }
            | Self::Conversation { from, .. }
            | Self::Open { from, .. } => from.folder(),
        }
    }

    /// `load`: the private keys at hand; `recorder`: where it is put on record that text was opened.
    pub(super) fn run(
        &self,
        books: &Books,
        load: &dyn Fn(&Given) -> Result<Keys>,
        recorder: &dyn Fn() -> Recorder,
        json: bool,
    ) -> Result<Exit> {
        // An export is another device's record: what is opened of it is no row of this one's.
        let here = |recorder: &dyn Fn() -> Recorder| (!books.exported).then(recorder);
        match self {
            Self::List { filter, .. } => list(books, filter, json),
            Self::Show { event, .. } => show(books, event, json),
            Self::Conversation { id, app, open: false, .. } => {
                open::conversation(books, id, app.as_deref(), None, json)
            }
            Self::Conversation { id, app, open: true, keys, .. } => {
                let (mut keys, recorder) = (load(keys)?, here(recorder));
                open::conversation(books, id, app.as_deref(), Some((&mut keys, recorder.as_ref())), json)
            }
            Self::Open { event, keys, .. } => {
                open::open(books, event, &mut load(keys)?, here(recorder).as_ref(), json)
            }
        }
    }
}

fn list(books: &Books, args: &filter::Args, json: bool) -> Result<Exit> {
    let (filter, page) = (args.filter()?, args.page());
    let Listed { rows, next } = if books.exported {
        merged(books, &filter, &page)?
    } else {
        let store = books.stores.first();
        let listed = store.map(|store| read(store, |view| listed::page(view, &filter, &page))).transpose()?;
        listed.unwrap_or(Listed { rows: Vec::new(), next: None })
    };
    if json {
        let rows = rows.iter().map(|(record, known)| row::json(record, known.as_ref().map(state)));
        for told in rows.chain(next.map(|next| Ok(json!({ "next": next })))) {
            if !out::line(&told?.to_string()) {
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
    for line in table::align(&head, &rows.iter().map(cells).collect::<Vec<_>>()) {
        out::line(&line);
    }
    if let Some(next) = next {
        out::line(&format!("more: the same command with --after {next}"));
    }
    Ok(Exit::Done)
}

/// Of many devices: by time, newest first, and within a device by its sequence. A sequence is a device's own, so there
/// is no next page; `--limit` and `--until` go further.
fn merged(books: &Books, filter: &host_journal::Filter, page: &Page) -> Result<Listed> {
    let mut rows = Vec::new();
    for store in &books.stores {
        rows.extend(read(store, |view| listed::page(view, filter, page))?.rows);
    }
    rows.sort_by_key(|(record, _)| Reverse((record.at, record.seq)));
    rows.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
    Ok(Listed { rows, next: None })
}

fn show(books: &Books, event: &str, json: bool) -> Result<Exit> {
    let Some((_, _, records)) = interaction(books, event)? else { return Ok(Exit::NotFound) };
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

/// The rows of an event and the record they are in; `None`, told on stderr, when there are none.
pub(super) fn interaction<'a>(
    books: &'a Books,
    event: &str,
) -> Result<Option<(&'a Store, EventId, Vec<Record>)>> {
    let id = EventId::try_from(event.to_owned())?;
    for store in &books.stores {
        let records = read(store, |view| host_journal::event(view, &id))?;
        if !records.is_empty() {
            return Ok(Some((store, id, records)));
        }
    }
    out::note("no such interaction is on record; `promptgate log list` shows their ids");
    Ok(None)
}
