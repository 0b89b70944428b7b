//! Emptying rows: what they said goes, what the chain needs of them stays.
//!
//! INVARIANT: one place for everything that is kept of a row or a person beside the row itself. A table that holds
//! either adds its statement to [`BESIDE`] or [`OF_PERSON`]; nothing else has to know of it.
//! INVARIANT: rows are emptied in small steps, each a transaction of its own, so that no verdict waits; emptied bytes are
//! overwritten (`secure_delete`); whoever empties takes care, in the end, of copies in pages (`Store::scrub`) and of the
//! write-ahead log (`Store::sweep`).
//! Which rows must never be emptied is the caller's to say.

use std::path::Path;

use rusqlite::{OptionalExtension as _, params};

use crate::filter::integer;
use crate::view::{COLUMNS, read_row, unsigned};
use crate::{Row, StoreError, Tx, View, place, scrub};

/// What stands beside a row, by `seq`.
const BESIDE: [&str; 3] = [
    "DELETE FROM record_topic WHERE seq = ?",
    "DELETE FROM sealed WHERE seq = ?",
    // With the first row of its interaction that goes.
    "DELETE FROM neighbour WHERE event = (SELECT event FROM record WHERE seq = ?)",
];

/// What is kept of a person outside the record, by the person's id.
const OF_PERSON: [&str; 8] = [
    "DELETE FROM neighbour WHERE person = ?",
    "DELETE FROM outbox WHERE person = ?",
    "DELETE FROM risk_change WHERE person = ?",
    "DELETE FROM risk_place WHERE person = ?",
    "DELETE FROM risk_standing WHERE person = ?",
    // Names a row that may be theirs; the next look at the device writes one anew.
    "DELETE FROM meta WHERE name = 'risk/posture' AND ? <> ''",
    // An answer that came when none of their rows was left.
    "UPDATE dead_letter SET reason = 'what it said was erased' WHERE instr(reason, ?1) > 0 AND ?1 <> ''",
    "UPDATE sink SET fault = 'what it said was erased' WHERE instr(fault, ?1) > 0 AND ?1 <> ''",
];

/// What receivers of rows said of them: an answer can repeat what it was sent.
const ECHOES: [&str; 2] = [
    "UPDATE dead_letter SET reason = 'what it said was erased' WHERE ? BETWEEN first AND last",
    "UPDATE sink SET fault = 'what it said was erased' WHERE fault IS NOT NULL AND cursor < ?",
];

/// The row itself.
const EMPTY: &str = "UPDATE record SET salt = NULL, body = NULL, app = NULL, person = NULL, operation = NULL, \
     action = NULL, conversation = NULL, parent = NULL, message = NULL, matched = 0 WHERE seq = ?";

/// How much room the record takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of it that nothing stands in.
    pub free: u64,
}

impl View<'_> {
    /// Some rows of a person after `after` that are not empty, oldest first: sequence and event.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows_of_person(
        &self,
        person: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Option<String>)>, StoreError> {
        let sql = "SELECT seq, event FROM record WHERE person = ? AND seq > ? ORDER BY seq LIMIT ?";
        let mut select = self.connection().prepare_cached(sql)?;
        let rows = select
            .query_map(params![person, integer(after), limit], |row| Ok((unsigned(row, 0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Some rows after `after` that say something and are nobody's, or are of this kind; oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows_of_machine(&self, kind: &str, after: u64, limit: u32) -> Result<Vec<Row>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM record WHERE seq > ? AND body IS NOT NULL AND (person IS NULL OR kind = ?) \
             ORDER BY seq LIMIT ?"
        );
        let mut select = self.connection().prepare_cached(&sql)?;
        let rows = select.query_map(params![integer(after), kind, limit], read_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sequences of the oldest rows that say something, from before this time (milliseconds); neither epochs nor audits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn oldest(&self, before: u64, limit: u32) -> Result<Vec<u64>, StoreError> {
        // The conditions of the index `record_whole`, word for word.
        let sql = "SELECT seq FROM record WHERE body IS NOT NULL AND kind NOT IN ('epoch', 'audit') AND at < ? \
                   ORDER BY at LIMIT ?";
        let mut select = self.connection().prepare_cached(sql)?;
        let seqs = select.query_map(params![integer(before), limit], |row| unsigned(row, 0))?;
        Ok(seqs.collect::<Result<_, _>>()?)
    }

    /// The time of the newest row from before this one (milliseconds).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest_before(&self, at: u64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT at FROM record WHERE at < ? ORDER BY at DESC LIMIT 1";
        let mut select = self.connection().prepare_cached(sql)?;
        Ok(select.query_row([integer(at)], |row| unsigned(row, 0)).optional()?)
    }

    /// How much room the record takes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn size(&self) -> Result<Size, StoreError> {
        let number = |name: &str| self.connection().pragma_query_value(None, name, |row| unsigned(row, 0));
        let page = number("page_size")?;
        let bytes = number("page_count")?.saturating_mul(page);
        Ok(Size { bytes, free: number("freelist_count")?.saturating_mul(page) })
    }
}

impl Tx<'_> {
    /// Empties rows. Their hashes stay.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn empty(&self, seqs: &[u64]) -> Result<(), StoreError> {
        for sql in BESIDE.into_iter().chain(ECHOES).chain([EMPTY]) {
            let mut statement = self.connection().prepare_cached(sql)?;
            for seq in seqs {
                statement.execute([integer(*seq)])?;
            }
        }
        if seqs.is_empty() { Ok(()) } else { scrub::owe(self) }
    }

    /// Takes out what is kept of a person outside the record.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget(&self, person: &str) -> Result<(), StoreError> {
        for sql in OF_PERSON {
            self.connection().prepare_cached(sql)?.execute([person])?;
        }
        scrub::owe(self)
    }

    /// Gives up to `pages` empty pages of the file back to the disk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn shrink(&self, pages: u32) -> Result<(), StoreError> {
        let mut vacuum = self.connection().prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
        // One row for each page.
        let mut steps = vacuum.query([])?;
        while steps.next()?.is_some() {}
        Ok(())
    }
}

/// Bytes of the record's files together: the file and what SQLite keeps beside it.
///
/// # Errors
/// When there is no such file.
pub fn bytes_on_disk(folder: &Path) -> Result<u64, StoreError> {
    let file = place::find(folder)?;
    let mut all = std::fs::metadata(&file)?.len();
    for end in ["-wal", "-shm"] {
        let mut beside = file.clone().into_os_string();
        beside.push(end);
        all += std::fs::metadata(beside).map_or(0, |beside| beside.len());
    }
    Ok(all)
}
