//! A key for signing in a file: 32 secret bytes, readable by whoever has the file or behind a passphrase. Version 1.
//!
//! ```text
//! promptgate signing key, version 1
//! public-key: ed25519:<32 bytes, base64>
//! secret-key: <32 bytes, base64>
//! ```
//! or, behind a passphrase, the lines of [`crate::locked`] below the same first line.
//!
//! INVARIANT: no error and no `Debug` carries the secret. It signs nothing, and does not know whether the public half
//! belongs to the secret: who makes a key of it does, and refuses one that does not.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::locked::Locked;
use crate::{Cost, KeyFileError, ProtectError, Seed, UnlockError};

const FIRST: &str = "promptgate signing key, version 1";
const KIND: &str = "promptgate signing key, version ";

/// The text is no signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningFileError {
    /// Neither form.
    #[error("holds no signing key; `promptgate policy keygen` makes one")]
    NoKey,
    /// One of a later version.
    #[error("is a signing key of a version that is not known here; version 1 is")]
    Version,
    /// One in which this line is missing or wrong.
    #[error("is a signing key whose line `{0}` is missing or wrong; restore it from a copy")]
    Line(&'static str),
}

impl From<KeyFileError> for SigningFileError {
    fn from(fault: KeyFileError) -> Self {
        match fault {
            KeyFileError::NoKey | KeyFileError::Halves => Self::NoKey,
            KeyFileError::Version => Self::Version,
            KeyFileError::Line(line) => Self::Line(line),
        }
    }
}

/// A signing key as a file holds it.
pub enum SigningFile {
    /// Readable by whoever has the file.
    Plain {
        /// The public half as it is written.
        public: String,
        /// 32 bytes.
        secret: Zeroizing<[u8; 32]>,
    },
    /// Readable with the passphrase.
    Protected(ProtectedSigning),
}

/// A protected signing key, read and not opened.
pub struct ProtectedSigning(Locked);

/// The text of a file that whoever has it can read.
#[must_use]
pub fn plain_signing(public: &str, secret: &[u8; 32]) -> Zeroizing<String> {
    let secret = Zeroizing::new(STANDARD.encode(secret));
    Zeroizing::new(format!("{FIRST}\npublic-key: {public}\nsecret-key: {}\n", secret.as_str()))
}

/// The text of a file that a passphrase protects. `fresh` gives salt and nonce.
///
/// # Errors
/// When the cost is out of bounds.
pub fn protect_signing(
    public: &str,
    secret: &[u8; 32],
    passphrase: &str,
    cost: Cost,
    fresh: Seed,
) -> Result<String, ProtectError> {
    Ok(Locked::lock(FIRST, public.to_owned(), secret, passphrase, cost, &fresh)?.to_text())
}

impl SigningFile {
    /// Reads a file's text.
    ///
    /// # Errors
    /// When it is neither form, with the line that is wrong.
    pub fn parse(text: &str) -> Result<Self, SigningFileError> {
        let mut lines = text.trim().lines().map(str::trim_end).peekable();
        match lines.next() {
            Some(FIRST) => {}
            Some(other) if other.starts_with(KIND) => return Err(SigningFileError::Version),
            _ => return Err(SigningFileError::NoKey),
        }
        let rest: Vec<&str> = lines.collect();
        if let [public, secret] = rest.as_slice()
            && let Some(secret) = secret.strip_prefix("secret-key: ")
        {
            let public = public.strip_prefix("public-key: ").ok_or(SigningFileError::Line("public-key"))?;
            let wrong = || SigningFileError::Line("secret-key");
            let bytes = Zeroizing::new(STANDARD.decode(secret).map_err(|_| wrong())?);
            let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong())?;
            return Ok(Self::Plain { public: public.to_owned(), secret: Zeroizing::new(secret) });
        }
        Ok(Self::Protected(ProtectedSigning(Locked::parse(FIRST, rest.into_iter())?)))
    }

    /// The public half as it is written, which is known without the passphrase.
    #[must_use]
    pub fn public(&self) -> &str {
        match self {
            Self::Plain { public, .. } => public,
            Self::Protected(key) => &key.0.public,
        }
    }
}

impl ProtectedSigning {
    /// Opens the key.
    ///
    /// # Errors
    /// With another passphrase, or when a byte of the file was changed.
    pub fn unlock(&self, passphrase: &str) -> Result<Zeroizing<[u8; 32]>, UnlockError> {
        self.0.unlock(passphrase)
    }
}

impl fmt::Debug for SigningFile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningFile(of {})", self.public())
    }
}

impl fmt::Debug for ProtectedSigning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ProtectedSigning(of {})", self.0.public)
    }
}
