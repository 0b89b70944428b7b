//! `log open` and `log conversation`: one interaction's text, and a conversation with or without its text.
//!
//! INVARIANT: everything is read and opened before the first line is written, so that nothing is half shown.

use anyhow::Result;
use host_journal::{Known, Turn};
use host_store::Store;
use serde_json::{Value, json};
use shared_protocol::App;

use super::opened::{self, Text};
use super::reading::interaction;
use super::{Books, read, row, state};
use crate::exit::Exit;
use crate::keys::Keys;
use crate::out;
use crate::record::Recorder;

/// `log open EVENT`.
pub(super) fn open(
    books: &Books,
    event: &str,
    keys: &mut Keys,
    recorder: Option<&Recorder>,
    json: bool,
) -> Result<Exit> {
    let Some((store, id, records)) = interaction(books, event)? else { return Ok(Exit::NotFound) };
    if records.iter().all(|record| record.sealed.is_empty()) {
        out::note("no text of this interaction was kept");
        return Ok(Exit::NotFound);
    }
    let texts = opened::texts(store, &records, keys)?;
    if let Some(exit) = opened::on_record(&texts, keys, recorder, Some(&id), "open")? {
        return Ok(exit);
    }
    for text in &texts {
        if json {
            out::line(&text.json().to_string());
        } else {
            tell(text.lines());
        }
    }
    Ok(Exit::Done)
}

/// `log conversation ID`.
pub(super) fn conversation(
    books: &Books,
    id: &str,
    app: Option<&str>,
    opening: Option<(&mut Keys, Option<&Recorder>)>,
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
    let is_open = opening.is_some();
    let mut texts: Vec<Text> = Vec::new();
    let mut lengths = Vec::new();
    if let Some((keys, recorder)) = opening {
        for (store, turn) in &turns {
            let more = opened::texts(store, &turn.records, keys)?;
            lengths.push(more.len());
            texts.extend(more);
        }
        if texts.is_empty() {
            out::note("no text of this conversation was kept");
        } else if let Some(exit) = opened::on_record(&texts, keys, recorder, None, "conversation")? {
            return Ok(exit);
        }
    }
    let mut texts = texts.into_iter();
    for (place, (_, turn)) in turns.iter().enumerate() {
        let known = Known::of(&turn.records);
        let texts: Vec<Text> = texts.by_ref().take(lengths.get(place).copied().unwrap_or(0)).collect();
        if json {
            let rows =
                turn.records.iter().map(|record| row::json(record, None)).collect::<Result<Vec<_>>>()?;
            let mut told = json!({ "event": turn.event, "state": state(&known), "rows": rows });
            if let (Some(told), true) = (told.as_object_mut(), is_open) {
                told.insert("texts".to_owned(), Value::from_iter(texts.iter().map(Text::json)));
            }
            out::line(&told.to_string());
        } else {
            for record in turn.records.iter().filter(|record| row::is_told(record)) {
                out::line(&row::cells(record, Some(state(&known))).join("  "));
            }
            texts.iter().for_each(|text| tell(text.lines()));
        }
    }
    Ok(Exit::Done)
}

fn tell(lines: Vec<String>) {
    lines.iter().for_each(|line| {
        out::line(line);
    });
}
