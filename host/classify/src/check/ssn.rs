//! Social security numbers of the United States: area 000, 666 and 900 to 999 are never given out, nor are group 00
//! and serial 0000 (Social Security Administration, randomization of 2011).

use crate::candidate::Candidate;
use crate::check::{Passed, digits};

/// Printed on specimen cards and in advertisements, or a run over the keys. Only a word beside it makes one of these
/// worth a finding.
const SPECIMENS: [&str; 4] = ["078051120", "219099999", "123456789", "987654321"];
const SPECIMEN: f32 = 0.6;

pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value();
    let digits = digits(value);
    let number = |from: usize, count: usize| {
        digits.iter().skip(from).take(count).fold(0, |number, digit| number * 10 + digit)
    };
    let (area, group, serial) = (number(0, 3), number(3, 2), number(5, 4));
    let separators: Vec<char> = value.chars().filter(|char| !char.is_ascii_digit()).collect();
    let uniform = separators.windows(2).all(|pair| pair.first() == pair.last());
    let given_out = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    let joined = candidate.before().ends_with(['-', '.', '/']) || candidate.after().starts_with(['-', '/']);
    if !given_out || !uniform || joined {
        return None;
    }
    let plain: String = value.chars().filter(char::is_ascii_digit).collect();
    let factor = if SPECIMENS.contains(&plain.as_str()) { SPECIMEN } else { 1.0 };
    Some(Passed { factor, ..Passed::whole(candidate) })
}
