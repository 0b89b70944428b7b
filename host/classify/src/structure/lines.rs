//! One line: program text, what may stand between program text, or prose.

use std::ops::Range;

/// The lines of a text, each with its place, without the sign that ends it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        (start..start + line.len(), line)
    })
}

/// What a line looks like from its signs alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing in it.
    Blank,
    /// Ends or begins as statements do.
    Statement,
    /// A bracket, a comment, or something that is set in.
    Between,
    /// A field of data, as JSON writes it.
    Field,
    /// Words.
    Prose,
    /// Neither.
    Open,
}

/// Words in a row that make prose.
const WORDS: usize = 4;

/// Looks at `line`.
pub(super) fn look(line: &str) -> Look {
    let bare = line.trim();
    if bare.is_empty() {
        return Look::Blank;
    }
    if bare.starts_with('"') && bare.contains("\": ") {
        return Look::Field;
    }
    let letters = bare.chars().any(char::is_alphanumeric);
    let comment = ["//", "/*", "*/", "* ", "# ", "-- ", "#!", "<!--", "\"\"\"", "'''"]
        .iter()
        .any(|sign| bare.starts_with(sign));
    if !letters || comment {
        return Look::Between;
    }
    let joined = bare.contains(['(', '=', '[', '{', '<', '>', '$', '_', '"', '\'']);
    let ends = bare.ends_with([';', '{', '}']) || bare.ends_with("},") || bare.ends_with(");");
    if ends && joined && !is_prose(bare) {
        return Look::Statement;
    }
    if is_prose(bare) {
        return Look::Prose;
    }
    let indented = line.starts_with("  ") || line.starts_with('\t');
    if indented || bare.ends_with([',', '(', '[', '\\', ')', ']']) { Look::Between } else { Look::Open }
}

/// Whether it is mostly words with spaces between them.
fn is_prose(bare: &str) -> bool {
    let word = |word: &str| {
        let word = word
            .trim_matches(|char: char| matches!(char, ',' | '.' | '?' | '!' | ':' | '"' | '\'' | ')' | '('));
        !word.is_empty() && word.chars().all(|char| char.is_alphabetic() || matches!(char, '\'' | '’' | '-'))
    };
    let (mut all, mut words) = (0, 0);
    for piece in bare.split(' ').filter(|piece| !piece.is_empty()) {
        all += 1;
        words += usize::from(word(piece));
    }
    let wide = bare.chars().filter(|char| !char.is_ascii() && char.is_alphabetic()).count();
    (words >= WORDS && words * 10 >= all * 8) || (words >= 2 * WORDS && words * 10 >= all * 7) || wide >= 12
}

#[cfg(test)]
mod tests {
    use super::{Look, lines, look};

    #[test]
    fn lines_have_places() {
        let text = "a\r\nbc\n\nd";
        let places: Vec<_> = lines(text).map(|(place, line)| (place.start, place.end, line)).collect();
        assert_eq!(places, [(0, 1, "a"), (3, 5, "bc"), (6, 6, ""), (7, 8, "d")]);
    }

    #[test]
    fn looks() {
        assert_eq!(look("  "), Look::Blank);
        assert_eq!(look("let x = 5;"), Look::Statement);
        assert_eq!(look("    }"), Look::Between);
        assert_eq!(look("# a comment on what follows here"), Look::Between);
        assert_eq!(look("Please tell me what this does;"), Look::Prose);
        assert_eq!(look("ein Satz mit vielen Worten."), Look::Prose);
    }
}
