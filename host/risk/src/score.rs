//! The arithmetic of a score: points that fade, and levels that do not flap.
//!
//! INVARIANT: whole numbers (thousandths of a point), so that the order in which points of one moment are added does not
//! matter. INVARIANT: what fades never grows, and of two scores the higher one stays the higher one.

use serde::{Deserialize, Serialize};
use shared_protocol::{Level, Millis};

/// Thousandths of a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(pub u64);

impl Points {
    /// Whole points.
    #[must_use]
    pub fn of(points: u32) -> Self {
        Self(u64::from(points) * 1_000)
    }

    /// For people: whole points, rounded down.
    #[must_use]
    pub fn whole(self) -> u64 {
        self.0 / 1_000
    }

    /// What is left after `passed`, when half is left after `half_life` (both milliseconds).
    #[must_use]
    pub(crate) fn faded(self, passed: Millis, half_life: Millis) -> Self {
        if passed == 0 || self.0 == 0 {
            return self;
        }
        // Points are at most a few hundred thousand, far inside what a double holds without loss.
        let left = self.0 as f64 * (-(passed as f64) / half_life.max(1) as f64).exp2();
        Self((left.floor() as u64).min(self.0))
    }

    /// So much of it as `part` is of `whole`, rounded down.
    pub(crate) fn share(self, part: Self, whole: Self) -> Self {
        Self(self.0.saturating_mul(part.0) / whole.0.max(1))
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// From which score a level begins, and down to which it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The level.
    pub level: Level,
    /// Reached at so many points.
    pub up: Points,
    /// Left below so many; less than `up`.
    pub down: Points,
}

/// The level at this score, when it was `before`.
///
/// INVARIANT: grows with both. Between a level's `down` and `up` it is what it was.
#[must_use]
pub(crate) fn level(bands: &[Band], before: Level, score: Points) -> Level {
    let highest = |from: fn(&Band) -> Points| {
        let reached = bands.iter().filter(|band| score >= from(band));
        reached.map(|band| band.level).max().unwrap_or(Level::None)
    };
    highest(|band| band.up).max(before.min(highest(|band| band.down)))
}
