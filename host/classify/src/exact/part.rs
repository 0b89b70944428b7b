//! A part of a bundle: a mark, a header in TOML, sets of hashes; cut into pieces that a bundle's files may have.
//!
//! ```text
//! exact/NAME.1.table, exact/NAME.2.table …  (fingerprints/… alike), put together:
//! mark: 4 bytes | length of the header: u32 | header | sets
//! ```
//! INVARIANT: bounded before it is read, and read to its last byte.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared_protocol::{Level, Topic};

use super::key::{Key, SALT};
use super::set::take;

/// Most bytes of a piece: less than a file of a bundle may have.
pub const MAX_PIECE: usize = 3 * 1024 * 1024;
/// Most pieces of a part.
const PIECES: usize = 9;
/// Most bytes of a header.
const HEADER: usize = 256 * 1024;
/// Most topics, and the longest words, as of a detector.
const TOPICS: usize = 4;
const WORDS: usize = 64;

/// A part that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct PartError {
    /// The file, or the first one of its part.
    pub file: String,
    /// What is wrong.
    pub why: &'static str,
}

/// From how many on something has which level; what is absent is never reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grades {
    /// Level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<u32>,
    /// Level 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<u32>,
    /// Level 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
}

impl Grades {
    /// The level of so many.
    #[must_use]
    pub fn level(&self, count: usize) -> Level {
        let reached = |least: Option<u32>| {
            least.is_some_and(|least| count >= usize::try_from(least).unwrap_or(usize::MAX))
        };
        let levels = [(self.high, Level::High), (self.medium, Level::Medium), (self.low, Level::Low)];
        levels.into_iter().find(|(least, _)| reached(*least)).map_or(Level::None, |(_, level)| level)
    }

    /// What the topics are scored with: in the middle of the level.
    pub(crate) fn score(&self, count: usize) -> f32 {
        match self.level(count) {
            Level::High => 0.95,
            Level::Medium => 0.65,
            Level::Low => 0.35,
            Level::None => 0.0,
        }
    }

    /// Whether anything reaches a level, and a higher one never before a lower one.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let given: Vec<u32> = [self.low, self.medium, self.high].into_iter().flatten().collect();
        !given.is_empty() && given.is_sorted() && !given.contains(&0)
    }
}

/// What headers of both kinds of parts say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    /// In hex digits.
    pub(crate) salt: String,
    pub(crate) words: String,
    pub(crate) topics: Vec<Topic>,
    pub(crate) levels: Grades,
}

impl About {
    pub(crate) fn new(key: &Key, words: &str, topics: &[Topic], levels: Grades) -> Self {
        let salt = key.salt().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { salt, words: words.to_owned(), topics: topics.to_vec(), levels }
    }

    /// The salt, where everything is in order.
    pub(crate) fn checked(&self) -> Result<[u8; SALT], &'static str> {
        if !is_words(&self.words) {
            return Err("its words are none");
        }
        let topics: BTreeSet<&Topic> = self.topics.iter().collect();
        if topics.len() != self.topics.len() || !(1..=TOPICS).contains(&topics.len()) {
            return Err("its topics are none, or too many");
        }
        if !self.levels.is_sound() {
            return Err("its levels are in no order");
        }
        unhex(&self.salt).ok_or("its salt is none")
    }
}

/// Whether these can stand where something was taken out.
pub(crate) fn is_words(words: &str) -> bool {
    let plain = |char: char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '/');
    !words.trim().is_empty() && words.chars().count() <= WORDS && words.chars().all(plain)
}

fn unhex(text: &str) -> Option<[u8; SALT]> {
    let mut salt = [0; SALT];
    if text.len() != SALT * 2
        || !text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    {
        return None;
    }
    for (place, byte) in salt.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(salt)
}

/// Mark, header, and what `sets` writes.
pub(crate) fn write(mark: [u8; 4], header: &str, sets: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = mark.to_vec();
    out.extend_from_slice(&u32::try_from(header.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(header.as_bytes());
    sets(&mut out);
    out
}

/// The header; `bytes` then begins with the sets.
pub(crate) fn header<'a>(mark: [u8; 4], bytes: &mut &'a [u8]) -> Result<&'a str, &'static str> {
    const BROKEN: &str = "this is no table, or a broken one";
    if take(bytes, 4) != Some(&mark) {
        return Err("this is no table of this kind and version");
    }
    let length =
        take(bytes, 4).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes).ok_or(BROKEN)?;
    let length =
        usize::try_from(length).ok().filter(|length| *length <= HEADER).ok_or("its header is too long")?;
    std::str::from_utf8(take(bytes, length).ok_or(BROKEN)?).map_err(|_| BROKEN)
}

/// The files of a part.
#[must_use]
pub fn pieces(folder: &str, name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let path = |(place, piece): (usize, &[u8])| {
        (format!("{folder}/{name}.{}.{}", place + 1, super::PART_ENDING), piece.to_vec())
    };
    bytes.chunks(MAX_PIECE).enumerate().map(path).collect()
}

/// A part put together.
pub(crate) struct Joined {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The parts of a folder, in the order of their names.
pub(crate) fn join<'a>(
    folder: &str,
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<Joined>, PartError> {
    let mut parts: BTreeMap<&str, BTreeMap<usize, (&str, &[u8])>> = BTreeMap::new();
    for (file, bytes) in files {
        let wrong = |why| PartError { file: file.to_owned(), why };
        let Some(inside) = file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else {
            continue;
        };
        let name = inside.strip_suffix(super::PART_ENDING).and_then(|rest| rest.strip_suffix('.'));
        let (name, number) = name
            .and_then(|name| name.split_once('.'))
            .filter(|(name, _)| is_name(name))
            .ok_or_else(|| wrong("`policy build` names its tables otherwise"))?;
        let digit = number.parse().ok().filter(|place| (1..=PIECES).contains(place) && number.len() == 1);
        let place = digit.ok_or_else(|| wrong("`policy build` numbers its tables otherwise"))?;
        if bytes.len() > MAX_PIECE {
            return Err(wrong("this piece is too large"));
        }
        parts.entry(name).or_default().insert(place, (file, bytes));
    }
    let mut joined = Vec::new();
    for (name, pieces) in parts {
        let first = pieces.values().next().map(|(file, _)| (*file).to_owned()).unwrap_or_default();
        if pieces.keys().copied().ne(1..=pieces.len()) {
            return Err(PartError { file: first, why: "a piece of this table is missing" });
        }
        let bytes = pieces.values().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        joined.push(Joined { file: first, name: name.to_owned(), bytes });
    }
    Ok(joined)
}

/// What can be the second word of a label.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
