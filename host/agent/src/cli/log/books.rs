//! What `log` reads: the record of this machine, or what many devices exported.
//!
//! INVARIANT: an export is read into memory and nowhere else, a record for each device, so that every filter works on
//! it as at home. What is wrong with a file is told with its line, and never stands for a row.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_journal::JournalError;
use host_journal::sink::{Exported, Imported, Line, Manifest, import, read_line};
use host_store::Store;

use crate::out;

/// Rows that are put in at once.
const BATCH: usize = 2_000;

/// Where to read from.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct From {
    /// Reads what `log export` wrote, of one or many devices, in place of this machine's record.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
}

impl From {
    pub(super) fn folder(&self) -> Option<&Path> {
        self.from.as_deref()
    }
}

/// Records.
pub(super) struct Books {
    /// One, or one for each device.
    pub(super) stores: Vec<Store>,
    /// They are of other devices, so that each line says which.
    pub(super) exported: bool,
}

impl Books {
    /// The record of this machine.
    pub(super) fn of(store: Store) -> Self {
        Self { stores: vec![store], exported: false }
    }

    /// What was exported into a folder, and into the folders in it.
    pub(super) fn from(folder: &Path) -> Result<Self> {
        let mut files = Vec::new();
        find(folder, 2, &mut files)?;
        files.sort();
        if files.is_empty() {
            bail!("no export lies in {}; make one with `promptgate log export --to DIR`", folder.display());
        }
        let mut devices = BTreeMap::new();
        for file in &files {
            read(file, &mut devices).with_context(|| format!("{} cannot be read", file.display()))?;
        }
        Ok(Self { stores: devices.into_values().collect(), exported: true })
    }
}

/// The files of JSON lines, rotated ones too.
fn find(folder: &Path, depth: u8, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_numbered =
            |end: &str| end.is_empty() || end.strip_prefix('.').is_some_and(|n| n.parse::<u32>().is_ok());
        if path.is_dir() && depth > 0 {
            find(&path, depth - 1, files)?;
        } else if name.rsplit_once(".jsonl").is_some_and(|(_, end)| is_numbered(end)) {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path, devices: &mut BTreeMap<String, Store>) -> Result<()> {
    let mut rows: Vec<Exported> = Vec::new();
    let mut count = 0_u64;
    let mut head: Option<Manifest> = None;
    for (number, line) in (1_u64..).zip(BufReader::new(File::open(path)?).lines()) {
        let line = line.with_context(|| format!("line {number} is no text"))?;
        if line.trim().is_empty() {
            continue;
        }
        match read_line(&line) {
            Ok(Line::Row(row)) => {
                rows.push(*row);
                count += 1;
            }
            Ok(Line::Head(manifest)) => head = Some(manifest),
            Err(fault) => out::note(&format!("{}, line {number}: {fault}; passed over", path.display())),
        }
        if rows.len() >= BATCH {
            put(&mut rows, devices)?;
        }
    }
    put(&mut rows, devices)?;
    if let Some(head) = head.filter(|head| head.rows != count) {
        let said = head.rows;
        out::note(&format!(
            "{} says that it has {said} rows and has {count}: it was changed",
            path.display()
        ));
    }
    Ok(())
}

fn put(rows: &mut Vec<Exported>, devices: &mut BTreeMap<String, Store>) -> Result<()> {
    for device in rows.iter().map(|row| &row.row.device) {
        if !devices.contains_key(device) {
            devices.insert(device.clone(), Store::in_memory()?);
        }
    }
    for (device, store) in devices.iter() {
        let other = store.write(|tx| {
            for row in rows.iter().filter(|row| row.row.device == *device) {
                if import(tx, row)? == Imported::Other {
                    return Ok::<_, JournalError>(Some(row.row.seq));
                }
            }
            Ok(None)
        })?;
        if let Some(seq) = other {
            bail!(
                "device {device} has two different rows {seq}: one of its exports was changed, or the device began \
                 its record anew; `promptgate log verify` on each tells which"
            );
        }
    }
    rows.clear();
    Ok(())
}
