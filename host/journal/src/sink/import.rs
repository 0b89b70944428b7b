//! Rows of an export, put into a record in memory so that every filter works on them as at home.
//!
//! INVARIANT: a row that comes twice is one row; two rows of one place that differ are told and not chosen between.

use host_store::{SealedBlob, StoreError, Tx};

use super::Exported;
use crate::JournalError;

/// What became of an imported row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It is there now.
    New,
    /// It was there already.
    Again,
    /// Another row has its place.
    Other,
}

/// Puts a row into the record of its device. A row that says a second time what an event comes to only once is told as
/// [`Imported::Other`] too.
///
/// # Errors
/// When the record cannot be written.
pub fn import(tx: &Tx<'_>, exported: &Exported) -> Result<Imported, JournalError> {
    if let Some(there) = tx.row(exported.row.seq)? {
        return Ok(if there.hash == exported.row.hash { Imported::Again } else { Imported::Other });
    }
    let blob = |one: &crate::Sealed| SealedBlob { key_id: one.key_id.clone(), blob: one.blob.clone() };
    let sealed: Vec<SealedBlob> = exported.sealed.iter().map(blob).collect();
    match tx.append(&exported.row, &exported.topics, &sealed) {
        Ok(()) => Ok(Imported::New),
        Err(StoreError::Duplicate) => Ok(Imported::Other),
        Err(fault) => Err(fault.into()),
    }
}
