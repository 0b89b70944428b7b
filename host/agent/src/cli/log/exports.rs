//! What `log export` and sinks of kind `file` wrote, of one or many devices, read back from a folder.
//!
//! INVARIANT: an export is read into memory and nowhere else, a record for each device, so that every filter works on
//! it as at home. What is wrong with a file is kept with its line, and never stands for a row.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use host_journal::sink::{Exported, Imported, Line, Manifest, import, read_line};
use host_journal::{Absent, JournalError, SignedHead};
use host_store::Store;

use crate::exit::NotThere;

/// Rows that are put in at once.
const BATCH: usize = 2_000;

/// A folder of exports.
#[derive(Default)]
pub(super) struct Exports {
    /// By their ids.
    pub(super) devices: BTreeMap<String, Device>,
    /// What is wrong in the files.
    pub(super) odd: Vec<Odd>,
}

/// What is there of a device.
pub(super) struct Device {
    /// Its rows.
    pub(super) store: Store,
    /// Which of them need not be there.
    pub(super) absent: Absent,
    /// Its signed heads.
    pub(super) heads: Vec<SignedHead>,
}

/// Something in a file that is not as it was written.
pub(super) struct Odd {
    file: PathBuf,
    line: Option<u64>,
    what: String,
    /// Two rows of one place differ: neither is believed.
    pub(super) is_clash: bool,
}

impl fmt::Display for Odd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(out, ", line {line}")?;
        }
        write!(out, ": {}", self.what)
    }
}

/// A file while it is read.
struct Reading<'a> {
    path: &'a Path,
    /// Rows with the numbers of their lines.
    rows: Vec<(u64, Exported)>,
    count: u64,
    devices: BTreeSet<String>,
    foot: Option<Manifest>,
}

impl Exports {
    /// What was exported into a folder, and into the folders in it.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            let what = if folder.exists() { "is no folder" } else { "does not exist" };
            return Err(NotThere(format!(
                "{} {what}: name the folder that `promptgate log export --to FOLDER` wrote into",
                folder.display()
            ))
            .into());
        }
        let mut files = Vec::new();
        find(folder, 2, &mut files)?;
        files.sort();
        if !files.iter().any(|file| !is_head(file)) {
            return Err(NotThere(format!(
                "no export lies in {}; make one with `promptgate log export --to {}`",
                folder.display(),
                folder.display()
            ))
            .into());
        }
        let mut exports = Self::default();
        // Heads last: by then the devices are known.
        files.sort_by_key(|file| is_head(file));
        for file in &files {
            let read = if is_head(file) { exports.head_file(file) } else { exports.file(file) };
            read.with_context(|| format!("{} cannot be read", file.display()))?;
        }
        Ok(exports)
    }

    fn file(&mut self, path: &Path) -> Result<()> {
        let mut reading = Reading { path, rows: Vec::new(), count: 0, devices: BTreeSet::new(), foot: None };
        let mut heads = Vec::new();
        for (number, line) in (1_u64..).zip(BufReader::new(File::open(path)?).lines()) {
            let line = line.with_context(|| format!("line {number} is no text"))?;
            if line.trim().is_empty() {
                continue;
            }
            match read_line(&line) {
                Ok(Line::Row(row)) => {
                    reading.devices.insert(row.row.device.clone());
                    reading.rows.push((number, *row));
                    reading.count += 1;
                }
                Ok(Line::Head(manifest)) => reading.foot = Some(manifest),
                Ok(Line::Signed(head)) => heads.push((number, head)),
                Err(fault) => self.odd(path, Some(number), format!("{fault}; passed over")),
            }
            if reading.rows.len() >= BATCH {
                self.put(&mut reading)?;
            }
        }
        self.put(&mut reading)?;
        for (line, head) in heads {
            self.head(path, Some(line), head);
        }
        let absent = match &reading.foot {
            Some(foot) if foot.complete => Absent::None,
            Some(_) => Absent::Any,
            None => Absent::Beginning,
        };
        for (_, device) in self.devices.iter_mut().filter(|(id, _)| reading.devices.contains(*id)) {
            device.absent = device.absent.max(absent);
        }
        if let Some(foot) = reading.foot.filter(|foot| foot.rows != reading.count) {
            let what =
                format!("it says that it has {} rows and has {}: it was changed", foot.rows, reading.count);
            self.odd(path, None, what);
        }
        Ok(())
    }

    fn head_file(&mut self, path: &Path) -> Result<()> {
        for (number, line) in (1_u64..).zip(fs::read_to_string(path)?.lines()) {
            match SignedHead::from_json(line) {
                Some(head) => self.head(path, Some(number), head),
                None => self.odd(path, Some(number), "it is no head of a record; passed over".to_owned()),
            }
        }
        Ok(())
    }

    fn head(&mut self, path: &Path, line: Option<u64>, head: SignedHead) {
        match self.devices.get_mut(&head.device) {
            Some(device) => device.heads.push(head),
            None => {
                let what = format!("it is a head of device {}, of which no row is here", head.device);
                self.odd(path, line, what);
            }
        }
    }

    /// Puts rows in that were read.
    fn put(&mut self, reading: &mut Reading<'_>) -> Result<()> {
        for device in &reading.devices {
            if !self.devices.contains_key(device) {
                let store = Store::in_memory()?;
                let new = Device { store, absent: Absent::None, heads: Vec::new() };
                self.devices.insert(device.clone(), new);
            }
        }
        let mut clashes = Vec::new();
        for (id, device) in &self.devices {
            device.store.write(|tx| {
                for (line, row) in reading.rows.iter().filter(|(_, row)| row.row.device == *id) {
                    if import(tx, row)? == Imported::Other {
                        clashes.push((*line, id.clone(), row.row.seq));
                    }
                }
                Ok::<_, JournalError>(())
            })?;
        }
        for (line, device, seq) in clashes {
            let what = format!(
                "device {device} has another row {seq} in these files: one of its exports was changed, or the device \
                 began its record anew"
            );
            self.odd.push(Odd { file: reading.path.to_owned(), line: Some(line), what, is_clash: true });
        }
        reading.rows.clear();
        Ok(())
    }

    fn odd(&mut self, path: &Path, line: Option<u64>, what: String) {
        self.odd.push(Odd { file: path.to_owned(), line, what, is_clash: false });
    }
}

fn is_head(path: &Path) -> bool {
    path.to_string_lossy().ends_with("head.json")
}

/// The files of JSON lines, rotated ones too, and the heads.
fn find(folder: &Path, depth: u8, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_numbered =
            |end: &str| end.is_empty() || end.strip_prefix('.').is_some_and(|n| n.parse::<u32>().is_ok());
        if path.is_dir() && depth > 0 {
            find(&path, depth - 1, files)?;
        } else if is_head(&path) || name.rsplit_once(".jsonl").is_some_and(|(_, end)| is_numbered(end)) {
            files.push(path);
        }
    }
    Ok(())
}
