//! How long until the next try.

use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// However many.
const LONGEST: Duration = Duration::from_secs(300);

/// The pause after so many failures in a row: doubling from a second to five minutes, of which a half is drawn by
/// `random`, so that a fleet does not come back in one moment.
#[must_use]
pub fn pause(failures: u32, random: u64) -> Duration {
    let doubled =
        FIRST.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1).min(20)).unwrap_or(u32::MAX));
    let whole = doubled.min(LONGEST);
    let half = whole / 2;
    let drawn = half.as_millis().saturating_mul(u128::from(random)) / u128::from(u64::MAX);
    half + Duration::from_millis(u64::try_from(drawn).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LONGEST, pause};

    #[test]
    fn pauses_double_to_a_bound_and_half_of_each_is_drawn() {
        assert_eq!(pause(1, 0), Duration::from_millis(500));
        assert_eq!(pause(1, u64::MAX), Duration::from_secs(1));
        assert_eq!(pause(3, u64::MAX), Duration::from_secs(4));
        for failures in [20, 1_000, u32::MAX] {
            assert_eq!(pause(failures, u64::MAX), LONGEST);
            assert_eq!(pause(failures, 0), LONGEST / 2);
        }
        assert!(pause(0, u64::MAX) <= Duration::from_secs(1));
    }
}
