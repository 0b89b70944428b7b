//! Which bytes of a row are kept and hashed. Version 1.
//!
//! **Body.** One JSON object, UTF-8. Its keys are the row's *fields*: those of the entry, and those every row
//! can have: `app`, `person`, `sealed`. Keys are lower-case ASCII letters, digits and `_`, at most 255 bytes, in
//! ascending byte order, none twice; an absent value has no key. No white space between tokens. A field's *value*
//! is its JSON text exactly as it stands in the body; numbers in it are integers. A reader never needs to write
//! JSON again to check a row.
//!
//! **Commitments.** With `HMAC(key, data)` = HMAC-SHA-256 (RFC 2104), `|` = concatenation, and the row's own
//! random salt of 32 bytes:
//!
//! ```text
//! key(field)        = HMAC(salt, "promptgate/journal/1/field" | 0x00 | name)
//! commitment(field) = HMAC(key(field), value)
//! commitments       = for each field in order: u8 length of name | name | commitment(field)[32]
//! ```
//!
//! **Hash.** Integers are big-endian, `text(x)` is `u32` length in bytes and the UTF-8 bytes:
//!
//! ```text
//! hash = SHA-256( "promptgate/journal/1/row" | 0x00
//!               | previous[32]                    the hash of the row before; zeros for the first
//!               | u64 seq                         1 for the first
//!               | text(device)
//!               | u64 at                          milliseconds since 1970-01-01T00:00:00Z
//!               | u16 kind                        see `Kind::number`
//!               | text(event)                     empty when the row has none
//!               | u32 number of fields | commitments )
//! ```
//!
//! **Erasing.** A row without salt and body still has commitments and hash, so the chain holds; without the salt
//! a commitment does not give away even a value that could be guessed. `key(field)` alone lets somebody check one
//! field of a row and no other.
//!
//! **Sealed text.** The field `sealed` lists for each recipient, in order, the key's short name, SHA-256 and length
//! of the blob's text. So the text can be dropped and its row stay whole.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

const FIELD: &[u8] = b"promptgate/journal/1/field\0";
const ROW: &[u8] = b"promptgate/journal/1/row\0";

/// The hash "before" the first row.
pub const GENESIS: [u8; 32] = [0; 32];

/// A row's fields: each value as its JSON text, by name.
#[derive(Clone, Debug, Default)]
pub struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    /// From a JSON object.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json).map(Self)
    }

    /// Adds a field, or puts it in another's place.
    ///
    /// # Errors
    /// When JSON cannot say the value.
    pub fn put(&mut self, name: &str, value: &impl serde::Serialize) -> serde_json::Result<()> {
        self.0.insert(name.to_owned(), serde_json::value::to_raw_value(value)?);
        Ok(())
    }

    /// Name and JSON text of every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.get()))
    }

    /// The canonical body.
    #[must_use]
    pub fn body(&self) -> String {
        let fields: Vec<String> = self.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    }

    /// The commitments to every field.
    #[must_use]
    pub fn commitments(&self, salt: &[u8; 32]) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.0.len() * 48);
        for (name, value) in self.iter() {
            // A name of more than 255 bytes is no field of ours; its row then does not verify.
            all.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            all.extend_from_slice(name.as_bytes());
            all.extend_from_slice(&commitment(salt, name, value));
        }
        all
    }
}

/// What the hash keeps of one field.
#[must_use]
pub fn commitment(salt: &[u8; 32], name: &str, value: &str) -> [u8; 32] {
    hmac(&hmac(salt, &[FIELD, name.as_bytes()]), &[value.as_bytes()])
}

/// Name and commitment of each field, in order; `None` when the bytes are no commitments.
#[must_use]
pub fn split_commitments(mut bytes: &[u8]) -> Option<Vec<(&str, [u8; 32])>> {
    let mut all = Vec::new();
    while let Some((length, rest)) = bytes.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (commitment, rest) = rest.split_first_chunk::<32>()?;
        all.push((std::str::from_utf8(name).ok()?, *commitment));
        bytes = rest;
    }
    Some(all)
}

/// What of a row stands in its hash beside the fields.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// The hash of the row before.
    pub previous: [u8; 32],
    /// Device sequence.
    pub seq: u64,
    /// The device's id.
    pub device: &'a str,
    /// When.
    pub at: u64,
    /// `Kind::number`.
    pub kind: u16,
    /// Empty for none.
    pub event: &'a str,
}

/// A row's hash; `None` when the commitments are none.
#[must_use]
pub fn hash(header: &Header<'_>, commitments: &[u8]) -> Option<[u8; 32]> {
    let count = u32::try_from(split_commitments(commitments)?.len()).ok()?;
    let mut hash = Sha256::new();
    hash.update(ROW);
    hash.update(header.previous);
    hash.update(header.seq.to_be_bytes());
    hash_text(&mut hash, header.device)?;
    hash.update(header.at.to_be_bytes());
    hash.update(header.kind.to_be_bytes());
    hash_text(&mut hash, header.event)?;
    hash.update(count.to_be_bytes());
    hash.update(commitments);
    Some(hash.finalize().into())
}

fn hash_text(hash: &mut Sha256, text: &str) -> Option<()> {
    hash.update(u32::try_from(text.len()).ok()?.to_be_bytes());
    hash.update(text.as_bytes());
    Some(())
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(crate) fn hmac(key: &[u8; 32], pieces: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for piece in pieces {
        mac.update(piece);
    }
    mac.finalize().into_bytes().into()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of hexadecimal digits of either case; `None` for anything else.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let mut digits = pair.iter().map(|digit| char::from(*digit).to_digit(16));
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
