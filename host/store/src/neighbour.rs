//! Prompts that were reported as judged wrongly, and those of them that were confirmed: plain values, no meaning.
//!
//! INVARIANT: no text stands here and nothing that says where one lies but sealed. A row goes with its interaction's rows and
//! with its person: both are named in `erase.rs`.

use rusqlite::{OptionalExtension as _, params};

use crate::filter::integer;
use crate::view::unsigned;
use crate::{StoreError, Tx, View};

/// A reported prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourRow {
    /// Which interaction.
    pub event: String,
    /// Whose.
    pub person: String,
    /// When it was reported, milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// What is said to be wrong, JSON.
    pub topics: String,
    /// What it is known by.
    pub sealed: String,
    /// When it was confirmed.
    pub confirmed_at: Option<u64>,
    /// What was signed then.
    pub code: Option<String>,
}

const COLUMNS: &str = "event, person, at, topics, sealed, confirmed_at, code";

impl View<'_> {
    /// What was kept of an interaction.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn neighbour(&self, event: &str) -> Result<Option<NeighbourRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM neighbour WHERE event = ?");
        Ok(self.connection.prepare_cached(&sql)?.query_row([event], read).optional()?)
    }

    /// Everything that was confirmed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn confirmed_neighbours(&self) -> Result<Vec<NeighbourRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM neighbour WHERE confirmed_at IS NOT NULL ORDER BY event");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Which were confirmed, and when: changes with every one that comes, goes or is confirmed again.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn neighbour_marks(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT event, confirmed_at FROM neighbour WHERE confirmed_at IS NOT NULL ORDER BY event";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<NeighbourRow> {
    let confirmed: Option<i64> = row.get(5)?;
    Ok(NeighbourRow {
        event: row.get(0)?,
        person: row.get(1)?,
        at: unsigned(row, 2)?,
        topics: row.get(3)?,
        sealed: row.get(4)?,
        confirmed_at: confirmed.and_then(|at| u64::try_from(at).ok()),
        code: row.get(6)?,
    })
}

impl Tx<'_> {
    /// Keeps one, unless its interaction has one already; of more than `most` the oldest others go, those first that nobody
    /// confirmed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put_neighbour(&self, row: &NeighbourRow, most: u32) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO neighbour (event, person, at, topics, sealed, confirmed_at, code) \
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        self.connection().prepare_cached(sql)?.execute(params![
            row.event,
            row.person,
            integer(row.at),
            row.topics,
            row.sealed,
            row.confirmed_at.map(integer),
            row.code,
        ])?;
        let sql = "DELETE FROM neighbour WHERE event IN (SELECT event FROM neighbour \
                   ORDER BY event = ? DESC, confirmed_at IS NOT NULL DESC, at DESC, event LIMIT -1 OFFSET ?)";
        self.connection().prepare_cached(sql)?.execute(params![row.event, most])?;
        Ok(())
    }

    /// Marks one as confirmed. `false` where nothing is kept of the interaction.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn confirm_neighbour(&self, event: &str, at: u64, code: Option<&str>) -> Result<bool, StoreError> {
        let sql = "UPDATE neighbour SET confirmed_at = ?, code = ? WHERE event = ?";
        let changed = self.connection().prepare_cached(sql)?.execute(params![integer(at), code, event])?;
        Ok(changed > 0)
    }
}
