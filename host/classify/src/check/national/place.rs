//! Where an id begins and ends, and whether it is a piece of something longer.

use crate::candidate::Candidate;

/// `candidate` with up to `before` letters that touch it, and up to `after` behind it, one separator between.
pub(super) fn grown(candidate: Candidate<'_>, before: usize, after: usize) -> Candidate<'_> {
    let letters = |text: &mut dyn Iterator<Item = char>, most: usize| {
        text.take(most).take_while(char::is_ascii_alphabetic).count()
    };
    let mut start = candidate.start - letters(&mut candidate.before().chars().rev(), before);
    if start == candidate.start && before > 0 {
        // `X-1234567-L`
        let mut back = candidate.before().chars().rev();
        if back.next() == Some('-') && back.next().is_some_and(|char| char.is_ascii_alphabetic()) {
            start -= 2;
        }
    }
    let rest = candidate.after();
    let joint = usize::from(after > 0 && rest.starts_with(['-', ' ']));
    let mut behind = rest.get(joint..).unwrap_or_default().chars();
    let count = letters(&mut behind.by_ref(), after);
    let word = rest.get(joint + count..).and_then(|rest| rest.chars().next());
    let ends = count > 0 && !word.is_some_and(|char| char.is_ascii_alphanumeric());
    let end = if ends { candidate.end + joint + count } else { candidate.end };
    Candidate { start, end, ..candidate }
}

/// Whether word signs touch it, or what joins numbers: fractions, versions, ranges, amounts, longer groups.
pub(super) fn joined(found: Candidate<'_>) -> bool {
    let mut before = found.before().chars().rev();
    let mut after = found.after().chars();
    let (touching, beyond) = (before.next(), before.next());
    let (next, second) = (after.next(), after.next());
    let word = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric() || char == '_');
    let digit = |char: Option<char>| char.is_some_and(|char| char.is_ascii_digit());
    if word(touching) || word(next) || amount(touching, beyond) || amount(next, second) {
        return true;
    }
    let spaced = found.value().contains(' ');
    let joins = |joint: Option<char>, far: Option<char>| match joint {
        Some('.' | '-' | '/' | ':' | '+' | '*') => digit(far),
        Some(' ') => spaced && digit(far),
        _ => false,
    };
    joins(touching, beyond)
        || joins(next, second)
        || matches!(touching, Some('+' | '.' | '%'))
        || next == Some('%')
        || (touching == Some('-') && in_a_chain(found.before()))
        || (next == Some('-') && goes_on(found.after()))
        || (next == Some(',') && decimals(found.after()))
}

/// A currency's sign, with a space between or without.
fn amount(touching: Option<char>, beyond: Option<char>) -> bool {
    let sign = |char: Option<char>| matches!(char, Some('$' | '€' | '£' | '¥' | '₹' | '₩'));
    sign(touching) || (touching == Some(' ') && sign(beyond))
}

/// Whether digits stand in the word before the dash: `a716-446655440000`.
fn in_a_chain(before: &str) -> bool {
    let before = before.strip_suffix('-').unwrap_or(before);
    before.chars().rev().take(12).take_while(char::is_ascii_alphanumeric).any(|char| char.is_ascii_digit())
}

/// Whether the word behind the dash is a piece of the same: one sign, or one with digits.
fn goes_on(after: &str) -> bool {
    let after = after.strip_prefix('-').unwrap_or(after);
    let mut word = after.chars().take(12).take_while(char::is_ascii_alphanumeric);
    let single = word.clone().count() == 1;
    single || word.any(|char| char.is_ascii_digit())
}

/// Whether one to two digits follow the comma, and no more: an amount. In a table more follows.
fn decimals(after: &str) -> bool {
    let after = after.strip_prefix(',').unwrap_or(after);
    let digits = after.chars().take(4).take_while(char::is_ascii_digit).count();
    let rest = after.get(digits..).and_then(|rest| rest.chars().next());
    (1..=2).contains(&digits) && rest != Some(',')
}

/// Whether one kind of separator stands between the digits, or a point with a dash behind it: `12.345.678-5`.
pub(super) fn uniform(value: &str) -> bool {
    let separators: Vec<char> = value.chars().filter(|char| !char.is_ascii_alphanumeric()).collect();
    let (first, last) = (separators.first(), separators.last());
    separators.windows(2).all(|pair| pair.first() == pair.last())
        || (first == Some(&'.') && last == Some(&'-'))
        || (first == Some(&'.') && last == Some(&'.'))
        || (first == Some(&' ') && last == Some(&'-'))
        || last == Some(&')')
}
