//! The lease: an advisory lock on a file in the data folder, which the system gives back when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// The file's name. It stays empty.
const FILE: &str = "ship.lock";

/// Held for as long as it lives.
#[derive(Debug)]
pub(crate) struct Lease {
    _file: File,
}

impl Lease {
    /// The lease, or `None` while another process holds it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(crate) fn take(data: &Path) -> io::Result<Option<Self>> {
        Self::named(data, FILE)
    }

    /// The lease of another kind of work.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(crate) fn named(data: &Path, file: &str) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(data.join(file))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(fault)) => Err(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lease;

    #[test]
    fn one_holds_it_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lease::take(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(Lease::take(folder.path()).unwrap().is_none());
        drop(first);
        assert!(Lease::take(folder.path()).unwrap().is_some());
    }
}
