//! Grant codes: an admin lets one person do something, once and soon, with a signed text that is pasted into the card.
//!
//! `pg1.<payload>.<signature>`, both base64url without padding (RFC 4648, section 5). The signature is over
//! [`DOMAIN`] and the payload's bytes: its first byte is in no base64url, so that no token of a bundle is a grant and no
//! grant is a bundle's token, though one key signs both.
//!
//! INVARIANT: a code is for one person, named things and a time; nothing of it is trusted before its signature is verified.
//! Pure: whether a code was used before is remembered by whoever takes it, by its id.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared_protocol::Topic;

use crate::bundle::{PublicKey, SignError, Signer};

mod code;

/// What stands before the payload where it is signed.
pub const DOMAIN: &[u8] = b"\0promptgate grant 1\n";

/// The longest life of a code, in seconds: one that ends later than that from now is refused.
pub const MAX_LIFE: i64 = 7 * 86_400;

/// Most bytes of a code.
pub const MAX_CODE: usize = 2_048;

/// Most characters of an id, a person, a policy's id.
pub const MAX_WORD: usize = 200;

/// Most things that one code lets through: what stands in the way of one request, and no list of everything.
pub const MAX_MATTERS: usize = 8;

/// Most characters of a reason.
pub const MAX_REASON: usize = 300;

/// What is let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantFor {
    /// What policies say because of this topic.
    Topic(Topic),
    /// What the policy of this id says.
    Policy(String),
    /// The very value of this digest, see [`GrantFor::value`].
    #[serde(with = "code::hex")]
    Value([u8; 32]),
}

impl GrantFor {
    /// One exact value: SHA-256 over the grant's id, a zero byte and the value, so that equal values of two grants are
    /// not seen to be equal.
    #[must_use]
    pub fn value(id: &str, value: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(id.as_bytes());
        digest.update([0]);
        digest.update(value.as_bytes());
        Self::Value(digest.finalize().into())
    }
}

/// What an admin granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its name, random: 1 to [`MAX_WORD`] characters. Whoever takes a code remembers it, and takes it once.
    pub id: String,
    /// For whom: exactly as the program knows the person.
    pub person: String,
    /// For what, all of it together: 1 to [`MAX_MATTERS`].
    pub what: Vec<GrantFor>,
    /// From when on it is void, in seconds since 1970.
    pub not_after: i64,
    /// Why, in the admin's words; recorded.
    pub reason: Option<String>,
}

impl Grant {
    /// Whether this is a grant for the exact `value`.
    #[must_use]
    pub fn covers_value(&self, value: &str) -> bool {
        self.what.contains(&GrantFor::value(&self.id, value))
    }
}

/// A code that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// No code, or one that was not copied whole.
    #[error("this is no grant code; copy it whole, from `pg1.` on")]
    Malformed,
    /// Signed with a key that is not trusted here.
    #[error("this code is signed with a key that is not trusted here; ask who gave it to you for a new one")]
    UnknownKey,
    /// Not that key's signature.
    #[error("this code was changed or not copied whole; copy it again, from `pg1.` on")]
    BadSignature,
    /// For somebody else.
    #[error("this code is for somebody else; ask for one for you")]
    Person,
    /// Its time is over.
    #[error("this code is void since its time is over; ask for a new one")]
    Expired,
    /// It would live longer than a code may.
    #[error("this code is for a longer time than a code may be; ask for one of at most 7 days")]
    TooLong,
}

impl GrantError {
    /// The stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "grant-malformed",
            Self::UnknownKey => "grant-unknown-key",
            Self::BadSignature => "grant-bad-signature",
            Self::Person => "grant-other-person",
            Self::Expired => "grant-expired",
            Self::TooLong => "grant-too-long",
        }
    }
}

/// The code of a grant.
///
/// # Errors
/// When the key does not sign, or the grant says something that no machine would take.
pub fn write(grant: &Grant, signer: &dyn Signer) -> Result<String, SignError> {
    code::write(grant, signer)
}

/// Reads a code that `person` pasted. White space around it and line breaks in it are left out.
///
/// # Errors
/// When it is not taken.
pub fn read(code: &str, keys: &[PublicKey], person: &str, now: i64) -> Result<Grant, GrantError> {
    let grant = code::read(code, keys)?;
    if grant.person != person {
        return Err(GrantError::Person);
    }
    if now >= grant.not_after {
        return Err(GrantError::Expired);
    }
    if grant.not_after.saturating_sub(now) > MAX_LIFE {
        return Err(GrantError::TooLong);
    }
    Ok(grant)
}
