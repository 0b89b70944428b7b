//! Which of several findings in the same place stands: a secret before personal data, then the longest, then the
//! surest, then the first by name.
//!
//! INVARIANT: the result is sorted and does not overlap, and does not depend on the order of the rules.

use std::collections::BTreeMap;

/// A finding before it has a finding's form. Byte offsets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hit<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) confidence: f32,
    pub(crate) secret: bool,
    /// Which detector, in the order of labels.
    pub(crate) detector: usize,
    pub(crate) text: &'a str,
}

/// The hits that stand.
pub(crate) fn settle(mut hits: Vec<Hit<'_>>) -> Vec<Hit<'_>> {
    hits.sort_by(|one, other| {
        let length = |hit: &Hit<'_>| hit.end - hit.start;
        other
            .secret
            .cmp(&one.secret)
            .then_with(|| length(other).cmp(&length(one)))
            .then_with(|| other.confidence.total_cmp(&one.confidence))
            .then_with(|| (one.start, one.detector).cmp(&(other.start, other.detector)))
    });
    let mut standing: BTreeMap<usize, Hit<'_>> = BTreeMap::new();
    for hit in hits {
        let before = standing.range(..hit.end).next_back();
        if before.is_none_or(|(_, before)| before.end <= hit.start) {
            standing.insert(hit.start, hit);
        }
    }
    standing.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::{Hit, settle};

    #[test]
    fn the_longest_stands() {
        let hit =
            |start, end, detector| Hit { start, end, confidence: 0.9, secret: false, detector, text: "" };
        let standing = settle(vec![hit(0, 4, 0), hit(3, 9, 1), hit(9, 11, 2), hit(3, 9, 0), hit(2, 3, 0)]);
        assert_eq!(standing, [hit(2, 3, 0), hit(3, 9, 0), hit(9, 11, 2)]);
    }
}
