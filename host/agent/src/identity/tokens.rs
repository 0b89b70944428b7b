//! Tokens on disk: sealed to a key that lies in the platform's key store.
//!
//! Key stores differ in how much they hold (Windows: 2,560 bytes, less than some refresh tokens), so what lies there is a
//! key of 32 bytes. INVARIANT: where there is no key store the key is a file of this person alone, and who signs in is
//! told why. It protects against who gets the files, not against programs of the same account, which may ask the same
//! store.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use host_identity::Tokens;
use shared_seal::{KeyPair, PrivateKey};
use zeroize::Zeroizing;

use super::state::write_private;
use crate::keys;
use crate::settings::KeyStore;

/// Under which the key store lists us.
const SERVICE: &str = "promptgate";

/// Where tokens of one data folder lie.
pub(crate) struct Vault {
    data: PathBuf,
    store: KeyStore,
}

/// Where their key lies now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the platform's key store.
    Platform,
    /// In a file, because the settings say so.
    File,
    /// In a file, because there is no key store that can be used.
    FellBack(String),
}

impl Vault {
    pub(crate) fn new(data: &Path, store: KeyStore) -> Self {
        Self { data: data.to_owned(), store }
    }

    /// Keeps them, under a key of their own.
    pub(crate) fn keep(&self, tokens: &Tokens) -> Result<Kept> {
        let pair = KeyPair::derive(keys::seed()?);
        let text = Zeroizing::new(serde_json::to_vec(tokens).context("tokens cannot be written down")?);
        let sealed = shared_seal::seal(&pair.private.public(), &text, keys::seed()?)?;
        let secret = pair.private.to_base64();
        let kept = match self.store {
            KeyStore::File => Kept::File,
            KeyStore::Platform => match self.entry().and_then(|entry| entry.set_password(&secret)) {
                Ok(()) => Kept::Platform,
                Err(fault) => Kept::FellBack(why(&fault)),
            },
        };
        match kept {
            Kept::Platform => remove(&self.key())?,
            Kept::File | Kept::FellBack(_) => write_private(&self.key(), secret.as_bytes())?,
        }
        write_private(&self.sealed(), sealed.as_bytes())?;
        Ok(kept)
    }

    /// What was kept; none where nothing is.
    pub(crate) fn open(&self) -> Result<Option<Tokens>> {
        let Some(sealed) = read(&self.sealed())? else { return Ok(None) };
        let secret =
            match read(&self.key())? {
                Some(secret) => secret,
                None => self.entry().and_then(|entry| entry.get_password()).map(Zeroizing::new).map_err(
                    |fault| anyhow!("the key store does not give the key of the tokens ({})", why(&fault)),
                )?,
            };
        let key = PrivateKey::parse(&secret).context("the key of the tokens is damaged; sign in again")?;
        let text = shared_seal::open(&key, &sealed).context("the tokens are damaged; sign in again")?;
        serde_json::from_slice(&text).map(Some).map_err(|_| anyhow!("the tokens are damaged; sign in again"))
    }

    /// Forgets them.
    pub(crate) fn forget(&self) -> Result<()> {
        if self.sealed().exists() && !self.key().exists() {
            // Without what it opens, a key that stays is of no use to anybody.
            let _gone = self.entry().and_then(|entry| entry.delete_credential());
        }
        remove(&self.sealed())?;
        remove(&self.key())
    }

    /// Where the key lies, in a word; none where there are no tokens.
    pub(crate) fn place(&self) -> Option<&'static str> {
        let place = if self.key().exists() { "file" } else { "key-store" };
        self.sealed().exists().then_some(place)
    }

    fn sealed(&self) -> PathBuf {
        self.data.join("identity.tokens")
    }

    fn key(&self) -> PathBuf {
        self.data.join("identity.key")
    }

    fn entry(&self) -> keyring::Result<keyring::Entry> {
        keyring::Entry::new(SERVICE, &format!("tokens in {}", self.data.display()))
    }
}

/// In our words: the library's may hold values.
fn why(fault: &keyring::Error) -> String {
    match fault {
        keyring::Error::NoEntry => "it has no such entry",
        keyring::Error::NoStorageAccess(_) => "it is locked or may not be used",
        keyring::Error::NoDefaultStore | keyring::Error::PlatformFailure(_) => "none answers on this machine",
        _ => "it does not take or give keys",
    }
    .to_owned()
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(fault).with_context(|| format!("{} cannot be read", path.display())),
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
