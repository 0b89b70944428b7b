//! Hashes of folded values: SHA-256 behind a block that a bundle's salt fills, cut to 48 bits.
//!
//! The block makes the hash a keyed one of a single compression for all but the longest values; a table that somebody
//! made for another salt is of no use. INVARIANT: a value's kind is hashed with it.

use sha2::{Digest as _, Sha256};

use super::kind::Kind;

/// Bytes of a salt.
pub const SALT: usize = 32;
/// Bytes of a hash that are kept: with a million of them one window in 280 million is taken for one by chance.
pub(crate) const HASH: usize = 6;
/// Before a salt, so that these hashes mean nothing elsewhere; with the salt a block of SHA-256.
const DOMAIN: &[u8; 32] = b"promptgate exact match, version1";

const PAIR: u8 = 0x70;
const SHINGLE: u8 = 0x73;

/// A hash, in the upper bytes' order.
pub(crate) type Hash = [u8; HASH];

/// A salt, ready to hash with.
#[derive(Clone, Debug)]
pub struct Key {
    salt: [u8; SALT],
    begun: Sha256,
}

impl Key {
    /// Of a salt.
    #[must_use]
    pub fn new(salt: [u8; SALT]) -> Self {
        let begun = Sha256::new().chain_update(DOMAIN).chain_update(salt);
        Self { salt, begun }
    }

    /// The salt that goes with these sources: the same ones give the same bytes, and another content another salt.
    #[must_use]
    pub fn of_sources<'a>(sources: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut salt = Sha256::new().chain_update(b"promptgate exact match, salt");
        for source in sources {
            salt.update(Sha256::digest(source));
        }
        Self::new(salt.finalize().into())
    }

    pub(crate) fn salt(&self) -> &[u8; SALT] {
        &self.salt
    }

    pub(crate) fn cell(&self, kind: Kind, canonical: &str) -> Hash {
        self.finish(&[kind.byte()], canonical.as_bytes())
    }

    /// Two cells of a row; `pair` is which two columns of the table.
    pub(crate) fn pair(&self, pair: usize, first: Hash, second: Hash) -> Hash {
        let pair = u8::try_from(pair).unwrap_or(u8::MAX);
        let [a, b, c, d, e, f] = first;
        let [g, h, i, j, k, l] = second;
        self.finish(&[PAIR, pair], &[a, b, c, d, e, f, g, h, i, j, k, l])
    }

    /// Words in a row.
    pub(crate) fn shingle(&self, words: &[&str]) -> Hash {
        let mut hash = self.begun.clone();
        hash.update([SHINGLE]);
        for (place, word) in words.iter().enumerate() {
            if place > 0 {
                hash.update(b" ");
            }
            hash.update(word.as_bytes());
        }
        cut(hash)
    }

    fn finish(&self, kind: &[u8], value: &[u8]) -> Hash {
        cut(self.begun.clone().chain_update(kind).chain_update(value))
    }
}

fn cut(hash: Sha256) -> Hash {
    let whole = hash.finalize();
    let mut cut = Hash::default();
    for (to, from) in cut.iter_mut().zip(whole) {
        *to = from;
    }
    cut
}
