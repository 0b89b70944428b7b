//! Where persons stand in risk, and what moved them: plain values, no meaning.
//!
//! INVARIANT: each table here is named in `erase.rs`, so that erasing a person finds it.

use rusqlite::{OptionalExtension as _, params};

use crate::filter::integer;
use crate::view::unsigned;
use crate::{StoreError, Tx, View};

/// Where a person stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskRow {
    /// Who.
    pub person: String,
    /// Of which moment, milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// When something was last seen of the person.
    pub seen: u64,
    /// 0 to 3.
    pub level: u8,
    /// Thousandths of a point.
    pub score: u64,
    /// The rest, JSON.
    pub body: String,
}

/// A level that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskChangeRow {
    /// Its number, from 1; 0 before it stands in the file.
    pub id: u64,
    /// Whose.
    pub person: String,
    /// When, milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// 0 to 3.
    pub before: u8,
    /// 0 to 3.
    pub after: u8,
    /// Thousandths of a point.
    pub score: u64,
    /// What moved it, a word.
    pub cause: String,
    /// What it rests on, JSON.
    pub reasons: String,
    /// Ids of interactions, JSON.
    pub events: String,
    /// Who set it back.
    pub by: Option<String>,
    /// And why.
    pub note: Option<String>,
}

impl View<'_> {
    /// Where a person stands; `None` for somebody never seen.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn risk(&self, person: &str) -> Result<Option<RiskRow>, StoreError> {
        let sql = "SELECT person, at, seen, level, score, body FROM risk_standing WHERE person = ?";
        Ok(self.connection.prepare_cached(sql)?.query_row([person], read_risk).optional()?)
    }

    /// Everybody who was ever seen on this device, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn risks(&self) -> Result<Vec<RiskRow>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT person, at, seen, level, score, body FROM risk_standing ORDER BY person",
        )?;
        let rows = select.query_map([], read_risk)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether something was seen of somebody else on this device since then (milliseconds). `besides`: a name that is
    /// nobody else's.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_shared_since(
        &self,
        person: &str,
        besides: Option<&str>,
        since: u64,
    ) -> Result<bool, StoreError> {
        // `IS NOT`: without a name to leave out everybody else counts.
        let sql =
            "SELECT EXISTS (SELECT 1 FROM risk_standing WHERE person <> ? AND person IS NOT ? AND seen >= ?)";
        Ok(self
            .connection
            .prepare_cached(sql)?
            .query_row(params![person, besides, integer(since)], |row| row.get(0))?)
    }

    /// The last changes of a person's level, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn risk_changes(&self, person: &str, limit: u32) -> Result<Vec<RiskChangeRow>, StoreError> {
        let sql = "SELECT id, person, at, before, after, score, cause, reasons, events, by, note FROM risk_change \
                   WHERE person = ? ORDER BY id DESC LIMIT ?";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map(params![person, limit], |row| {
            Ok(RiskChangeRow {
                id: unsigned(row, 0)?,
                person: row.get(1)?,
                at: unsigned(row, 2)?,
                before: row.get(3)?,
                after: row.get(4)?,
                score: unsigned(row, 5)?,
                cause: row.get(6)?,
                reasons: row.get(7)?,
                events: row.get(8)?,
                by: row.get(9)?,
                note: row.get(10)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read_risk(row: &rusqlite::Row<'_>) -> rusqlite::Result<RiskRow> {
    Ok(RiskRow {
        person: row.get(0)?,
        at: unsigned(row, 1)?,
        seen: unsigned(row, 2)?,
        level: row.get(3)?,
        score: unsigned(row, 4)?,
        body: row.get(5)?,
    })
}

impl Tx<'_> {
    /// Writes down where a person stands.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put_risk(&self, row: &RiskRow) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO risk_standing (person, at, seen, level, score, body) VALUES (?, ?, ?, ?, ?, ?)";
        self.connection().prepare_cached(sql)?.execute(params![
            row.person,
            integer(row.at),
            integer(row.seen),
            row.level,
            integer(row.score),
            row.body
        ])?;
        Ok(())
    }

    /// Adds a change; its number.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_risk_change(&self, row: &RiskChangeRow) -> Result<u64, StoreError> {
        let sql = "INSERT INTO risk_change (person, at, before, after, score, cause, reasons, events, by, note) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.connection().prepare_cached(sql)?.execute(params![
            row.person,
            integer(row.at),
            row.before,
            row.after,
            integer(row.score),
            row.cause,
            row.reasons,
            row.events,
            row.by,
            row.note,
        ])?;
        Ok(u64::try_from(self.connection().last_insert_rowid()).unwrap_or(0))
    }

    /// Takes out changes from before this time (milliseconds), and persons without any risk who were not seen since; how
    /// many.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn trim_risk(&self, before: u64) -> Result<usize, StoreError> {
        let mut count = 0;
        for sql in [
            "DELETE FROM risk_change WHERE at < ?",
            "DELETE FROM risk_standing WHERE seen < ? AND level = 0 AND score = 0",
        ] {
            count += self.connection().prepare_cached(sql)?.execute([integer(before)])?;
        }
        if count > 0 {
            crate::scrub::owe(self)?;
        }
        Ok(count)
    }
}
