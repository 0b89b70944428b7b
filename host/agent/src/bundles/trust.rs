//! Whose signature counts, from the settings' keys on through every bundle that named others.
//!
//! A bundle that names keys hands over to them: it is the last one of the keys before. It stays as the proof, so that
//! nobody who can write into the data folder can name a key.
//! INVARIANT: keys sign the versions of their time and no others: who had a key once cannot sign a later bundle with it.

use host_policy::bundle::{self, Opened, PublicKey, Refused, Seen, Trust};

use super::keep::Keep;
use super::state::State;
use crate::settings::BundleSettings;

/// The keys and the versions that are theirs.
#[derive(Clone, Debug)]
struct Era {
    keys: Vec<PublicKey>,
    /// The version that named them; the settings named the first ones.
    after: Option<u64>,
    /// The version that named the next ones.
    until: Option<u64>,
}

/// All that were trusted one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Eras {
    /// Never empty.
    eras: Vec<Era>,
    audience: Option<String>,
}

/// How an archive is opened: [`bundle::open`] what comes, [`bundle::reopen`] what is kept.
type Open = fn(&[u8], &Trust<'_>) -> Result<Opened, Refused>;

impl Eras {
    /// Of settings, and of the rotations that are kept, as far as they hold.
    pub(crate) fn read(keep: &Keep, settings: &BundleSettings, state: &State, now: i64) -> Self {
        let first = Era { keys: settings.keys.clone(), after: None, until: None };
        let mut all = Self { eras: vec![first], audience: settings.audience.clone() };
        if !state.is_under(&settings.keys) {
            return all;
        }
        for (version, archive) in keep.rotations() {
            let opened = all.open(&archive, None, now, bundle::reopen);
            // A proof that does not hold hands over to nobody, nor do those after it.
            let Ok(opened) = opened else { break };
            if opened.manifest.version != version || opened.manifest.keys.is_empty() {
                break;
            }
            if let Some(last) = all.eras.last_mut() {
                last.until = Some(version);
            }
            all.eras.push(Era { keys: opened.manifest.keys, after: Some(version), until: None });
        }
        all
    }

    /// Opens an archive with the keys of its time. `newest`: what was ever active.
    pub(crate) fn open(
        &self,
        archive: &[u8],
        newest: Option<Seen>,
        now: i64,
        how: Open,
    ) -> Result<Opened, Refused> {
        let mut unknown = None;
        for era in self.eras.iter().rev() {
            let trust = Trust {
                keys: &era.keys,
                audience: self.audience.as_deref(),
                agent: env!("CARGO_PKG_VERSION"),
                newest,
                now,
            };
            match how(archive, &trust) {
                Ok(opened) if era.holds(opened.manifest.version) => return Ok(opened),
                Ok(opened) => drop(unknown.insert(Refused::UnknownKey { keys: vec![opened.key] })),
                Err(refused @ Refused::UnknownKey { .. }) => drop(unknown.get_or_insert(refused)),
                Err(refused) => return Err(refused),
            }
        }
        Err(unknown.unwrap_or(Refused::NoSignature))
    }

    /// Who signs what comes next: bundles, and one-time codes.
    pub(crate) fn now(&self) -> &[PublicKey] {
        self.eras.last().map_or(&[], |era| &era.keys)
    }
}

impl Era {
    fn holds(&self, version: u64) -> bool {
        self.after.is_none_or(|after| version > after) && self.until.is_none_or(|until| version <= until)
    }
}
