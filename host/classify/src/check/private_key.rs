//! Private keys in PEM (RFC 7468): from the line that begins one to the line that ends it, or as far as it goes.

use crate::candidate::Candidate;
use crate::check::Passed;

/// Longest key text, in bytes: an RSA key of 16,384 bits has about 13,000.
const LONGEST: usize = 20_000;

/// The pattern finds the first line.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let mut end = candidate.after().len().min(LONGEST);
    while !candidate.after().is_char_boundary(end) {
        end -= 1;
    }
    let window = candidate.after().get(..end)?;
    let ending = window.find("-----END ").and_then(|at| {
        let tail = window.get(at..)?;
        let close = tail.find("KEY-----")?;
        (close < 60).then_some(at + close + "KEY-----".len())
    });
    let body = window.find("-----END ").unwrap_or_else(|| bare(window));
    let signs = window.get(..body)?.bytes().filter(|byte| byte.is_ascii_alphanumeric()).count();
    // A header that only talks about a key has no key behind it.
    (signs >= 40).then(|| Passed::whole(candidate.until(candidate.end + ending.unwrap_or(body))))
}

/// Bytes that can belong to a key whose end was cut off.
fn bare(window: &str) -> usize {
    let belongs = |char: char| {
        char.is_ascii_alphanumeric()
            || matches!(char, '+' | '/' | '=' | '\n' | '\r' | '\\' | ' ' | '\t' | '>' | '|')
    };
    let end = window.find(|char| !belongs(char)).unwrap_or(window.len());
    window.get(..end).map_or(0, |text| text.trim_end().len())
}
