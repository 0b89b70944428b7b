//! Key files: the 44 characters alone, or the public tool's JSON `{"private_key": "…", "public_key": "…"}`.
//!
//! INVARIANT: no error carries what the file held.

use serde::Deserialize;
use shared_seal::{PrivateKey, PublicKey};

use crate::wiped::Wiped;

/// The text is no key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Neither form.
    #[error("this is no private key: it is 44 characters that end in `=`, alone or as `private_key` in JSON")]
    NoKey,
    /// The halves do not belong together.
    #[error("`private_key` and `public_key` in this file do not belong together")]
    OtherHalf,
}

#[derive(Deserialize)]
struct Pair {
    private_key: Wiped,
    #[serde(default)]
    public_key: Option<String>,
}

/// Reads either form. A form that is protected by a passphrase is read here too.
pub(crate) fn read(file: &str) -> Result<PrivateKey, KeyFileError> {
    let text = file.trim_start_matches('\u{feff}').trim();
    if !text.starts_with('{') {
        return PrivateKey::parse(text).map_err(|_| KeyFileError::NoKey);
    }
    let pair: Pair = serde_json::from_str(text).map_err(|_| KeyFileError::NoKey)?;
    let private = PrivateKey::parse(pair.private_key.as_str().trim()).map_err(|_| KeyFileError::NoKey)?;
    match pair.public_key.map(|public| PublicKey::parse(public.trim())) {
        None => Ok(private),
        Some(Ok(public)) if public == private.public() => Ok(private),
        Some(_) => Err(KeyFileError::OtherHalf),
    }
}
