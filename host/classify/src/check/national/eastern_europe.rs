//! Bulgaria, Croatia, Czechia and Slovakia, Greece, Hungary, Poland, Romania, Slovenia and its neighbours, Ukraine.

use super::sums::{at, is_day, long, luhn, mod_11_10, number, weighted};

/// Ordinance RD-02-20-9: months are raised by 20 before 1900 and by 40 from 2000 on.
pub(super) fn bg_egn(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]);
    let month = number(digits, 2, 2);
    digits.len() == 10
        && month < 53
        && is_day(number(digits, 4, 2), month % 20)
        && sum % 11 % 10 == at(digits, 9)
}

/// Act 133/2000 (Czechia) and 301/1995 (Slovakia): divisible by 11; months are raised by 50 for women, and by 20 more.
/// Before 1985 a rest of 10 was written as 0.
pub(super) fn cz_birth_number(digits: &[u32]) -> bool {
    let month = number(digits, 2, 2) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let body = digits.get(..9).map_or(0, long);
    let right = long(digits).is_multiple_of(11) || (body % 11 == 10 && at(digits, 9) == 0);
    digits.len() == 10 && is_day(number(digits, 4, 2), month) && right
}

/// IDIKA: day of birth, a serial, and Luhn.
pub(super) fn gr_amka(digits: &[u32]) -> bool {
    digits.len() == 11 && is_day(number(digits, 0, 2), number(digits, 2, 2)) && luhn(digits)
}

/// Act on the OIB, ordinance of 2009: ISO/IEC 7064 MOD 11,10.
pub(super) fn hr_oib(digits: &[u32]) -> bool {
    digits.len() == 11 && mod_11_10(digits)
}

/// Act XX of 1996, annex: weights 3 and 7.
pub(super) fn hu_taj(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[3, 7, 3, 7, 3, 7, 3, 7]);
    digits.len() == 9 && sum % 10 == at(digits, 8)
}

/// Act XX of 1996, annex: an 8, the days since 1867, a serial; weights 1 to 9, a rest of 10 is never given out.
pub(super) fn hu_tax_id(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    digits.len() == 10 && at(digits, 0) == 8 && sum % 11 == at(digits, 9)
}

/// Ministry of Finance, act of 13 October 1995: weights by 11; a rest of 10 is never given out.
pub(super) fn pl_nip(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]);
    digits.len() == 10 && number(digits, 0, 3) >= 101 && sum % 11 == at(digits, 9)
}

/// Act on population registration of 2010: months are raised by 80, 20, 40 or 60 for the century.
pub(super) fn pl_pesel(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    digits.len() == 11 && is_day(number(digits, 4, 2), number(digits, 2, 2) % 20) && sum.is_multiple_of(10)
}

/// Emergency ordinance 97/2005: sex and century, day of birth, county, serial; a rest of 10 is written as 1.
pub(super) fn ro_cnp(digits: &[u32]) -> bool {
    let rest = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let county = matches!(number(digits, 7, 2), 1..=52 | 70 | 80..=83);
    digits.len() == 13
        && (1..=9).contains(&at(digits, 0))
        && is_day(number(digits, 5, 2), number(digits, 3, 2))
        && county
        && at(digits, 12) == if rest == 10 { 1 } else { rest }
}

/// Central register of population (Slovenia), and the JMBG of its neighbours: day, three digits of the year, region.
pub(super) fn si_emso(digits: &[u32]) -> bool {
    let rest = weighted(digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let year = number(digits, 4, 3);
    digits.len() == 13
        && is_day(number(digits, 0, 2), number(digits, 2, 2))
        && !(100..850).contains(&year)
        && rest != 1
        && at(digits, 12) == (11 - rest) % 11
}

/// State Tax Service, RNOKPP: the days since 1899 and a serial; the first weight is -1.
pub(super) fn ua_tax_number(digits: &[u32]) -> bool {
    let sum = weighted(digits, &[10, 5, 7, 9, 4, 6, 10, 5, 7]);
    digits.len() == 10 && sum % 11 % 10 == at(digits, 9)
}
