//! The record's own line: everything that checking the row elsewhere, opening its text and reading it back need.
//!
//! ```json
//! {"v":1,"device":"…","seq":7,"at":1700000000000,"time":"2023-11-14T22:13:20.000Z","kind":"judged","event":"…",
//!  "previous":"<hex>","hash":"<hex>","salt":"<hex>","body":{…},"sealed":[{"key":"…","blob":"…"}],"epoch":3,"mac":"<hex>"}
//! ```
//! `body` stands byte for byte as it is hashed (see `encoding`). An erased row has `"erased":true` and its
//! `commitments` in place of salt and body; those of a whole row follow from the two. The last line of an export is
//! no row but says what the export holds: `{"v":1,"head":{…}}`, see [`Manifest`]. A sink's lines have signed heads
//! between them: `{"v":1,"signed_head":{…}}`.

use host_store::{Row, TopicLevel};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Outgoing, Producer};
use crate::append::{index, topics};
use crate::encoding::{Fields, hex};
use crate::{JournalError, Record, Sealed, SignedHead};

/// The version of the line.
const VERSION: u16 = 1;

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    v: u16,
    device: &'a str,
    seq: u64,
    at: u64,
    #[serde(default)]
    time: &'a str,
    kind: &'a str,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    previous: String,
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "is_false")]
    erased: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    unreadable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commitments: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sealed: Vec<Blob<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Blob<'a> {
    key: &'a str,
    blob: &'a str,
}

/// What an export holds, so that one that was cut short is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The device; empty when it has no rows.
    pub device: String,
    /// Rows in the export.
    pub rows: u64,
    /// Every row of the device up to the last is there; else filters chose some.
    pub complete: bool,
    /// The newest row on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Last>,
    /// When it was made, milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
}

/// The newest row on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its sequence.
    pub seq: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

#[derive(Serialize)]
struct Signed<'a> {
    v: u16,
    signed_head: &'a SignedHead,
}

#[derive(Serialize, Deserialize)]
struct Foot {
    v: u16,
    head: Manifest,
}

impl Manifest {
    /// As the last line of an export.
    ///
    /// # Errors
    /// Never; JSON can say it.
    pub fn line(&self) -> Result<String, JournalError> {
        let foot = Foot { v: VERSION, head: self.clone() };
        serde_json::to_string(&foot).map_err(|_| JournalError::Encoding)
    }
}

/// A line, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A row.
    Row(Box<Exported>),
    /// What the export holds.
    Head(Manifest),
    /// What the record's newest row was when the lines before were sent.
    Signed(SignedHead),
}

/// A row as an export told it, with the copies for filters made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The row.
    pub row: Row,
    /// Its topics above level 0.
    pub topics: Vec<TopicLevel>,
    /// Its text, once for each recipient.
    pub sealed: Vec<Sealed>,
}

/// Why a line is none of ours. Carries nothing of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not the JSON of a line.
    #[error("it is no line of an export")]
    Foreign,
    /// Of a later version.
    #[error("it has version {0} and this program knows {VERSION}: update promptgate")]
    Newer(u16),
    /// A hash, salt, mac or commitments that are no hexadecimal of their length.
    #[error("its `{0}` is not hexadecimal of the right length")]
    Hex(&'static str),
    /// Its body makes no sense.
    #[error("its body cannot be read")]
    Body,
}

pub(super) fn write(row: &Outgoing, _producer: &Producer<'_>) -> Result<String, JournalError> {
    let body: Option<&RawValue> = row.row.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    let time = row.time();
    let written = Written {
        v: VERSION,
        device: &row.row.device,
        seq: row.row.seq,
        at: row.row.at,
        time: &time,
        kind: &row.row.kind,
        event: row.row.event.as_deref(),
        previous: hex(&row.row.previous),
        hash: row.hash(),
        salt: row.row.salt.as_ref().map(|salt| hex(salt)),
        body,
        erased: row.is_erased(),
        unreadable: body.is_none() && !row.is_erased(),
        commitments: row.is_erased().then(|| hex(&row.row.commitments)),
        sealed: row.sealed.iter().map(|one| Blob { key: &one.key_id, blob: &one.blob }).collect(),
        epoch: row.row.epoch,
        mac: row.row.mac.as_deref().map(hex),
    };
    serde_json::to_string(&written).map_err(|_| JournalError::Encoding)
}

pub(super) fn head(head: &SignedHead, _producer: &Producer<'_>) -> Result<String, JournalError> {
    let signed = Signed { v: VERSION, signed_head: head };
    serde_json::to_string(&signed).map_err(|_| JournalError::Encoding)
}

/// Reads a line of an export back.
///
/// # Errors
/// When it is none. Whether the row is as it was written is not checked here.
pub fn read_line(text: &str) -> Result<Line, LineError> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u16,
        head: Option<Manifest>,
        signed_head: Option<SignedHead>,
    }
    let first: Versioned = serde_json::from_str(text).map_err(|_| LineError::Foreign)?;
    if first.v != VERSION {
        return Err(LineError::Newer(first.v));
    }
    if let Some(head) = first.head {
        return Ok(Line::Head(head));
    }
    if let Some(head) = first.signed_head {
        return if head.is_understood() { Ok(Line::Signed(head)) } else { Err(LineError::Foreign) };
    }
    let written: Written<'_> = serde_json::from_str(text).map_err(|_| LineError::Foreign)?;
    let salt = written.salt.as_deref().map(|salt| bytes(salt, "salt")).transpose()?;
    let body = written.body.map(|body| body.get().to_owned());
    let commitments = match (&salt, &body, &written.commitments) {
        (Some(salt), Some(body), None) => Fields::parse(body).map_err(|_| LineError::Body)?.commitments(salt),
        (None, None, Some(commitments)) => unhex(commitments).ok_or(LineError::Hex("commitments"))?,
        _ => return Err(LineError::Foreign),
    };
    let mut row = Row {
        seq: written.seq,
        device: written.device.to_owned(),
        at: written.at,
        event: written.event.map(str::to_owned),
        kind: written.kind.to_owned(),
        salt,
        body,
        commitments,
        previous: bytes(&written.previous, "previous")?,
        hash: bytes(&written.hash, "hash")?,
        index: host_store::Index::default(),
        epoch: written.epoch,
        mac: written.mac.as_deref().map(|mac| unhex(mac).ok_or(LineError::Hex("mac"))).transpose()?,
    };
    let record = Record::try_from(row.clone()).map_err(|_| LineError::Body)?;
    let mut found = Vec::new();
    if let Some(entry) = &record.entry {
        row.index = index(record.app.as_ref(), record.person.as_ref(), entry);
        found = topics(entry);
    }
    let sealed = written.sealed.iter();
    let sealed = sealed.map(|one| Sealed { key_id: one.key.to_owned(), blob: one.blob.to_owned() }).collect();
    Ok(Line::Row(Box::new(Exported { row, topics: found, sealed })))
}

fn bytes<const N: usize>(text: &str, name: &'static str) -> Result<[u8; N], LineError> {
    unhex(text).and_then(|bytes| bytes.try_into().ok()).ok_or(LineError::Hex(name))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    digits.map(|pair| u8::from_str_radix(pair.filter(|pair| pair.len() == 2)?, 16).ok()).collect()
}

fn is_false(flag: &bool) -> bool {
    !flag
}
