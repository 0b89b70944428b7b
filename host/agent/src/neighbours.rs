//! Mistakes of the models that people reported, and what of them counts.
//!
//! What a person reports is kept by where the prompt's sentences lie, sealed to a key of this device. Once it is confirmed, the
//! classifier takes from prompts like it what it said wrongly ([`host_classify::Neighbours`]).
//! INVARIANT: no text; what is kept until somebody reports it is in memory only. INVARIANT: under a bundle only what a key of
//! the bundle's signed counts, on a managed machine without one nothing: whoever sits at a machine loosens no policy of others.
//! INVARIANT: no verdict waits for a key store.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use host_classify::{Classification, Neighbours, Saying};
use host_policy::Confirmation;
use host_policy::bundle::PublicKey;
use host_store::{NeighbourRow, Store, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared_protocol::{EventId, PolicySource, Topic};
use shared_seal::{KeyPair, PrivateKey};

use crate::keys::{self, DeviceKey};
use crate::live::Active;
use crate::native::now;
use crate::out;
use crate::record::{Place, Recorder};

/// Most prompts of late that a report can still be about.
const RECENT: usize = 64;

/// Most sentences that are kept of a prompt, each of about 2 KB; of one with more nothing is.
const SENTENCES: usize = 24;

/// Whose confirmation counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Nobody's.
    #[default]
    Nobody,
    /// Of whoever sits at the machine: its policy is theirs.
    Anybody,
    /// Of who has one of these keys.
    Keys(Vec<PublicKey>),
}

impl Trust {
    /// Of what is in force.
    pub(crate) fn of(active: &Active) -> Self {
        let settings = active.settings();
        match settings.source {
            PolicySource::Bundle => Self::Keys(active.grant_keys().to_vec()),
            PolicySource::DeveloperFile => Self::Anybody,
            PolicySource::BuiltinMonitor | PolicySource::BuiltinEnforce if !settings.managed => Self::Anybody,
            PolicySource::BuiltinMonitor | PolicySource::BuiltinEnforce => Self::Nobody,
            PolicySource::ManagedWithoutBundle => Self::Nobody,
        }
    }

    /// Whether what is kept is confirmed.
    pub(crate) fn takes(&self, row: &NeighbourRow) -> bool {
        let is_signed = |keys: &[PublicKey]| {
            let code = row.code.as_deref().and_then(|code| Confirmation::read(code, keys).ok());
            code.is_some_and(|code| code == of(row))
        };
        row.confirmed_at.is_some()
            && match self {
                Self::Nobody => false,
                Self::Anybody => true,
                Self::Keys(keys) => is_signed(keys),
            }
    }
}

/// What an admin would sign.
pub(crate) fn of(row: &NeighbourRow) -> Confirmation {
    Confirmation {
        event: row.event.clone(),
        person: row.person.clone(),
        digest: Sha256::digest(row.sealed.as_bytes()).into(),
    }
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    /// So that it is not put into the place of another one's.
    event: String,
    sayings: Vec<Saying>,
}

/// What is known of mistakes.
pub(crate) struct Mistakes {
    data: Option<PathBuf>,
    recorder: Arc<Recorder>,
    /// Of the last prompts of which the models said something.
    recent: Mutex<VecDeque<(EventId, Vec<Saying>)>>,
    learned: Mutex<Learned>,
    /// Held while the key may be made, so that it is made once.
    making: Mutex<()>,
}

/// What was read of the file last.
#[derive(Default)]
struct Learned {
    marks: Vec<(String, u64)>,
    trust: Trust,
    neighbours: Option<Arc<Neighbours>>,
    key: Option<Arc<PrivateKey>>,
    /// Somebody asks the key store.
    asking: bool,
}

impl Mistakes {
    pub(crate) fn new(data: Option<PathBuf>, recorder: Arc<Recorder>) -> Self {
        Self { data, recorder, recent: Mutex::default(), learned: Mutex::default(), making: Mutex::default() }
    }

    /// Remembers what was said of a prompt, for a report that may come.
    pub(crate) fn remember(&self, event: &EventId, found: &Classification) {
        let sayings: Vec<Saying> = found.said.placed().cloned().collect();
        let sentences: usize = sayings.iter().map(Saying::sentences).sum();
        if sayings.is_empty() || sentences > SENTENCES {
            return;
        }
        let mut recent = self.recent();
        recent.retain(|(other, _)| other != event);
        recent.push_back((event.clone(), sayings));
        if recent.len() > RECENT {
            recent.pop_front();
        }
    }

    /// Puts a report on record, with what is still known of its prompt. `false` when there is no such event.
    pub(crate) fn reported(&self, place: &Place<'_>, active: &Active) -> Result<bool> {
        let sayings =
            self.recent().iter().find(|(event, _)| event == place.event).map(|(_, all)| all.clone());
        let kept = sayings.and_then(|sayings| match self.sealed(place.event, sayings, active) {
            Ok(row) => Some(row),
            Err(fault) => {
                // The report stands all the same.
                out::note(&format!("what was reported cannot be learned from: {fault:#}"));
                None
            }
        });
        self.recorder.mistaken(place, kept)
    }

    fn sealed(&self, event: &EventId, sayings: Vec<Saying>, active: &Active) -> Result<NeighbourRow> {
        let topics: Vec<&Topic> = sayings.iter().map(|saying| &saying.topic).collect();
        let topics = serde_json::to_string(&topics).context("topics cannot be written down")?;
        let event = event.as_str().to_owned();
        let plain = Sealed { event: event.clone(), sayings };
        let plain = serde_json::to_vec(&plain).context("it cannot be written down")?;
        let key = self.own_key(active)?;
        let sealed = shared_seal::seal(&key.public(), &plain, keys::seed()?)?;
        let person = self.recorder.person();
        Ok(NeighbourRow { event, person, at: now(), topics, sealed, confirmed_at: None, code: None })
    }

    /// This device's key, made where there is none.
    fn own_key(&self, active: &Active) -> Result<Arc<PrivateKey>> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &self.learned().key {
            return Ok(Arc::clone(key));
        }
        let text = self
            .key_place(active)?
            .get_or(|| Ok(KeyPair::derive(keys::seed()?).private.to_base64()))
            .context("the key store does not give or take a key")?;
        let key = PrivateKey::parse(&text).context("the key of what was reported is damaged")?;
        let key = Arc::new(key);
        self.learned().key = Some(Arc::clone(&key));
        Ok(key)
    }

    fn key_place(&self, active: &Active) -> Result<DeviceKey> {
        Ok(key_place(self.data.as_deref().context("no home folder is known; set HOME")?, active))
    }

    /// What counts now; nothing where it cannot be read.
    pub(crate) fn confirmed(self: &Arc<Self>, active: &Arc<Active>) -> Option<Arc<Neighbours>> {
        let marks = self.recorder.neighbour_marks().ok()?;
        let mut learned = self.learned();
        if marks.is_empty() {
            (learned.neighbours, learned.marks) = (None, marks);
            return None;
        }
        let trust = Trust::of(active);
        if learned.marks == marks && learned.trust == trust && learned.neighbours.is_some() {
            return learned.neighbours.clone();
        }
        learned.neighbours = None;
        let Some(key) = learned.key.clone() else {
            if !learned.asking {
                learned.asking = true;
                self.ask_aside(active);
            }
            return None;
        };
        let rows = self.recorder.confirmed_neighbours().ok()?;
        let neighbours = Arc::new(counting(&rows, &trust, &key));
        (learned.marks, learned.trust) = (marks, trust);
        learned.neighbours = Some(Arc::clone(&neighbours));
        Some(neighbours)
    }

    /// Asks the key store on a thread of its own.
    fn ask_aside(self: &Arc<Self>, active: &Arc<Active>) {
        let (mistakes, active) = (Arc::clone(self), Arc::clone(active));
        thread::spawn(move || {
            let read = mistakes.key_place(&active).and_then(|place| place.get());
            let key = match read {
                Ok(text) => text.and_then(|text| PrivateKey::parse(&text).ok()),
                Err(fault) => {
                    out::note(&format!("confirmed mistakes correct nothing: {fault:#}"));
                    None
                }
            };
            let mut learned = mistakes.learned();
            // Where there is none it is not asked for with every prompt.
            learned.asking = key.is_none();
            if let Some(key) = key {
                learned.key = Some(Arc::new(key));
            }
        });
    }

    fn recent(&self) -> MutexGuard<'_, VecDeque<(EventId, Vec<Saying>)>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key_place(data: &Path, active: &Active) -> DeviceKey {
    let store = active.configured.identity.as_ref().map(|identity| identity.key_store);
    DeviceKey::new(data, "neighbours", "reported prompts", store.unwrap_or_default())
}

/// What counts now, read once and waited for: for a command.
pub(crate) fn on_disk(data: &Path, active: &Active) -> Option<Arc<Neighbours>> {
    let store = Store::existing(data, Store::BUSY).ok()?;
    let rows = store.read::<_, StoreError>(|view| view.confirmed_neighbours()).ok()?;
    if rows.is_empty() {
        return None;
    }
    let key = key_place(data, active).get().ok()??;
    Some(Arc::new(counting(&rows, &Trust::of(active), &PrivateKey::parse(&key).ok()?)))
}

/// Those of them that count.
fn counting(rows: &[NeighbourRow], trust: &Trust, key: &PrivateKey) -> Neighbours {
    Neighbours::new(rows.iter().filter(|row| trust.takes(row)).filter_map(|row| opened(row, key)).collect())
}

/// What is kept of one; nothing where it is not what was sealed here.
fn opened(row: &NeighbourRow, key: &PrivateKey) -> Option<Vec<Saying>> {
    let plain = shared_seal::open(key, &row.sealed).ok()?;
    let sealed: Sealed = serde_json::from_slice(&plain).ok()?;
    (sealed.event == row.event).then_some(sealed.sayings)
}

#[cfg(test)]
mod tests;
