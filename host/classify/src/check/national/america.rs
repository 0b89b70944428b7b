//! Argentina, Brazil, Canada, Chile, Colombia, Mexico.

use super::sums::{at, is_day, luhn, number, weighted};

/// AFIP, resolution 1817: kind, number of the document, check digit by 11. Persons have 20, 23, 24 or 27.
pub(super) fn ar_cuil(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    digits.len() == 11 && matches!(number(digits, 0, 2), 20 | 23 | 24 | 27) && sum.is_multiple_of(11)
}

/// Receita Federal: two check digits by 11; 10 counts as 0.
pub(super) fn br_cpf(digits: &[u32]) -> bool {
    let first = weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    let second = weighted(digits, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    digits.len() == 11 && first == at(digits, 9) && second == at(digits, 10)
}

/// Employment and Social Development Canada: Luhn; no number begins with 0 or 8.
pub(super) fn ca_sin(digits: &[u32]) -> bool {
    digits.len() == 9 && !matches!(at(digits, 0), 0 | 8) && luhn(digits)
}

/// Servicio de Registro Civil: weights 2 to 7 from the right, 11 less the rest; 10 is written K.
pub(super) fn cl_rut(signs: &str) -> bool {
    let Some((body, last)) = signs.split_at_checked(signs.len().saturating_sub(1)) else { return false };
    let mut digits: Vec<u32> = body.chars().filter_map(|sign| sign.to_digit(10)).collect();
    digits.reverse();
    let rest = weighted(&digits, &[2, 3, 4, 5, 6, 7, 2, 3]) % 11;
    let check = match rest {
        0 => "0".to_owned(),
        1 => "K".to_owned(),
        other => (11 - other).to_string(),
    };
    (7..=8).contains(&digits.len()) && digits.len() == body.len() && last == check
}

/// DIAN, administrative order 4 of 1989: primes from the right, the rest by 11; above 1 it is taken from 11.
pub(super) fn co_nit(digits: &[u32]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    let reversed: Vec<u32> = body.iter().rev().copied().collect();
    let rest = weighted(&reversed, &[3, 7, 13, 17, 19, 23, 29, 37, 41, 43]) % 11;
    (8..=10).contains(&body.len()) && *last == if rest < 2 { rest } else { 11 - rest }
}

/// RENAPO, Instructivo normativo: letters and digits count by their place in an alphabet with Ñ, weights 18 to 2.
pub(super) fn mx_curp(signs: &str) -> bool {
    let value = |sign: char| match sign.to_digit(36) {
        // Ñ stands between N and O.
        Some(letter) if letter > 23 => letter + 1,
        Some(value) => value,
        None => 0,
    };
    let values: Vec<u32> = signs.chars().map(value).collect();
    let sum = weighted(&values, &[18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let digits: Vec<u32> = signs.chars().skip(4).take(6).filter_map(|sign| sign.to_digit(10)).collect();
    signs.len() == 18
        && is_day(number(&digits, 4, 2), number(&digits, 2, 2))
        && (10 - sum % 10) % 10 == at(&values, 17)
}
