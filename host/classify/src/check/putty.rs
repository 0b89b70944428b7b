//! Private keys as PuTTY writes them: from the header to the code that authenticates the file, or as far as the private
//! lines go. <https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html>

use crate::candidate::Candidate;
use crate::check::Passed;

/// Longest file, in bytes.
const LONGEST: usize = 20_000;
const PRIVATE: &str = "Private-Lines: ";
const MAC: &str = "Private-MAC: ";

pub(crate) fn key(candidate: Candidate<'_>) -> Option<Passed> {
    let after = candidate.after();
    let window = after.get(..after.floor_char_boundary(LONGEST))?;
    // A second file that follows is a second key.
    let window = window.get(..window.find("PuTTY-User-Key-File-").unwrap_or(window.len()))?;
    let lines = window.find(PRIVATE)? + PRIVATE.len();
    let mac = window.get(lines..)?.find(MAC).map(|at| lines + at + MAC.len());
    let from = mac.unwrap_or(lines);
    let belongs = |char: char| {
        char.is_ascii_alphanumeric() || (mac.is_none() && matches!(char, '+' | '/' | '=' | '\n' | '\r'))
    };
    let rest = window.get(from..)?;
    let length = rest.find(|char| !belongs(char)).unwrap_or(rest.len());
    let end = from + rest.get(..length)?.trim_end().len();
    let signs = window.get(lines..end)?.bytes().filter(u8::is_ascii_alphanumeric).count();
    (signs >= 40).then(|| Passed::whole(candidate.until(candidate.end + end)))
}
