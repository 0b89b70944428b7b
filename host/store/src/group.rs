//! Group commit: writes that come at the same time share one transaction, and so one flush of the disk.
//!
//! Who comes first begins the transaction. Each does its own work in it, behind a savepoint, and then either leaves the
//! transaction to somebody who already waits for the connection, or commits it for all and wakes them. So there is
//! nobody to hand work to: every closure runs in the thread that called, with its own borrows.
//!
//! INVARIANT: `write` returns Ok only after the commit in which its work stands. A failing work is undone alone, unless
//! SQLite gave up the whole transaction: then all who are in it fail.
//! INVARIANT: whoever leaves a transaction open counted somebody who has not had the connection yet; that one commits
//! or leaves it to the next, whatever becomes of its work.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::StoreError;
use crate::view::Tx;

/// Most writes in one transaction: what the first of them waits for at most.
const MOST: usize = 32;

/// The connection that writes, and who shares its transaction.
#[derive(Debug)]
pub(crate) struct Writer {
    inner: Mutex<Inner>,
    /// Who wants the connection and has not had it yet.
    waiting: AtomicUsize,
    busy: Duration,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) connection: Connection,
    open: Option<Group>,
    /// The write-ahead log still holds something that was overwritten.
    traces: bool,
}

/// An open transaction.
#[derive(Debug)]
struct Group {
    outcome: Arc<Outcome>,
    size: usize,
}

/// What became of a transaction, for all who are in it.
#[derive(Debug, Default)]
struct Outcome {
    done: Mutex<Option<Result<(), StoreError>>>,
    told: Condvar,
}

impl Outcome {
    fn tell(&self, done: Result<(), StoreError>) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        self.told.notify_all();
    }

    fn wait(&self) -> Result<(), StoreError> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match *done {
                Some(done) => return done,
                None => done = self.told.wait(done).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Writer {
    pub(crate) fn new(connection: Connection, busy: Duration) -> Self {
        let inner = Inner { connection, open: None, traces: false };
        Self { inner: Mutex::new(inner), waiting: AtomicUsize::new(0), busy }
    }

    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut inner = self.lock();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let outcome = inner.join(self.busy)?;
        let worked = catch_unwind(AssertUnwindSafe(|| inner.behind_savepoint(work)));
        let full = inner.open.as_ref().is_none_or(|group| group.size >= MOST);
        if full || self.waiting.load(Ordering::SeqCst) == 0 {
            inner.commit();
            if inner.traces {
                inner.sweep(self.busy);
            }
        }
        drop(inner);
        match worked {
            Err(panic) => resume_unwind(panic),
            Ok(Err(fault)) => Err(fault),
            Ok(Ok(done)) => outcome.wait().map(|()| done).map_err(E::from),
        }
    }

    /// The connection, while no transaction is open in it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A thread that panicked left no half write behind, so its poison is nothing to pass on.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    /// Empties the write-ahead log, if nobody is at work.
    pub(crate) fn sweep(&self) -> bool {
        let mut inner = self.lock();
        if inner.open.is_none() {
            inner.sweep(self.busy);
            return !inner.traces;
        }
        false
    }
}

impl Inner {
    /// Takes part in the open transaction, or begins one.
    fn join(&mut self, busy: Duration) -> Result<Arc<Outcome>, StoreError> {
        if self.open.is_none() {
            begin(&self.connection, busy)?;
            self.open = Some(Group { outcome: Arc::default(), size: 0 });
        }
        // It was just put there.
        let group = self.open.as_mut().ok_or(StoreError::Internal(rusqlite::ffi::SQLITE_MISUSE))?;
        group.size += 1;
        Ok(Arc::clone(&group.outcome))
    }

    /// Does one work so that it can be undone alone.
    fn behind_savepoint<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = Tx::new(&self.connection);
        let run = |sql: &str| self.connection.prepare_cached(sql)?.execute([]);
        run("SAVEPOINT one").map_err(StoreError::from)?;
        // Undone when it panics as when it fails; the panic goes on afterwards.
        let worked = catch_unwind(AssertUnwindSafe(|| work(&tx)));
        if let Ok(Ok(done)) = worked {
            run("RELEASE one").map_err(StoreError::from)?;
            self.traces |= tx.has_traces();
            return Ok(done);
        }
        if self.connection.is_autocommit() {
            // SQLite gave up the transaction (no space, a failing disk): nobody's work is left of it.
            if let Some(group) = self.open.take() {
                group.outcome.tell(Err(StoreError::GivenUp));
            }
        } else {
            run("ROLLBACK TO one").and_then(|_| run("RELEASE one")).map_err(StoreError::from)?;
        }
        match worked {
            Err(panic) => resume_unwind(panic),
            Ok(worked) => worked,
        }
    }

    /// Ends the open transaction for all who are in it.
    fn commit(&mut self) {
        let Some(group) = self.open.take() else { return };
        let committed = self.connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        if committed.is_err() && !self.connection.is_autocommit() {
            // Nothing of it is to be left open; the commit's own fault is what is told.
            let _undone = self.connection.execute_batch("ROLLBACK");
        }
        group.outcome.tell(committed.map(drop).map_err(StoreError::from));
    }

    /// Empties the write-ahead log, so that nothing that was overwritten is left in it. Waits for nobody: whoever reads
    /// an older moment keeps it, and the next write tries again.
    fn sweep(&mut self, busy: Duration) {
        let swept = self.connection.busy_timeout(Duration::ZERO).and_then(|()| {
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        });
        self.traces = !matches!(swept, Ok(0));
        // Setting a time-out cannot fail on an open connection; the next write would tell.
        let _set = self.connection.busy_timeout(busy);
    }
}

/// Begins to write. Waits for another process in short steps: SQLite's own grow to a tenth of a second.
fn begin(connection: &Connection, busy: Duration) -> Result<(), StoreError> {
    const STEP: Duration = Duration::from_micros(400);
    let start = Instant::now();
    connection.busy_timeout(Duration::ZERO)?;
    let begun = loop {
        let begun = connection.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.execute([]));
        match begun.map(drop).map_err(StoreError::from) {
            Err(StoreError::Locked) if start.elapsed() < busy => std::thread::sleep(STEP),
            other => break other,
        }
    };
    connection.busy_timeout(busy)?;
    begun
}
