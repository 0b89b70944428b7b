//! Words near a match that say what it is.
//!
//! INVARIANT: a word inside one of our own replacements does not count: redacting one finding must not turn the
//! number beside it into another.

use crate::candidate::Candidate;
use crate::words::is_replacement;

/// How far the words are looked for, in bytes.
pub(crate) const BEFORE: usize = 60;
pub(crate) const AFTER: usize = 30;
/// Longest replacement, brackets included.
pub(crate) const REPLACEMENT: usize = 64;

/// Whether one of `words` (in lower case) stands near `candidate`.
pub(crate) fn near(candidate: Candidate<'_>, words: &[String]) -> bool {
    let before = tail(candidate.before(), BEFORE + REPLACEMENT);
    let before = before.get(sentences(before).last().unwrap_or(0)..).unwrap_or_default();
    let after = head(candidate.after(), AFTER + REPLACEMENT);
    let after = after.get(..sentences(after).next().unwrap_or(after.len())).unwrap_or_default();
    let far = before.len().saturating_sub(BEFORE);
    holds(&before.to_lowercase(), far, usize::MAX, words) || holds(&after.to_lowercase(), 0, AFTER, words)
}

/// Where new sentences begin: words of another sentence speak of something else. A line may be a cell of a table, so
/// its end is none, and a point behind a short word may be an abbreviation's.
fn sentences(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(". ").filter_map(|(at, _)| {
        let begins = text.get(at + 2..)?.starts_with(char::is_uppercase);
        let letters = text.get(..at)?.chars().rev().take_while(|char| char.is_alphabetic()).take(5).count();
        (begins && !(1..5).contains(&letters)).then_some(at + 2)
    })
}

/// Whether one of `words` begins between `from` and `to` in `text`.
fn holds(text: &str, from: usize, to: usize, words: &[String]) -> bool {
    words.iter().any(|word| {
        text.match_indices(word.as_str())
            .any(|(at, _)| (from..=to).contains(&at) && alone(text, at, word) && !replaced(text, at))
    })
}

/// Whether the word is not a piece of a longer one, or of a name in code. Scripts without spaces have no such pieces.
fn alone(text: &str, at: usize, word: &str) -> bool {
    let letter = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphabetic() || char == '_');
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
    let longer_before = letter(before) && letter(word.chars().next());
    let longer_after = letter(after) && letter(word.chars().next_back());
    !longer_before && !longer_after
}

/// Whether the place `at` lies in one of our replacements.
fn replaced(text: &str, at: usize) -> bool {
    let opened = text.get(..at).and_then(|before| before.rfind('['));
    let closed = text.get(at..).and_then(|after| after.find(']')).map(|end| at + end + 1);
    let (Some(opened), Some(closed)) = (opened, closed) else { return false };
    text.get(opened..closed).is_some_and(is_replacement)
}

/// The last `bytes` of `text`, or a little less.
fn tail(text: &str, bytes: usize) -> &str {
    let mut at = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    text.get(at..).unwrap_or_default()
}

/// The first `bytes` of `text`, or a little less.
fn head(text: &str, bytes: usize) -> &str {
    let mut at = text.len().min(bytes);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.get(..at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::near;
    use crate::candidate::Candidate;

    fn is_near(text: &str) -> bool {
        let start = text.find('#').unwrap();
        near(Candidate { text, start, end: start + 1 }, &["tel".to_owned(), "電話".to_owned()])
    }

    #[test]
    fn whole_words_on_both_sides() {
        assert!(is_near("Tel.: #"));
        assert!(is_near("# (tel)"));
        assert!(is_near("電話番号は#"));
        assert!(!is_near("a hotel # away"));
        assert!(!is_near("My tel is unlisted. Room # is free"));
        assert!(is_near("Tel. Nr. #"));
        assert!(!is_near("IOCTL_TEL_A = #"));
        assert!(!is_near(&format!("tel {} #", "far ".repeat(30))));
    }

    #[test]
    fn our_own_words_do_not_count() {
        assert!(!is_near("[phone number] #"));
    }
}
