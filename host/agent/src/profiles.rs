//! The profiles of the installed browsers, and whether Promptgate is in each: what an extension itself cannot see.
//!
//! INVARIANT: the browsers' files are foreign bytes: reading them is total and bounded, and what cannot be read is a
//! state of its own, never "protected". Deliberately read-only, and blind to everything else that is in these files.

mod chromium;
mod firefox;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::browsers::{Family, Row};
use crate::os::Env;

/// Most bytes of one file of a browser.
const MOST_BYTES: u64 = 32 << 20;

/// Most profiles of one browser that are looked at.
const MOST: usize = 64;

/// One profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    /// Its folder's name.
    pub(crate) folder: String,
    /// Whether Promptgate is in it.
    pub(crate) state: State,
}

/// Whether Promptgate is in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// There and switched on, private windows included.
    On,
    /// There and switched on, but not in private windows.
    NotInPrivate,
    /// There and switched on, but somebody took away that it may look at every guarded site.
    Withheld,
    /// There and switched off.
    Off,
    /// Not there.
    Absent,
    /// The browser's file is not understood.
    Unreadable,
}

/// Every profile of a browser, by the names of their folders. `ids`: under which the extension may be there.
pub(crate) fn profiles(row: &Row, env: &Env, ids: &[String]) -> Vec<Profile> {
    let below = |root: PathBuf| match row.family {
        Family::Chromium => chromium::profiles(&root, ids),
        Family::Firefox => firefox::profiles(&root, ids),
    };
    let mut found: Vec<Profile> = row.profiles(env).into_iter().flat_map(below).collect();
    found.sort_by(|one, other| one.folder.cmp(&other.folder));
    found
}

/// A file's text; `None` when it is not there, too large or no UTF-8.
fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    let read = File::open(path).ok()?.take(MOST_BYTES + 1).read_to_string(&mut text).ok()?;
    (u64::try_from(read).ok()? <= MOST_BYTES).then_some(text)
}

/// The folders in a folder, up to a bound.
fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).into_iter().flatten().take(4096).filter_map(Result::ok);
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn folder_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
