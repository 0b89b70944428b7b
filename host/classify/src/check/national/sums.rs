//! What check digits are made of: weighted sums, Luhn, the systems of ISO/IEC 7064, Verhoeff's, and dates.

/// The sum of `digits` times `weights`, as far as both go.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The digit at `at`; none there is no digit that any sum gives.
pub(super) fn at(digits: &[u32], at: usize) -> u32 {
    digits.get(at).copied().unwrap_or(u32::MAX)
}

/// The number that `count` digits from `from` on make, nine at most.
pub(super) fn number(digits: &[u32], from: usize, count: usize) -> u32 {
    digits.iter().skip(from).take(count.min(9)).fold(0, |number, digit| number * 10 + digit)
}

/// The same of any length.
pub(super) fn long(digits: &[u32]) -> u64 {
    digits.iter().take(18).fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// Whether there is such a day. The 29th of February is one: the century is seldom written.
pub(super) fn is_day(day: u32, month: u32) -> bool {
    let last = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// ISO/IEC 7812-1 annex B.
pub(super) fn luhn(digits: &[u32]) -> bool {
    let doubled =
        |(at, digit): (usize, &u32)| if at % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// ISO/IEC 7064, MOD 11,10.
pub(super) fn mod_11_10(digits: &[u32]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == *last
}

/// J. Verhoeff, Error Detecting Decimal Codes (1969): the dihedral group of order 10.
pub(super) fn verhoeff(digits: &[u32]) -> bool {
    const PERMUTED: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let times = |one: u32, other: u32| match (one < 5, other < 5) {
        (true, true) => (one + other) % 5,
        (true, false) => (one + other - 5) % 5 + 5,
        (false, true) => (one - 5 + 5 - other) % 5 + 5,
        (false, false) => (one + 5 - other) % 5,
    };
    let permuted = |digit: u32, times: usize| {
        (0..times).fold(digit, |digit, _| PERMUTED.get(digit as usize).copied().unwrap_or_default())
    };
    let rest =
        digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| times(sum, permuted(*digit, at % 8)));
    rest == 0
}

/// Whether all of them are the same: made up.
pub(super) fn equal(digits: &[u32]) -> bool {
    digits.len() > 4 && digits.windows(2).all(|pair| pair.first() == pair.last())
}

#[cfg(test)]
mod tests {
    use super::{luhn, mod_11_10, verhoeff};

    fn digits(text: &str) -> Vec<u32> {
        text.chars().filter_map(|char| char.to_digit(10)).collect()
    }

    /// One last digit of ten is right.
    fn right(body: &str, check: fn(&[u32]) -> bool) -> Vec<u32> {
        (0..10).filter(|last| check(&digits(&format!("{body}{last}")))).collect()
    }

    #[test]
    fn published_values() {
        // ISO/IEC 7064 names 0794 and its check 5; Verhoeff's own example is 236 and 3.
        assert_eq!(right("0794", mod_11_10), [5]);
        assert_eq!(right("236", verhoeff), [3]);
        assert_eq!(right("7992739871", luhn), [3]);
    }

    #[test]
    fn verhoeff_sees_every_swap_of_neighbours() {
        let number = digits("86927451033");
        let whole: Vec<u32> = number.iter().copied().chain(0..10).take(12).collect();
        let valid: Vec<u32> = (0..10)
            .map(|last| {
                let mut whole = whole.clone();
                *whole.last_mut().unwrap() = last;
                whole
            })
            .find(|whole| verhoeff(whole))
            .unwrap();
        for at in 0..valid.len() - 1 {
            let mut swapped = valid.clone();
            swapped.swap(at, at + 1);
            assert_eq!(verhoeff(&swapped), swapped == valid, "{at}");
        }
    }
}
