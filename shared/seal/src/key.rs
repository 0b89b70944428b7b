//! Key pairs in the text form of the public tool: the 32 raw bytes in standard base64, 44 characters.
//!
//! INVARIANT: private bytes are wiped when dropped and never shown by `Debug`.
//! It does not protect a private key by a passphrase (see `protected`) and does not touch files.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

type Inner = <X25519HkdfSha256 as hpke::Kem>::PrivateKey;
type InnerPublic = <X25519HkdfSha256 as hpke::Kem>::PublicKey;

/// The text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 32 bytes in standard base64: 44 characters that end in `=`")]
pub struct KeyError;

/// Fresh randomness for one key pair or one sealing.
///
/// INVARIANT: not cloneable and taken by value, because two sealings from the same seed share their key.
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// Bytes straight from the machine's random source.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Seed")
    }
}

/// A short name for a public key: the first eight bytes of SHA-256 over its 32 bytes, in hexadecimal.
///
/// It stands beside every sealed text, so that a reader with several keys knows which one to take.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// Sixteen hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Whom a text is sealed to.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(InnerPublic);

impl PublicKey {
    /// Reads the 44 characters.
    ///
    /// # Errors
    /// When they are not 32 bytes in standard base64.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        InnerPublic::from_bytes(decode(text)?.as_slice()).map(Self).map_err(|_| KeyError)
    }

    /// The 44 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0.to_bytes())
    }

    /// Its short name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest = Sha256::digest(self.0.to_bytes());
        KeyId(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }

    pub(crate) fn inner(&self) -> &InnerPublic {
        &self.0
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PublicKey({})", self.id())
    }
}

/// What opens a sealed text. Wiped when dropped.
pub struct PrivateKey(Inner);

impl PrivateKey {
    /// Reads the 44 characters.
    ///
    /// # Errors
    /// When they are not 32 bytes in standard base64.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Inner::from_bytes(decode(text)?.as_slice()).map(Self).map_err(|_| KeyError)
    }

    /// The 32 bytes as they are.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Inner::from_bytes(bytes).map(Self).map_err(|_| KeyError)
    }

    /// The 32 bytes, clamped.
    pub(crate) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        self.0.write_exact(bytes.as_mut_slice());
        bytes
    }

    /// The 44 characters. RFC 9180 has X25519 keys written clamped, so a key that another tool made can come
    /// out with other characters; it is the same key.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.to_bytes().as_slice()))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(X25519HkdfSha256::sk_to_pk(&self.0))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PrivateKey(of {})", self.public().id())
    }
}

/// Both halves.
#[derive(Debug)]
pub struct KeyPair {
    /// Opens.
    pub private: PrivateKey,
    /// Seals.
    pub public: PublicKey,
}

impl KeyPair {
    /// The pair that RFC 9180 `DeriveKeyPair` makes of `seed`.
    #[must_use]
    pub fn derive(seed: Seed) -> Self {
        let (private, public) = X25519HkdfSha256::derive_keypair(seed.bytes());
        Self { private: PrivateKey(private), public: PublicKey(public) }
    }
}

/// Base64 of exactly 32 bytes, wiped when dropped.
fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if text.len() != 44 {
        return Err(KeyError);
    }
    let bytes = STANDARD.decode(text).map(Zeroizing::new).map_err(|_| KeyError)?;
    if bytes.len() == 32 { Ok(bytes) } else { Err(KeyError) }
}
