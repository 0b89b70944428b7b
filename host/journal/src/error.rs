//! What can go wrong with the record.

use host_store::StoreError;

/// The record could not be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// A value that JSON cannot say.
    #[error("a row could not be encoded: this is a fault in promptgate, please report it")]
    Encoding,
    /// Bytes that are no facts.
    #[error("the facts of a decision are not JSON: this is a fault in promptgate, please report it")]
    Facts,
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row whose body or kind makes no sense.
    #[error("row {seq} cannot be read: run `promptgate log verify`")]
    Unreadable {
        /// Which.
        seq: u64,
    },
}
