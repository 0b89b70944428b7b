//! The open file, shared by the threads of one process.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::view::{Tx, View};
use crate::{StoreError, open, place};

/// The open file.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    busy: Duration,
    /// The write-ahead log still holds something that was overwritten.
    traces: AtomicBool,
}

impl Store {
    /// How long a write waits for another process, when nothing else is asked for. Below the time a verdict has.
    pub const BUSY: Duration = Duration::from_millis(2_000);

    /// Opens the file in `folder`; makes both where they are missing and brings the schema up to date.
    ///
    /// # Errors
    /// Each says what to do next.
    pub fn open(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        let store = Self::of(open::connect(&place::make(folder)?, busy)?, busy);
        // Who overwrote something may have died before the log was emptied.
        store.sweep(&store.lock());
        Ok(store)
    }

    /// Opens the file in `folder` for reading what is there; makes nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none; else as [`Store::open`].
    pub fn existing(folder: &Path, busy: Duration) -> Result<Self, StoreError> {
        Ok(Self::of(open::connect(&place::find(folder)?, busy)?, busy))
    }

    fn of(connection: Connection, busy: Duration) -> Self {
        Self { connection: Mutex::new(connection), busy, traces: AtomicBool::new(false) }
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
        let tx = Tx::new(&transaction);
        let done = work(&tx)?;
        let traces = tx.has_traces();
        transaction.commit().map_err(StoreError::from)?;
        if traces || self.traces.load(Ordering::Relaxed) {
            self.sweep(&connection);
        }
        Ok(done)
    }

    /// Empties the write-ahead log, so that nothing that was overwritten is left in it. Waits for nobody: whoever reads
    /// an older moment keeps it, and the next write tries again.
    fn sweep(&self, connection: &Connection) {
        let swept = connection.busy_timeout(Duration::ZERO).and_then(|()| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        });
        self.traces.store(!matches!(swept, Ok(0)), Ordering::Relaxed);
        // Setting a time-out cannot fail on an open connection; the next write would tell.
        let _set = connection.busy_timeout(self.busy);
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
