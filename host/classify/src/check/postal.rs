//! Postal addresses: the pattern finds the street with its number, and the flat, the code and the town behind it are
//! taken along.

use std::sync::LazyLock;

use regex::Regex;

use crate::candidate::Candidate;
use crate::check::Passed;

/// What may follow a street: flat or floor, then code and town in either order, each behind a comma or a line's end.
const BEHIND: &str = concat!(
    r"^(?:,? ?\r?\n? {0,4}(?i:apt|apartment|suite|ste|unit|flat|floor|fl|app|appt|whg|piso|int|etage|#)\.? ?#?[0-9A-Za-z]{1,6})?",
    // 12345 Town, 1234 AB Town, 00-001 Town, F-75001 Town
    r"(?:,? ?\r?\n? {0,4}(?:[A-Z]{1,2}-)?[0-9]{2}-?[0-9]{2,3}(?: ?[A-Z]{2})? [A-Z\u{c0}-\u{de}\u{106}\u{10c}\u{141}\u{15a}\u{160}\u{179}\u{17b}\u{17d}][A-Za-z\u{c0}-\u{24f}'’-]{1,24}(?: (?:am|an der|im|sur|de|del|do|da|di|[A-Z\u{c0}-\u{de}\u{106}\u{10c}\u{141}\u{15a}\u{160}\u{179}\u{17b}\u{17d}][A-Za-z\u{c0}-\u{24f}'’-]{1,24})){0,2}",
    // Town, ST 12345; Town, SW1A 1AA; Town
    r"|,? ?\r?\n? {0,4}[A-Z\u{c0}-\u{de}\u{106}\u{10c}\u{141}\u{15a}\u{160}\u{179}\u{17b}\u{17d}][A-Za-z\u{c0}-\u{24f}'’-]{1,24}(?: [A-Z\u{c0}-\u{de}\u{106}\u{10c}\u{141}\u{15a}\u{160}\u{179}\u{17b}\u{17d}][A-Za-z\u{c0}-\u{24f}'’-]{1,24}){0,2}(?:,? (?:[A-Z]{2} )?[0-9]{5}(?:-[0-9]{4})?|,? [A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}|, [A-Z]{2}\b)",
    r"|, [A-Z\u{c0}-\u{de}\u{106}\u{10c}\u{141}\u{15a}\u{160}\u{179}\u{17b}\u{17d}][A-Za-z\u{c0}-\u{24f}'’-]{1,24}(?: [A-Z\u{c0}-\u{de}\u{106}\u{10c}\u{141}\u{15a}\u{160}\u{179}\u{17b}\u{17d}][A-Za-z\u{c0}-\u{24f}'’-]{1,24}){0,2})?",
);

static REST: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(BEHIND).ok());

/// Longest piece behind a street that is looked at, in bytes.
const LONGEST: usize = 120;

/// A street with its number, with what follows.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    if candidate.before().ends_with(['-', '/', '.', '$', '€', '£', '#', '_']) {
        return None;
    }
    let mut limit = candidate.after().len().min(LONGEST);
    while !candidate.after().is_char_boundary(limit) {
        limit -= 1;
    }
    let rest = candidate.after().get(..limit)?;
    let more = REST.as_ref()?.find(rest).map_or(0, |found| found.end());
    Some(Passed::whole(candidate.until(candidate.end + more)))
}

#[cfg(test)]
mod tests {
    use super::{REST, pass};
    use crate::candidate::Candidate;

    #[test]
    fn code_and_town_are_taken_along() {
        assert!(REST.is_some());
        for (street, rest, taken) in [
            ("123 Main Street", ", Anytown. And", ", Anytown"),
            ("123 Main St", "\nApt 4B\nSpringfield, IL 62704\nThanks", "\nApt 4B\nSpringfield, IL 62704"),
            ("Hauptstraße 5", ", 10115 Berlin, bitte", ", 10115 Berlin"),
            ("Kerkstraat 12", "\n1017 GL Amsterdam", "\n1017 GL Amsterdam"),
            ("10 Downing Street", ", London SW1A 2AA", ", London SW1A 2AA"),
            ("ul. Prosta 5", ", 00-838 Warszawa", ", 00-838 Warszawa"),
            ("5 Oak Lane", " is nice", ""),
        ] {
            let text = format!("{street}{rest}");
            let passed = pass(Candidate { text: &text, start: 0, end: street.len() }).unwrap();
            assert_eq!(text.get(street.len()..passed.end), Some(taken), "{text}");
        }
    }
}
