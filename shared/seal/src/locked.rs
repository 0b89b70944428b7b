//! 32 secret bytes behind a passphrase, as lines of text. What the secret is for, its first line says.
//!
//! ```text
//! <first line, which ends in a version>
//! public-key: <the public half, in the writer's own spelling>
//! kdf: argon2id
//! memory-kib: 65536
//! passes: 3
//! lanes: 1
//! salt: <16 bytes, base64>
//! cipher: chacha20poly1305
//! nonce: <12 bytes, base64>
//! sealed-key: <32 bytes of key and 16 of tag, base64>
//! ```
//! Lines in this order, each ended by LF; base64 is standard and padded. With `head` = every line before
//! `sealed-key`, LF included: `wrap = Argon2id 1.3 (RFC 9106)(passphrase in UTF-8, salt, 32 bytes)` and
//! `sealed-key = ChaCha20-Poly1305 (RFC 8439)(wrap, nonce, additional data = head, secret)`.
//!
//! INVARIANT: a file says how much work it asks for, and is refused before the work when that is more than
//! [`Cost::MOST`]: a foreign file must not hold the machine. INVARIANT: the head is authenticated, so that a key of one
//! kind never opens as one of another. It does not know whether the public half belongs to the secret: who opens it does.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, Tag};
use zeroize::Zeroizing;

use crate::{KeyFileError, Seed};

const SALT: usize = 16;
const NONCE: usize = 12;
const KEY: usize = 32;
const TAG: usize = 16;

/// How much work one guess of the passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// KiB of memory.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Independent lanes.
    pub lanes: u32,
}

impl Cost {
    /// What new keys get: the memory and the passes that RFC 9106 recommends second, in one lane.
    pub const USUAL: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// The most that is read.
    pub const MOST: Self = Self { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

    fn params(self) -> Option<Params> {
        let most = Self::MOST;
        let fits =
            self.memory_kib <= most.memory_kib && self.passes <= most.passes && self.lanes <= most.lanes;
        if fits { Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY)).ok() } else { None }
    }
}

/// The key could not be protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this much memory or work is not possible for protecting a key")]
pub struct ProtectError;

/// The key could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the passphrase does not open this key, or the file was changed")]
pub struct UnlockError;

/// What the lines say.
#[derive(Clone)]
pub(crate) struct Locked {
    /// The first line.
    first: &'static str,
    /// The public half as it is written.
    pub(crate) public: String,
    cost: Cost,
    salt: [u8; SALT],
    nonce: [u8; NONCE],
    sealed: [u8; KEY],
    tag: [u8; TAG],
}

impl Locked {
    /// Protects `secret`. `fresh` gives salt and nonce.
    pub(crate) fn lock(
        first: &'static str,
        public: String,
        secret: &[u8; KEY],
        passphrase: &str,
        cost: Cost,
        fresh: &Seed,
    ) -> Result<Self, ProtectError> {
        let (salt, rest) = fresh.bytes().split_first_chunk::<SALT>().ok_or(ProtectError)?;
        let (nonce, _) = rest.split_first_chunk::<NONCE>().ok_or(ProtectError)?;
        let mut made =
            Self { first, public, cost, salt: *salt, nonce: *nonce, sealed: [0; KEY], tag: [0; TAG] };
        let wrap = made.wrap(passphrase).ok_or(ProtectError)?;
        let mut key = Zeroizing::new(*secret);
        let tag = ChaCha20Poly1305::new((&*wrap).into())
            .encrypt_inout_detached(
                &Nonce::from(made.nonce),
                made.head().as_bytes(),
                key.as_mut_slice().into(),
            )
            .map_err(|_| ProtectError)?;
        made.sealed = *key;
        made.tag = tag.into();
        Ok(made)
    }

    /// The secret.
    pub(crate) fn unlock(&self, passphrase: &str) -> Result<Zeroizing<[u8; KEY]>, UnlockError> {
        let wrap = self.wrap(passphrase).ok_or(UnlockError)?;
        let mut key = Zeroizing::new(self.sealed);
        ChaCha20Poly1305::new((&*wrap).into())
            .decrypt_inout_detached(
                &Nonce::from(self.nonce),
                self.head().as_bytes(),
                key.as_mut_slice().into(),
                &Tag::from(self.tag),
            )
            .map_err(|_| UnlockError)?;
        Ok(key)
    }

    /// Reads the lines after the first one.
    pub(crate) fn parse<'a>(
        first: &'static str,
        mut lines: impl Iterator<Item = &'a str>,
    ) -> Result<Self, KeyFileError> {
        let mut value = |name: &'static str| {
            let line = lines.next().ok_or(KeyFileError::Line(name))?;
            line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")).ok_or(KeyFileError::Line(name))
        };
        let public = value("public-key")?.to_owned();
        word("kdf", "argon2id", value("kdf")?)?;
        let memory_kib = number("memory-kib", value("memory-kib")?)?;
        let passes = number("passes", value("passes")?)?;
        let lanes = number("lanes", value("lanes")?)?;
        let salt = bytes("salt", value("salt")?)?;
        word("cipher", "chacha20poly1305", value("cipher")?)?;
        let nonce = bytes("nonce", value("nonce")?)?;
        let both: [u8; KEY + TAG] = bytes("sealed-key", value("sealed-key")?)?;
        let (sealed, rest) = both.split_first_chunk().ok_or(KeyFileError::Line("sealed-key"))?;
        let (tag, _) = rest.split_first_chunk().ok_or(KeyFileError::Line("sealed-key"))?;
        let cost = Cost { memory_kib, passes, lanes };
        if cost.params().is_none() {
            return Err(KeyFileError::Line("memory-kib"));
        }
        if lines.next().is_some() {
            return Err(KeyFileError::Line("sealed-key"));
        }
        Ok(Self { first, public, cost, salt, nonce, sealed: *sealed, tag: *tag })
    }

    /// The text of the file.
    pub(crate) fn to_text(&self) -> String {
        let both = [self.sealed.as_slice(), self.tag.as_slice()].concat();
        format!("{}sealed-key: {}\n", self.head(), STANDARD.encode(both))
    }

    fn wrap(&self, passphrase: &str) -> Option<Zeroizing<[u8; KEY]>> {
        let mut wrap = Zeroizing::new([0; KEY]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.cost.params()?)
            .hash_password_into(passphrase.as_bytes(), &self.salt, wrap.as_mut_slice())
            .ok()?;
        Some(wrap)
    }

    fn head(&self) -> String {
        let Cost { memory_kib, passes, lanes } = self.cost;
        format!(
            "{}\npublic-key: {}\nkdf: argon2id\nmemory-kib: {memory_kib}\npasses: {passes}\n\
             lanes: {lanes}\nsalt: {}\ncipher: chacha20poly1305\nnonce: {}\n",
            self.first,
            self.public,
            STANDARD.encode(self.salt),
            STANDARD.encode(self.nonce),
        )
    }
}

fn word(name: &'static str, expected: &str, value: &str) -> Result<(), KeyFileError> {
    if value == expected { Ok(()) } else { Err(KeyFileError::Line(name)) }
}

/// One spelling for each number: the head is written again from it.
fn number(name: &'static str, value: &str) -> Result<u32, KeyFileError> {
    let number: u32 = value.parse().map_err(|_| KeyFileError::Line(name))?;
    if number.to_string() == value { Ok(number) } else { Err(KeyFileError::Line(name)) }
}

fn bytes<const N: usize>(name: &'static str, value: &str) -> Result<[u8; N], KeyFileError> {
    let bytes = STANDARD.decode(value).map_err(|_| KeyFileError::Line(name))?;
    bytes.try_into().map_err(|_| KeyFileError::Line(name))
}
