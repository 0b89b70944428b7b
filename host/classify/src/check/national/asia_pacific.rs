//! Asia, Australia, New Zealand, and South Africa.

use super::sums::{at, is_day, luhn, number, verhoeff, weighted};

/// Medicare card: weights 1, 3, 7, 9 over eight digits give the ninth; a tenth counts the cards.
pub(super) fn au_medicare(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]);
    digits.len() == 10 && (2..=6).contains(&at(digits, 0)) && at(digits, 9) > 0 && sum % 10 == at(digits, 8)
}

/// Australian Taxation Office: weights 1, 4, 3, 7, 5, 8, 6, 9, 10, divisible by 11.
pub(super) fn au_tfn(digits: &[u32]) -> bool {
    digits.len() == 9 && weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

/// GB 11643-1999: region, day of birth, serial, and ISO/IEC 7064 MOD 11-2.
pub(super) fn cn_resident_id(signs: &str) -> bool {
    let digits: Vec<u32> = signs.chars().take(17).filter_map(|sign| sign.to_digit(10)).collect();
    let sum = weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let check = b"10X98765432".get((sum % 11) as usize);
    signs.len() == 18
        && digits.len() == 17
        && (11..=82).contains(&number(&digits, 0, 2))
        && (1850..2100).contains(&number(&digits, 6, 4))
        && is_day(number(&digits, 12, 2), number(&digits, 10, 2))
        && check == signs.as_bytes().last()
}

/// Immigration Department: letters count from 10, a missing first one 36; weights 9 to 2; a sum of 10 is written A.
pub(super) fn hk_id_card(signs: &str) -> bool {
    let mut values: Vec<u32> = signs.chars().filter_map(|sign| sign.to_digit(36)).collect();
    if values.len() == 8 {
        values.insert(0, 36);
    }
    let sum = weighted(&values, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    values.len() == 9 && sum.is_multiple_of(11)
}

/// Ministry of Home Affairs, regulation 24/2006: province, regency, district, day of birth (raised by 40 for women).
pub(super) fn id_nik(digits: &[u32]) -> bool {
    digits.len() == 16
        && (11..=96).contains(&number(digits, 0, 2))
        && at(digits, 0) != 0
        && number(digits, 2, 2) > 0
        && is_day(number(digits, 6, 2) % 40, number(digits, 8, 2))
        && number(digits, 12, 4) > 0
}

/// Population registry: weights 1 and 2, the digits of each product added.
pub(super) fn il_id(digits: &[u32]) -> bool {
    digits.len() == 9 && luhn(digits)
}

/// UIDAI: Verhoeff's check digit; no number begins with 0 or 1.
pub(super) fn in_aadhaar(digits: &[u32]) -> bool {
    digits.len() == 12 && at(digits, 0) > 1 && verhoeff(digits)
}

/// Income Tax Department: the fourth letter says what kind of holder; P is a person. Its check letter is not published.
pub(super) fn in_pan(signs: &str) -> bool {
    signs.len() == 10 && signs.chars().nth(3) == Some('P') && signs.get(5..9) != Some("0000")
}

/// Ministerial order 85 of 2014: weights 6 to 2 and 7 to 2; 11 less the rest, and 0 where that is above 9.
pub(super) fn jp_my_number(digits: &[u32]) -> bool {
    let rest = weighted(digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    digits.len() == 12 && at(digits, 11) == if rest < 2 { 0 } else { 11 - rest }
}

/// Resident Registration Act: day of birth, sex and century, serial. Numbers from October 2020 on have no sum.
pub(super) fn kr_rrn(digits: &[u32], without_sum: f32) -> Option<f32> {
    let sum = weighted(digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    let shaped = digits.len() == 13 && is_day(number(digits, 4, 2), number(digits, 2, 2));
    let right = (11 - sum) % 10 == at(digits, 12);
    shaped.then_some(if right { 1.0 } else { without_sum })
}

/// National Registration Department: day of birth, place, serial.
pub(super) fn my_nric(digits: &[u32]) -> bool {
    let place = number(digits, 6, 2);
    digits.len() == 12
        && is_day(number(digits, 4, 2), number(digits, 2, 2))
        && matches!(place, 1..=16 | 21..=68 | 71..=72 | 74..=79 | 82..=93 | 98 | 99)
}

/// Inland Revenue, RWT and NRWT specification: two rows of weights, the second where the first leaves 10.
pub(super) fn nz_ird(digits: &[u32]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    let mut eight = vec![0; 8_usize.saturating_sub(body.len())];
    eight.extend(body);
    let check = |weights: &[u32]| (11 - weighted(&eight, weights) % 11) % 11;
    let first = check(&[3, 2, 7, 6, 5, 4, 3, 2]);
    let check = if first == 10 { check(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first };
    let whole = number(digits, 0, 9);
    (8..=9).contains(&digits.len()) && (10_000_000..150_000_000).contains(&whole) && check == *last
}

/// ICA: weights 2, 7, 6, 5, 4, 3, 2; T and G begin at 4, M at 3; each series has letters of its own.
pub(super) fn sg_nric(signs: &str) -> bool {
    let digits: Vec<u32> = signs.chars().filter_map(|sign| sign.to_digit(10)).collect();
    let (offset, letters): (u32, &[u8]) = match signs.chars().next() {
        Some('S') => (0, b"JZIHGFEDCBA"),
        Some('T') => (4, b"JZIHGFEDCBA"),
        Some('F') => (0, b"XWUTRQPNMLK"),
        Some('G') => (4, b"XWUTRQPNMLK"),
        Some('M') => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let rest = (weighted(&digits, &[2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
    signs.len() == 9 && digits.len() == 7 && letters.get(rest as usize) == signs.as_bytes().last()
}

/// Department of Provincial Administration: weights 13 to 2, 11 less the rest, its last digit.
pub(super) fn th_id(digits: &[u32]) -> bool {
    let rest = weighted(digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    digits.len() == 13 && (1..=8).contains(&at(digits, 0)) && (11 - rest) % 10 == at(digits, 12)
}

/// Population and Citizenship Affairs: the tenth digit from odd and even places, the eleventh from all ten.
pub(super) fn tr_id(digits: &[u32]) -> bool {
    let odd = weighted(digits, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(digits, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let all: u32 = digits.iter().take(10).sum();
    // 9 is -1 by 10.
    digits.len() == 11
        && at(digits, 0) != 0
        && (odd * 7 + even * 9) % 10 == at(digits, 9)
        && all % 10 == at(digits, 10)
}

/// Household Registration Act: the letter of the place as two digits, weights 1, 9, 8 to 1 and 1.
pub(super) fn tw_id(signs: &str) -> bool {
    const PLACES: &str = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some(place) = signs.chars().next().and_then(|letter| PLACES.find(letter)) else { return false };
    let place = u32::try_from(place).unwrap_or_default() + 10;
    let mut digits = vec![place / 10, place % 10];
    digits.extend(signs.chars().skip(1).filter_map(|sign| sign.to_digit(10)));
    let sum = weighted(&digits, &[1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]);
    digits.len() == 11 && matches!(at(&digits, 2), 1 | 2 | 8 | 9) && sum.is_multiple_of(10)
}

/// Department of Home Affairs: day of birth, serial, citizenship, and Luhn.
pub(super) fn za_id(digits: &[u32]) -> bool {
    digits.len() == 13
        && is_day(number(digits, 4, 2), number(digits, 2, 2))
        && at(digits, 10) <= 2
        && luhn(digits)
}
