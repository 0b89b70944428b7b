//! The sealed text, matched-data version 3.
//!
//! ```text
//! blob = 0x03 | encapsulated key[32] | u64 little-endian length of the ciphertext | ciphertext | tag[16]
//! text = standard base64 of blob, padded, one line
//! ```
//! The length counts the ciphertext without its tag. `info` and additional data are empty, one message per
//! context. INVARIANT: nothing but the whole, unchanged text opens: no trailing bytes, no second spelling.
//! The framing binds no row: whoever stores a blob commits to it elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hpke::aead::{AeadTag, ChaCha20Poly1305};
use hpke::inout::InOutBuf;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use zeroize::Zeroizing;

use crate::{PrivateKey, PublicKey, Seed};

const VERSION: u8 = 3;
const KEY: usize = 32;
const LENGTH: usize = 8;
const TAG: usize = 16;

/// Bytes a blob is longer than its plain text, before base64.
pub const OVERHEAD: usize = 1 + KEY + LENGTH + TAG;

/// What stands in place of a blob when the text was too large to keep.
pub const TOO_LARGE: &str = "truncated";

/// The text could not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recipient's public key cannot be sealed to; make a new key pair")]
pub struct SealError;

/// The text could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Standard base64 with padding, nothing before or after.
    #[error("the sealed text is not standard base64")]
    Base64,
    /// Shorter than its frame says.
    #[error("the sealed text is cut short")]
    Cut,
    /// Wrong key, or changed.
    #[error("the sealed text was changed, or it was sealed to another key")]
    Refused,
    /// The placeholder.
    #[error("the text was too large to be kept")]
    TooLarge,
    /// Longer than its frame says.
    #[error("bytes follow the sealed text")]
    Trailing,
    /// Another version of the format.
    #[error("format version {0} is not known, only 3 is")]
    Version(u8),
}

/// Seals `plaintext` to the holder of `recipient`'s private key.
///
/// # Errors
/// When `recipient` is one of the few points that give everybody the same shared secret.
pub fn seal(recipient: &PublicKey, plaintext: &[u8], seed: Seed) -> Result<String, SealError> {
    encrypt(recipient, b"", b"", plaintext, &seed).map(|blob| STANDARD.encode(blob.as_slice()))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// Anything but the whole, unchanged text and its own key.
pub fn open(private: &PrivateKey, text: &str) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if text == TOO_LARGE {
        return Err(OpenError::TooLarge);
    }
    let blob = STANDARD.decode(text).map_err(|_| OpenError::Base64)?;
    let (version, rest) = blob.split_first().ok_or(OpenError::Cut)?;
    if *version != VERSION {
        return Err(OpenError::Version(*version));
    }
    let (encapsulated, rest) = rest.split_at_checked(KEY).ok_or(OpenError::Cut)?;
    let (length, rest) = rest.split_first_chunk::<LENGTH>().ok_or(OpenError::Cut)?;
    let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(OpenError::Cut)?;
    match u64::from_le_bytes(*length).cmp(&(body.len() as u64)) {
        std::cmp::Ordering::Greater => return Err(OpenError::Cut),
        std::cmp::Ordering::Less => return Err(OpenError::Trailing),
        std::cmp::Ordering::Equal => {}
    }
    decrypt(private, b"", b"", encapsulated, body, tag)
}

/// The whole frame, around HPKE with any `info` and additional data.
fn encrypt(
    recipient: &PublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    seed: &Seed,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut source = Once { seed, given: 0, other: 0 };
    // Wiped when dropped: it holds the plain text until it is encrypted in place.
    let mut body = Zeroizing::new(plaintext.to_vec());
    let (encapsulated, tag) =
        hpke::single_shot_seal_inout_detached_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            recipient.inner(),
            info,
            InOutBuf::from(body.as_mut_slice()),
            aad,
            &mut source,
        )
        .map_err(|_| SealError)?;
    if (source.given, source.other) != (1, 0) {
        // The library draws its randomness in another way than it did: no telling how good the key is.
        return Err(SealError);
    }
    let mut blob = Zeroizing::new(Vec::with_capacity(body.len() + OVERHEAD));
    blob.push(VERSION);
    blob.extend_from_slice(&encapsulated.to_bytes());
    blob.extend_from_slice(&(body.len() as u64).to_le_bytes());
    blob.extend_from_slice(&body);
    blob.extend_from_slice(&tag.to_bytes());
    Ok(blob)
}

fn decrypt(
    private: &PrivateKey,
    info: &[u8],
    aad: &[u8],
    encapsulated: &[u8],
    body: &[u8],
    tag: &[u8; TAG],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let encapsulated =
        <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| OpenError::Cut)?;
    let tag = AeadTag::<ChaCha20Poly1305>::from_bytes(tag).map_err(|_| OpenError::Cut)?;
    let mut plain = Zeroizing::new(body.to_vec());
    hpke::single_shot_open_inout_detached::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        private.inner(),
        &encapsulated,
        info,
        InOutBuf::from(plain.as_mut_slice()),
        aad,
        &tag,
    )
    .map_err(|_| OpenError::Refused)?;
    Ok(plain)
}

/// A random source that has the seed to give, once. Any other use is counted, and refused by `encrypt`.
struct Once<'a> {
    seed: &'a Seed,
    given: u32,
    other: u32,
}

impl TryRng for Once<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.other += 1;
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.other += 1;
        Ok(0)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        if out.len() == self.seed.bytes().len() {
            out.copy_from_slice(self.seed.bytes());
            self.given += 1;
        } else {
            self.other += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Once<'_> {}

#[cfg(test)]
mod tests;
