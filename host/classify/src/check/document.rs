//! Numbers of documents and records that nothing but a word beside them tells: enough digits, and not a date, an amount
//! or a piece of something longer.

use crate::candidate::Candidate;
use crate::check::{Passed, digits};

/// Fewest digits.
const FEWEST: usize = 5;

/// A number in letters and digits.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value();
    let digits = digits(value);
    let date =
        value.split(['-', '/', '.']).count() == 3 && digits.len() <= 8 && value.contains(['-', '/', '.']);
    let varied = digits.windows(2).any(|pair| pair.first() != pair.last());
    let mut after = candidate.after().chars();
    let joint = matches!(after.next(), Some('.' | ',' | '-' | '/' | ':'))
        && after.next().is_some_and(|c| c.is_ascii_digit());
    let joined = candidate.before().ends_with(['-', '/', '.', '$', '€', '£', '+', '@']) || joint;
    (digits.len() >= FEWEST && !date && varied && !joined).then(|| Passed::whole(candidate))
}
