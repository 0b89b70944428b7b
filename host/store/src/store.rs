//! The open file, shared by the threads of one process: one connection that writes, one that reads.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::group::Writer;
use crate::view::{Tx, View};
use crate::{StoreError, open, place};

/// The open file.
#[derive(Debug)]
pub struct Store {
    writer: Writer,
    /// Made when something is first read: reading then waits for no write, and no write for it.
    reader: Mutex<Option<Connection>>,
    /// None of a record in memory, which has one connection for both.
    file: Option<PathBuf>,
    busy: Duration,
}

impl Store {
    /// How long a write waits for another process, when nothing else is asked for. Below the time a verdict has.
    pub const BUSY: Duration = Duration::from_millis(2_000);

    /// Opens the file in `folder`; makes both where they are missing and brings the schema up to date.
    ///
    /// # Errors
    /// Each says what to do next.
    pub fn open(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        let store = Self::of(place::make(folder)?, busy)?;
        // Who overwrote something may have died before the log was emptied.
        let _done_or_later = store.writer.sweep();
        Ok(store)
    }

    /// Opens the file in `folder` for reading what is there; makes nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none; else as [`Store::open`].
    pub fn existing(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        Self::of(place::find(folder)?, busy)
    }

    fn of(file: PathBuf, busy: Duration) -> Result<Self, StoreError> {
        let connection = open::connect(&file, busy).map_err(|fault| match fault {
            // SQLite says so of a read-only disk too, where it cannot make its log.
            StoreError::NoAccess => place::is_writable(&file).err().unwrap_or(fault),
            other => other,
        })?;
        Ok(Self::with(connection, Some(file), busy))
    }

    fn with(connection: Connection, file: Option<PathBuf>, busy: Duration) -> Self {
        Self { writer: Writer::new(connection, busy), reader: Mutex::new(None), file, busy }
    }

    /// A second connection to the file in `folder`, for work beside the record such as the cursors of sinks: a write
    /// survives a crash of the process, and may be lost with a power cut, which costs no flush to the disk. Never for
    /// rows of the record.
    ///
    /// # Errors
    /// As [`Store::existing`].
    pub fn beside(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        let file = place::find(folder)?;
        let connection = open::connect(&file, busy)?;
        connection.execute_batch("PRAGMA synchronous = NORMAL;")?;
        Ok(Self::with(connection, Some(file), busy))
    }

    /// An empty record in this process's memory, gone with it: for reading what other devices exported.
    ///
    /// # Errors
    /// When SQLite cannot be started.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::with(open::in_memory()?, None, Self::BUSY))
    }

    /// A piece of a transaction that has the file to itself; durable when it returns Ok. Writes of other threads at the
    /// same time may stand in the same transaction, before or after this one, each whole or not at all.
    ///
    /// # Errors
    /// Those of `work`, and those of beginning and committing; nothing of it was written then.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.writer.write(work)
    }

    /// Several reads of one moment: of what was durable when the first of them began.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&View<'_>) -> Result<T, E>) -> Result<T, E> {
        let Some(file) = &self.file else { return self.writer.write(|tx| work(tx)) };
        let mut reader = self.reader();
        let connection = match &mut *reader {
            Some(connection) => connection,
            none => none.insert(open::connect_again(file, self.busy)?),
        };
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(StoreError::from)?;
        work(&View::new(&transaction))
    }

    /// Empties the write-ahead log. `false` while somebody reads an older moment or writes: try again.
    #[must_use]
    pub fn sweep(&self) -> bool {
        self.writer.sweep()
    }

    /// Reads every page.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when something is not as SQLite wrote it.
    pub fn check(&self) -> Result<(), StoreError> {
        let Some(file) = &self.file else { return Ok(()) };
        let connection = open::connect_again(file, self.busy)?;
        let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
    }

    /// Whether a row could be written now: writes a word into the table of names, durably.
    ///
    /// # Errors
    /// Why not.
    pub fn probe(&self) -> Result<(), StoreError> {
        if let Some(file) = &self.file {
            place::is_writable(file)?;
        }
        self.write(|tx| tx.set_meta("probe", &"written".repeat(600)))?;
        self.write(|tx| tx.set_meta("probe", ""))
    }

    /// A thread that panicked left no transaction behind, so its poison is nothing to pass on.
    fn reader(&self) -> MutexGuard<'_, Option<Connection>> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
