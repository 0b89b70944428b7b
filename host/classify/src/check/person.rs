//! Names of people: from a word that says a name comes, or from a given name that is common somewhere, on over the words
//! that belong to it.
//!
//! It deliberately knows no surnames: what is written in capitals behind a given name is one, unless it is a word of
//! streets, companies, places or the calendar.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::candidate::Candidate;
use crate::check::Passed;

static GIVEN: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../names/given.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

static OTHERS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../names/others.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Words inside a name that are written small.
const PARTICLES: [&str; 27] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "do", "du", "la", "le", "el",
    "al", "bin", "ben", "ibn", "zu", "zum", "zur", "ter", "ten", "y", "vom",
];

/// What has names in settings and programs that are nobody's.
const THINGS: [&str; 28] = [
    "app",
    "bucket",
    "class",
    "cluster",
    "column",
    "container",
    "database",
    "db",
    "domain",
    "event",
    "field",
    "file",
    "function",
    "host",
    "image",
    "key",
    "module",
    "node",
    "package",
    "path",
    "queue",
    "resource",
    "role",
    "server",
    "service",
    "table",
    "tag",
    "type",
];

/// Most words in capitals, and the longest word, in bytes.
const WORDS: usize = 4;
const LONGEST: usize = 40;

/// Behind a word that says so, one word is enough.
pub(crate) fn told(candidate: Candidate<'_>) -> Option<Passed> {
    let first = candidate.value();
    if is_other(first) || (!is_capital(first) && !is_given(first)) || names_a_thing(candidate.before()) {
        return None;
    }
    Some(Passed::whole(candidate.until(grown(candidate).0)))
}

/// Whether the word ahead is the name of a setting's thing: `SharedAccessKeyName=`, `host_name: `.
fn names_a_thing(before: &str) -> bool {
    let word = before.trim_end_matches(|char: char| !char.is_alphanumeric());
    let start = word.rfind(|char: char| !char.is_alphanumeric() && char != '_').map_or(0, |at| at + 1);
    let word = word.get(start..).unwrap_or_default().to_lowercase();
    let of = word.strip_suffix("name").map(|of| of.trim_end_matches('_'));
    of.is_some_and(|of| THINGS.iter().any(|thing| of.ends_with(thing)))
}

/// A given name that is common, with another word or more behind it.
pub(crate) fn listed(candidate: Candidate<'_>) -> Option<Passed> {
    // The pattern takes the first sign of the second word along.
    let first = candidate.value().split([' ', '\u{a0}', '-']).next()?;
    if !is_given(first) || candidate.before().ends_with(['@', '/', '.', '#', '-', '_']) {
        return None;
    }
    let (end, words) = grown(candidate.until(candidate.start + first.len()));
    let found = candidate.until(end);
    (words > 1 && !ends_as_other(found)).then(|| Passed::whole(found))
}

/// Where the name ends that begins with `candidate`, and how many words in capitals it has.
fn grown(candidate: Candidate<'_>) -> (usize, usize) {
    let (mut end, mut words) = (candidate.end, 1);
    let mut at = candidate.end;
    while words < WORDS {
        let rest = candidate.text.get(at..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix([' ', '\u{a0}', '-', '‐']) else { break };
        let start = candidate.text.len() - rest.len();
        let word = word(rest);
        let initial = word.chars().count() == 1
            && is_capital(word)
            && rest.get(word.len()..).is_some_and(|r| r.starts_with('.'));
        if initial {
            at = start + word.len() + 1;
        } else if is_capital(word) && word.chars().count() > 1 && !is_other(word) {
            at = start + word.len();
            (end, words) = (at, words + 1);
        } else if PARTICLES.contains(&word) {
            at = start + word.len();
        } else {
            break;
        }
    }
    (end, words)
}

/// The word `text` begins with, without the ending of the genitive.
fn word(text: &str) -> &str {
    let belongs = |char: char| char.is_alphabetic() || matches!(char, '\'' | '’');
    let end = text.find(|char| !belongs(char)).unwrap_or(text.len()).min(LONGEST);
    let word = text.get(..end).unwrap_or_default();
    let word = word.trim_end_matches(['\'', '’']);
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

fn is_capital(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && !chars.any(|char| char.is_ascii_digit())
}

fn is_given(word: &str) -> bool {
    GIVEN.contains(word.to_lowercase().as_str())
}

fn is_other(word: &str) -> bool {
    OTHERS.contains(word.to_lowercase().as_str())
}

/// Whether the next word makes it a street, a school or a prize: `Martin Luther King Boulevard`.
fn ends_as_other(found: Candidate<'_>) -> bool {
    let rest = found.after();
    let rest = rest.strip_prefix("'s").or_else(|| rest.strip_prefix("’s")).unwrap_or(rest);
    let next = rest.strip_prefix([' ', '-']).map(word).unwrap_or_default();
    is_capital(next) && is_other(next)
}

#[cfg(test)]
mod tests {
    use super::{listed, names_a_thing, told};
    use crate::candidate::Candidate;
    use crate::check::Passed;

    #[test]
    fn a_thing_of_a_program_is_nobody() {
        for before in ["SharedAccessKeyName=", "host_name: \"", "a fileName = "] {
            assert!(names_a_thing(before), "{before}");
        }
        for before in ["Name: ", "first_name: \"", "customerName=", "full name: ", "", "é"] {
            assert!(!names_a_thing(before), "{before}");
        }
    }

    fn name(text: &str, check: fn(Candidate<'_>) -> Option<Passed>) -> Option<&str> {
        let end = text.find([' ', ',']).unwrap_or(text.len());
        let passed = check(Candidate { text, start: 0, end })?;
        text.get(passed.start..passed.end)
    }

    #[test]
    fn a_name_ends_where_its_words_end() {
        assert_eq!(name("Jane Doe's address", listed), Some("Jane Doe"));
        assert_eq!(name("Jan van der Berg lives", listed), Some("Jan van der Berg"));
        assert_eq!(name("John F. Kennedy said", listed), Some("John F. Kennedy"));
        assert_eq!(name("María José García López, de", listed), Some("María José García López"));
        assert_eq!(name("Jan van hier", listed), None);
        assert_eq!(name("Martin Luther Street", listed), None);
        assert_eq!(name("Kim and Paul", told), Some("Kim"));
        assert_eq!(name("the one", told), None);
    }

    #[test]
    fn the_lists_are_sorted_and_small() {
        for list in [include_str!("../../names/given.txt"), include_str!("../../names/others.txt")] {
            let words: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
            assert!(words.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each once");
            assert!(words.iter().all(|word| word.to_lowercase() == **word));
        }
    }
}
