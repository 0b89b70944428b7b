//! How the cells of a kind look from afar: their lengths, how many digits they have, how many words. Most windows of a text
//! have another shape and are not hashed.

use serde::{Deserialize, Serialize};

use super::kind::{Kind, LONGEST};

/// Lengths, and counts of digits, from 0.
const SIDE: usize = LONGEST + 1;

/// As it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    pub(crate) kind: Kind,
    /// Most words of a cell.
    pub(crate) words: usize,
    /// Length in bytes times 128 and digits, sorted.
    pub(crate) shapes: Vec<u16>,
}

/// Ready to ask.
#[derive(Clone, Debug)]
pub(crate) struct Shapes {
    pub(crate) kind: Kind,
    pub(crate) words: usize,
    /// Longest canonical form, in bytes.
    pub(crate) longest: usize,
    bits: Vec<u64>,
}

/// The shape of a canonical form.
pub(crate) fn shape(canonical: &str) -> u16 {
    let digits = canonical.bytes().filter(u8::is_ascii_digit).count();
    u16::try_from(canonical.len().min(LONGEST) * SIDE + digits.min(LONGEST)).unwrap_or(u16::MAX)
}

impl Shapes {
    pub(crate) fn read(written: &Written) -> Option<Self> {
        let sorted = written.shapes.windows(2).all(|pair| matches!(pair, [one, other] if one < other));
        let words = written.words;
        if !sorted || !(1..=written.kind.most_words()).contains(&words) {
            return None;
        }
        let mut bits = vec![0_u64; SIDE * SIDE / 64];
        for shape in &written.shapes {
            *bits.get_mut(usize::from(*shape) / 64)? |= 1 << (shape % 64);
        }
        let longest = written.shapes.last().map_or(0, |shape| usize::from(*shape) / SIDE);
        Some(Self { kind: written.kind, words, longest, bits })
    }

    pub(crate) fn has(&self, shape: u16) -> bool {
        self.bits.get(usize::from(shape) / 64).is_some_and(|bits| bits >> (shape % 64) & 1 == 1)
    }

    /// With the shapes of another table.
    pub(crate) fn join(&mut self, other: &Self) {
        self.words = self.words.max(other.words);
        self.longest = self.longest.max(other.longest);
        self.bits.iter_mut().zip(&other.bits).for_each(|(mine, other)| *mine |= other);
    }
}
