//! `policy/state.toml`: what is remembered of bundles beside the kept one.
//!
//! INVARIANT: nothing in here makes a bundle trusted: what is kept is verified again at each read, by keys of the settings and
//! of bundles that those keys signed. What is remembered only ever refuses.
//! It deliberately says nothing of each question that is asked: readers take a changed file for a changed bundle.

use host_policy::bundle::{PublicKey, Seen};
use serde::{Deserialize, Serialize};

/// What is remembered. Fields of a newer version are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// The keys that the settings named when this was written: rotation counts only as long as they are the same.
    pub(crate) settings_keys: Vec<String>,
    /// The newest bundle that was ever active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) newest: Option<Newest>,
    /// How the kept one came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fetched: Option<Fetched>,
    /// The last one that was not taken; gone once one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<Refusal>,
}

/// A version and its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Newest {
    /// The version.
    pub(crate) version: u64,
    /// [`Seen::digest`] in hex digits.
    pub(crate) digest: String,
}

/// Where and when a bundle came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fetched {
    /// Address or file.
    pub(crate) from: String,
    /// The server's tag, quotes included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<String>,
    /// In seconds since 1970.
    pub(crate) at: i64,
}

/// A bundle that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// The stable word.
    pub(crate) code: String,
    /// The sentence with its remedy, shortened.
    pub(crate) reason: String,
    /// Where it came from, by which tag and when it was last looked at.
    pub(crate) fetched: Fetched,
    /// SHA-256 of the archive as it came, in hex digits.
    pub(crate) digest: String,
    /// What it was held against: settings and version of this program, in hex digits.
    pub(crate) against: String,
}

impl State {
    /// The newest that was active under these keys. Of keys that have nothing in common with those of before nothing was.
    pub(crate) fn newest(&self, keys: &[PublicKey]) -> Option<Seen> {
        let newest = self.newest.as_ref()?;
        let shared = keys.iter().any(|key| self.settings_keys.contains(&key.to_string()));
        let seen = Seen { version: newest.version, digest: unhex(&newest.digest)? };
        shared.then_some(seen)
    }

    /// Whether the settings' keys are those of then, as far as that is known.
    pub(crate) fn is_under(&self, keys: &[PublicKey]) -> bool {
        self.settings_keys.is_empty()
            || keys.iter().map(ToString::to_string).eq(self.settings_keys.iter().cloned())
    }
}

impl From<Seen> for Newest {
    fn from(seen: Seen) -> Self {
        Self { version: seen.version, digest: hex(&seen.digest) }
    }
}

/// Lower-case hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
