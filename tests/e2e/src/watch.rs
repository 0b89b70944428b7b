//! Looks whether files of a work tree changed: their times and lengths, once a second for whoever asks.
//!
//! It deliberately needs nothing of the system: a tree on a share or in a container is watched as well.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders whose files are in no build.
const PASSED_OVER: [&str; 5] = ["cases", "corpus", "examples", "target", "tests"];

/// What was seen of some folders.
pub struct Watch {
    roots: Vec<PathBuf>,
    seen: Seen,
}

type Seen = BTreeMap<PathBuf, (SystemTime, u64)>;

impl Watch {
    /// As they are now.
    pub fn over(roots: impl IntoIterator<Item = PathBuf>) -> Watch {
        let roots: Vec<PathBuf> = roots.into_iter().collect();
        let seen = look(&roots);
        Watch { roots, seen }
    }

    /// What came, went or changed since the last time.
    pub fn changed(&mut self) -> Vec<PathBuf> {
        let now = look(&self.roots);
        let differs = |path: &&PathBuf| self.seen.get(*path) != now.get(*path);
        let paths = self.seen.keys().chain(now.keys().filter(|path| !self.seen.contains_key(*path)));
        let changed = paths.filter(differs).cloned().collect();
        self.seen = now;
        changed
    }
}

fn look(roots: &[PathBuf]) -> Seen {
    let mut seen = Seen::new();
    roots.iter().for_each(|root| into(root, &mut seen));
    seen
}

fn into(folder: &Path, seen: &mut Seen) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // What editors put beside a file that they write.
        let is_fleeting = name.starts_with(['.', '#']) || name.ends_with(['~', '#']);
        let Ok(meta) = entry.metadata() else { continue };
        if is_fleeting || (meta.is_dir() && PASSED_OVER.contains(&name.as_str())) {
            continue;
        }
        if meta.is_dir() {
            into(&entry.path(), seen);
        } else if let Ok(modified) = meta.modified() {
            seen.insert(entry.path(), (modified, meta.len()));
        }
    }
}
