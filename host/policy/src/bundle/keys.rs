//! Keys that bundles and grant codes are signed with.
//!
//! INVARIANT: the algorithm is a property of the key. What a token says of its algorithm chooses nothing.
//! INVARIANT: a secret key has no `Display`, shows nothing in `Debug` and is wiped on drop.
//! It makes no keys and stores none: seeds are arguments, files of keys are the program's business.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, VerificationAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032); `EdDSA` in a token (RFC 8037).
    Ed25519,
    /// ECDSA over P-256 with SHA-256; `ES256` in a token (RFC 7518, section 3.4).
    P256,
}

impl Algorithm {
    /// The word before the colon in a key's text.
    const fn word(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::P256 => "p256",
        }
    }

    fn verifier(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Ed25519 => &signature::ED25519,
            Self::P256 => &signature::ECDSA_P256_SHA256_FIXED,
        }
    }
}

/// Who may sign: `ed25519:<base64 of 32 bytes>` or `p256:<base64 of the uncompressed point, 65 bytes>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey {
    algorithm: Algorithm,
    raw: Vec<u8>,
}

/// The text is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No colon, or another word before it.
    #[error("a key begins with `ed25519:` or `p256:`; `promptgate policy keygen` prints it whole")]
    Kind,
    /// Not base64.
    #[error("what follows `{0}:` is not base64; copy the key whole")]
    Base64(&'static str),
    /// Bytes that are no key of that kind.
    #[error("this is no {0} key: {1} bytes that name no point; copy the key whole")]
    Bytes(&'static str, usize),
}

impl PublicKey {
    /// A key of its raw bytes: 32 of Ed25519, the 65 of an uncompressed point of P-256.
    ///
    /// # Errors
    /// When the bytes are no key.
    pub fn new(algorithm: Algorithm, raw: &[u8]) -> Result<Self, KeyError> {
        let length = match algorithm {
            Algorithm::Ed25519 => 32,
            Algorithm::P256 => 65,
        };
        let wrong = KeyError::Bytes(algorithm.word(), raw.len());
        if raw.len() != length {
            return Err(wrong);
        }
        ParsedPublicKey::new(algorithm.verifier(), raw).map_err(|_| wrong)?;
        Ok(Self { algorithm, raw: raw.to_vec() })
    }

    /// How it signs.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its raw bytes.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Its name in tokens, logs and lists: the first 16 hex digits of the SHA-256 of its raw bytes.
    #[must_use]
    pub fn id(&self) -> String {
        let digest = Sha256::digest(&self.raw);
        super::hex(digest.get(..8).unwrap_or_default())
    }

    /// Whether `signature` is this key's over `message`. Of P-256 the 64 bytes r and s (RFC 7518, section 3.4).
    #[must_use]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.algorithm.verifier().verify_sig(&self.raw, message, signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.algorithm.word(), STANDARD.encode(&self.raw))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (word, base64) = text.trim().split_once(':').ok_or(KeyError::Kind)?;
        let kinds = [Algorithm::Ed25519, Algorithm::P256];
        let algorithm = kinds.into_iter().find(|kind| kind.word() == word).ok_or(KeyError::Kind)?;
        let raw = STANDARD.decode(base64).map_err(|_| KeyError::Base64(algorithm.word()))?;
        Self::new(algorithm, &raw)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What signs: a key in memory, a token behind PKCS #11.
pub trait Signer {
    /// The public half.
    fn key(&self) -> &PublicKey;

    /// The signature over `message` itself, which the signer hashes as its algorithm asks: 64 bytes, of P-256 r and
    /// s one after the other (RFC 7518, section 3.4), not ASN.1.
    ///
    /// # Errors
    /// When it cannot or will not sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// It did not sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot sign: {reason}")]
pub struct SignError {
    /// Why, in a few words; never part of a key.
    pub reason: String,
}

impl SignError {
    /// It did not sign because of `reason`.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// An Ed25519 key in memory.
pub struct SecretKey {
    seed: Zeroizing<[u8; 32]>,
    key: PublicKey,
}

impl SecretKey {
    /// The key of a seed (RFC 8032, section 5.1.5): 32 random bytes.
    ///
    /// # Errors
    /// When the cryptography refuses it, which it does of no seed.
    pub fn from_seed(seed: [u8; 32]) -> Result<Self, SignError> {
        let seed = Zeroizing::new(seed);
        let pair = pair(&seed)?;
        let key = PublicKey::new(Algorithm::Ed25519, pair.public_key().as_ref());
        let key = key.map_err(|error| SignError::new(error.to_string()))?;
        Ok(Self { seed, key })
    }
}

impl Signer for SecretKey {
    fn key(&self) -> &PublicKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(pair(&self.seed)?.sign(message).as_ref().to_vec())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SecretKey({})", self.key.id())
    }
}

fn pair(seed: &[u8; 32]) -> Result<Ed25519KeyPair, SignError> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SignError::new("the seed was refused"))
}
