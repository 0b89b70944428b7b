//! A key of this device, for what is kept sealed on it: 32 bytes in the platform's key store.
//!
//! INVARIANT: where there is no key store the key is a file of this person alone, and whoever puts it is told why. It protects
//! against who gets the files, not against programs of the same account, which may ask the same store.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use zeroize::Zeroizing;

use super::write_private;
use crate::settings::KeyStore;

/// Under which the key store lists us.
const SERVICE: &str = "promptgate";

/// Where one key lies.
pub(crate) struct DeviceKey {
    file: PathBuf,
    entry: String,
    store: KeyStore,
}

/// Where a key lies now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the platform's key store.
    Platform,
    /// In a file, because the settings say so.
    File,
    /// In a file, because there is no key store that can be used.
    FellBack(String),
}

impl DeviceKey {
    /// The key of one thing in a data folder: `file` names its file, `what` is how the key store lists it.
    pub(crate) fn new(data: &Path, file: &str, what: &str, store: KeyStore) -> Self {
        let entry = format!("{what} in {}", data.display());
        Self { file: data.join(file).with_extension("key"), entry, store }
    }

    /// Puts another key in the place of what was there.
    pub(crate) fn put(&self, secret: &str) -> Result<Kept> {
        let kept = match self.store {
            KeyStore::File => Kept::File,
            KeyStore::Platform => match self.entry().and_then(|entry| entry.set_password(secret)) {
                Ok(()) => Kept::Platform,
                Err(fault) => Kept::FellBack(why(&fault).to_owned()),
            },
        };
        match kept {
            Kept::Platform => remove(&self.file)?,
            Kept::File | Kept::FellBack(_) => write_private(&self.file, secret.as_bytes())?,
        }
        Ok(kept)
    }

    /// The key; none where there is none.
    pub(crate) fn get(&self) -> Result<Option<Zeroizing<String>>> {
        if let Some(text) = self.in_file()? {
            return Ok(Some(text));
        }
        match (self.store, self.entry().and_then(|entry| entry.get_password())) {
            (_, Ok(secret)) => Ok(Some(Zeroizing::new(secret))),
            (_, Err(keyring::Error::NoEntry)) | (KeyStore::File, Err(_)) => Ok(None),
            (KeyStore::Platform, Err(fault)) => Err(anyhow!(why(&fault))),
        }
    }

    /// The key; what `make` gives where there is none yet. A key store that is there and locked keeps what it has.
    pub(crate) fn get_or(
        &self,
        make: impl FnOnce() -> Result<Zeroizing<String>>,
    ) -> Result<Zeroizing<String>> {
        if let Some(text) = self.in_file()? {
            return Ok(text);
        }
        match (self.store, self.entry().and_then(|entry| entry.get_password())) {
            (KeyStore::Platform, Ok(secret)) => return Ok(Zeroizing::new(secret)),
            (KeyStore::Platform, Err(fault @ keyring::Error::NoStorageAccess(_))) => bail!(why(&fault)),
            // No such entry, or no key store: then it falls back to a file.
            (KeyStore::File, _) | (KeyStore::Platform, Err(_)) => {}
        }
        let made = make()?;
        self.put(&made)?;
        Ok(made)
    }

    fn in_file(&self) -> Result<Option<Zeroizing<String>>> {
        match fs::read_to_string(&self.file) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(fault).with_context(|| format!("{} cannot be read", self.file.display())),
        }
    }

    /// Forgets it.
    pub(crate) fn forget(&self) -> Result<()> {
        if !self.file.exists() {
            let _gone = self.entry().and_then(|entry| entry.delete_credential());
        }
        remove(&self.file)
    }

    /// Where it lies, in a word.
    pub(crate) fn place(&self) -> &'static str {
        if self.file.exists() { "file" } else { "key-store" }
    }

    fn entry(&self) -> keyring::Result<keyring::Entry> {
        keyring::Entry::new(SERVICE, &self.entry)
    }
}

/// In our words: the library's may hold values.
fn why(fault: &keyring::Error) -> &'static str {
    match fault {
        keyring::Error::NoEntry => "it has no such entry",
        keyring::Error::NoStorageAccess(_) => "it is locked or may not be used",
        keyring::Error::NoDefaultStore | keyring::Error::PlatformFailure(_) => "none answers on this machine",
        _ => "it does not take or give keys",
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != ErrorKind::NotFound => {
            Err(fault).with_context(|| format!("{} cannot be removed", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
