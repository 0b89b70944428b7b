//! Epochs: a key that every row is sealed with, and that nobody can have back once the next one took its place.
//!
//! With `HMAC` as in [`crate::encoding`], `k` the key of epoch `e`, integers big-endian:
//!
//! ```text
//! mac(row)     = HMAC(k, "promptgate/journal/1/mac" | 0x00 | u64 e | hash(row))
//! closing(k)   = HMAC(k, "promptgate/journal/1/closing" | 0x00 | u64 e | hash(last row of the epoch))
//! next key     = HMAC(k, "promptgate/journal/1/next" | 0x00)
//! ```
//!
//! A row keeps `e` and `mac(row)`; the first row of an epoch keeps `mac(row) | closing(key before)`. Every epoch has a
//! row, and numbers go up by one. So who has the key of epoch `e` can write rows of `e` and later ones, and can
//! neither change nor cut off a row of an earlier epoch.
//!
//! A line of keys begins with a row of kind `epoch`, whose key is random and sealed beside the row to every recipient:
//! whoever opens it can make all keys of the line. It is written when there are recipients for the first time and
//! when they change. Rows before the first one have the chain only.
//!
//! Deliberately not shown by this: a record that somebody put in the place of the whole one, with a first key of their
//! own. That takes a head kept elsewhere.

use std::collections::BTreeMap;

use host_store::{EpochKey, Head, Order, Page, Tx, View};
use serde::{Deserialize, Serialize};
use shared_protocol::Millis;
use zeroize::Zeroizing;

use crate::append::{NewRow, Salt, append};
use crate::encoding::{GENESIS, hex, hmac, unhex};
use crate::{Entry, Epoch, Filter, JournalError, Kind, Sealed, list, sealed};

const MAC: &[u8] = b"promptgate/journal/1/mac\0";
const CLOSING: &[u8] = b"promptgate/journal/1/closing\0";
const NEXT: &[u8] = b"promptgate/journal/1/next\0";

/// An epoch ends with the first row that is further than this from its beginning, in milliseconds ...
const LONGEST: u64 = 15 * 60 * 1000;
/// ... or that would be more than this many.
const MOST: u64 = 1024;

/// The key of an epoch. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct ChainKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ChainKey")
    }
}

/// What is sealed beside a row that begins a line of keys.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    v: u16,
    epoch_key: &'a str,
}

impl ChainKey {
    /// Bytes straight from the machine's random source.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes to be sealed: `{"v":1,"epoch_key":"<64 hexadecimal digits>"}`.
    ///
    /// # Errors
    /// When JSON cannot say it, which digits never are.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, JournalError> {
        let digits = Zeroizing::new(hex(self.0.as_slice()));
        // Long enough from the start: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(128));
        let written = Written { v: 1, epoch_key: &digits };
        serde_json::to_writer(&mut *bytes, &written).map_err(|_| JournalError::Encoding)?;
        Ok(bytes)
    }

    /// From opened bytes; `None` when they are no such JSON.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let read: Written<'_> = serde_json::from_slice(bytes).ok()?;
        (read.v == 1).then(|| unhex(read.epoch_key).map(Self::new))?
    }

    /// A mac over pieces that begin with a label of their own.
    pub(crate) fn over(&self, pieces: &[&[u8]]) -> [u8; 32] {
        hmac(&self.0, pieces)
    }

    pub(crate) fn next(&self) -> Self {
        Self::new(hmac(&self.0, &[NEXT]))
    }

    pub(crate) fn mac(&self, epoch: u64, hash: &[u8; 32]) -> [u8; 32] {
        hmac(&self.0, &[MAC, &epoch.to_be_bytes(), hash])
    }

    pub(crate) fn closing(&self, epoch: u64, last: &[u8; 32]) -> [u8; 32] {
        hmac(&self.0, &[CLOSING, &epoch.to_be_bytes(), last])
    }
}

impl From<&EpochKey> for ChainKey {
    fn from(key: &EpochKey) -> Self {
        Self(key.key.clone())
    }
}

/// The lines of a record by the number of their first epoch, with the first key of those that could be opened.
#[derive(Clone, Debug, Default)]
pub struct Roots(BTreeMap<u64, Option<ChainKey>>);

impl Roots {
    /// Reads the lines of a record; `open` opens what was sealed beside a row, if it can.
    ///
    /// # Errors
    /// When the file or a row cannot be read.
    pub fn read(
        view: &View<'_>,
        mut open: impl FnMut(&[Sealed]) -> Option<ChainKey>,
    ) -> Result<Self, JournalError> {
        let filter = Filter { kinds: vec![Kind::Epoch], ..Filter::default() };
        let page = Page { order: Order::Oldest, after: None, limit: u32::MAX };
        let mut lines = BTreeMap::new();
        for record in list(view, &filter, &page)? {
            if let Some(Entry::Epoch(Epoch { epoch })) = record.entry {
                lines.insert(epoch, open(&sealed(view, record.seq)?));
            }
        }
        Ok(Self(lines))
    }

    /// How many lines there are, and how many of them are open.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.0.len(), self.0.values().flatten().count())
    }

    /// The line of an epoch, if it is open: its first epoch and key.
    pub(crate) fn of(&self, epoch: u64) -> Option<(u64, &ChainKey)> {
        let (first, key) = self.0.range(..=epoch).next_back()?;
        Some((*first, key.as_ref()?))
    }
}

/// A line of keys to be begun.
#[derive(Debug)]
pub struct NewLine {
    /// When.
    pub at: Millis,
    /// Random.
    pub key: ChainKey,
    /// The key for each recipient.
    pub sealed: Vec<Sealed>,
    /// Random.
    pub salt: Salt,
}

/// The short names of the recipients, as the file keeps them.
fn names(sealed: &[Sealed]) -> String {
    sealed.iter().map(|one| one.key_id.as_str()).collect::<Vec<_>>().join(" ")
}

/// Begins a line of keys, unless the current one was sealed to the same recipients. `true` when it did.
///
/// # Errors
/// When the file cannot be read or written.
pub fn begin(tx: &Tx<'_>, device: &str, line: NewLine) -> Result<bool, JournalError> {
    let recipients = names(&line.sealed);
    let before = tx.epoch_key()?;
    if before.as_ref().is_some_and(|before| before.recipients == recipients) {
        return Ok(false);
    }
    let head = tx.head()?.unwrap_or(Head { seq: 0, hash: GENESIS });
    // An epoch that has no row yet is taken over, with what closes the one before it.
    let (epoch, closing) = match &before {
        None => (0, None),
        Some(before) if before.first > head.seq => (before.epoch, before.closing),
        Some(before) => (before.epoch.saturating_add(1), Some(closed(before, &head))),
    };
    tx.set_epoch_key(&EpochKey {
        epoch,
        key: line.key.0,
        closing,
        first: head.seq.saturating_add(1),
        since: line.at,
        recipients,
    })?;
    let row = NewRow {
        at: line.at,
        event: None,
        app: None,
        person: String::new(),
        entry: Entry::Epoch(Epoch { epoch }),
        sealed: line.sealed,
        salt: line.salt,
    };
    append(tx, device, &[row])?;
    Ok(true)
}

/// Ends the current epoch: from now on nobody can change its rows. Nothing happens when it has none.
///
/// # Errors
/// When the file cannot be read or written.
pub fn close(tx: &Tx<'_>, at: Millis) -> Result<(), JournalError> {
    if let (Some(key), Some(head)) = (tx.epoch_key()?, tx.head()?)
        && head.seq >= key.first
    {
        advance(tx, &key, &head, at)?;
    }
    Ok(())
}

fn closed(key: &EpochKey, head: &Head) -> [u8; 32] {
    ChainKey::from(key).closing(key.epoch, &head.hash)
}

/// The next epoch, in the place of this one.
fn advance(tx: &Tx<'_>, key: &EpochKey, head: &Head, at: Millis) -> Result<EpochKey, JournalError> {
    let next = EpochKey {
        epoch: key.epoch.saturating_add(1),
        key: ChainKey::from(key).next().0,
        closing: Some(closed(key, head)),
        first: head.seq.saturating_add(1),
        since: at,
        recipients: key.recipients.clone(),
    };
    tx.set_epoch_key(&next)?;
    Ok(next)
}

/// The current epoch while rows are appended.
pub(crate) struct Current<'a, 'b> {
    tx: &'a Tx<'b>,
    key: Option<EpochKey>,
}

impl<'a, 'b> Current<'a, 'b> {
    pub(crate) fn of(tx: &'a Tx<'b>) -> Result<Self, JournalError> {
        Ok(Self { tx, key: tx.epoch_key()? })
    }

    /// Goes on to the next epoch before a row of this time, when it is due.
    pub(crate) fn turn(&mut self, head: &Head, at: Millis) -> Result<(), JournalError> {
        let Some(key) = &self.key else { return Ok(()) };
        // The clock can have been put back: then the epoch is as far from its beginning.
        let over =
            at.abs_diff(key.since) >= LONGEST || head.seq.saturating_add(1).saturating_sub(key.first) >= MOST;
        if over && head.seq >= key.first {
            self.key = Some(advance(self.tx, key, head, at)?);
        }
        Ok(())
    }

    /// Epoch and mac of a row; neither when there is no key.
    pub(crate) fn seal(&self, seq: u64, hash: &[u8; 32]) -> (Option<u64>, Option<Vec<u8>>) {
        let Some(key) = &self.key else { return (None, None) };
        let mut mac = ChainKey::from(key).mac(key.epoch, hash).to_vec();
        if seq == key.first {
            mac.extend(key.closing.into_iter().flatten());
        }
        (Some(key.epoch), Some(mac))
    }
}
