//! What can go wrong with the file, told apart by what a person does next.
//!
//! INVARIANT: carries numbers only: no SQL, no value, nothing of a row.

use rusqlite::ErrorCode;

/// The file could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Bytes are not what they were.
    #[error(
        "the record file is damaged: keep a copy of its folder, move it away and start the browser again"
    )]
    Damaged,
    /// The event has a row of this kind that may stand only once.
    #[error("the event already has a row of this kind")]
    Duplicate,
    /// The file is an SQLite database of somebody else.
    #[error("the file belongs to another program: move it away or choose another data folder")]
    Foreign,
    /// No space left.
    #[error("the disk is full: free some space and try again")]
    Full,
    /// Something failed so badly for another row of the same moment that SQLite gave up the transaction of both.
    #[error("the disk failed under another row of the same moment: run `promptgate doctor`")]
    GivenUp,
    /// SQLite's extended result code.
    #[error("the record file failed with SQLite code {0}: run `promptgate doctor`")]
    Internal(i32),
    /// The device failed, with SQLite's extended result code.
    #[error("the disk failed with SQLite code {0}: check the disk, then run `promptgate doctor`")]
    Io(i32),
    /// Another process writes for longer than we wait.
    #[error("another process holds the record file: wait for it to finish, or end it, and try again")]
    Locked,
    /// No file there.
    #[error("there is no record here yet: it is made when a browser first starts the host")]
    Missing,
    /// Written by a later version.
    #[error("the record file has schema {found} and this version knows {known}: update promptgate")]
    Newer {
        /// In the file.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Not ours to open.
    #[error("the record file cannot be opened: give your user read and write access to the data folder")]
    NoAccess,
    /// Not ours to change.
    #[error("the record file is read-only: give your user write access to the data folder")]
    ReadOnly,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(fault) = error.sqlite_error() else {
            // A column of another type than its table says.
            return Self::Damaged;
        };
        match fault.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                Self::Locked
            }
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::ReadOnly => Self::ReadOnly,
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => Self::NoAccess,
            ErrorCode::SystemIoFailure => Self::Io(fault.extended_code),
            ErrorCode::ConstraintViolation if is_unique(fault.extended_code) => Self::Duplicate,
            _ => Self::Internal(fault.extended_code),
        }
    }
}

/// `SQLITE_CONSTRAINT_UNIQUE` or `SQLITE_CONSTRAINT_PRIMARYKEY`.
fn is_unique(extended: i32) -> bool {
    matches!(extended, rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::NoAccess,
        }
    }
}
