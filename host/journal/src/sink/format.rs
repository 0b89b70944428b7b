//! The formats: a row to one line. One file each; a new one is its file and its line in [`FORMATS`].

mod cef;
mod ecs;
mod jsonl;
mod ocsf;

use serde_json::{Map, Value, json};

use super::{Outgoing, Producer};
use crate::{JournalError, SignedHead};

pub use jsonl::{Exported, Last, Line, LineError, Manifest, read_line};

/// A way to write a row.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name in the settings.
    pub name: &'static str,
    /// Whether a line is one JSON object.
    pub is_json: bool,
    write: fn(&Outgoing, &Producer<'_>) -> Result<String, JournalError>,
    head: fn(&SignedHead, &Producer<'_>) -> Result<String, JournalError>,
}

/// What a head is called where rows have their kind.
pub(crate) const HEAD: &str = "head";

/// The record's own: complete.
pub const JSONL: Format = Format { name: "jsonl", is_json: true, write: jsonl::write, head: jsonl::head };

/// Every format.
pub const FORMATS: [Format; 4] = [
    JSONL,
    Format { name: "ecs", is_json: true, write: ecs::write, head: ecs::head },
    Format { name: "cef", is_json: false, write: cef::write, head: cef::head },
    Format { name: "ocsf", is_json: true, write: ocsf::write, head: ocsf::head },
];

/// The format of this name.
#[must_use]
pub fn format(name: &str) -> Option<Format> {
    FORMATS.into_iter().find(|format| format.name == name)
}

impl Format {
    /// A row as one line, without the line break at its end.
    ///
    /// # Errors
    /// When the row cannot be said in this format.
    pub fn line(&self, row: &Outgoing, producer: &Producer<'_>) -> Result<String, JournalError> {
        (self.write)(row, producer)
    }

    /// A signed head as one line, without the line break at its end.
    ///
    /// # Errors
    /// When JSON cannot say it, which it always can.
    pub fn head_line(&self, head: &SignedHead, producer: &Producer<'_>) -> Result<String, JournalError> {
        (self.head)(head, producer)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

/// What of a row a format's own fields have no place for, and whoever checks or opens it needs.
fn own(row: &Outgoing) -> Map<String, Value> {
    let mut own = row.fields();
    // Said in clear by the formats themselves.
    own.remove("app");
    own.remove("person");
    own.insert("device".to_owned(), json!(row.row.device));
    own.insert("seq".to_owned(), json!(row.row.seq));
    own.insert("kind".to_owned(), json!(row.row.kind));
    own.insert("hash".to_owned(), json!(row.hash()));
    if row.is_erased() {
        own.insert("erased".to_owned(), json!(true));
    } else if row.entry.is_none() {
        own.insert("unreadable".to_owned(), json!(true));
    }
    own.remove("sealed");
    if !row.sealed.is_empty() {
        own.insert("sealed".to_owned(), sealed(row));
    }
    own
}

/// The same of a head.
fn own_head(head: &SignedHead) -> Value {
    json!({ "device": head.device, "seq": head.seq, "kind": HEAD, "hash": head.digits(), "signed_head": head })
}

/// Unique over devices; two heads of one row are the same to a receiver.
pub(super) fn head_uid(head: &SignedHead) -> String {
    format!("{}:{HEAD}:{}", head.device, head.seq)
}

fn sealed(row: &Outgoing) -> Value {
    row.sealed.iter().map(|one| json!({ "key": one.key_id, "blob": one.blob })).collect()
}

/// An object without the values that are null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => value,
    }
}
