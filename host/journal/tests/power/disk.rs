//! A disk that loses its power: what was written and not flushed is there, or not, or torn, and in any order.
//!
//! Files in a watched folder are written through to real ones, so that SQLite reads what it wrote. Beside that the disk
//! keeps what a flush made durable and what came after it. At the chosen operation the power goes: from then on every
//! write fails, and [`Disk::after`] gives the files as they may look when the machine starts again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Numbers that look random and are the same in every run (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// Not flushed yet.
#[derive(Clone)]
enum Pending {
    Write { at: usize, bytes: Vec<u8> },
    Cut { length: usize },
}

#[derive(Default)]
struct Media {
    durable: Vec<u8>,
    /// Its name is on the disk too.
    named: bool,
    pending: Vec<Pending>,
    /// Taken away, which nothing flushed.
    deleted: bool,
}

/// A watched folder.
pub(crate) struct Disk {
    pub(crate) folder: PathBuf,
    files: BTreeMap<PathBuf, Media>,
    /// Operations until the power goes.
    left: u64,
    /// A disk that says that it flushed, and did not.
    lies: bool,
}

impl Disk {
    pub(crate) fn new(folder: &Path, left: u64, lies: bool) -> Self {
        Self { folder: folder.to_owned(), files: BTreeMap::new(), left, lies }
    }

    pub(crate) fn is_off(&self) -> bool {
        self.left == 0
    }

    /// One operation; `false` when the power is gone before its end.
    fn tick(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        !self.is_off()
    }

    /// SQLite opened a file that may be there already.
    pub(crate) fn open(&mut self, path: &Path) {
        let media = self.files.entry(path.to_owned()).or_default();
        if media.deleted {
            // A new file under an old name; the old one is gone for good when the new one is flushed.
            media.deleted = false;
            media.named = false;
            media.pending.push(Pending::Cut { length: 0 });
        }
    }

    pub(crate) fn write(&mut self, path: &Path, at: usize, bytes: &[u8]) -> bool {
        if !self.is_off() {
            let media = self.files.entry(path.to_owned()).or_default();
            media.pending.push(Pending::Write { at, bytes: bytes.to_vec() });
        }
        self.tick()
    }

    pub(crate) fn cut(&mut self, path: &Path, length: usize) -> bool {
        if !self.is_off() {
            self.files.entry(path.to_owned()).or_default().pending.push(Pending::Cut { length });
        }
        self.tick()
    }

    pub(crate) fn flush(&mut self, path: &Path) -> bool {
        if !self.tick() {
            return false;
        }
        if self.lies {
            return true;
        }
        let media = self.files.entry(path.to_owned()).or_default();
        for pending in std::mem::take(&mut media.pending) {
            apply(&mut media.durable, &pending, &mut |_| true);
        }
        let is_new = !std::mem::replace(&mut media.named, true);
        // SQLite flushes the folder when it first flushes a log or journal that it made.
        if is_new && path.extension().is_some_and(|end| end != "sqlite3") {
            self.flush_folder();
        }
        true
    }

    /// Every name that is there is on the disk, and none that was taken away.
    fn flush_folder(&mut self) {
        self.files.retain(|_, media| !media.deleted);
        self.files.values_mut().for_each(|media| media.named = true);
    }

    pub(crate) fn delete(&mut self, path: &Path, flush: bool) -> bool {
        if !self.is_off()
            && let Some(media) = self.files.get_mut(path)
        {
            media.deleted = true;
        }
        let is_on = self.tick();
        if is_on && flush && !self.lies {
            self.flush_folder();
        }
        is_on
    }

    /// The files as they may be found afterwards.
    pub(crate) fn after(&self, dice: &mut Dice) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        for (path, media) in &self.files {
            // A name that nothing made durable, or that was taken away, may be there or not.
            if (!media.named || media.deleted) && dice.below(2) == 0 {
                continue;
            }
            let mut bytes = media.durable.clone();
            // How much of what was not flushed arrived: mostly some, sometimes all or nothing.
            let odds = dice.below(5);
            for pending in &media.pending {
                apply(&mut bytes, pending, &mut |_| dice.below(4) < odds);
            }
            found.push((path.clone(), bytes));
        }
        found
    }
}

/// Carries out an operation, of a write those sectors that `arrives` says.
fn apply(bytes: &mut Vec<u8>, pending: &Pending, arrives: &mut dyn FnMut(usize) -> bool) {
    match pending {
        Pending::Cut { length } => {
            if arrives(0) {
                bytes.resize(*length, 0);
            }
        }
        Pending::Write { at, bytes: written } => {
            let mut place = *at;
            let mut rest = written.as_slice();
            while !rest.is_empty() {
                let length = (SECTOR - place % SECTOR).min(rest.len());
                let (sector, later) = rest.split_at(length);
                if arrives(place) {
                    if bytes.len() < place + length {
                        bytes.resize(place + length, 0);
                    }
                    bytes[place..place + length].copy_from_slice(sector);
                }
                place += length;
                rest = later;
            }
        }
    }
}
