//! A private key in a file: the 44 characters alone, the public tool's JSON, or protected by a passphrase.
//!
//! The JSON is `{"private_key":"…","public_key":"…"}`, both in base64; the public half may be missing. What is
//! protected has a form of its own, see [`Protected`].
//!
//! INVARIANT: no error carries a piece of the file. A public half that does not belong to the private one is refused.

use zeroize::Zeroizing;

use crate::{PrivateKey, Protected, PublicKey};

/// A private key as a file holds it.
#[derive(Debug)]
pub enum KeyFile {
    /// Readable by whoever has the file.
    Plain(PrivateKey),
    /// Readable with the passphrase.
    Protected(Protected),
}

/// The text is no private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// None of the three forms.
    #[error(
        "holds no private key: neither 44 characters of base64, nor the JSON of one, nor a protected one"
    )]
    NoKey,
    /// Both halves are there and do not belong together.
    #[error("the public key in it is not that of the private key")]
    Halves,
    /// A protected key of a later version.
    #[error("is a protected key of a version that is not known here; version 1 is")]
    Version,
    /// A protected key in which this line is missing or wrong.
    #[error("is a protected key whose line `{0}` is missing or wrong; restore it from a copy")]
    Line(&'static str),
}

#[derive(serde::Deserialize)]
struct Json {
    private_key: String,
    public_key: Option<String>,
}

impl KeyFile {
    /// Reads a file's text.
    ///
    /// # Errors
    /// When it is none of the three forms, with the line that is wrong in a protected key.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let text = text.trim();
        if Protected::is_meant(text) {
            return Protected::parse(text).map(Self::Protected);
        }
        if text.starts_with('{') {
            return json(text).map(Self::Plain);
        }
        PrivateKey::parse(text).map(Self::Plain).map_err(|_| KeyFileError::NoKey)
    }

    /// The public half, which is known without the passphrase.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Plain(key) => key.public(),
            Self::Protected(key) => key.public().clone(),
        }
    }
}

fn json(text: &str) -> Result<PrivateKey, KeyFileError> {
    let Json { private_key, public_key } = serde_json::from_str(text).map_err(|_| KeyFileError::NoKey)?;
    let private_key = Zeroizing::new(private_key);
    let key = PrivateKey::parse(&private_key).map_err(|_| KeyFileError::NoKey)?;
    match public_key {
        Some(public) if public != key.public().to_base64() => Err(KeyFileError::Halves),
        Some(_) | None => Ok(key),
    }
}
