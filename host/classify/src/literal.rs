//! Words that every match of a pattern contains, so that one pass over a text tells which patterns can match, and
//! where.
//!
//! INVARIANT: in every match one of the words begins at most `before` bytes behind the start of the match
//! and at most `after` bytes ahead of its end. A property test compares a search around the words with one everywhere.

use regex_syntax::hir::literal::{Extractor, Seq};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

/// Characters of a class that are spelt out.
const CLASS: usize = 10;
/// Words of one pattern.
const WORDS: usize = 128;
/// Bytes of a word: more do not make it any rarer.
const LONGEST: usize = 16;
/// A word this long is rare enough to be looked for whatever else there is.
const RARE: usize = 4;
/// Words shorter than this are taken only where they are few.
const SHORT: usize = 3;

/// The words of one pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literals {
    pub(crate) words: Vec<Vec<u8>>,
    /// The words stand as they are written; else in any case of ASCII, and they are in lower case here.
    pub(crate) exact: bool,
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// The words of `pattern`, where it has any that tell something.
pub(crate) fn literals(pattern: &str) -> Option<Literals> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let (lowered, written) = (parts(bare(&hir, true)), parts(bare(&hir, false)));
    let mut best: Option<(usize, Literals)> = None;
    let mut before = 0;
    for (at, part) in lowered.iter().enumerate() {
        if best.as_ref().is_some_and(|(rare, _)| *rare == RARE) {
            break;
        }
        let rest = Hir::concat(lowered.get(at..)?.to_vec());
        if let (Some(words), Some(after)) = (words(&rest), rest.properties().maximum_len()) {
            let rare = words.iter().map(Vec::len).min()?.min(RARE);
            if best.as_ref().is_none_or(|(other, _)| rare > *other) {
                let same = written.get(at..).filter(|_| written.len() == lowered.len());
                let exact = same.and_then(|parts| self::words(&Hir::concat(parts.to_vec())));
                let mut folded = exact.clone().unwrap_or_default();
                folded.iter_mut().for_each(|word| word.make_ascii_lowercase());
                folded.sort();
                let literals = match exact.filter(|_| folded == words) {
                    Some(words) => Literals { words, exact: true, before, after },
                    None => Literals { words, exact: false, before, after },
                };
                best = Some((rare, literals));
            }
        }
        before += part.properties().maximum_len()?;
    }
    best.map(|(_, literals)| literals)
}

fn parts(hir: Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Concat(parts) => parts.clone(),
        _ => vec![hir],
    }
}

/// Longest match of `pattern`, in bytes.
pub(crate) fn longest(pattern: &str) -> Option<usize> {
    regex_syntax::parse(pattern).ok()?.properties().maximum_len()
}

/// What every match of `hir` begins with.
fn words(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut seq: Seq = Extractor::new().limit_class(CLASS).limit_total(WORDS).extract(hir);
    seq.keep_first_bytes(LONGEST);
    seq.sort();
    seq.dedup();
    let shortest = seq.min_literal_len().filter(|shortest| *shortest > 0)?;
    let words: Vec<Vec<u8>> = seq.literals()?.iter().map(|word| word.as_bytes().to_vec()).collect();
    // Digits stand everywhere, and so does a single letter.
    let common = |word: &Vec<u8>| match word.as_slice() {
        [one] => one.is_ascii_alphanumeric(),
        [one, ..] => one.is_ascii_digit() && words.len() >= 10,
        [] => true,
    };
    let few = shortest >= SHORT || words.len() <= SHORT;
    (few && !words.iter().any(common)).then_some(words)
}

/// The same pattern without groups, and for text in the lower case of ASCII where `lower` says so.
fn bare(hir: &Hir, lower: bool) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(|part| bare(part, lower)).collect();
    match hir.kind() {
        HirKind::Capture(capture) => bare(&capture.sub, lower),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(bare(&repetition.sub, lower))),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Literal(literal) if lower => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Class(Class::Unicode(class)) if lower => Hir::class(Class::Unicode(lower_chars(class))),
        HirKind::Class(Class::Bytes(class)) if lower => Hir::class(Class::Bytes(lower_bytes(class))),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    }
}

fn lower_chars(class: &ClassUnicode) -> ClassUnicode {
    let capitals = ClassUnicode::new([ClassUnicodeRange::new('A', 'Z')]);
    let (mut held, mut others) = (class.clone(), class.clone());
    held.intersect(&capitals);
    others.difference(&capitals);
    let small = |range: &ClassUnicodeRange| {
        ClassUnicodeRange::new(range.start().to_ascii_lowercase(), range.end().to_ascii_lowercase())
    };
    others.union(&ClassUnicode::new(held.ranges().iter().map(small)));
    others
}

fn lower_bytes(class: &ClassBytes) -> ClassBytes {
    let capitals = ClassBytes::new([ClassBytesRange::new(b'A', b'Z')]);
    let (mut held, mut others) = (class.clone(), class.clone());
    held.intersect(&capitals);
    others.difference(&capitals);
    let small = |range: &ClassBytesRange| {
        ClassBytesRange::new(range.start().to_ascii_lowercase(), range.end().to_ascii_lowercase())
    };
    others.union(&ClassBytes::new(held.ranges().iter().map(small)));
    others
}

#[cfg(test)]
mod tests {
    use super::literals;

    fn shown(pattern: &str) -> Option<(Vec<String>, usize, usize)> {
        let found = literals(pattern)?;
        let words = found.words.into_iter().map(|word| String::from_utf8_lossy(&word).into_owned());
        Some((words.collect(), found.before, found.after))
    }

    fn expected(words: &[&str], before: usize, after: usize) -> Option<(Vec<String>, usize, usize)> {
        Some((words.iter().map(|word| (*word).to_owned()).collect(), before, after))
    }

    #[test]
    fn what_a_match_begins_with() {
        assert_eq!(shown("ghp_[A-Za-z0-9]{36}"), expected(&["ghp_"], 0, 40));
        assert_eq!(shown("AKIA[A-Z2-7]{16}"), expected(&["AKIA"], 0, 20));
        assert_eq!(shown("[rs]k_live_[a-z]{3}"), expected(&["rk_live_", "sk_live_"], 0, 11));
        assert_eq!(shown("(?i-u)(?:Token|key)=[a-z]"), expected(&["key=", "token="], 0, 7));
        assert_eq!(shown("@"), expected(&["@"], 0, 1));
    }

    #[test]
    fn what_a_match_contains_further_on() {
        assert_eq!(shown("[0-9]{8,10}:AA[a-z]{2}"), expected(&[":AA"], 10, 5));
        assert_eq!(shown("[a-z]{1,9}://(?P<value>[a-z]{2})"), expected(&["://"], 9, 5));
        assert_eq!(shown("a?[0-9]{2}-us[a-z]"), expected(&["-us"], 3, 4));
    }

    #[test]
    fn letters_that_fold_to_others_are_all_meant() {
        assert_eq!(shown("(?i)kß1x"), expected(&["kß1x", "kẞ1x", "\u{212a}ß1x", "\u{212a}ẞ1x"], 0, 8));
    }

    #[test]
    fn some_have_none() {
        for pattern in ["[A-Z]{2}[0-9]{2}", "[0-9]{9}", "(?:abc|[a-z]{3})", "[MNO][a-z]{9}"] {
            assert_eq!(shown(pattern), None, "{pattern}");
        }
    }
}
