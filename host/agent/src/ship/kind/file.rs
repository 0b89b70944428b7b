//! A file that grows by lines: full at `max_bytes`, then `NAME` becomes `NAME.1`, that `NAME.2`, and what would be more
//! than `max_files` of them is deleted.
//!
//! INVARIANT: this person's alone (0600); rows count as taken once they are on the disk (fsync). What a failed write
//! left is cut off again; after a power cut a last line without its end gets one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use host_journal::sink::{Format, Parcel, envelope};

use super::{JSONL, Key, Kind, Sent, Transport};
use crate::settings::SinkSettings;
use crate::ship::PRODUCER;

pub(super) const KIND: Kind =
    Kind { name: "file", format: JSONL, takes: &[Key::MaxBytes, Key::MaxFiles], check, open };

fn check(address: &str) -> Result<(), &'static str> {
    if Path::new(address).is_absolute() { Ok(()) } else { Err("a file's address is an absolute path") }
}

fn open(settings: &SinkSettings) -> Result<Box<dyn Transport>> {
    let path = PathBuf::from(&settings.address);
    let (file, size) = append_to(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    let (max_bytes, max_files) = (settings.max_bytes, settings.max_files);
    Ok(Box::new(Lines { path, file, size, format: settings.format, max_bytes, max_files }))
}

struct Lines {
    path: PathBuf,
    file: File,
    size: u64,
    format: Format,
    max_bytes: u64,
    max_files: u32,
}

impl Transport for Lines {
    fn send(&mut self, parcel: &Parcel<'_>) -> Sent {
        let text = match envelope::lines(parcel, &self.format, &PRODUCER) {
            Ok(text) => text,
            Err(fault) => return Sent::Refused(fault.to_string()),
        };
        match self.write(text.as_bytes()) {
            Ok(()) => Sent::Taken,
            Err(fault) => {
                // What of it is there goes out again; the next opening ends a line that this cannot take back.
                let _cut = self.file.set_len(self.size);
                let what = fault.kind();
                Sent::Later(format!("{} cannot be written ({what})", self.path.display()), None)
            }
        }
    }
}

impl Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.size > 0 && self.size.saturating_add(bytes.len() as u64) > self.max_bytes {
            self.rotate()?;
        }
        self.file.write_all(bytes)?;
        self.file.sync_data()?;
        self.size = self.size.saturating_add(bytes.len() as u64);
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let numbered = |number: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        let gone = |done: io::Result<()>| match done {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
            Ok(()) | Err(_) => Ok(()),
        };
        if self.max_files == 0 {
            gone(fs::remove_file(&self.path))?;
        } else {
            gone(fs::remove_file(numbered(self.max_files)))?;
            for number in (1..self.max_files).rev() {
                gone(fs::rename(numbered(number), numbered(number + 1)))?;
            }
            gone(fs::rename(&self.path, numbered(1)))?;
        }
        (self.file, self.size) = append_to(&self.path)?;
        Ok(())
    }
}

/// The file, at its end, with its size.
fn append_to(path: &Path) -> io::Result<(File, u64)> {
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut size = file.metadata()?.len();
    if size > 0 {
        let mut last = [0_u8; 1];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
            size += 1;
        }
    }
    Ok((file, size))
}
