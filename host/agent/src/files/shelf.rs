//! The files of one connection: bytes that arrive, files that are read, and what is known of them afterwards.
//!
//! INVARIANT: bytes and files that are held at once are bounded. Bytes are held until they are read, texts until a judgement
//! looked at them or for [`UNJUDGED`]; of a file that was judged remains what was found in it.
//! INVARIANT: who waits for a file hears of it by its deadline.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use shared_protocol::{
    App, FILE_BYTES, FILES, FILES_BYTES, FileFault, FileId, PIECE_BYTES, Prompt, Text, UnreadFile,
};
use zeroize::{Zeroize, Zeroizing};

use super::attached::{Attached, FileRead};
use super::parent::Readers;
use crate::settings::PicturesSettings;

/// How long a text waits for its judgement.
const UNJUDGED: Duration = Duration::from_secs(600);

/// Files that are known after their judgement.
const KNOWN: usize = 512;

enum Stage {
    /// Bytes arrive.
    Coming(Zeroizing<Vec<u8>>),
    /// It is being read; so many bytes.
    Reading(u64),
    /// It was read.
    Read(Arc<FileRead>),
}

struct Held {
    app: App,
    name: Option<Text>,
    stage: Stage,
    since: Instant,
}

/// A file that a prompt is about.
struct Wanted {
    file: Option<FileId>,
    name: Option<Text>,
    size: u64,
    /// Only a piece of it is there.
    cut: bool,
    /// Which of the prompt's attachments name it.
    by: Vec<usize>,
}

#[derive(Default)]
struct State {
    files: HashMap<FileId, Held>,
    /// By the site's ids.
    named: BTreeMap<(App, String), FileId>,
    closed: bool,
}

/// The files of one connection.
pub(crate) struct Shelf {
    readers: Readers,
    state: Mutex<State>,
    changed: Condvar,
}

impl Shelf {
    pub(crate) fn new(readers: Readers) -> Self {
        Self { readers, state: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of a file follow. One that was begun before begins anew. Of one that is too large that much is known, and
    /// its bytes are not taken.
    pub(crate) fn begin(
        &self,
        file: FileId,
        app: App,
        name: Option<Text>,
        size: Option<u64>,
    ) -> Result<u64, FileFault> {
        let mut state = self.lock();
        state.files.remove(&file);
        state.tidy(Instant::now());
        let size = size.unwrap_or(0);
        if size > FILE_BYTES {
            let read = FileRead::failed(Some(file.clone()), name.clone(), size, UnreadFile::TooLarge);
            let stage = Stage::Read(Arc::new(read));
            state.files.insert(file, Held { app, name, stage, since: Instant::now() });
            return Err(FileFault::TooLarge);
        }
        if state.pending() >= FILES || state.bytes().saturating_add(size) > FILES_BYTES {
            return Err(FileFault::TooMany);
        }
        let stage = Stage::Coming(Zeroizing::new(Vec::new()));
        state.files.insert(file, Held { app, name, stage, since: Instant::now() });
        Ok(0)
    }

    /// Takes bytes; says how many there are now. After a fault the file is gone.
    pub(crate) fn piece(&self, file: &FileId, offset: u64, bytes: &Text) -> Result<u64, FileFault> {
        let mut state = self.lock();
        let taken = state.take(file, offset, bytes);
        if taken.is_err() {
            state.files.remove(file);
            self.changed.notify_all();
        }
        taken
    }

    /// All bytes came: it is read, beside. Gives up at `until`.
    pub(crate) fn end(
        self: &Arc<Self>,
        file: FileId,
        size: u64,
        pictures: Option<PicturesSettings>,
        until: Instant,
    ) -> Result<(), FileFault> {
        let mut state = self.lock();
        let held = state.files.get_mut(&file).ok_or(FileFault::Unknown)?;
        let Stage::Coming(bytes) = &mut held.stage else { return Err(FileFault::OutOfOrder) };
        if u64::try_from(bytes.len()) != Ok(size) {
            state.files.remove(&file);
            self.changed.notify_all();
            return Err(FileFault::OutOfOrder);
        }
        let bytes = Arc::new(std::mem::take(bytes));
        held.stage = Stage::Reading(size);
        let name = held.name.clone();
        drop(state);
        let shelf = Arc::clone(self);
        thread::spawn(move || {
            let hash = hash(&bytes);
            let contents = shelf.readers.read(bytes, pictures.as_ref(), until);
            let read = FileRead::new(Some(file.clone()), name, size, hash, contents);
            if let Some(held) = shelf.lock().files.get_mut(&file) {
                held.stage = Stage::Read(Arc::new(read));
            }
            shelf.changed.notify_all();
        });
        Ok(())
    }

    /// It is not attached any more.
    pub(crate) fn gone(&self, file: &FileId) {
        self.lock().files.remove(file);
        self.changed.notify_all();
    }

    /// The site's id of it.
    pub(crate) fn named(&self, file: FileId, id: String) {
        let mut state = self.lock();
        if let Some(app) = state.files.get(&file).map(|held| held.app.clone()) {
            state.named.insert((app, id), file);
        }
    }

    /// Nobody waits any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Whether the prompt names files that were given here, or one of which only a piece is known.
    pub(crate) fn concerns(&self, app: &App, prompt: &Prompt) -> bool {
        !self.lock().wanted(app, prompt).is_empty()
    }

    /// The files that a prompt names; waits for them until `until`.
    pub(crate) fn wait(&self, app: &App, prompt: &Prompt, until: Instant) -> Attached {
        let mut state = self.lock();
        let wanted = state.wanted(app, prompt);
        loop {
            let is_pending = |wanted: &Wanted| state.held(wanted).is_some_and(Held::is_pending);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || state.closed || !wanted.iter().any(is_pending) {
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let files = wanted.iter().map(|wanted| state.read(wanted)).collect();
        let by = wanted.into_iter().map(|wanted| wanted.by).collect();
        Attached { files, by, ..Attached::default() }
    }

    /// A judgement is done with these: what it found stays, texts do not.
    pub(crate) fn judged(&self, after: Vec<FileRead>) {
        let mut state = self.lock();
        for read in after {
            let held = read.id.as_ref().and_then(|id| state.files.get_mut(id));
            // Not of a file whose bytes are still on their way.
            if let Some(held) = held
                && matches!(held.stage, Stage::Read(_))
            {
                held.stage = Stage::Read(Arc::new(read));
            }
        }
    }
}

impl Held {
    fn is_pending(&self) -> bool {
        match &self.stage {
            Stage::Coming(_) | Stage::Reading(_) => true,
            Stage::Read(_) => false,
        }
    }

    fn has_text(&self) -> bool {
        match &self.stage {
            Stage::Coming(_) | Stage::Reading(_) => true,
            Stage::Read(read) => !read.pieces.is_empty(),
        }
    }
}

impl State {
    fn pending(&self) -> usize {
        self.files.values().filter(|held| held.has_text()).count()
    }

    fn bytes(&self) -> u64 {
        let of = |held: &Held| match &held.stage {
            Stage::Coming(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Stage::Reading(size) => *size,
            Stage::Read(_) => 0,
        };
        self.files.values().map(of).fold(0, u64::saturating_add)
    }

    fn take(&mut self, file: &FileId, offset: u64, bytes: &Text) -> Result<u64, FileFault> {
        let others = self.bytes();
        let held = self.files.get_mut(file).ok_or(FileFault::Unknown)?;
        let Stage::Coming(known) = &mut held.stage else { return Err(FileFault::OutOfOrder) };
        if bytes.len() > PIECE_BYTES.div_ceil(3) * 4 {
            return Err(FileFault::TooLarge);
        }
        let more = Zeroizing::new(STANDARD.decode(bytes.expose()).map_err(|_| FileFault::Malformed)?);
        let length = u64::try_from(more.len()).unwrap_or(u64::MAX);
        if u64::try_from(known.len()) != Ok(offset) {
            return Err(FileFault::OutOfOrder);
        }
        if offset.saturating_add(length) > FILE_BYTES {
            return Err(FileFault::TooLarge);
        }
        if others.saturating_add(length) > FILES_BYTES {
            return Err(FileFault::TooMany);
        }
        grow(known, &more);
        Ok(offset.saturating_add(length))
    }

    /// What was not judged in time goes, and of what was judged the oldest.
    fn tidy(&mut self, now: Instant) {
        let is_over = |held: &Held| held.has_text() && now.saturating_duration_since(held.since) > UNJUDGED;
        self.files.retain(|_, held| !is_over(held));
        while self.files.len() >= KNOWN {
            let oldest =
                self.files.iter().filter(|(_, held)| !held.has_text()).min_by_key(|(_, held)| held.since);
            let Some(oldest) = oldest.map(|(file, _)| file.clone()) else { break };
            self.files.remove(&oldest);
        }
        let files = &self.files;
        self.named.retain(|_, file| files.contains_key(file));
    }

    fn held(&self, wanted: &Wanted) -> Option<&Held> {
        self.files.get(wanted.file.as_ref()?)
    }

    /// What is known of it now.
    fn read(&self, wanted: &Wanted) -> Arc<FileRead> {
        let failed = |name: &Option<Text>, size, why| {
            Arc::new(FileRead::failed(wanted.file.clone(), name.clone(), size, why))
        };
        let read = match self.held(wanted) {
            Some(Held { stage: Stage::Read(read), .. }) => Arc::clone(read),
            Some(Held { stage: Stage::Reading(size), name, .. }) => {
                failed(name, *size, UnreadFile::Exhausted)
            }
            Some(Held { stage: Stage::Coming(_), .. }) | None => {
                failed(&wanted.name, wanted.size, UnreadFile::Missing)
            }
        };
        // Whatever the piece says, the rest of the file is missing.
        if !wanted.cut || read.unread.contains(&UnreadFile::Missing) {
            return read;
        }
        let unread = read.unread.iter().copied().chain([UnreadFile::Missing]).collect();
        Arc::new(FileRead { unread, ..FileRead::clone(&read) })
    }

    /// The files of a prompt: those it was said to carry, those it names by ids that are known, and those of which it
    /// carries a piece.
    fn wanted(&self, app: &App, prompt: &Prompt) -> Vec<Wanted> {
        let mut all: Vec<Wanted> = Vec::new();
        for (nth, attachment) in prompt.attachments.iter().enumerate() {
            let by_id = || self.named.get(&(app.clone(), attachment.id.clone()?)).cloned();
            let file = attachment.file.clone().or_else(by_id);
            let known = all.iter_mut().find(|known| file.is_some() && known.file == file);
            if let Some(known) = known {
                known.by.push(nth);
            } else if file.is_some() || attachment.cut {
                let (name, size) = (attachment.name.clone(), attachment.size.unwrap_or(0));
                all.push(Wanted { file, name, size, cut: attachment.cut, by: vec![nth] });
            }
        }
        all
    }
}

/// Appends without leaving copies behind: a buffer that grows is wiped.
fn grow(known: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if known.capacity() - known.len() < more.len() {
        let wanted = (known.len() + more.len()).max(known.capacity() * 2);
        let mut larger = Vec::with_capacity(wanted);
        larger.extend_from_slice(known);
        known.zeroize();
        **known = larger;
    }
    known.extend_from_slice(more);
}

/// SHA-256 in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // A string takes everything.
        let _written = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests;
