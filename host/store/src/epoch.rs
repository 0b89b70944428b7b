//! The key of the current epoch: one row of one table, overwritten when the next epoch begins.
//!
//! INVARIANT: a key that was overwritten stands in no file any more once the write-ahead log has been emptied, which
//! the store does after the transaction that overwrote it (`secure_delete` sees to freed bytes).

use std::fmt;

use rusqlite::{OptionalExtension as _, params};
use zeroize::Zeroizing;

use crate::filter::integer;
use crate::view::unsigned;
use crate::{StoreError, Tx, View};

/// The current epoch and its key.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochKey {
    /// Its number, from 0.
    pub epoch: u64,
    /// Its key.
    pub key: Zeroizing<[u8; 32]>,
    /// What the key before said of the last row before this epoch; none when there was no key before.
    pub closing: Option<[u8; 32]>,
    /// Sequence of the epoch's first row.
    pub first: u64,
    /// When it began, milliseconds.
    pub since: u64,
    /// To whom the first key of this line was sealed.
    pub recipients: String,
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EpochKey(of epoch {})", self.epoch)
    }
}

impl View<'_> {
    /// The current epoch, if there is one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn epoch_key(&self) -> Result<Option<EpochKey>, StoreError> {
        let sql = "SELECT epoch, key, closing, first, since, recipients FROM epoch_key";
        let mut select = self.connection().prepare_cached(sql)?;
        let key = select.query_row([], |row| {
            Ok(EpochKey {
                epoch: unsigned(row, 0)?,
                key: Zeroizing::new(row.get(1)?),
                closing: row.get(2)?,
                first: unsigned(row, 3)?,
                since: unsigned(row, 4)?,
                recipients: row.get(5)?,
            })
        });
        Ok(key.optional()?)
    }
}

impl Tx<'_> {
    /// Puts a key in the place of the current one, which is gone from the files after this transaction.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_epoch_key(&self, key: &EpochKey) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO epoch_key (one, epoch, key, closing, first, since, recipients) \
                   VALUES (1, ?, ?, ?, ?, ?, ?)";
        let mut insert = self.connection().prepare_cached(sql)?;
        insert.execute(params![
            integer(key.epoch),
            key.key.as_slice(),
            key.closing,
            integer(key.first),
            integer(key.since),
            key.recipients,
        ])?;
        self.leaves_traces();
        Ok(())
    }
}
