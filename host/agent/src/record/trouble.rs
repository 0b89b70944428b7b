//! What is wrong with the record's file while it is wrong, and the row that says so once it is well again.
//!
//! INVARIANT: a fault that keeps rows from being written is told in a row as soon as one can be: what it was, and how
//! many writes it cost.

use std::sync::{Mutex, PoisonError};

use host_journal::{Entry, Health, JournalError, Trouble};
use host_store::StoreError;

/// What failed since the last row that could be written.
#[derive(Debug, Default)]
pub(super) struct Failing(Mutex<Option<(Trouble, u64)>>);

impl Failing {
    /// A write failed.
    pub(super) fn failed(&self, fault: &anyhow::Error) {
        let journal = match fault.downcast_ref::<JournalError>() {
            Some(JournalError::Store(fault)) => Some(*fault),
            Some(_) | None => None,
        };
        let fault = journal.or_else(|| fault.downcast_ref::<StoreError>().copied());
        let Some(trouble) = fault.and_then(of) else { return };
        let mut failing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = failing.map_or(0, |(_, times)| times);
        *failing = Some((trouble, times.saturating_add(1)));
    }

    /// A write went well: the row of what is over, if something is.
    pub(super) fn over(&self) -> Option<Entry> {
        let (trouble, times) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(Entry::Health(Health { trouble, over: true, name: None, count: Some(times) }))
    }
}

/// The trouble behind a fault of the file; none behind one that says something about the caller only.
pub(crate) fn of(fault: StoreError) -> Option<Trouble> {
    match fault {
        StoreError::Full => Some(Trouble::DiskFull),
        StoreError::ReadOnly | StoreError::NoAccess => Some(Trouble::ReadOnly),
        StoreError::Locked => Some(Trouble::Locked),
        StoreError::Damaged
        | StoreError::Foreign
        | StoreError::GivenUp
        | StoreError::Internal(_)
        | StoreError::Io(_) => Some(Trouble::Damaged),
        StoreError::Duplicate | StoreError::Missing | StoreError::Newer { .. } => None,
    }
}
