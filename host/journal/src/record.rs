//! A row as it is read back.

use std::fmt;

use host_store::{Row, SealedBlob};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared_protocol::{App, EventId, Millis};

use crate::encoding::hex;
use crate::{Entry, JournalError, Kind};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Device sequence.
    pub seq: u64,
    /// The device.
    pub device: String,
    /// When.
    pub at: Millis,
    /// Which interaction.
    pub event: Option<EventId>,
    /// What kind of statement.
    pub kind: Kind,
    /// Which site.
    pub app: Option<App>,
    /// Whose.
    pub person: Option<String>,
    /// What it says; absent once erased.
    pub entry: Option<Entry>,
    /// The sealed text beside it.
    pub sealed: Vec<SealedNote>,
    /// Its hash.
    pub hash: [u8; 32],
}

/// What a row says about its text for one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedNote {
    /// The short name of the key that opens it.
    pub key: String,
    /// SHA-256 of the blob's text, in hexadecimal.
    pub sha256: String,
    /// Length of the blob's text.
    pub bytes: u64,
}

/// Text sealed to one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The short name of the key that opens it.
    pub key_id: String,
    /// The sealed text.
    pub blob: String,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Sealed(to {}, {} bytes)", self.key_id, self.blob.len())
    }
}

impl From<SealedBlob> for Sealed {
    fn from(blob: SealedBlob) -> Self {
        Self { key_id: blob.key_id, blob: blob.blob }
    }
}

impl SealedNote {
    /// The note of this blob.
    pub(crate) fn of(key_id: &str, blob: &str) -> Self {
        Self {
            key: key_id.to_owned(),
            sha256: hex(&Sha256::digest(blob.as_bytes())),
            bytes: blob.len() as u64,
        }
    }
}

/// The fields that every row can have.
#[derive(Deserialize)]
pub(crate) struct Common {
    #[serde(default)]
    pub(crate) app: Option<App>,
    #[serde(default)]
    pub(crate) person: Option<String>,
    #[serde(default)]
    pub(crate) sealed: Vec<SealedNote>,
}

impl TryFrom<Row> for Record {
    type Error = JournalError;

    fn try_from(row: Row) -> Result<Self, JournalError> {
        let unreadable = JournalError::Unreadable { seq: row.seq };
        let kind = Kind::parse(&row.kind).ok_or(unreadable)?;
        let event = row.event.map(EventId::try_from).transpose().map_err(|_| unreadable)?;
        let (common, entry) = match &row.body {
            Some(body) => (
                serde_json::from_str(body).map_err(|_| unreadable)?,
                Some(Entry::from_json(kind, body).map_err(|_| unreadable)?),
            ),
            None => (Common { app: None, person: None, sealed: Vec::new() }, None),
        };
        Ok(Self {
            seq: row.seq,
            device: row.device,
            at: row.at,
            event,
            kind,
            app: common.app,
            person: common.person,
            entry,
            sealed: common.sealed,
            hash: row.hash,
        })
    }
}
