//! A grant as text, and back.

use serde::{Deserialize, Serialize};

use super::{DOMAIN, Grant, GrantError, GrantFor, MAX_CODE, MAX_MATTERS, MAX_REASON, MAX_WORD};
use crate::bundle::{PublicKey, SignError, Signer};
use crate::coded::{Coded, Unread};

const GRANT: Coded = Coded { prefix: "pg1.", domain: DOMAIN, most: MAX_CODE };

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
    what: What,
    /// Void from then on.
    end: i64,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// One thing stands by itself, as in codes of before there were several.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum What {
    One(GrantFor),
    Several(Vec<GrantFor>),
}

impl What {
    fn new(mut what: Vec<GrantFor>) -> Self {
        match what.pop() {
            Some(one) if what.is_empty() => Self::One(one),
            last => Self::Several(what.into_iter().chain(last).collect()),
        }
    }

    fn all(self) -> Vec<GrantFor> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(several) => several,
        }
    }
}

pub(super) fn write(grant: &Grant, signer: &dyn Signer) -> Result<String, SignError> {
    let Grant { id, person, what, not_after, reason } = grant.clone();
    if !is_whole(grant) {
        return Err(SignError::new(format!(
            "a grant is for 1 to {MAX_MATTERS} things; its id, person and policies have 1 to {MAX_WORD} characters, its \
             reason at most {MAX_REASON}, and none that cannot be printed"
        )));
    }
    let payload = Payload {
        id,
        key: signer.key().id(),
        who: person,
        what: What::new(what),
        end: not_after,
        why: reason,
    };
    let payload = serde_json::to_vec(&payload).map_err(|error| SignError::new(error.to_string()))?;
    GRANT.write(&payload, signer)?.ok_or_else(|| {
        SignError::new(format!(
            "the code would be longer than {MAX_CODE} bytes; shorten the reason, or grant less at once"
        ))
    })
}

/// A code whose signature holds. For whom and how long is not looked at.
pub(super) fn read(code: &str, keys: &[PublicKey]) -> Result<Grant, GrantError> {
    let Payload { id, key: _, who, what, end, why } = GRANT.read(code, keys).map_err(|why| match why {
        Unread::Malformed => GrantError::Malformed,
        Unread::UnknownKey => GrantError::UnknownKey,
        Unread::BadSignature => GrantError::BadSignature,
    })?;
    let grant = Grant { id, person: who, what: what.all(), not_after: end, reason: why };
    if is_whole(&grant) { Ok(grant) } else { Err(GrantError::Malformed) }
}

fn is_whole(grant: &Grant) -> bool {
    let fits = |text: &str, most: usize| {
        (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    };
    let named = |what: &GrantFor| match what {
        GrantFor::Policy(id) => fits(id, MAX_WORD),
        GrantFor::Topic(_) | GrantFor::Value(_) => true,
    };
    let what = (1..=MAX_MATTERS).contains(&grant.what.len()) && grant.what.iter().all(named);
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
