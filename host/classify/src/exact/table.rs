//! A table of cells as it stands in a bundle, and looking into it.
//!
//! INVARIANT: what is read holds no cell: sets of hashes, and shapes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::key::{Hash, Key, SALT};
use super::kind::Kind;
use super::part::{self, About};
use super::set::Set;
use super::shapes::{Shapes, Written};

const MARK: [u8; 4] = *b"PGx1";
/// Most hashes of one set: a million cells, and what is left of a power of two.
pub(crate) const MOST: usize = 1 << 20;
/// Most pairs of columns, and how far apart two cells may be, in characters.
pub(crate) const PAIRS: usize = 8;
pub(crate) const WITHIN: usize = 500;
/// Most cells before one that it is tried with.
const BEFORE: usize = 128;

/// Two columns that count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    pub(crate) kinds: [Kind; 2],
    /// In characters.
    pub(crate) within: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    #[serde(flatten)]
    about: About,
    #[serde(default)]
    pairs: Vec<Pair>,
    #[serde(default, rename = "kind")]
    kinds: Vec<Written>,
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) about: About,
    pub(crate) salt: [u8; SALT],
    pub(crate) shapes: Vec<Shapes>,
    pairs: Vec<Pair>,
    alone: Set,
    /// Cells of columns that stand in a pair.
    halves: Set,
    /// Of each pair, its rows.
    rows: Vec<Set>,
}

/// What a table is made of.
pub(crate) struct Sets {
    pub(crate) alone: Set,
    pub(crate) halves: Set,
    pub(crate) rows: Vec<Set>,
}

/// Writes one.
pub(crate) fn write(about: About, pairs: Vec<Pair>, kinds: Vec<Written>, sets: &Sets) -> Option<Vec<u8>> {
    let header = toml::to_string(&Header { about, pairs, kinds }).ok()?;
    Some(part::write(MARK, &header, |out| {
        [&sets.alone, &sets.halves].into_iter().chain(&sets.rows).for_each(|set| set.write(out));
    }))
}

/// A place in a text that is a cell of a pair's column.
#[derive(Clone, Copy)]
struct Half {
    start: usize,
    end: usize,
    kind: Kind,
    hash: Hash,
}

/// What one text has of a table, while it is looked through.
#[derive(Default)]
pub(crate) struct Seen {
    /// Byte ranges, which may overlap.
    pub(crate) spans: Vec<(usize, usize)>,
    /// Each cell, and each row, once.
    distinct: BTreeSet<Hash>,
    halves: Vec<Half>,
}

impl Seen {
    /// How many cells and rows.
    pub(crate) fn count(&self) -> usize {
        self.distinct.len()
    }
}

impl Table {
    /// Reads one.
    pub(crate) fn read(mut bytes: &[u8]) -> Result<Self, &'static str> {
        let header = part::header(MARK, &mut bytes)?;
        let header: Header = toml::from_str(header).map_err(|_| "its header says something else")?;
        let Header { about, pairs, kinds } = header;
        let salt = about.checked()?;
        if pairs.len() > PAIRS || pairs.iter().any(|pair| !(1..=WITHIN).contains(&pair.within)) {
            return Err("its pairs are too many or too wide");
        }
        let different: BTreeSet<Kind> = kinds.iter().map(|kind| kind.kind).collect();
        let shapes: Option<Vec<Shapes>> = kinds.iter().map(Shapes::read).collect();
        let shapes = shapes.filter(|shapes| shapes.len() == different.len()).ok_or("its shapes are none")?;
        let mut set = || Set::read(&mut bytes, MOST).ok_or("its hashes are in no order, or too many");
        let (alone, halves) = (set()?, set()?);
        let rows = pairs.iter().map(|_| set()).collect::<Result<_, _>>()?;
        if !bytes.is_empty() {
            return Err("there is something behind its end");
        }
        Ok(Self { about, salt, shapes, pairs, alone, halves, rows })
    }

    /// One window of a text.
    pub(crate) fn look(&self, kind: Kind, place: (usize, usize), hash: Hash, seen: &mut Seen) {
        if self.alone.contains(&hash) {
            seen.spans.push(place);
            seen.distinct.insert(hash);
        }
        if self.halves.contains(&hash) {
            seen.halves.push(Half { start: place.0, end: place.1, kind, hash });
        }
    }

    /// After all windows: the cells of pairs that stand near each other.
    pub(crate) fn pair_up(&self, key: &Key, text: &str, seen: &mut Seen) {
        let mut halves = std::mem::take(&mut seen.halves);
        halves.sort_by_key(|half| (half.start, half.end));
        let widest = self.pairs.iter().map(|pair| pair.within).max().unwrap_or_default();
        for (place, second) in halves.iter().enumerate() {
            let earlier = halves.get(place.saturating_sub(BEFORE)..place).unwrap_or_default();
            for first in earlier.iter().rev().filter(|first| first.end <= second.start) {
                // A character has four bytes at most.
                let between = text.get(first.end..second.start).unwrap_or_default();
                if between.len() > widest * 4 {
                    continue;
                }
                let apart = between.chars().count();
                for (number, (pair, rows)) in self.pairs.iter().zip(&self.rows).enumerate() {
                    let orders = [(first, second), (second, first)];
                    let is_row = apart <= pair.within
                        && orders.into_iter().any(|(one, other)| {
                            if pair.kinds != [one.kind, other.kind] {
                                return false;
                            }
                            let row = key.pair(number, one.hash, other.hash);
                            let is_row = rows.contains(&row);
                            if is_row {
                                seen.distinct.insert(row);
                            }
                            is_row
                        });
                    if is_row {
                        seen.spans.extend([(first.start, first.end), (second.start, second.end)]);
                    }
                }
            }
        }
    }
}
