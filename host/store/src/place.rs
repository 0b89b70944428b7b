//! The data folder and the file in it: made private to their owner before SQLite sees them.
//!
//! SQLite gives its side files (`-wal`, `-shm`) the permissions of the main file. On Windows the profile folder's
//! access list does this work.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The file's name in the data folder.
pub const FILE: &str = "journal.sqlite3";

/// Makes folder and file where they are missing; takes group and others off them where they are ours.
pub(crate) fn make(folder: &Path) -> Result<PathBuf, StoreError> {
    let file = folder.join(FILE);
    if !folder.is_dir() {
        make_folder(folder)?;
    } else if file.exists() || fs::read_dir(folder)?.next().is_none() {
        // A folder with other things in it is somebody else's to arrange.
        restrict(folder, 0o700)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Never truncated: several processes start at once.
    options.open(&file)?;
    restrict(&file, 0o600)?;
    Ok(file)
}

/// The file, which must be there.
pub(crate) fn find(folder: &Path) -> Result<PathBuf, StoreError> {
    let file = folder.join(FILE);
    match fs::metadata(&file) {
        Ok(found) if found.is_file() => Ok(file),
        Ok(_) => Err(StoreError::Missing),
        Err(fault) => Err(fault.into()),
    }
}

/// Whether the file may be written.
pub(crate) fn is_writable(file: &Path) -> Result<(), StoreError> {
    Ok(OpenOptions::new().append(true).open(file).map(drop)?)
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // The file's own name is flushed with SQLite's first log; the folder's name is nobody's but ours to flush.
    #[cfg(unix)]
    if let Some(parent) = folder.parent() {
        fs::File::open(parent)?.sync_all()?;
    }
    Ok(())
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = fs::metadata(path)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(mode);
        fs::set_permissions(path, permissions)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> Result<(), StoreError> {
    Ok(())
}
