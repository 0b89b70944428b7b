//! All rows, oldest first, with what stands beside them, in one walk through the tables.
//!
//! INVARIANT: three statements whatever the number of rows; memory for one batch.

use rusqlite::Rows;

use crate::view::{COLUMNS, read_row, unsigned};
use crate::{Row, SealedBlob, StoreError, TopicLevel, View};

/// A row with what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The row.
    pub row: Row,
    /// Its topics, by name.
    pub topics: Vec<TopicLevel>,
    /// Its text, in the order of the recipients.
    pub sealed: Vec<SealedBlob>,
}

impl View<'_> {
    /// Gives every row to `visit`, oldest first, at most `batch` at once, until it says `false`.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `visit`.
    pub fn scan<E: From<StoreError>>(
        &self,
        batch: usize,
        mut visit: impl FnMut(&[Whole]) -> Result<bool, E>,
    ) -> Result<(), E> {
        let prepare = |sql: &str| self.connection().prepare_cached(sql).map_err(StoreError::from);
        let mut rows = prepare(&format!("SELECT {COLUMNS} FROM record ORDER BY seq"))?;
        let mut topics = prepare("SELECT seq, topic, level FROM record_topic ORDER BY seq, topic")?;
        let mut sealed = prepare("SELECT seq, key_id, blob FROM sealed ORDER BY seq, place")?;
        let mut rows = rows.query([]).map_err(StoreError::from)?;
        let mut topics = Beside::new(topics.query([]).map_err(StoreError::from)?, |row| {
            Ok(TopicLevel { topic: row.get(1)?, level: row.get(2)? })
        })?;
        let mut sealed = Beside::new(sealed.query([]).map_err(StoreError::from)?, |row| {
            Ok(SealedBlob { key_id: row.get(1)?, blob: row.get(2)? })
        })?;
        let mut some = Vec::with_capacity(batch);
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let row = read_row(row).map_err(StoreError::from)?;
            let (topics, sealed) = (topics.of(row.seq)?, sealed.of(row.seq)?);
            some.push(Whole { row, topics, sealed });
            if some.len() >= batch {
                if !visit(&some)? {
                    return Ok(());
                }
                some.clear();
            }
        }
        if !some.is_empty() {
            visit(&some)?;
        }
        Ok(())
    }
}

/// The lines of a table beside the rows, taken in the order of the rows.
struct Beside<'a, T> {
    rows: Rows<'a>,
    read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    next: Option<(u64, T)>,
}

impl<'a, T> Beside<'a, T> {
    fn new(rows: Rows<'a>, read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>) -> Result<Self, StoreError> {
        let mut beside = Self { rows, read, next: None };
        beside.step()?;
        Ok(beside)
    }

    fn step(&mut self) -> Result<Option<(u64, T)>, StoreError> {
        let next = match self.rows.next()? {
            Some(row) => Some((unsigned(row, 0)?, (self.read)(row)?)),
            None => None,
        };
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// Those of this row; what belongs to no row is passed over.
    fn of(&mut self, seq: u64) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        while self.next.as_ref().is_some_and(|(at, _)| *at <= seq) {
            found.extend(self.step()?.filter(|(at, _)| *at == seq).map(|(_, line)| line));
        }
        Ok(found)
    }
}
