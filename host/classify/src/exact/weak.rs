//! Cells that say too little by themselves: short, of one character, of one word, in half of the rows.

use std::collections::BTreeMap;

use super::kind::Kind;

/// What is to become of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weak {
    /// The table is refused.
    #[default]
    Refuse,
    /// They are left out, and counted.
    Skip,
}

/// Least characters of a cell of a pair: the other one adds to it.
const LEAST_OF_HALF: usize = 2;
/// How many rows may have the same cell in a column that counts alone: so many, or one in [`SHARE`].
pub(crate) const REPEATED: usize = 20;
pub(crate) const SHARE: usize = 100;

/// Least characters of a cell that counts alone, where the column does not say.
pub(crate) fn least(kind: Kind) -> usize {
    match kind {
        Kind::Number | Kind::Email => 6,
        Kind::Phone => 7,
        Kind::Text | Kind::Name => 8,
    }
}

/// Why a canonical form is too weak to count alone.
pub(crate) fn alone(kind: Kind, canonical: &str, least: usize) -> Option<&'static str> {
    if length(canonical) < least {
        return Some("is too short to count alone");
    }
    if kind == Kind::Name && !canonical.contains(' ') {
        return Some("is one word, which many people are called");
    }
    let enough = match kind {
        Kind::Number | Kind::Phone => 4.0,
        Kind::Text | Kind::Name | Kind::Email => 14.0,
    };
    (bits(canonical) < enough).then_some("repeats itself and could be anything")
}

/// Why it is too weak for one of a pair.
pub(crate) fn half(canonical: &str) -> Option<&'static str> {
    (length(canonical) < LEAST_OF_HALF).then_some("is too short even beside another cell")
}

/// Letters and digits. A character of Chinese, Japanese or Korean says about as much as three letters.
fn length(canonical: &str) -> usize {
    let one = |char: char| if u32::from(char) >= 0x2E80 { 3 } else { 1 };
    canonical.chars().filter(|char| char.is_alphanumeric()).map(one).sum()
}

/// Shannon's entropy of its characters, over all of it.
fn bits(canonical: &str) -> f32 {
    let mut counts: BTreeMap<char, u16> = BTreeMap::new();
    for char in canonical.chars().filter(|char| char.is_alphanumeric()) {
        let count = counts.entry(char).or_default();
        *count = count.saturating_add(1);
    }
    let all: f32 = counts.values().map(|count| f32::from(*count)).sum();
    counts.values().map(|count| f32::from(*count) * (all / f32::from(*count)).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::{alone, half, least};
    use crate::exact::Kind;

    #[test]
    fn common_cells_count_for_nothing_alone() {
        for (kind, cell) in [
            (Kind::Text, "yes"),
            (Kind::Text, "aaaaaaaaaaaa"),
            (Kind::Name, "smith"),
            (Kind::Name, "johannisson"),
            (Kind::Number, "4711"),
            (Kind::Number, "111111"),
        ] {
            assert!(alone(kind, cell, least(kind)).is_some(), "{cell}");
        }
        for (kind, cell) in [
            (Kind::Text, "blue heron"),
            (Kind::Name, "jane smith"),
            (Kind::Number, "100200"),
            (Kind::Email, "a@b.example"),
            (Kind::Phone, "301234567"),
        ] {
            assert_eq!(alone(kind, cell, least(kind)), None, "{cell}");
        }
        assert!(half("x").is_some() && half("de").is_none());
    }
}
