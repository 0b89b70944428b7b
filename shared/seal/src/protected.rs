//! A private key for opening, protected by a passphrase, as text. Version 1: the lines of [`crate::locked`] below
//! `promptgate private key, version 1`, the public half as its 44 characters.

use std::fmt;

use crate::locked::Locked;
use crate::{Cost, KeyFileError, PrivateKey, ProtectError, PublicKey, Seed, UnlockError};

const FIRST: &str = "promptgate private key, version 1";
const KIND: &str = "promptgate private key, version ";

/// A protected private key, read and not opened.
#[derive(Clone)]
pub struct Protected {
    public: PublicKey,
    locked: Locked,
}

/// Protects `private`: the text of the file. `fresh` gives salt and nonce.
///
/// # Errors
/// When the cost is out of bounds.
pub fn protect(
    private: &PrivateKey,
    passphrase: &str,
    cost: Cost,
    fresh: Seed,
) -> Result<String, ProtectError> {
    let public = private.public().to_base64();
    Ok(Locked::lock(FIRST, public, &private.to_bytes(), passphrase, cost, &fresh)?.to_text())
}

impl Protected {
    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Opens the key.
    ///
    /// # Errors
    /// With another passphrase, or when a byte of the file was changed.
    pub fn unlock(&self, passphrase: &str) -> Result<PrivateKey, UnlockError> {
        let private = PrivateKey::from_bytes(&*self.locked.unlock(passphrase)?).map_err(|_| UnlockError)?;
        // The head is authenticated; a writer that put another key's public half into it is not believed.
        if private.public() == self.public { Ok(private) } else { Err(UnlockError) }
    }

    /// Whether a text says that it is one.
    pub(crate) fn is_meant(text: &str) -> bool {
        text.starts_with(KIND)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, KeyFileError> {
        let mut lines = text.lines().map(str::trim_end);
        if lines.next() != Some(FIRST) {
            return Err(KeyFileError::Version);
        }
        let locked = Locked::parse(FIRST, lines)?;
        let public = PublicKey::parse(&locked.public).map_err(|_| KeyFileError::Line("public-key"))?;
        Ok(Self { public, locked })
    }
}

impl fmt::Debug for Protected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Protected(of {})", self.public.id())
    }
}
