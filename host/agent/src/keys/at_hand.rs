//! The private keys at hand for reading: those on this machine, and the files and folders that were named.
//!
//! INVARIANT: a protected key is opened when a text needs it and not before, and its passphrase is asked for once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use shared_seal::{KeyFile, OpenError, PrivateKey};
use zeroize::Zeroizing;

use super::{Passphrases, file, folder};

/// What was named for reading, beside what lies on this machine.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Given {
    /// A private key besides those on this machine, or a folder of them (*.key, *.json). May be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// A file whose first line is the passphrase of protected keys; else PROMPTGATE_PASSPHRASE, else it is asked for.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// Private keys by the short names of their public halves.
pub(crate) struct Keys {
    all: BTreeMap<String, (PathBuf, KeyFile)>,
    /// Keys that a passphrase opened already.
    unlocked: BTreeMap<String, PrivateKey>,
    passphrases: Passphrases,
}

/// Opened bytes, and the short name of the key that opened them.
pub(crate) type Opened = (Zeroizing<Vec<u8>>, String);

/// Why a text stays closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unopened {
    /// It is sealed to none of the keys at hand.
    NoKey,
    /// It is sealed to one, and does not open.
    Fault(OpenError),
}

impl Keys {
    /// Those on this machine, and those named.
    pub(crate) fn load(data: &Path, given: &Given, variable: Option<Zeroizing<String>>) -> Result<Self> {
        let mut paths = if folder(data).exists() { file::key_files(&folder(data))? } else { Vec::new() };
        for named in &given.key {
            if named.is_dir() {
                let inside = file::key_files(named)?;
                if inside.is_empty() {
                    return Err(anyhow!("{} holds no *.key or *.json file", named.display()));
                }
                paths.extend(inside);
            } else {
                paths.push(named.clone());
            }
        }
        let mut all = BTreeMap::new();
        for path in paths {
            let key = file::read(&path)?.with_context(|| format!("there is no file {}", path.display()))?;
            let id = key.public().id().to_string();
            // A plain copy of a key spares asking for the passphrase of the other.
            match all.get(&id) {
                Some((_, KeyFile::Plain(_))) => {}
                Some((_, KeyFile::Protected(_))) | None => {
                    all.insert(id, (path, key));
                }
            }
        }
        let passphrases = Passphrases::new(given.passphrase_file.as_deref(), variable);
        Ok(Self { all, unlocked: BTreeMap::new(), passphrases })
    }

    /// The short names of the keys at hand.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.all.keys().map(String::as_str).collect()
    }

    /// Opens a text that is sealed to several keys with the first one at hand.
    ///
    /// # Errors
    /// The outer one when a key cannot be used at all (a wrong passphrase).
    pub(crate) fn open<'a>(
        &mut self,
        sealed: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Result<Opened, Unopened>> {
        let mut why = Unopened::NoKey;
        for (id, blob) in sealed {
            let Some(key) = self.private(id)? else { continue };
            match shared_seal::open(key, blob) {
                Ok(bytes) => return Ok(Ok((bytes, id.to_owned()))),
                Err(fault) => why = Unopened::Fault(fault),
            }
        }
        Ok(Err(why))
    }

    fn private(&mut self, id: &str) -> Result<Option<&PrivateKey>> {
        let Some((path, key)) = self.all.get(id) else { return Ok(None) };
        let key = match key {
            KeyFile::Plain(key) => return Ok(Some(key)),
            KeyFile::Protected(key) => key,
        };
        if !self.unlocked.contains_key(id) {
            let passphrase = self.passphrases.known(&format!("key {id} in {}", path.display()))?;
            let opened = key.unlock(&passphrase).with_context(|| path.display().to_string())?;
            self.unlocked.insert(id.to_owned(), opened);
        }
        Ok(self.unlocked.get(id))
    }
}

impl fmt::Display for Unopened {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey => out.write_str("no key here opens it; name one with --key FILE"),
            Self::Fault(fault) => write!(out, "{fault}"),
        }
    }
}
