//! A row as the cells of a table, for the forms that have columns.

use super::Outgoing;
use crate::encoding::hex;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub of: Of,
}

/// What stands in a column, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// Text, or nothing.
    Text(fn(&Outgoing) -> Option<String>),
    /// A whole number.
    Number(fn(&Outgoing) -> u64),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Time(fn(&Outgoing) -> u64),
    /// Yes or no.
    Flag(fn(&Outgoing) -> bool),
}

/// Every column; new ones come at the end.
pub const COLUMNS: [Column; 22] = [
    Column { name: "seq", of: Of::Number(|row| row.row.seq) },
    Column { name: "time", of: Of::Time(|row| row.row.at) },
    text("device", |row| Some(row.row.device.clone())),
    text("kind", |row| Some(row.row.kind.clone())),
    text("event", |row| row.row.event.clone()),
    text("app", |row| row.row.index.app.clone()),
    text("person", |row| row.row.index.person.clone()),
    text("operation", |row| row.row.index.operation.clone()),
    text("action", |row| row.row.index.action.clone()),
    text("conversation", |row| row.row.index.conversation.clone()),
    text("parent", |row| row.row.index.parent.clone()),
    text("message", |row| row.row.index.message.clone()),
    Column { name: "matched", of: Of::Flag(|row| row.row.index.matched) },
    text("topics", topics),
    text("labels", labels),
    text("policies", policies),
    Column { name: "erased", of: Of::Flag(Outgoing::is_erased) },
    text("hash", |row| Some(row.hash())),
    text("previous", |row| Some(hex(&row.row.previous))),
    text("key_ids", |row| some(row.key_ids().join(";"))),
    text("sealed", |row| some(row.sealed.iter().map(|one| one.blob.as_str()).collect::<Vec<_>>().join(";"))),
    text("body", |row| row.row.body.clone()),
];

const fn text(name: &'static str, words: fn(&Outgoing) -> Option<String>) -> Column {
    Column { name, of: Of::Text(words) }
}

/// `content.pii:2;custom.x:1`
fn topics(row: &Outgoing) -> Option<String> {
    let notes = row.judged()?.topics.iter();
    let words = notes.map(|note| format!("{}:{}", String::from(note.topic.clone()), note.level.number()));
    some(words.collect::<Vec<_>>().join(";"))
}

/// `pii.email:2`
fn labels(row: &Outgoing) -> Option<String> {
    let words = row.judged()?.labels.iter().map(|(label, count)| format!("{}:{count}", label.as_str()));
    some(words.collect::<Vec<_>>().join(";"))
}

fn policies(row: &Outgoing) -> Option<String> {
    let words = row.judged()?.policies.iter().map(|policy| policy.id.as_str());
    some(words.collect::<Vec<_>>().join(";"))
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
