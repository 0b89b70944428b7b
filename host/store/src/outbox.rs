//! Messages that are still to be told to others, in their order.
//!
//! INVARIANT: a message keeps its id (`jti`) from the moment in which its cause was written down. INVARIANT: what was sent
//! once is sent the same again: its claims stand here before the first try.
//! It does not know what a message means or how it travels.

use rusqlite::{OptionalExtension as _, params};

use crate::filter::integer;
use crate::view::unsigned;
use crate::{StoreError, Tx, View};

const COLUMNS: &str = "id, jti, txn, receiver, person, at, before, after, cause, reasons, claims, state, attempts, \
                       retry_at, fault, done_at, event, key_refusals";

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its place in the order, from 1; 0 before it stands in the file.
    pub id: u64,
    /// The message's id.
    pub jti: String,
    /// The same for all messages of one cause.
    pub txn: String,
    /// To whom, by the name in the settings.
    pub receiver: String,
    /// About whom.
    pub person: String,
    /// What kind of message it is, a word. Only messages of one kind overtake each other.
    pub event: String,
    /// When it happened, milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// The level before, 0 to 3.
    pub before: u8,
    /// The level after, 0 to 3.
    pub after: u8,
    /// What moved it, a word.
    pub cause: String,
    /// What it rests on, JSON.
    pub reasons: String,
    /// As first sent, JSON.
    pub claims: Option<String>,
    /// What became of it.
    pub state: OutboxState,
    /// Tries so far.
    pub attempts: u32,
    /// How many of them ended in that the receiver did not know the key.
    pub key_refusals: u32,
    /// No try before.
    pub retry_at: u64,
    /// What the last try came to, if it failed.
    pub fault: Option<String>,
    /// When it was sent, parked or overtaken.
    pub done_at: Option<u64>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    /// Nothing yet.
    Waiting,
    /// The receiver took it.
    Sent,
    /// The receiver refused it; somebody has to do something.
    Parked,
    /// A later one says all there is to say.
    Overtaken,
}

impl OutboxState {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Parked => "parked",
            Self::Overtaken => "overtaken",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Parked, Self::Overtaken]
            .into_iter()
            .find(|one| one.as_str() == word)
    }
}

impl View<'_> {
    /// The first waiting message for each person that a receiver is to be told about, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outbox_first(&self, receiver: &str) -> Result<Vec<OutboxRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE id IN (SELECT min(id) FROM outbox WHERE state = 'waiting' AND \
             receiver = ? GROUP BY person) ORDER BY id"
        );
        self.outbox_rows(&sql, params![receiver])
    }

    /// The last messages of all kinds, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outbox(&self, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        self.outbox_rows(&format!("SELECT {COLUMNS} FROM outbox ORDER BY id DESC LIMIT ?"), params![limit])
    }

    /// A message by its id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outbox_of(&self, jti: &str) -> Result<Option<OutboxRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE jti = ?");
        Ok(self.connection.prepare_cached(&sql)?.query_row([jti], read_outbox).optional()?)
    }

    /// The newest waiting message of a kind about a person, and how many wait before it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outbox_newest(
        &self,
        receiver: &str,
        person: &str,
        event: &str,
    ) -> Result<Option<(OutboxRow, u64)>, StoreError> {
        let of = "state = 'waiting' AND receiver = ? AND person = ? AND event = ?";
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE {of} ORDER BY id DESC LIMIT 1");
        let newest = self
            .connection
            .prepare_cached(&sql)?
            .query_row([receiver, person, event], read_outbox)
            .optional()?;
        let Some(newest) = newest else { return Ok(None) };
        let sql = format!("SELECT count(*) FROM outbox WHERE {of}");
        let all: u64 = self
            .connection
            .prepare_cached(&sql)?
            .query_row([receiver, person, event], |row| unsigned(row, 0))?;
        Ok(Some((newest, all.saturating_sub(1))))
    }

    /// The last message of a kind about a person that the receiver took.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outbox_last_sent(
        &self,
        receiver: &str,
        person: &str,
        event: &str,
    ) -> Result<Option<OutboxRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE state = 'sent' AND receiver = ? AND person = ? AND event = ? \
             ORDER BY id DESC LIMIT 1"
        );
        Ok(self
            .connection
            .prepare_cached(&sql)?
            .query_row([receiver, person, event], read_outbox)
            .optional()?)
    }

    /// Whether a message of this cause is ours.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_outbox_txn(&self, txn: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE txn = ?)";
        Ok(self.connection.prepare_cached(sql)?.query_row([txn], |row| row.get(0))?)
    }

    fn outbox_rows(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<OutboxRow>, StoreError> {
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map(values, read_outbox)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read_outbox(row: &rusqlite::Row<'_>) -> rusqlite::Result<OutboxRow> {
    let word: String = row.get(11)?;
    let state = OutboxState::parse(&word).ok_or_else(|| {
        rusqlite::Error::InvalidColumnType(11, "state".to_owned(), rusqlite::types::Type::Text)
    })?;
    let done_at: Option<i64> = row.get(15)?;
    Ok(OutboxRow {
        id: unsigned(row, 0)?,
        jti: row.get(1)?,
        txn: row.get(2)?,
        receiver: row.get(3)?,
        person: row.get(4)?,
        event: row.get(16)?,
        at: unsigned(row, 5)?,
        before: row.get(6)?,
        after: row.get(7)?,
        cause: row.get(8)?,
        reasons: row.get(9)?,
        claims: row.get(10)?,
        state,
        attempts: row.get(12)?,
        key_refusals: row.get(17)?,
        retry_at: unsigned(row, 13)?,
        fault: row.get(14)?,
        done_at: done_at.and_then(|at| u64::try_from(at).ok()),
    })
}

impl Tx<'_> {
    /// Adds a message that waits.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when its id stands there already.
    pub fn add_outbox(&self, row: &OutboxRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO outbox (jti, txn, receiver, person, at, before, after, cause, reasons, claims, state, \
                   attempts, retry_at, event, key_refusals) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.connection().prepare_cached(sql)?.execute(params![
            row.jti,
            row.txn,
            row.receiver,
            row.person,
            integer(row.at),
            row.before,
            row.after,
            row.cause,
            row.reasons,
            row.claims,
            row.state.as_str(),
            row.attempts,
            integer(row.retry_at),
            row.event,
            row.key_refusals,
        ])?;
        Ok(())
    }

    /// Writes down what became of a message: claims, state, attempts, refused keys, the next try, the fault.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put_outbox(&self, row: &OutboxRow) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET claims = ?, state = ?, attempts = ?, retry_at = ?, fault = ?, done_at = ?, \
                   key_refusals = ? WHERE jti = ?";
        self.connection().prepare_cached(sql)?.execute(params![
            row.claims,
            row.state.as_str(),
            row.attempts,
            integer(row.retry_at),
            row.fault,
            row.done_at.map(integer),
            row.key_refusals,
            row.jti,
        ])?;
        Ok(())
    }

    /// What a receiver has not been told about a person before this message, of its kind, is overtaken by it, parked ones
    /// included; how many.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn overtake_outbox(&self, by: &OutboxRow, at: u64) -> Result<usize, StoreError> {
        let sql = "UPDATE outbox SET state = 'overtaken', done_at = ? WHERE receiver = ? AND person = ? AND id < ? \
                   AND event = ? AND state IN ('waiting', 'parked')";
        let values = params![integer(at), by.receiver, by.person, integer(by.id), by.event];
        Ok(self.connection().prepare_cached(sql)?.execute(values)?)
    }

    /// Lets what was parked for a receiver (or for all) wait again, and whatever was tried be tried now; how many.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn unpark_outbox(&self, receiver: Option<&str>) -> Result<usize, StoreError> {
        // It was tried: a newer one takes its place.
        let sql = "UPDATE outbox SET state = 'waiting', attempts = 1, key_refusals = 0, retry_at = 0, done_at = NULL \
                   WHERE (state = 'parked' OR (state = 'waiting' AND attempts > 0)) AND (receiver = ?1 OR ?1 IS NULL)";
        Ok(self.connection().prepare_cached(sql)?.execute(params![receiver])?)
    }

    /// Takes out what was done before this time (milliseconds), but the last one that each receiver took about each
    /// person; how many.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn trim_outbox(&self, before: u64) -> Result<usize, StoreError> {
        let sql = "DELETE FROM outbox WHERE state IN ('sent', 'overtaken') AND done_at < ? AND id NOT IN \
                   (SELECT max(id) FROM outbox WHERE state = 'sent' GROUP BY receiver, person, event)";
        let count = self.connection().prepare_cached(sql)?.execute(params![integer(before)])?;
        if count > 0 {
            crate::scrub::owe(self)?;
        }
        Ok(count)
    }
}
