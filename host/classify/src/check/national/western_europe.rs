//! Austria, Belgium, France, Germany, Ireland, Italy, the Netherlands, Portugal, Spain, Switzerland, the United Kingdom.

use super::sums::{at, is_day, long, mod_11_10, number, weighted};

/// ASVG section 31: serial, check digit, day of birth. Months 13 to 15 stand for unknown days.
pub(super) fn at_svnr(digits: &[u32]) -> bool {
    let day = is_day(number(digits, 4, 2), number(digits, 6, 2)) || (13..=15).contains(&number(digits, 6, 2));
    let sum = weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    digits.len() == 10 && at(digits, 0) != 0 && day && sum == at(digits, 3)
}

/// Royal decree of 3 April 1984: 97 less the rest of nine digits, with a 2 before them from 2000 on. Months may be
/// raised by 20 or 40 where the sex is not known, and are 0 where the day is not.
pub(super) fn be_national_number(digits: &[u32]) -> bool {
    let body = u64::from(number(digits, 0, 9));
    let check = u64::from(number(digits, 9, 2));
    let (month, day) = (number(digits, 2, 2) % 20, number(digits, 4, 2));
    let right = |number: u64| 97 - number % 97 == check;
    digits.len() == 11
        && number(digits, 2, 2) < 53
        && (month == 0 || is_day(day, month))
        && (right(body) || right(body + 2_000_000_000))
}

/// Federal Social Insurance Office: 756 for the country, and the check digit of EAN-13.
pub(super) fn ch_ahv(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    digits.len() == 13 && number(digits, 0, 3) == 756 && sum.is_multiple_of(10)
}

/// Section 139b of the fiscal code: ISO/IEC 7064 MOD 11,10; of the first ten digits one comes twice or three times.
pub(super) fn de_tax_id(digits: &[u32]) -> bool {
    let count = |wanted: u32| digits.iter().take(10).filter(|digit| **digit == wanted).count();
    let counts: Vec<usize> = (0..10).map(count).collect();
    let repeated = counts.iter().filter(|count| **count > 1).count();
    digits.len() == 11
        && at(digits, 0) != 0
        && repeated == 1
        && counts.iter().all(|count| *count < 4)
        && mod_11_10(digits)
}

/// ICAO Doc 9303 part 3: weights 7, 3, 1; letters count from 10. The serial has no vowel and none of B, D, Q, S.
pub(super) fn de_id_card(signs: &str) -> bool {
    let values: Vec<u32> = signs.chars().filter_map(|sign| sign.to_digit(36)).collect();
    let serial = |sign: char| sign.is_ascii_digit() || "CFGHJKLMNPRTVWXYZ".contains(sign);
    let sum = weighted(&values, &[7, 3, 1, 7, 3, 1, 7, 3, 1]);
    signs.len() == 10
        && signs.starts_with(['L', 'M', 'N', 'P', 'R', 'T', 'V', 'W', 'X', 'Y'])
        && signs.chars().take(9).all(serial)
        && signs.ends_with(|sign: char| sign.is_ascii_digit())
        && sum % 10 == at(&values, 9)
}

/// VKVV section 4: a letter counts as its place in the alphabet, in two digits; the digits of each product are added.
pub(super) fn de_pension_number(signs: &str) -> bool {
    let digits = spelled(signs);
    let (day, month) = (number(&digits, 2, 2), number(&digits, 4, 2));
    let letter = signs.chars().nth(8).is_some_and(|sign| sign.is_ascii_uppercase());
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    // The day is raised by 50 where a number was given twice.
    signs.len() == 12
        && digits.len() == 13
        && letter
        && is_day(day % 50, month)
        && crossed(&digits, &weights) % 10 == at(&digits, 12)
}

/// Section 290 of SGB V: a letter and nine digits, weights 1 and 2, the digits of each product added.
pub(super) fn de_health_insurance(signs: &str) -> bool {
    let digits = spelled(signs);
    let shaped = signs.len() == 10 && signs.starts_with(|sign: char| sign.is_ascii_uppercase());
    shaped && digits.len() == 11 && crossed(&digits, &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 == at(&digits, 10)
}

/// Digits, and letters as their place in the alphabet in two digits.
fn spelled(signs: &str) -> Vec<u32> {
    let mut digits = Vec::new();
    for sign in signs.chars() {
        match sign.to_digit(36) {
            Some(digit) if digit < 10 => digits.push(digit),
            Some(letter) => digits.extend([(letter - 9) / 10, (letter - 9) % 10]),
            None => {}
        }
    }
    digits
}

fn crossed(digits: &[u32], weights: &[u32]) -> u32 {
    let crossed = |product: u32| product / 10 + product % 10;
    digits.iter().zip(weights).map(|(digit, weight)| crossed(digit * weight)).sum()
}

/// Royal decrees 1553/2005 (DNI) and 155/1996 (NIE): the rest by 23 names the letter; X, Y, Z of a NIE are 0, 1, 2.
pub(super) fn es_dni(signs: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let first = match signs.chars().next() {
        Some('X') => Some(0),
        Some('Y') => Some(1),
        Some('Z') => Some(2),
        Some(digit) => digit.to_digit(10),
        None => None,
    };
    let digits: Vec<u32> = signs.chars().skip(1).take(7).filter_map(|sign| sign.to_digit(10)).collect();
    let (Some(first), Some(last)) = (first, signs.as_bytes().get(8)) else { return false };
    let body = first * 10_000_000 + number(&digits, 0, 7);
    signs.len() == 9 && digits.len() == 7 && LETTERS.get((body % 23) as usize) == Some(last)
}

/// INSEE, decree 82-103: sex, year, month, department (2A and 2B, Corsica, count as 19 and 18), commune, order, key: 97 less the rest.
pub(super) fn fr_nir(signs: &str) -> bool {
    let plain = match signs.get(5..7) {
        Some("2A") => signs.replacen("2A", "19", 1),
        Some("2B") => signs.replacen("2B", "18", 1),
        _ => signs.to_owned(),
    };
    let digits: Vec<u32> = plain.chars().filter_map(|sign| sign.to_digit(10)).collect();
    let Some((body, _)) = digits.split_at_checked(13) else { return false };
    let month = number(&digits, 3, 2);
    digits.len() == 15
        && signs.len() == 15
        && matches!(at(&digits, 0), 1..=4 | 7 | 8)
        && matches!(month, 1..=12 | 20 | 30..=42 | 50..=99)
        && number(&digits, 5, 2) > 0
        && 97 - long(body) % 97 == u64::from(number(&digits, 13, 2))
}

/// NHS Data Dictionary: weights 10 to 2, 11 less the rest; 11 counts as 0, and a 10 is never given out.
pub(super) fn gb_nhs(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    digits.len() == 10 && (11 - sum) % 11 == at(digits, 9)
}

/// HMRC, NIM39110: no check digit, but letters and prefixes that are never used.
pub(super) fn gb_nino(signs: &str) -> bool {
    let mut letters = signs.chars();
    let first = letters.next().is_some_and(|sign| !"DFIQUV".contains(sign));
    let second = letters.next().is_some_and(|sign| !"DFIOQUV".contains(sign));
    let unused = ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"];
    first && second && !unused.iter().any(|prefix| signs.starts_with(prefix))
}

/// Social Welfare Consolidation Act 2005: weights 8 to 2, nine times a second letter, the rest by 23 as a letter.
pub(super) fn ie_pps(signs: &str) -> bool {
    let digits: Vec<u32> = signs.chars().take(7).filter_map(|sign| sign.to_digit(10)).collect();
    let letters: Vec<u32> =
        signs.chars().skip(7).filter_map(|sign| sign.to_digit(36)).map(|l| l - 9).collect();
    let second = match letters.as_slice() {
        [_] => 0,
        [_, second @ (1..=9)] => *second,
        // An older form for a wife: counts nothing.
        [_, 20 | 23] => 0,
        _ => return false,
    };
    let rest = (weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
    digits.len() == 7 && letters.first() == Some(if rest == 0 { &23 } else { &rest })
}

/// Ministerial decree of 23 December 1976: signs in odd places count by a table of their own. Digits can be replaced
/// by letters where two people would have the same code.
pub(super) fn it_fiscal_code(signs: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let place = |sign: char| match sign.to_digit(36) {
        Some(digit) if digit < 10 => digit,
        Some(letter) => letter - 10,
        None => 0,
    };
    let value = |(at, sign): (usize, char)| {
        let place = place(sign);
        if at % 2 == 0 { ODD.get(place as usize).copied().unwrap_or_default() } else { place }
    };
    let sum: u32 = signs.chars().take(15).enumerate().map(value).sum();
    let numeric = |sign: char| match "LMNPQRSTUV".find(sign) {
        Some(at) => u32::try_from(at).ok(),
        None => sign.to_digit(10),
    };
    let digits: Vec<u32> = [6, 7, 9, 10].iter().filter_map(|at| numeric(signs.chars().nth(*at)?)).collect();
    let day = number(&digits, 2, 2) % 40;
    let month = signs.chars().nth(8).is_some_and(|sign| "ABCDEHLMPRST".contains(sign));
    signs.len() == 16
        && digits.len() == 4
        && month
        && (1..=31).contains(&day)
        && signs.chars().last().map(place) == Some(sum % 26)
}

/// Rijksdienst voor Identiteitsgegevens: weights 9 to 2 and -1, divisible by 11.
pub(super) fn nl_bsn(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 10]);
    digits.len() == 9 && number(digits, 0, 2) > 0 && sum.is_multiple_of(11)
}

/// Autoridade Tributária, decree-law 14/2013: weights 9 to 2; 10 and 11 count as 0. Persons begin with 1, 2, 3 or 45.
pub(super) fn pt_nif(digits: &[u32]) -> bool {
    let rest = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let person = matches!(at(digits, 0), 1..=3) || number(digits, 0, 2) == 45;
    digits.len() == 9 && person && at(digits, 8) == if rest < 2 { 0 } else { 11 - rest }
}
