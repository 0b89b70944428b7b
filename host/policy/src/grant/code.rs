//! A grant as text, and back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{DOMAIN, Grant, GrantError, GrantFor, MAX_CODE, MAX_REASON, MAX_WORD};
use crate::bundle::json::{self, Limits};
use crate::bundle::{PublicKey, SignError, Signer};

const PREFIX: &str = "pg1.";

const LIMITS: Limits = Limits { bytes: MAX_CODE, depth: 2, items: 12 };

/// The payload. Names are short since somebody pastes this.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    /// Id.
    id: String,
    /// The key's id.
    key: String,
    /// For whom.
    who: String,
    /// For what.
    what: GrantFor,
    /// Void from then on.
    end: i64,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

pub(super) fn write(grant: &Grant, signer: &dyn Signer) -> Result<String, SignError> {
    let Grant { id, person, what, not_after, reason } = grant.clone();
    if !is_whole(grant) {
        return Err(SignError::new(format!(
            "a grant's id, person and policy have 1 to {MAX_WORD} characters, its reason at most {MAX_REASON}, and none \
             that cannot be printed"
        )));
    }
    let payload = Payload { id, key: signer.key().id(), who: person, what, end: not_after, why: reason };
    let payload = serde_json::to_vec(&payload).map_err(|error| SignError::new(error.to_string()))?;
    let signature = signer.sign(&signed(&payload))?;
    let text = format!("{PREFIX}{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature));
    if text.len() > MAX_CODE {
        return Err(SignError::new(format!(
            "the code would be longer than {MAX_CODE} bytes; shorten the reason"
        )));
    }
    Ok(text)
}

/// A code whose signature holds. For whom and how long is not looked at.
pub(super) fn read(code: &str, keys: &[PublicKey]) -> Result<Grant, GrantError> {
    if code.len() > MAX_CODE.saturating_mul(2) {
        return Err(GrantError::Malformed);
    }
    let plain: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let parts = plain.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.'));
    let (payload, signature) = parts.filter(|_| plain.len() <= MAX_CODE).ok_or(GrantError::Malformed)?;
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| GrantError::Malformed);
    let (payload, signature) = (bytes(payload)?, bytes(signature)?);
    // Only the key's name is taken out ahead, to say which key is unknown.
    let Key { key: name } = json::read(&payload, &LIMITS).map_err(|_| GrantError::Malformed)?;
    let key = keys.iter().find(|key| key.id() == name).ok_or(GrantError::UnknownKey)?;
    if !key.verifies(&signed(&payload), &signature) {
        return Err(GrantError::BadSignature);
    }
    let Payload { id, key: _, who, what, end, why } =
        json::read(&payload, &LIMITS).map_err(|_| GrantError::Malformed)?;
    let grant = Grant { id, person: who, what, not_after: end, reason: why };
    if is_whole(&grant) { Ok(grant) } else { Err(GrantError::Malformed) }
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

fn signed(payload: &[u8]) -> Vec<u8> {
    [DOMAIN, payload].concat()
}

fn is_whole(grant: &Grant) -> bool {
    let fits = |text: &str, most: usize| {
        (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    };
    let what = match &grant.what {
        GrantFor::Policy(id) => fits(id, MAX_WORD),
        GrantFor::Topic(_) | GrantFor::Value(_) => true,
    };
    let reason = grant.reason.as_deref().is_none_or(|text| fits(text, MAX_REASON));
    what && reason && fits(&grant.id, MAX_WORD) && fits(&grant.person, MAX_WORD)
}

/// 32 bytes as 64 hex digits.
pub(super) mod hex {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(in crate::grant) fn serialize<S: Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&crate::bundle::hex(bytes))
    }

    pub(in crate::grant) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(from)?;
        crate::bundle::unhex(&text).ok_or_else(|| serde::de::Error::custom("64 hex digits are expected"))
    }
}
