//! Private keys as files.
//!
//! INVARIANT: a file is written whole or not at all, and a key that text is sealed to never over another one; it is this
//! person's alone.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use shared_seal::KeyFile;
use zeroize::Zeroizing;

/// Endings of files that hold private keys.
const ENDINGS: [&str; 2] = ["key", "json"];

/// The private key in a file; `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<KeyFile>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault).with_context(|| format!("{} cannot be read", path.display())),
    };
    let key = KeyFile::parse(&text);
    key.map(Some).with_context(|| {
        format!(
            "{} is not a private key that can be used; restore it from a copy, or name another",
            path.display()
        )
    })
}

/// The files in a folder that hold private keys by their names, sorted.
pub(crate) fn key_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("the key folder {} cannot be read", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) && path.is_file()
    });
    paths.sort();
    Ok(paths)
}

/// Makes a folder of this person alone.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))
}

/// Writes `text` to a file of this person alone. `false` when there was a file already, which then stays as it is.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<bool> {
    match write(path, text.as_bytes(), fs::hard_link) {
        Ok(()) => Ok(true),
        Err(fault) if fault.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(fault) => Err(fault).with_context(|| format!("{} cannot be written", path.display())),
    }
}

/// Writes a file of this person alone, whole or not at all, over what was there.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, fs::rename).with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes under a name of its own, which is brought to `path` when all of it is on the disk.
fn write(path: &Path, bytes: &[u8], bring: fn(PathBuf, PathBuf) -> io::Result<()>) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{:?}.new", std::process::id(), std::thread::current().id()));
    let new = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| bring(new.clone(), path.to_owned()));
    // A linked name stays without it, a moved one is gone already.
    let _gone = fs::remove_file(&new);
    written
}
