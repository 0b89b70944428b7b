//! Samples to figures. Pure: no clock, no console.
//!
//! INVARIANT: a quantile is one of the samples (nearest rank), never a value between two.

/// The quantiles that are told, by rank in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantile {
    /// The median.
    P50,
    /// One in twenty is over it.
    P95,
    /// One in a hundred is over it.
    P99,
}

impl Quantile {
    fn percent(self) -> usize {
        match self {
            Self::P50 => 50,
            Self::P95 => 95,
            Self::P99 => 99,
        }
    }

    /// Its name in tables and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }
}

/// What many samples come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// How many there were.
    pub n: usize,
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Summary {
    /// Of these samples, in any order; nothing of none.
    pub fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let rank = |quantile| sorted.get(rank(sorted.len(), quantile)).copied();
        Some(Self {
            n: sorted.len(),
            p50: rank(Quantile::P50)?,
            p95: rank(Quantile::P95)?,
            p99: rank(Quantile::P99)?,
            max: *sorted.last()?,
        })
    }

    /// One of its quantiles.
    pub fn at(&self, quantile: Quantile) -> f64 {
        match quantile {
            Quantile::P50 => self.p50,
            Quantile::P95 => self.p95,
            Quantile::P99 => self.p99,
        }
    }

    /// The difference of each quantile: what was added to `base`.
    pub fn minus(&self, base: &Self) -> Self {
        Self {
            n: self.n.min(base.n),
            p50: self.p50 - base.p50,
            p95: self.p95 - base.p95,
            p99: self.p99 - base.p99,
            max: self.max - base.max,
        }
    }
}

/// The place of a quantile among `count` sorted samples: the smallest that this share of them does not exceed.
fn rank(count: usize, quantile: Quantile) -> usize {
    (count * quantile.percent()).div_ceil(100).saturating_sub(1)
}

/// The places of the largest samples, the largest first.
pub fn worst(samples: &[f64], most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..samples.len()).collect();
    places.sort_by(|a, b| {
        let at = |place: &usize| samples.get(*place).copied().unwrap_or_default();
        at(b).total_cmp(&at(a))
    });
    places.truncate(most);
    places
}

/// The sizes of blocks in which `n` samples are taken: `blocks` of them at most, as even as can be.
pub fn blocks(n: usize, blocks: usize) -> Vec<usize> {
    let count = blocks.clamp(1, n.max(1));
    (0..count).map(|block| (n * (block + 1)) / count - (n * block) / count).filter(|size| *size > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::{Quantile, Summary, blocks, worst};

    #[test]
    fn quantiles_are_samples_by_nearest_rank() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let summary = Summary::of(&hundred).unwrap();
        assert_eq!((summary.p50, summary.p95, summary.p99, summary.max), (50.0, 95.0, 99.0, 100.0));
        let few = Summary::of(&[3.0, 1.0, 2.0]).unwrap();
        assert_eq!((few.n, few.p50, few.p95, few.p99, few.max), (3, 2.0, 3.0, 3.0, 3.0));
        assert_eq!(Summary::of(&[7.0]).unwrap().at(Quantile::P50), 7.0);
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn what_was_added_is_told_for_each_quantile() {
        let with = Summary { n: 10, p50: 12.0, p95: 20.0, p99: 25.0, max: 30.0 };
        let without = Summary { n: 9, p50: 2.0, p95: 5.0, p99: 27.0, max: 28.0 };
        let added = with.minus(&without);
        assert_eq!(
            (added.n, added.p50, added.p95, added.p99, added.max),
            (9, 10.0, 15.0, -2.0, 2.0),
            "a tail that is heavier without is told as it is"
        );
    }

    #[test]
    fn the_worst_are_told_by_their_place() {
        assert_eq!(worst(&[1.0, 9.0, 3.0, 7.0], 2), [1, 3]);
        assert_eq!(worst(&[1.0], 5), [0]);
    }

    #[test]
    fn blocks_add_up() {
        assert_eq!(blocks(500, 20), [25; 20]);
        assert_eq!(blocks(7, 3), [2, 2, 3]);
        assert_eq!(blocks(2, 20), [1, 1]);
        assert!(blocks(0, 20).is_empty());
        assert_eq!(blocks(503, 20).iter().sum::<usize>(), 503);
    }
}
