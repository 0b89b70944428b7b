//! The folder `policy` in the data folder: the last good bundle, those that named other keys, and what is remembered.
//!
//! INVARIANT: a file appears whole or not at all, and the archive before what is remembered of it; so whoever reads the
//! memory first and the archive then never sees one that is older than the memory says.
//! It deliberately verifies nothing: that is done at each read, by [`super::kept`].

use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use host_policy::bundle::MAX_ARCHIVE;

use super::place;
use super::standing::Standing;
use super::state::State;
use crate::settings::Stamp;

/// The folder in the data folder.
const FOLDER: &str = "policy";
const ARCHIVE: &str = "bundle.tar.gz";
const STATE: &str = "state.toml";
const STANDING: &str = "source.toml";
/// Before the version of a bundle that named other keys.
const ROTATED: &str = "rotated-";
const ENDING: &str = ".tar.gz";

/// Most bytes of the two small files.
const MOST: u64 = 64 * 1024;
/// Most rotations that are followed.
const ROTATIONS: usize = 64;

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Keep(PathBuf);

/// What is remembered cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

impl Keep {
    /// In a data folder.
    pub(crate) fn of(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    /// Whether a bundle was ever kept here.
    pub(crate) fn is_there(&self) -> bool {
        [STATE, ARCHIVE].iter().any(|name| self.0.join(name).exists())
    }

    /// How the files look that say what is in force.
    pub(crate) fn stamps(&self) -> Vec<Option<Stamp>> {
        [STATE, ARCHIVE].iter().map(|name| Stamp::of(&self.0.join(name))).collect()
    }

    /// What is remembered; nothing yet where there is no file.
    pub(crate) fn state(&self) -> Result<State, Damaged> {
        match small(&self.0.join(STATE)) {
            Ok(text) => toml::from_str(&text).map_err(|_| Damaged),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(State::default()),
            Err(_) => Err(Damaged),
        }
    }

    /// Remembers.
    pub(crate) fn put_state(&self, state: &State) -> io::Result<()> {
        self.put(STATE, text(state)?.as_bytes())
    }

    /// The kept archive; `None` when there is none.
    pub(crate) fn archive(&self) -> io::Result<Option<Vec<u8>>> {
        match bounded(&self.0.join(ARCHIVE)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Keeps an archive in place of the one before.
    pub(crate) fn put_archive(&self, archive: &[u8]) -> io::Result<()> {
        self.put(ARCHIVE, archive)
    }

    /// The archives that named other keys, by their versions.
    pub(crate) fn rotations(&self) -> Vec<(u64, Vec<u8>)> {
        let mut found: Vec<(u64, PathBuf)> = self.rotation_files().collect();
        found.sort();
        found.truncate(ROTATIONS);
        found.into_iter().filter_map(|(version, path)| Some((version, bounded(&path).ok()?))).collect()
    }

    /// Keeps an archive as the proof of the keys that it names.
    pub(crate) fn put_rotation(&self, version: u64, archive: &[u8]) -> io::Result<()> {
        self.put(&format!("{ROTATED}{version}{ENDING}"), archive)
    }

    /// Forgets rotations that count no more.
    pub(crate) fn forget_rotations(&self) {
        for (_, path) in self.rotation_files() {
            // One that stays counts no more either.
            let _stays = fs::remove_file(path);
        }
    }

    /// Takes away what a crash left half written. Only for who alone writes here.
    pub(crate) fn clean(&self) {
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with('.') && name.to_string_lossy().ends_with(place::NEW) {
                // It harms nobody.
                let _stays = fs::remove_file(entry.path());
            }
        }
    }

    /// How the source answered last.
    pub(crate) fn standing(&self) -> Option<Standing> {
        toml::from_str(&small(&self.0.join(STANDING)).ok()?).ok()
    }

    /// Writes down how the source answered.
    pub(crate) fn put_standing(&self, standing: &Standing) -> io::Result<()> {
        self.put(STANDING, text(standing)?.as_bytes())
    }

    fn rotation_files(&self) -> impl Iterator<Item = (u64, PathBuf)> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries.filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(ROTATED)?.strip_suffix(ENDING)?.parse().ok()?;
            Some((version, entry.path()))
        })
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        place::replace(&self.0.join(name), bytes)
    }
}

fn text(value: &impl serde::Serialize) -> io::Result<String> {
    toml::to_string(value).map_err(io::Error::other)
}

fn small(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(MOST).read_to_string(&mut text)?;
    Ok(text)
}

/// An archive, and one byte more than it may have.
pub(super) fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(MAX_ARCHIVE).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
