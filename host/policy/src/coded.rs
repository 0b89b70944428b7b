//! A small signed text that somebody pastes: `<prefix><payload>.<signature>`, both base64url without padding (RFC 4648, section
//! 5). The signature is over a domain and the payload's bytes; the payload names the key.
//!
//! INVARIANT: of a payload whose signature does not hold nothing but the key's name is looked at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bundle::json::{self, Limits};
use crate::bundle::{PublicKey, SignError, Signer};

/// One kind of such texts.
pub(crate) struct Coded {
    /// What it begins with.
    pub(crate) prefix: &'static str,
    /// What stands before the payload where it is signed. Its first byte is in no base64url, and no two kinds share one, so that
    /// a text of one kind is none of another, though one key signs all.
    pub(crate) domain: &'static [u8],
    /// Most bytes.
    pub(crate) most: usize,
}

/// Why one is not read.
pub(crate) enum Unread {
    /// None of this kind, or not copied whole.
    Malformed,
    /// Signed with a key that is not trusted.
    UnknownKey,
    /// Not that key's signature.
    BadSignature,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

impl Coded {
    /// The text of a payload; none where it would be too long.
    pub(crate) fn write(&self, payload: &[u8], signer: &dyn Signer) -> Result<Option<String>, SignError> {
        let signature = signer.sign(&[self.domain, payload].concat())?;
        let (payload, signature) = (URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature));
        let text = format!("{}{payload}.{signature}", self.prefix);
        Ok((text.len() <= self.most).then_some(text))
    }

    /// A payload whose signature holds. White space in the text is left out.
    pub(crate) fn read<T: DeserializeOwned>(&self, text: &str, keys: &[PublicKey]) -> Result<T, Unread> {
        if text.len() > self.most.saturating_mul(2) {
            return Err(Unread::Malformed);
        }
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let parts = plain.strip_prefix(self.prefix).and_then(|rest| rest.split_once('.'));
        let (payload, signature) = parts.filter(|_| plain.len() <= self.most).ok_or(Unread::Malformed)?;
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Unread::Malformed);
        let (payload, signature) = (bytes(payload)?, bytes(signature)?);
        let limits = Limits { bytes: self.most, depth: 3, items: 24 };
        // Only the key's name is taken out ahead, to say which key is unknown.
        let Key { key: name } = json::read(&payload, &limits).map_err(|_| Unread::Malformed)?;
        let key = keys.iter().find(|key| key.id() == name).ok_or(Unread::UnknownKey)?;
        if !key.verifies(&[self.domain, &payload].concat(), &signature) {
            return Err(Unread::BadSignature);
        }
        json::read(&payload, &limits).map_err(|_| Unread::Malformed)
    }
}
