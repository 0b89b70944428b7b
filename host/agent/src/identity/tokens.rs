//! Tokens on disk: sealed to a key that lies in the platform's key store.
//!
//! Key stores differ in how much they hold (Windows: 2,560 bytes, less than some refresh tokens), so what lies there is a
//! key of 32 bytes ([`DeviceKey`]). INVARIANT: where there is no key store the key is a file, and who signs in is told why.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use host_identity::Tokens;
use shared_seal::{KeyPair, PrivateKey};
use zeroize::Zeroizing;

use crate::keys::{self, DeviceKey, Kept, write_private};
use crate::settings::KeyStore;

/// Where tokens of one data folder lie.
pub(crate) struct Vault {
    data: PathBuf,
    key: DeviceKey,
}

impl Vault {
    pub(crate) fn new(data: &Path, store: KeyStore) -> Self {
        Self { data: data.to_owned(), key: DeviceKey::new(data, "identity", "tokens", store) }
    }

    /// Keeps them, under a key of their own.
    pub(crate) fn keep(&self, tokens: &Tokens) -> Result<Kept> {
        let pair = KeyPair::derive(keys::seed()?);
        let text = Zeroizing::new(serde_json::to_vec(tokens).context("tokens cannot be written down")?);
        let sealed = shared_seal::seal(&pair.private.public(), &text, keys::seed()?)?;
        let kept = self.key.put(&pair.private.to_base64())?;
        write_private(&self.sealed(), sealed.as_bytes())?;
        Ok(kept)
    }

    /// What was kept; none where nothing is.
    pub(crate) fn open(&self) -> Result<Option<Tokens>> {
        let Some(sealed) = read(&self.sealed())? else { return Ok(None) };
        let secret = match self.key.get() {
            Ok(Some(secret)) => secret,
            Ok(None) => bail!("the key of the tokens is gone; sign in again"),
            Err(fault) => bail!("the key store does not give the key of the tokens ({fault})"),
        };
        let key = PrivateKey::parse(&secret).context("the key of the tokens is damaged; sign in again")?;
        let text = shared_seal::open(&key, &sealed).context("the tokens are damaged; sign in again")?;
        serde_json::from_slice(&text).map(Some).map_err(|_| anyhow!("the tokens are damaged; sign in again"))
    }

    /// Forgets them.
    pub(crate) fn forget(&self) -> Result<()> {
        // Without what it opens, a key that stays is of no use to anybody.
        let is_there = self.sealed().exists();
        remove(&self.sealed())?;
        if is_there { self.key.forget() } else { Ok(()) }
    }

    /// Where the key lies, in a word; none where there are no tokens.
    pub(crate) fn place(&self) -> Option<&'static str> {
        self.sealed().exists().then(|| self.key.place())
    }

    fn sealed(&self) -> PathBuf {
        self.data.join("identity.tokens")
    }
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
