//! The names of members: one spelling for each, and one meaning of it on every file system.

use std::collections::BTreeMap;

use crate::bundle::{ArchiveFault, MAX_PATH};

/// What has been named so far, by the name without its case.
#[derive(Default)]
pub(super) struct Names {
    seen: BTreeMap<String, Seen>,
}

struct Seen {
    spelling: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    /// Named by the path of something in it only.
    Implied,
}

impl Names {
    /// Takes the name of a file, and gives it as it is known from now on.
    pub(super) fn file(&mut self, name: &[u8]) -> Result<String, ArchiveFault> {
        let path = plain(name)?.ok_or(ArchiveFault::Traversal)?;
        self.add(path, Kind::File)?;
        Ok(path.to_owned())
    }

    /// Takes the name of a folder, with or without a slash at its end.
    pub(super) fn folder(&mut self, name: &[u8]) -> Result<(), ArchiveFault> {
        let name = name.strip_suffix(b"/").unwrap_or(name);
        match plain(name)? {
            Some(path) => self.add(path, Kind::Folder),
            // The bundle's own folder, once.
            None => self.add(".", Kind::Folder),
        }
    }

    fn add(&mut self, path: &str, kind: Kind) -> Result<(), ArchiveFault> {
        for (at, _) in path.match_indices('/') {
            self.put(path.get(..at).unwrap_or_default(), Kind::Implied)?;
        }
        self.put(path, kind)
    }

    fn put(&mut self, path: &str, kind: Kind) -> Result<(), ArchiveFault> {
        let new = Seen { spelling: path.to_owned(), kind };
        let Some(old) = self.seen.get_mut(&path.to_ascii_lowercase()) else {
            self.seen.insert(path.to_ascii_lowercase(), new);
            return Ok(());
        };
        let merged = match (old.kind, kind) {
            (Kind::Folder | Kind::Implied, Kind::Implied) => old.kind,
            (Kind::Implied, Kind::Folder) => Kind::Folder,
            (Kind::File, _) | (_, Kind::File) | (Kind::Folder, Kind::Folder) => {
                return Err(ArchiveFault::Duplicate);
            }
        };
        if old.spelling != path {
            return Err(ArchiveFault::Duplicate);
        }
        old.kind = merged;
        Ok(())
    }
}

/// The path without the `./` that many programs put before it; nothing when that is all.
fn plain(name: &[u8]) -> Result<Option<&str>, ArchiveFault> {
    let drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
    if drive || name.starts_with(b"/") || name.starts_with(b"\\") {
        return Err(ArchiveFault::Absolute);
    }
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    if !name.iter().all(allowed) {
        return Err(ArchiveFault::Characters);
    }
    let name = std::str::from_utf8(name).map_err(|_| ArchiveFault::Characters)?;
    if name == "." {
        return Ok(None);
    }
    let path = name.strip_prefix("./").unwrap_or(name);
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(ArchiveFault::Traversal);
    }
    if path.len() > MAX_PATH {
        return Err(ArchiveFault::LongPath);
    }
    Ok(Some(path))
}
