//! Everything that reached a stand-in: the proof of what left the browser and of what did not.
//!
//! An entry is made as soon as a request's head or a socket frame is there, and its body grows as bytes come,
//! so a request that was cut off is still searched. Nothing is ever removed.

mod forms;

pub(crate) use forms::{decode as decode_base64, decode_form};

use anyhow::{Result, anyhow};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// What kind of thing came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// An HTTP request.
    Request,
    /// One frame of a WebSocket; its entry's path is that of the handshake.
    SocketFrame,
}

/// One thing that reached a stand-in.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When its head was read.
    pub at: SystemTime,
    /// Request or socket frame.
    pub arrival: Arrival,
    /// The request's method; `GET` for the frames of a socket.
    pub method: String,
    /// The name in the `Host` header, without a port.
    pub host: String,
    /// Path and query as sent.
    pub target: String,
    /// Header names and values as sent.
    pub headers: Vec<(String, String)>,
    /// The body's bytes, as many as came.
    pub body: Vec<u8>,
    /// The body is there to its end.
    pub whole: bool,
}

impl Entry {
    /// The path without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text is somewhere in the entry, in one of the forms a browser sends text in: as it is, percent-encoded,
    /// as a JSON string (also one inside another), base64.
    pub fn contains(&self, text: &str) -> bool {
        let head = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        let head = format!("{}\n{}", self.target, head.collect::<String>());
        forms::contains(head.as_bytes(), text) || forms::contains(&self.body, text)
    }
}

/// A shared, growing list of [`Entry`]; clones see the same list.
#[derive(Clone)]
pub struct Ledger {
    entries: Arc<Mutex<Vec<Entry>>>,
    changed: Arc<watch::Sender<u64>>,
}

impl Ledger {
    pub(crate) fn new() -> Ledger {
        Ledger { entries: Arc::default(), changed: Arc::new(watch::Sender::new(0)) }
    }

    /// All that came so far, in order of arrival.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// How many entries there are: a mark to count from.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Nothing came yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text reached some host in some form; see [`Entry::contains`].
    pub fn contains(&self, text: &str) -> bool {
        self.lock().iter().any(|entry| entry.contains(text))
    }

    /// The entries that hold the text in some form.
    pub fn holding(&self, text: &str) -> Vec<Entry> {
        self.lock().iter().filter(|entry| entry.contains(text)).cloned().collect()
    }

    /// The whole requests with this method and path.
    pub fn requests(&self, method: &str, path: &str) -> Vec<Entry> {
        self.lock().iter().filter(|e| e.whole && e.method == method && e.path() == path).cloned().collect()
    }

    /// Waits for a whole entry that `wanted` accepts, past or future.
    pub async fn wait_for(&self, deadline: Duration, wanted: impl Fn(&Entry) -> bool) -> Result<Entry> {
        let mut changed = self.changed.subscribe();
        let found = tokio::time::timeout(deadline, async {
            loop {
                changed.borrow_and_update();
                if let Some(entry) = self.lock().iter().find(|entry| entry.whole && wanted(entry)) {
                    return Ok(entry.clone());
                }
                changed.changed().await?;
            }
        });
        found
            .await
            .map_err(|_| anyhow!("no such entry within {deadline:?}; the ledger has:\n{}", self.outline()))?
    }

    /// One line for each entry, without bodies: for the message of a test that failed.
    pub fn outline(&self) -> String {
        let line =
            |e: &Entry| format!("{} https://{}{} ({} bytes)\n", e.method, e.host, e.target, e.body.len());
        self.lock().iter().map(line).collect()
    }

    /// Adds an entry and returns its place.
    pub(crate) fn open(&self, entry: Entry) -> usize {
        let mut entries = self.lock();
        entries.push(entry);
        let place = entries.len() - 1;
        drop(entries);
        self.note();
        place
    }

    /// Adds bytes to the body of the entry at `place`.
    pub(crate) fn grow(&self, place: usize, bytes: &[u8]) {
        if let Some(entry) = self.lock().get_mut(place) {
            entry.body.extend_from_slice(bytes);
        }
    }

    /// The entry at `place` came to its end.
    pub(crate) fn close(&self, place: usize) {
        if let Some(entry) = self.lock().get_mut(place) {
            entry.whole = true;
        }
        self.note();
    }

    fn note(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
