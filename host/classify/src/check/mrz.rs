//! The machine-readable zone of passports and identity cards: ICAO Doc 9303 part 3 (check digits), 4 (passports, two
//! lines of 44) and 5 (cards, three lines of 30).

use crate::candidate::Candidate;
use crate::check::Passed;

/// The number, the day of birth and the day of expiry each carry a check digit of weights 7, 3, 1.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let lines: Vec<&str> = candidate.value().lines().map(str::trim).collect();
    let right = match lines.as_slice() {
        [first, second] if first.len() == 44 && second.len() == 44 => {
            checked(second, 0, 9) && checked(second, 13, 6) && checked(second, 21, 6)
        }
        [first, second, third] if [first, second, third].iter().all(|line| line.len() == 30) => {
            checked(first, 5, 9) && checked(second, 0, 6) && checked(second, 8, 6)
        }
        _ => false,
    };
    right.then(|| Passed::whole(candidate))
}

/// Whether the sign behind `count` signs from `from` on is their check digit.
fn checked(line: &str, from: usize, count: usize) -> bool {
    let value = |sign: char| sign.to_digit(36).unwrap_or_default();
    let signs = line.chars().skip(from).take(count);
    let sum: u32 = signs.zip([7, 3, 1].into_iter().cycle()).map(|(sign, weight)| value(sign) * weight).sum();
    line.chars().nth(from + count).and_then(|sign| sign.to_digit(10)) == Some(sum % 10)
}
