//! A transmitter's public keys (RFC 7517), and what a signature has to be.
//!
//! INVARIANT: RSA of 2048 to 8192 bits with SHA-256 and nothing else; a key of another kind in the set is no key.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{MOST_TOKEN, Refusal};

/// Most keys of a set.
const MOST: usize = 64;
/// Bytes of a modulus.
const BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// The keys, by their names.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, (Vec<u8>, Vec<u8>)>);

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}

/// The set is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Not the form of RFC 7517, section 5.
    #[error("this is no set of keys (RFC 7517)")]
    Malformed,
    /// Two keys have one name: which of them is meant?
    #[error("two keys of the set have the same `kid`")]
    Twice,
    /// Nothing that can be used here.
    #[error("the set has no RSA key of 2048 bits or more with a `kid`")]
    Empty,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// What a header may say. A member that changes what the rest means (`crit`, `b64`) is refused by name.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
    b64: Option<serde::de::IgnoredAny>,
}

impl Jwk {
    fn understood(self) -> Option<(String, (Vec<u8>, Vec<u8>))> {
        let is_for_this = self.kty == "RSA"
            && self.alg.is_none_or(|alg| alg == "RS256")
            && self.used_for.is_none_or(|used_for| used_for == "sig");
        let number = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let (kid, n, e) = (self.kid.filter(|kid| !kid.is_empty())?, number(self.n)?, number(self.e)?);
        let is_sound = BYTES.contains(&n.len()) && n.first() != Some(&0) && (1..=8).contains(&e.len());
        (is_for_this && is_sound).then_some((kid, (n, e)))
    }
}

impl Keys {
    /// Of a set as it is hosted.
    ///
    /// # Errors
    /// When it is none, or has no key that can be used.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeysError> {
        let set: Set = serde_json::from_slice(bytes).map_err(|_| KeysError::Malformed)?;
        if set.keys.len() > MOST {
            return Err(KeysError::Malformed);
        }
        let mut keys = BTreeMap::new();
        for (kid, key) in set.keys.into_iter().filter_map(Jwk::understood) {
            if keys.insert(kid, key).is_some() {
                return Err(KeysError::Twice);
            }
        }
        if keys.is_empty() { Err(KeysError::Empty) } else { Ok(Self(keys)) }
    }

    /// The claims of a token whose signature holds.
    pub(super) fn verified(&self, token: &str) -> Result<Vec<u8>, Refusal> {
        if token.len() > MOST_TOKEN {
            return Err(Refusal::Invalid("the token is too long"));
        }
        let not = Refusal::Invalid("it is no signed token (RFC 7515)");
        let (signed, signature) = token.rsplit_once('.').ok_or(not)?;
        let (header, claims) = signed.split_once('.').ok_or(not)?;
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| not);
        let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| not)?;
        if header.alg != "RS256" {
            return Err(Refusal::Invalid("the algorithm is not RS256"));
        }
        if header.crit.is_some() || header.b64.is_some() {
            return Err(Refusal::Invalid("its header asks for more than RFC 7515 and RFC 8417 say"));
        }
        // SSF 1.0, section 4.1.1; a media type may have its `application/` (RFC 7515, section 4.1.9).
        let is_set = |typ: &str| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").unwrap_or(&typ) == "secevent+jwt"
        };
        if !header.typ.as_deref().is_some_and(is_set) {
            return Err(Refusal::Invalid("`typ` is not secevent+jwt"));
        }
        let kid = header.kid.ok_or(Refusal::Invalid("`kid` is missing"))?;
        let (n, e) = self.0.get(&kid).ok_or(Refusal::Key)?;
        let (claims, signature) = (part(claims)?, part(signature)?);
        PublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
            .map_err(|_| Refusal::Signature)?;
        Ok(claims)
    }
}
