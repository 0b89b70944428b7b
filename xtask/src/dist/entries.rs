//! What goes into an archive: files under their names, sorted, without owners, times and other marks of the machine
//! that they come from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it can be run.
    pub is_program: bool,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Entry {
    /// Its mode: one of two, whatever the work tree's is.
    pub fn mode(&self) -> u32 {
        if self.is_program { 0o755 } else { 0o644 }
    }
}

/// Files by their paths, which have `/` between folders and none in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries(BTreeMap<String, Entry>);

impl Entries {
    /// All files of a folder.
    pub fn of_folder(folder: &Path) -> Result<Self> {
        let mut entries = Self::default();
        entries.add_folder(folder, "")?;
        Ok(entries)
    }

    fn add_folder(&mut self, folder: &Path, below: &str) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.with_context(|| format!("{} has a name that is no UTF-8", path.display()))?;
            let name = format!("{below}{name}");
            if path.is_dir() {
                self.add_folder(&path, &format!("{name}/"))?;
            } else {
                self.put(&name, fs::read(&path)?);
            }
        }
        Ok(())
    }

    /// Adds a file, or takes the place of one.
    pub fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.to_owned(), Entry { is_program: false, bytes: bytes.into() });
    }

    /// The same for a program.
    pub fn put_program(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.to_owned(), Entry { is_program: true, bytes: bytes.into() });
    }

    /// The bytes of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(|entry| entry.bytes.as_slice())
    }

    /// All of them, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// The folders that they lie in, outer ones first.
    pub fn folders(&self) -> Vec<String> {
        let mut folders: Vec<String> = self
            .0
            .keys()
            .flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()).collect::<Vec<_>>())
            .collect();
        folders.sort();
        folders.dedup();
        folders
    }
}
