//! How far each sink has come: cursors, faults and dead letters.
//!
//! INVARIANT: a cursor never goes back by itself; a row set aside is named with the reason.
//! It does not know what a sink is or where it sends.

use rusqlite::{OptionalExtension as _, params};

use crate::filter::integer;
use crate::view::unsigned;
use crate::{StoreError, Tx, View};

/// Where a sink stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SinkState {
    /// Its name in the settings.
    pub name: String,
    /// Sequence of the last row that is dealt with; 0 for none.
    pub cursor: u64,
    /// Rows that the receiver took.
    pub delivered: u64,
    /// Tries in a row that came to nothing.
    pub failures: u32,
    /// No try before; milliseconds since 1970-01-01T00:00:00Z.
    pub retry_at: u64,
    /// What the last try came to, if it failed.
    pub fault: Option<String>,
    /// When that was.
    pub fault_at: Option<u64>,
    /// When the receiver last took something.
    pub sent_at: Option<u64>,
}

/// Rows that a receiver refused for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The sink's name.
    pub sink: String,
    /// Sequence of the first.
    pub first: u64,
    /// Sequence of the last.
    pub last: u64,
    /// How many of them.
    pub rows: u64,
    /// When, milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// What the receiver said.
    pub reason: String,
}

impl View<'_> {
    /// Where a sink stands; `None` before its first try.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sink(&self, name: &str) -> Result<Option<SinkState>, StoreError> {
        let sql =
            "SELECT cursor, delivered, failures, retry_at, fault, fault_at, sent_at FROM sink WHERE name = ?";
        let mut select = self.connection.prepare_cached(sql)?;
        let time = |row: &rusqlite::Row<'_>, column| -> rusqlite::Result<Option<u64>> {
            let millis: Option<i64> = row.get(column)?;
            Ok(millis.and_then(|millis| u64::try_from(millis).ok()))
        };
        let read = |row: &rusqlite::Row<'_>| {
            Ok(SinkState {
                name: name.to_owned(),
                cursor: unsigned(row, 0)?,
                delivered: unsigned(row, 1)?,
                failures: row.get(2)?,
                retry_at: unsigned(row, 3)?,
                fault: row.get(4)?,
                fault_at: time(row, 5)?,
                sent_at: time(row, 6)?,
            })
        };
        Ok(select.query_row([name], read).optional()?)
    }

    /// The last dead letters of a sink, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn dead_letters(&self, sink: &str, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let sql = "SELECT first, last, rows, at, reason FROM dead_letter WHERE sink = ? ORDER BY first DESC LIMIT ?";
        let mut select = self.connection.prepare_cached(sql)?;
        let letters = select.query_map(params![sink, limit], |row| read_letter(sink, row))?;
        Ok(letters.collect::<Result<_, _>>()?)
    }

    /// The first dead letter of a sink whose rows begin after the sequence `after`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn letter_after(&self, sink: &str, after: u64) -> Result<Option<DeadLetter>, StoreError> {
        let sql = "SELECT first, last, rows, at, reason FROM dead_letter WHERE sink = ? AND first > ? \
                   ORDER BY first LIMIT 1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_row(params![sink, integer(after)], |row| read_letter(sink, row)).optional()?)
    }

    /// Whether somebody asked for the dead letters of a sink to be sent again.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_asked_again(&self, sink: &str) -> Result<bool, StoreError> {
        Ok(self.meta(&again(sink))?.is_some_and(|asked| !asked.is_empty()))
    }

    /// How many rows a receiver refused for good.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn dead_rows(&self, sink: &str) -> Result<u64, StoreError> {
        let sql = "SELECT ifnull(sum(rows), 0) FROM dead_letter WHERE sink = ?";
        Ok(self.connection.prepare_cached(sql)?.query_row([sink], |row| unsigned(row, 0))?)
    }
}

fn read_letter(sink: &str, row: &rusqlite::Row<'_>) -> rusqlite::Result<DeadLetter> {
    Ok(DeadLetter {
        sink: sink.to_owned(),
        first: unsigned(row, 0)?,
        last: unsigned(row, 1)?,
        rows: unsigned(row, 2)?,
        at: unsigned(row, 3)?,
        reason: row.get(4)?,
    })
}

/// The name under which it stands that a sink's dead letters are to be sent again.
fn again(sink: &str) -> String {
    format!("again/{sink}")
}

impl Tx<'_> {
    /// Asks for the dead letters of a sink to be sent again, or says that it was tried.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn ask_again(&self, sink: &str, asked: bool) -> Result<(), StoreError> {
        self.set_meta(&again(sink), if asked { "asked" } else { "" })
    }

    /// Takes a dead letter back: what becomes of its rows is written down beside it, in the same transaction.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn take_back(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let sql = "DELETE FROM dead_letter WHERE sink = ? AND first = ?";
        self.connection.prepare_cached(sql)?.execute(params![letter.sink, integer(letter.first)])?;
        Ok(())
    }

    /// Writes down where a sink stands.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put_sink(&self, state: &SinkState) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO sink (name, cursor, delivered, failures, retry_at, fault, fault_at, sent_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        self.connection.prepare_cached(sql)?.execute(params![
            state.name,
            integer(state.cursor),
            integer(state.delivered),
            state.failures,
            integer(state.retry_at),
            state.fault,
            state.fault_at.map(integer),
            state.sent_at.map(integer),
        ])?;
        Ok(())
    }

    /// Writes down which rows a receiver refused for good. Said again of the same rows, the last word counts; of rows that
    /// were emptied meanwhile it is not repeated.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_aside(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO dead_letter (sink, first, last, rows, at, reason) VALUES (?1, ?2, ?3, ?4, ?5, \
             CASE WHEN EXISTS (SELECT 1 FROM record WHERE seq BETWEEN ?2 AND ?3 AND body IS NULL) \
             THEN 'what it said was erased' ELSE ?6 END)";
        self.connection.prepare_cached(sql)?.execute(params![
            letter.sink,
            integer(letter.first),
            integer(letter.last),
            integer(letter.rows),
            integer(letter.at),
            letter.reason,
        ])?;
        Ok(())
    }
}
