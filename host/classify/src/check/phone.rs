//! Phone numbers: with a calling code (ITU-T E.164), as North America writes them, or as any country writes them at
//! home, where only a word beside the number tells.

use crate::candidate::Candidate;
use crate::check::{Passed, digits, ends};

/// Calling codes with the digits that can follow, from the national numbering plans at the ITU. A code that is not
/// here is taken with 7 to 12.
const CODES: &[(&str, usize, usize)] = &[
    ("1", 10, 10),
    ("20", 8, 10),
    ("27", 9, 9),
    ("30", 10, 10),
    ("31", 9, 9),
    ("32", 8, 9),
    ("33", 9, 9),
    ("34", 9, 9),
    ("36", 8, 9),
    ("39", 6, 11),
    ("40", 9, 9),
    ("41", 9, 9),
    ("43", 7, 13),
    ("44", 9, 10),
    ("45", 8, 8),
    ("46", 7, 9),
    ("47", 8, 8),
    ("48", 9, 9),
    ("49", 6, 12),
    ("51", 8, 9),
    ("52", 10, 10),
    ("54", 10, 11),
    ("55", 10, 11),
    ("56", 9, 9),
    ("57", 10, 10),
    ("60", 8, 10),
    ("61", 9, 9),
    ("62", 8, 12),
    ("63", 9, 10),
    ("64", 8, 10),
    ("65", 8, 8),
    ("66", 8, 9),
    ("7", 10, 10),
    ("81", 9, 10),
    ("82", 8, 10),
    ("84", 9, 10),
    ("86", 10, 11),
    ("90", 10, 10),
    ("91", 10, 10),
    ("92", 9, 10),
    ("94", 9, 9),
    ("98", 10, 10),
    ("351", 9, 9),
    ("352", 6, 9),
    ("353", 7, 9),
    ("354", 7, 7),
    ("358", 6, 11),
    ("359", 8, 9),
    ("370", 8, 8),
    ("371", 8, 8),
    ("372", 7, 8),
    ("380", 9, 9),
    ("385", 8, 9),
    ("386", 8, 8),
    ("420", 9, 9),
    ("421", 9, 9),
    ("852", 8, 8),
    ("886", 8, 9),
    ("966", 8, 9),
    ("971", 8, 9),
    ("972", 8, 9),
];

/// First two digits of calling codes of three digits.
const THREE: [u32; 20] = [21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88];
const THREE_EAST: [u32; 3] = [96, 97, 99];

/// Without separators a number needs its `+` to be told from others.
const UNSEPARATED: f32 = 0.85;

pub(crate) fn international(candidate: Candidate<'_>) -> Option<Passed> {
    if candidate.before().ends_with(['+', '.', '=', '^', '*']) {
        return None;
    }
    ends(candidate.value()).into_iter().find_map(|end| with_code(candidate.until(candidate.start + end)))
}

fn with_code(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value();
    if goes_on(candidate) {
        return None;
    }
    let number = value.strip_prefix("00").unwrap_or(value);
    // The zero that is dialled only at home: +44 (0)20 …
    let number: String = number.replacen("(0)", "", 1).chars().filter(char::is_ascii_digit).collect();
    let code = code(&number)?;
    let national = number.get(code.len()..)?;
    let (least, most) =
        CODES.iter().find(|(known, ..)| *known == code).map_or((7, 12), |(_, least, most)| (*least, *most));
    if !(least..=most).contains(&national.len()) || number.len() > 15 || !varied(national) {
        return None;
    }
    if code == "1" && !assignable(national) {
        return None;
    }
    let separated = value.contains([' ', '-', '.', '(', '/', '\u{a0}']);
    Some(Passed {
        factor: if separated { 1.0 } else { UNSEPARATED },
        ..Passed::whole(with_extension(candidate))
    })
}

pub(crate) fn north_america(candidate: Candidate<'_>) -> Option<Passed> {
    let digits: String = candidate.value().chars().filter(char::is_ascii_digit).collect();
    let national = match digits.len() {
        11 => digits.strip_prefix('1')?,
        _ => digits.as_str(),
    };
    let joined = candidate.before().ends_with(['-', '.', '/', '+', '=', '#', '$', '€', '£']);
    (assignable(national) && varied(national) && !joined && !goes_on(candidate))
        .then(|| Passed::whole(with_extension(candidate)))
}

pub(crate) fn national(candidate: Candidate<'_>) -> Option<Passed> {
    if candidate.before().ends_with(['-', '.', '/', '+', '=', '#', '$', '€', '£', ',', ':']) {
        return None;
    }
    ends(candidate.value()).into_iter().find_map(|end| {
        let number = candidate.until(candidate.start + end);
        let digits = digits(number.value());
        ((7..=13).contains(&digits.len()) && distinct(&digits) >= 3 && !goes_on(number))
            .then(|| Passed::whole(number))
    })
}

/// In groups that are no country's own, beside a word that says it is one: not a day, not an address of a network.
pub(crate) fn local(candidate: Candidate<'_>) -> Option<Passed> {
    let passed = national(candidate)?;
    let number = Candidate { start: passed.start, end: passed.end, ..candidate };
    let groups: Vec<&str> =
        number.value().split(|char: char| !char.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let year = |group: &str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    let told = match groups.as_slice() {
        [_] => false,
        [first, _, last] => !(year(first) && last.len() == 2 || year(last) && first.len() <= 2),
        [_, _, _, _] => number.value().contains([' ', '-', '(', '/']),
        _ => true,
    };
    told.then_some(passed)
}

/// Area and exchange of the North American Numbering Plan: neither begins with 0 or 1, and neither ends in 11.
fn assignable(national: &str) -> bool {
    let part = |from: usize| national.get(from..from + 3);
    let good =
        |part: Option<&str>| part.is_some_and(|p| p.as_bytes() >= b"200".as_slice() && !p.ends_with("11"));
    national.len() == 10 && good(part(0)) && good(part(3))
}

fn code(number: &str) -> Option<&str> {
    let two: u32 = number.get(..2)?.parse().ok()?;
    match two {
        0..=9 => None,
        10..=19 | 70..=79 => number.get(..1),
        _ if THREE.contains(&two) || THREE_EAST.contains(&two) => number.get(..3),
        28 | 83 | 89 => None,
        _ => number.get(..2),
    }
}

fn varied(number: &str) -> bool {
    distinct(&digits(number)) >= 3
}

fn distinct(digits: &[u32]) -> usize {
    (0..10).filter(|digit| digits.contains(digit)).count()
}

/// With the extension behind it: `x21`, `ext. 21`.
fn with_extension(candidate: Candidate<'_>) -> Candidate<'_> {
    let after = candidate.after();
    let rest = after.strip_prefix(' ').unwrap_or(after);
    let rest = ["extension", "ext.", "ext", "x"].into_iter().find_map(|word| rest.strip_prefix(word));
    let Some(rest) = rest.map(|rest| rest.strip_prefix(' ').unwrap_or(rest)) else { return candidate };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    // What goes on behind the digits is a size or a name and no extension.
    let ends = !rest.get(digits..).is_some_and(|rest| rest.starts_with(|next: char| next.is_alphanumeric()));
    if !(1..=6).contains(&digits) || !ends {
        return candidate;
    }
    candidate.until(candidate.end + (after.len() - rest.len()) + digits)
}

/// Whether digits follow that would make it something else: a date, an amount, a version.
fn goes_on(candidate: Candidate<'_>) -> bool {
    let mut after = candidate.after().chars();
    let joint = after.next().is_some_and(|char| matches!(char, '.' | ',' | '-' | '/' | ':' | '%'));
    joint && after.next().is_some_and(|char| char.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{assignable, code};

    #[test]
    fn calling_codes_have_one_to_three_digits() {
        for (number, expected) in [
            ("14155550132", Some("1")),
            ("79161234567", Some("7")),
            ("4930901820", Some("49")),
            ("351211234567", Some("351")),
            ("9725012345", Some("972")),
            ("0123", None),
            ("2812345678", None),
        ] {
            assert_eq!(code(number), expected, "{number}");
        }
    }

    #[test]
    fn an_area_begins_with_two() {
        assert!(assignable("4155550132"));
        assert!(!assignable("1155550132"));
        assert!(!assignable("4151550132"));
        assert!(!assignable("4119550132"));
    }
}
