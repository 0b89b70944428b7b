//! Signals that were dealt with, and places in which persons were seen: plain values, no meaning.
//!
//! INVARIANT: no address stands here, and what is of a person is named in `erase.rs`.

use rusqlite::params;

use crate::filter::integer;
use crate::view::unsigned;
use crate::{StoreError, Tx, View};

/// Where somebody was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRow {
    /// Who.
    pub person: String,
    /// When, milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// With which device.
    pub device: String,
    /// The rest, JSON.
    pub body: String,
}

impl View<'_> {
    /// Whether a signal was dealt with.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_signal_seen(&self, source: &str, jti: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM signal_seen WHERE source = ? AND jti = ?)";
        Ok(self.connection.prepare_cached(sql)?.query_row([source, jti], |row| row.get(0))?)
    }

    /// Where a person was seen since then, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn places(&self, person: &str, since: u64) -> Result<Vec<PlaceRow>, StoreError> {
        let sql =
            "SELECT person, at, device, body FROM risk_place WHERE person = ? AND at >= ? ORDER BY at, id";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map(params![person, integer(since)], |row| {
            Ok(PlaceRow {
                person: row.get(0)?,
                at: unsigned(row, 1)?,
                device: row.get(2)?,
                body: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Remembers that a signal was dealt with. `false` when it was before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn see_signal(&self, source: &str, jti: &str, at: u64) -> Result<bool, StoreError> {
        let sql = "INSERT OR IGNORE INTO signal_seen (source, jti, at) VALUES (?, ?, ?)";
        let added = self.connection().prepare_cached(sql)?.execute(params![source, jti, integer(at)])?;
        Ok(added == 1)
    }

    /// Adds where somebody was seen.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_place(&self, row: &PlaceRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO risk_place (person, at, device, body) VALUES (?, ?, ?, ?)";
        let values = params![row.person, integer(row.at), row.device, row.body];
        self.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Forgets signals from before `signals` and places from before `places` (milliseconds).
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn trim_signals(&self, signals: u64, places: u64) -> Result<(), StoreError> {
        let step = |sql, before| self.connection().prepare_cached(sql)?.execute([integer(before)]);
        step("DELETE FROM signal_seen WHERE at < ?", signals)?;
        step("DELETE FROM risk_place WHERE at < ?", places)?;
        Ok(())
    }
}
