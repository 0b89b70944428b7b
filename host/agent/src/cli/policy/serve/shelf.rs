//! What is served: the archives of a place, read whole, looked at again several times a second.
//!
//! INVARIANT: an answer holds one archive with its own tag. INVARIANT: with trusted keys, what they did not sign or is
//! expired is not served; what was served before stands until something better comes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};
use host_policy::bundle::{self, PublicKey, Refused, Seen, Trust};
use hyper::body::Bytes;
use tokio::sync::watch;

use crate::cli::policy::{build, place};
use crate::native::now;

/// Between two looks. Machines that wait have a new bundle this soon after it lies there.
const LOOK: Duration = Duration::from_millis(200);
/// More are left out.
const MOST: usize = 256;

/// An archive.
#[derive(Clone, Debug)]
pub(super) struct Archive {
    /// In quotes, as HTTP has it.
    pub(super) tag: String,
    pub(super) bytes: Bytes,
    /// What it is, where keys are trusted.
    seen: Option<Seen>,
    stamp: Stamp,
}

/// What changes when a file is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

/// By name.
pub(super) type Archives = Arc<BTreeMap<String, Archive>>;

/// Something to tell whoever started the server.
pub(super) struct Change {
    pub(super) name: String,
    pub(super) tag: Option<String>,
    pub(super) refused: Option<String>,
}

/// The place.
pub(super) struct Shelf {
    place: PathBuf,
    trust: Vec<PublicKey>,
    current: watch::Sender<Archives>,
    /// Files that are not served, told once.
    refused: Mutex<BTreeMap<String, (Stamp, String)>>,
    /// One look or one arrival at a time; and how files looked the last time.
    turn: Mutex<BTreeMap<String, Stamp>>,
    /// What was put here since the last look, to be told with the next one.
    untold: Mutex<Vec<Change>>,
}

/// Why an archive was not taken.
pub(super) enum NotTaken {
    /// It does not open.
    Refused(Refused),
    /// It says something that no machine understands.
    Content(String),
    /// The machine's fault.
    Fault(String),
}

impl Shelf {
    pub(super) fn open(place: &Path, trust: Vec<PublicKey>) -> Result<Self> {
        let is_file = place.file_name().is_some_and(|name| is_name(&name.to_string_lossy()));
        if !place.is_dir() && !is_file {
            bail!("{} is neither a folder nor an archive: name one that ends in .tar.gz", place.display());
        }
        let (current, _) = watch::channel(Archives::default());
        let shelf = Self {
            place: place.to_owned(),
            trust,
            current,
            refused: Mutex::default(),
            turn: Mutex::default(),
            untold: Mutex::default(),
        };
        let _told = shelf.take_in(shelf.files(), |_, _| true);
        Ok(shelf)
    }

    /// What is served now, and what is not, to be told.
    pub(super) fn now(&self) -> Vec<Change> {
        let served = self.current.borrow().clone();
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let served = served.iter().map(|(name, archive)| Change {
            name: name.clone(),
            tag: Some(archive.tag.clone()),
            refused: None,
        });
        let refused = refused.iter().map(|(name, (_, why))| Change {
            name: name.clone(),
            tag: None,
            refused: Some(why.clone()),
        });
        served.chain(refused).collect()
    }

    /// To be told of every change.
    pub(super) fn subscribe(&self) -> watch::Receiver<Archives> {
        self.current.subscribe()
    }

    /// Looks again and again, as long as the program runs.
    pub(super) fn watch(self: &Arc<Self>, told: impl Fn(&Change) + Send + 'static) {
        let shelf = Arc::clone(self);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(LOOK);
                shelf.look().iter().for_each(&told);
            }
        });
    }

    /// Looks at the place; what changed.
    fn look(&self) -> Vec<Change> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let files = self.files();
        // A file that is still being written looks otherwise the next time.
        let seen = std::mem::replace(&mut *turn, files.iter().cloned().collect());
        let mut changes = std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner));
        changes.extend(self.take_in(files, |name, stamp| seen.get(name) == Some(&stamp)));
        changes
    }

    /// Takes in what lies there, as far as it is `settled`; whoever calls this has the turn.
    fn take_in(&self, files: Vec<(String, Stamp)>, settled: impl Fn(&str, Stamp) -> bool) -> Vec<Change> {
        let before = self.current.borrow().clone();
        let mut after = BTreeMap::new();
        let mut changes = Vec::new();
        for (name, stamp) in files {
            let known = before.get(&name);
            if let Some(known) = known.filter(|known| known.stamp == stamp) {
                after.insert(name, known.clone());
                continue;
            }
            if !settled(&name, stamp) {
                after.extend(known.map(|known| (name, known.clone())));
                continue;
            }
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            if refused.get(&name).is_some_and(|(other, _)| *other == stamp) {
                after.extend(known.map(|known| (name, known.clone())));
                continue;
            }
            match self.read(&name, stamp) {
                Ok(archive) => {
                    refused.remove(&name);
                    if known.is_none_or(|known| known.tag != archive.tag) {
                        let tag = Some(archive.tag.clone());
                        changes.push(Change { name: name.clone(), tag, refused: None });
                    }
                    after.insert(name, archive);
                }
                Err(why) => {
                    changes.push(Change { name: name.clone(), tag: None, refused: Some(why.clone()) });
                    refused.insert(name.clone(), (stamp, why));
                    after.extend(known.map(|known| (name, known.clone())));
                }
            }
        }
        let gone = before.keys().filter(|name| !after.contains_key(*name));
        changes.extend(gone.map(|name| Change { name: name.clone(), tag: None, refused: None }));
        let is_other = before.len() != after.len()
            || before.iter().zip(&after).any(|((name, one), (other, two))| {
                name != other || one.tag != two.tag || one.stamp != two.stamp
            });
        if is_other {
            self.current.send_replace(Arc::new(after));
        }
        changes
    }

    /// The names that are there, with how their files look.
    fn files(&self) -> Vec<(String, Stamp)> {
        let stamp = |path: &Path| {
            let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
            Some(Stamp { modified: meta.modified().ok(), length: meta.len() })
        };
        if !self.place.is_dir() {
            let name = self.place.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return stamp(&self.place).map(|stamp| (name, stamp)).into_iter().collect();
        }
        let Ok(entries) = fs::read_dir(&self.place) else { return Vec::new() };
        let mut files: Vec<(String, Stamp)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().to_str().filter(|name| is_name(name))?.to_owned();
                Some((name, stamp(&entry.path())?))
            })
            .collect();
        files.sort_by(|one, other| one.0.cmp(&other.0));
        files.truncate(MOST);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        if self.place.is_dir() { self.place.join(name) } else { self.place.clone() }
    }

    fn read(&self, name: &str, stamp: Stamp) -> Result<Archive, String> {
        let bytes = build::archive(&self.path(name)).map_err(|fault| format!("{fault:#}"))?;
        let seen = match self.trust.is_empty() {
            true => None,
            false => Some(self.opened(&bytes, None).map_err(|fault| fault.to_string())?),
        };
        Ok(Archive { tag: format!("\"{}\"", build::digest(&bytes)), bytes: bytes.into(), seen, stamp })
    }

    fn opened(&self, bytes: &[u8], newest: Option<Seen>) -> Result<Seen, NotTaken> {
        let trust = Trust {
            keys: &self.trust,
            audience: None,
            agent: env!("CARGO_PKG_VERSION"),
            newest,
            now: i64::try_from(now() / 1_000).unwrap_or(i64::MAX),
        };
        let opened = bundle::open(bytes, &trust).map_err(NotTaken::Refused)?;
        let read = host_policy::Guardrails::read(&opened.files, opened.manifest.monitor);
        read.map_err(|fault| NotTaken::Content(fault.to_string()))?;
        Ok(opened.seen)
    }

    /// Takes an archive that was put here, if it opens and is newer than what is served under this name.
    pub(super) fn take(&self, name: &str, bytes: &[u8]) -> Result<String, NotTaken> {
        // From before it is opened until it is served, so that of two that arrive at once the newer one stays.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.current.borrow().get(name).and_then(|archive| archive.seen);
        self.opened(bytes, before)?;
        place::replace(&self.path(name), bytes).map_err(|fault| NotTaken::Fault(fault.to_string()))?;
        let own = self.files().into_iter().filter(|(other, _)| other == name);
        let others = self
            .current
            .borrow()
            .iter()
            .filter(|(other, _)| *other != name)
            .map(|(other, archive)| (other.clone(), archive.stamp))
            .collect::<Vec<_>>();
        let changes = self.take_in(own.chain(others).collect(), |_, _| true);
        self.untold.lock().unwrap_or_else(PoisonError::into_inner).extend(changes);
        Ok(build::digest(bytes))
    }

    /// Whether something may be put here under this name.
    pub(super) fn has_place_for(&self, name: &str) -> bool {
        if self.place.is_dir() {
            return is_name(name);
        }
        self.place.file_name().is_some_and(|own| own.to_string_lossy() == name)
    }
}

impl std::fmt::Display for NotTaken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refused) => write!(out, "{refused} ({})", refused.code()),
            Self::Content(why) | Self::Fault(why) => out.write_str(why),
        }
    }
}

/// A plain name of an archive: nothing that leads elsewhere.
fn is_name(name: &str) -> bool {
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    name.ends_with(".tar.gz") && !name.starts_with('.') && name.len() <= 128 && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_leads_nowhere_else() {
        assert!(is_name("bundle.tar.gz") && is_name("acme-2.tar.gz"));
        for name in
            ["", ".tar.gz", "../x.tar.gz", "a/b.tar.gz", "a\\b.tar.gz", "x.tar", "%2e.tar.gz", "x.tar.gz\n"]
        {
            assert!(!is_name(name), "{name}");
        }
    }
}
