//! Payment cards: an issuer's prefix with a length it uses, the check digit of ISO/IEC 7812-1 (Luhn), and one kind
//! of separator in the groups people write.

use crate::candidate::Candidate;
use crate::check::{Passed, digits, ends};

/// Prefixes from..=to, and the lengths that go with them. From the issuers' published ranges.
const ISSUERS: &[(u32, u32, &[usize])] = &[
    (2_221, 2_720, &[16]),             // Mastercard
    (3_000, 3_059, &[14, 16]),         // Diners Club
    (3_095, 3_095, &[14, 16]),         // Diners Club
    (3_400, 3_499, &[15]),             // American Express
    (3_528, 3_589, &[16]),             // JCB
    (3_600, 3_699, &[14, 16]),         // Diners Club
    (3_700, 3_799, &[15]),             // American Express
    (3_800, 3_999, &[14, 16]),         // Diners Club
    (4_000, 4_999, &[13, 16, 19]),     // Visa
    (5_018, 5_018, &[16, 18, 19]),     // Maestro
    (5_020, 5_020, &[16, 18, 19]),     // Maestro
    (5_038, 5_038, &[16, 18, 19]),     // Maestro
    (5_100, 5_599, &[16]),             // Mastercard
    (5_893, 5_893, &[16, 18, 19]),     // Maestro
    (6_011, 6_011, &[16, 19]),         // Discover
    (6_200, 6_299, &[16, 17, 18, 19]), // UnionPay
    (6_304, 6_304, &[16, 18, 19]),     // Maestro
    (6_440, 6_599, &[16, 19]),         // Discover
    (6_759, 6_763, &[16, 18, 19]),     // Maestro
];

/// One unseparated number in ten passes the check digit by chance.
const UNSEPARATED: f32 = 0.8;

pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    // Cheap, and true of hardly any text: the first group is whole or of four.
    let first = candidate.value().bytes().take_while(u8::is_ascii_digit).count();
    if first != 4 && first < 13 {
        return None;
    }
    ends(candidate.value()).into_iter().find_map(|end| number(candidate.until(candidate.start + end)))
}

fn number(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value();
    let digits = digits(value);
    let separators: Vec<char> = value.chars().filter(|char| !char.is_ascii_digit()).collect();
    let uniform = separators.windows(2).all(|pair| pair.first() == pair.last());
    let is_card = uniform && grouped(value) && issued(&digits) && luhn(&digits) && !all_equal(&digits);
    if !is_card || candidate.after().starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    if of_a_longer_number(candidate) {
        return None;
    }
    let factor = if separators.is_empty() { UNSEPARATED } else { 1.0 };
    Some(Passed { factor, ..Passed::whole(candidate) })
}

/// Groups of four, or 4-6-5 (American Express) or 4-6-4 (Diners Club), or none.
fn grouped(value: &str) -> bool {
    let groups: Vec<usize> = value.split([' ', '-']).map(str::len).collect();
    match groups.as_slice() {
        [_] | [4, 6, 5 | 4] => true,
        [fours @ .., last] => fours.iter().all(|length| *length == 4) && (1..=4).contains(last),
        [] => false,
    }
}

fn issued(digits: &[u32]) -> bool {
    let prefix = digits.iter().take(4).fold(0, |prefix, digit| prefix * 10 + digit);
    ISSUERS
        .iter()
        .any(|(from, to, lengths)| (*from..=*to).contains(&prefix) && lengths.contains(&digits.len()))
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn all_equal(digits: &[u32]) -> bool {
    digits.windows(2).all(|pair| pair.first() == pair.last())
}

/// Whether the number goes on: a fraction, a version, a group more.
fn of_a_longer_number(candidate: Candidate<'_>) -> bool {
    let joins = |char: &char| matches!(char, '.' | ',' | '-' | '/' | ':');
    let mut before = candidate.before().chars().rev();
    let mut after = candidate.after().chars();
    let goes_on = |joint: Option<char>, next: Option<char>| {
        joint.as_ref().is_some_and(joins) && next.is_some_and(|char| char.is_ascii_digit())
    };
    goes_on(before.next(), before.next()) || goes_on(after.next(), after.next())
}

#[cfg(test)]
mod tests {
    use super::{issued, luhn};
    use crate::check::digits;

    #[test]
    fn the_check_digit_is_the_only_one_that_passes() {
        for last in 0..10 {
            assert_eq!(luhn(&digits(&format!("411111111111111{last}"))), last == 1);
        }
    }

    #[test]
    fn a_prefix_goes_with_its_lengths() {
        assert!(issued(&digits("371449635398431")));
        assert!(!issued(&digits("3714496353984312")));
        assert!(!issued(&digits("9111111111111111")));
    }
}
