//! `identity.json` in the data folder: who signed in, and who was bound to this device and verified.
//!
//! INVARIANT: no token and nothing of a face or a document: names, times, and in what context somebody proved who they
//! are. INVARIANT: written whole, and changed under a lock, so that two processes lose nothing of each other's.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use host_identity::Person;
use serde::{Deserialize, Serialize};

use crate::keys::{make_folder, write_private};

/// The only version there is.
const VERSION: u32 = 1;

/// What is known of people on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    /// Who is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<Session>,
    /// Who was bound or verified here, one entry for each person.
    #[serde(default)]
    pub(crate) bound: Vec<Bound>,
}

/// A sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    /// Whose.
    pub(crate) person: Person,
    /// When, in unix seconds.
    pub(crate) signed_in_at: i64,
    /// When the provider last said that it still holds.
    pub(crate) refreshed_at: i64,
}

/// A person and this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bound {
    /// Who said so.
    pub(crate) issuer: String,
    /// The provider's name for the person.
    pub(crate) sub: String,
    /// The name that rows have, where it is another: by it a person is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// The machine it happened on, where the system has a name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) machine: Option<String>,
    /// When they were bound to this device; none when they only verified themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enrolled_at: Option<i64>,
    /// When they last proved who they are as the settings ask; none when they never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verified_at: Option<i64>,
    /// In what context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acr: Option<String>,
    /// By what methods.
    #[serde(default)]
    pub(crate) amr: Vec<String>,
}

impl Default for State {
    fn default() -> Self {
        Self { version: VERSION, session: None, bound: Vec::new() }
    }
}

impl State {
    /// Where it lies.
    pub(crate) fn path(data: &Path) -> PathBuf {
        data.join("identity.json")
    }

    /// What is there; nothing where there is no file.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub(crate) fn load(data: &Path) -> Result<Self> {
        let path = Self::path(data);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(fault) => return Err(fault).with_context(|| format!("{} cannot be read", path.display())),
        };
        let state: Option<Self> = serde_json::from_str(&text).ok();
        state.filter(|state| state.version == VERSION).with_context(|| {
            format!("{} is damaged or of a newer version; remove it and sign in again", path.display())
        })
    }

    /// Changes what is there, in one go. A damaged file is begun anew.
    pub(crate) fn change<T>(data: &Path, work: impl FnOnce(&mut Self) -> T) -> Result<T> {
        make_folder(data)?;
        let _held = lock(data)?;
        let mut state = Self::load(data).unwrap_or_default();
        let done = work(&mut state);
        let text = serde_json::to_vec_pretty(&state).context("it cannot be written down")?;
        write_private(&Self::path(data), &text)?;
        Ok(done)
    }

    /// The entry of a person.
    pub(crate) fn bound(&self, person: &Person) -> Option<&Bound> {
        self.bound.iter().find(|bound| bound.issuer == person.issuer && bound.sub == person.sub)
    }
}

/// Held while somebody changes the file; the system gives it back when its holder dies.
fn lock(data: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(data.join("identity.lock")).context("the lock cannot be made")?;
    file.lock().context("the lock cannot be had")?;
    Ok(file)
}
