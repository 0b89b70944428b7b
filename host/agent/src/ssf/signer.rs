//! Who signs messages in the name of the issuer of the settings.
//!
//! INVARIANT: whoever signs is handed claims and hands back a token, and no private key passes through here. So a relay that
//! holds the key of a fleet is another [`Signer`], and nothing else about sending changes.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::Value;

use super::keys;

/// What makes a token of claims.
pub(crate) trait Signer: Send {
    /// The claims as a signed token (RFC 7515, compact; RS256), by the key that signs at this moment.
    ///
    /// # Errors
    /// With what to do; the message waits until then.
    fn sign(&self, claims: &Value) -> Result<String>;
}

/// The key in a file of this machine.
pub(crate) struct KeyFile(pub(crate) PathBuf);

impl Signer for KeyFile {
    fn sign(&self, claims: &Value) -> Result<String> {
        // Read for every message: another key may have taken over since the last one, or the file have come back.
        Ok(keys::signing(&self.0)?.sign(claims)?)
    }
}
