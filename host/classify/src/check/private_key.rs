//! Private keys in PEM (RFC 7468): from the line that begins one to the line that ends it, or as far as it goes.

use crate::candidate::Candidate;
use crate::check::Passed;

/// Longest key text, in bytes: an RSA key of 16,384 bits has about 13,000.
const LONGEST: usize = 20_000;

/// The pattern finds the first line. Up to the next dashes the key goes on, and when they end a key, it ends there.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let mut limit = candidate.after().len().min(LONGEST);
    while !candidate.after().is_char_boundary(limit) {
        limit -= 1;
    }
    let window = candidate.after().get(..limit)?;
    let dashes = window.find("-----");
    let (body, rest) = window.split_at_checked(dashes.unwrap_or_else(|| bare(window)))?;
    let ending = rest.strip_prefix("-----END ").and_then(|rest| {
        let close = rest.find("KEY")?;
        let tail = rest.get(close..)?.find("-----")?;
        (close + tail < 60).then_some("-----END ".len() + close + tail + "-----".len())
    });
    let body = if ending.is_some() { body.len() } else { bare(body) };
    let signs = window.get(..body)?.bytes().filter(u8::is_ascii_alphanumeric).count();
    // A header that only talks about a key has no key behind it.
    (signs >= 40).then(|| Passed::whole(candidate.until(candidate.end + body + ending.unwrap_or(0))))
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
