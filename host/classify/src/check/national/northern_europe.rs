//! Denmark, Estonia, Finland, Iceland, Latvia, Lithuania, Norway, Sweden.

use super::sums::{at, is_day, luhn, number, weighted};

/// CPR office: day of birth and a serial. The sum by 11 is right in numbers from before October 2007 only.
pub(super) fn dk_cpr(digits: &[u32], without_sum: f32) -> Option<f32> {
    let sum = weighted(digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    let shaped = digits.len() == 10 && is_day(number(digits, 0, 2), number(digits, 2, 2));
    shaped.then_some(if sum.is_multiple_of(11) { 1.0 } else { without_sum })
}

/// EVS 585:2007, and Lithuania's law on personal codes: two rows of weights, the second where the first leaves 10.
pub(super) fn ee_personal_code(digits: &[u32]) -> bool {
    let first = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let rest = if first == 10 { second % 10 } else { first };
    digits.len() == 11
        && (1..=8).contains(&at(digits, 0))
        && is_day(number(digits, 5, 2), number(digits, 3, 2))
        && rest == at(digits, 10)
}

/// Digital and Population Data Services Agency: nine digits by 31 name the last sign.
pub(super) fn fi_hetu(signs: &str) -> bool {
    const SIGNS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    // The sign of the century may be a letter.
    let centuries = signs.len().saturating_sub(10);
    let (day, rest) = signs.split_at_checked(6).unwrap_or_default();
    let serial = rest.get(centuries..centuries + 3).unwrap_or_default();
    let digits: Vec<u32> = day.chars().chain(serial.chars()).filter_map(|sign| sign.to_digit(10)).collect();
    digits.len() == 9
        && is_day(number(&digits, 0, 2), number(&digits, 2, 2))
        && number(&digits, 6, 3) >= 2
        && SIGNS.get((number(&digits, 0, 9) % 31) as usize) == signs.as_bytes().last()
}

/// Registers Iceland: day of birth, two digits, check digit, century.
pub(super) fn is_kennitala(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]);
    digits.len() == 10
        && is_day(number(digits, 0, 2), number(digits, 2, 2))
        && matches!(at(digits, 9), 0 | 8 | 9)
        && sum.is_multiple_of(11)
}

/// Office of Citizenship and Migration Affairs; numbers from July 2017 on begin with 32 and have no sum.
pub(super) fn lv_personal_code(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    digits.len() == 11
        && is_day(number(digits, 0, 2), number(digits, 2, 2))
        && at(digits, 6) <= 2
        && (1101 - sum) % 11 % 10 == at(digits, 10)
}

/// Skatteetaten: two check digits by 11. Days are raised by 40 in D-numbers, months in numbers of hospitals.
pub(super) fn no_birth_number(digits: &[u32]) -> bool {
    let first = weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
    let second = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    digits.len() == 11
        && is_day(number(digits, 0, 2) % 40, number(digits, 2, 2) % 40)
        && first.is_multiple_of(11)
        && second.is_multiple_of(11)
}

/// Skatteverket, SKV 704: Luhn over the ten digits without the century; days are raised by 60 in coordination numbers.
pub(super) fn se_personal_number(digits: &[u32]) -> bool {
    let century = digits.len() == 12 && matches!(number(digits, 0, 2), 18..=20);
    let short = if century { digits.get(2..).unwrap_or_default() } else { digits };
    short.len() == 10 && is_day(number(short, 4, 2) % 60, number(short, 2, 2)) && luhn(short)
}
