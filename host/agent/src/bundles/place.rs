//! A file that appears under its name whole, or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// The end of a name while a file is being written.
pub(crate) const NEW: &str = ".new";

/// Writes beside `path`, to the disk, and then takes its place. Who reads it meanwhile has the old one or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}{NEW}", std::process::id()));
    let new = path.with_file_name(name);
    let written = File::create(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // What is left of it is nobody's.
        let _gone = fs::remove_file(&new);
        return written;
    }
    // The name is on the disk when its folder is; where folders cannot be opened, the system sees to it.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).map_or(Ok(()), |folder| folder.sync_all())
}
