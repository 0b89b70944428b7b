//! The open file, shared by the threads of one process.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::view::{Tx, View};
use crate::{StoreError, open, place};

/// The open file.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// How long a write waits for another process, when nothing else is asked for. Below the time a verdict has.
    pub const BUSY: Duration = Duration::from_millis(2_000);

    /// Opens the file in `folder`; makes both where they are missing and brings the schema up to date.
    ///
    /// # Errors
    /// Each says what to do next.
    pub fn open(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        let connection = open::connect(&place::make(folder)?, busy)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Opens the file in `folder` for reading what is there; makes nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none; else as [`Store::open`].
    pub fn existing(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        let connection = open::connect(&place::find(folder)?, busy)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// A second connection to the file in `folder`, for work beside the record such as the cursors of sinks: a write
    /// survives a crash of the process, and may be lost with a power cut, which costs no flush to the disk. Never for
    /// rows of the record.
    ///
    /// # Errors
    /// As [`Store::existing`].
    pub fn beside(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        let connection = open::connect(&place::find(folder)?, busy)?;
        connection.execute_batch("PRAGMA synchronous = NORMAL;")?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// An empty record in this process's memory, gone with it: for reading what other devices exported.
    ///
    /// # Errors
    /// When SQLite cannot be started.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self { connection: Mutex::new(open::in_memory()?) })
    }

    /// One transaction that has the file to itself from its first statement on; durable when it returns Ok.
    ///
    /// # Errors
    /// Those of `work`, and those of beginning and committing; nothing was written then.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.lock();
        // Rolled back when dropped, by an error as by a panic in `work`.
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let done = work(&Tx::new(&transaction))?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Several reads of one moment.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&View<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.lock();
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(StoreError::from)?;
        work(&View::new(&transaction))
    }

    /// Reads every page.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when something is not as SQLite wrote it.
    pub fn check(&self) -> Result<(), StoreError> {
        let connection = self.lock();
        let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
    }

    /// A thread that panicked left no half transaction behind, so its poison is nothing to pass on.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
