//! One pass over a text that tells which rules can match, and where: an Aho-Corasick automaton of all their words.
//!
//! INVARIANT: a rule that is asked for by its words, and whose words do not occur, has no match. A property test compares
//! a search this way with one everywhere.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use crate::context::{AFTER, BEFORE, REPLACEMENT};
use crate::literal::Literals;

/// Characters whose small letter is another one than their own alphabet's: where one stands, words of context are no
/// guide. A test compares with all characters there are.
const ODD: [&str; 3] = ["\u{130}", "\u{212a}", "\u{212b}"];
/// Spellings of one word: capitals of letters that ASCII has not.
const SPELLINGS: usize = 64;

/// Where a rule's words stand in its matches, or around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Bytes ahead of a word in which a match can begin.
    pub(crate) before: usize,
    /// Bytes behind the start of a word at which a match ends at the latest.
    pub(crate) after: usize,
}

/// What a rule is asked for by.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) words: Vec<Vec<u8>>,
    pub(crate) reach: Reach,
    /// The words stand beside a match and not in it.
    pub(crate) beside: bool,
}

impl From<Literals> for Asked {
    fn from(literals: Literals) -> Self {
        let Literals { words, before, after } = literals;
        Self { words, reach: Reach { before, after }, beside: false }
    }
}

/// What a rule without words of its own, that needs one of `context` near, is asked for by. `longest` is its longest
/// match in bytes.
pub(crate) fn beside(context: &[String], longest: usize) -> Option<Asked> {
    let spelt = context.iter().map(|word| spellings(word)).collect::<Option<Vec<_>>>()?;
    let words: Vec<Vec<u8>> = spelt.into_iter().flatten().map(String::into_bytes).collect();
    if words.is_empty() || words.iter().any(Vec::is_empty) {
        return None;
    }
    let reach = Reach { before: AFTER + REPLACEMENT + longest, after: BEFORE + REPLACEMENT + longest };
    Some(Asked { words, reach, beside: true })
}

/// How a word of context, which is in lower case, can be written. The automaton does not tell the cases of ASCII apart.
fn spellings(word: &str) -> Option<Vec<String>> {
    let mut spelt = vec![String::new()];
    for char in word.chars() {
        let mut variants = vec![char];
        if !char.is_ascii() {
            let mut upper = char.to_uppercase();
            variants.extend(upper.next().filter(|one| upper.next().is_none() && *one != char));
        }
        let longer = |word: &String| variants.iter().map(|char| format!("{word}{char}")).collect::<Vec<_>>();
        spelt = spelt.iter().flat_map(longer).collect();
        if spelt.len() > SPELLINGS {
            return None;
        }
    }
    Some(spelt)
}

/// The words of all rules.
#[derive(Debug)]
pub(crate) struct Prefilter {
    automaton: AhoCorasick,
    /// The rules of each word; none for an odd character.
    rules: Vec<Vec<usize>>,
}

impl Prefilter {
    /// `asked`: rules by their number.
    pub(crate) fn new<'a>(asked: impl Iterator<Item = (usize, &'a Asked)>) -> Result<Self, BuildError> {
        let mut words: Vec<(&[u8], usize)> = Vec::new();
        for (rule, asked) in asked {
            words.extend(asked.words.iter().map(|word| (word.as_slice(), rule)));
        }
        words.sort_unstable();
        words.dedup();
        let (mut spelt, mut rules) = (ODD.map(str::as_bytes).to_vec(), vec![Vec::new(); ODD.len()]);
        for same in words.chunk_by(|one, other| one.0 == other.0) {
            spelt.extend(same.first().map(|(word, _)| *word));
            rules.push(same.iter().map(|(_, rule)| *rule).collect());
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(spelt)?;
        Ok(Self { automaton, rules })
    }

    /// Which words of which rules stand in `text`.
    pub(crate) fn hits(&self, text: &str) -> Hits {
        let (mut places, mut odd) = (Vec::new(), false);
        for found in self.automaton.find_overlapping_iter(text) {
            match self.rules.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                [] => odd = true,
                rules => places.extend(rules.iter().map(|rule| (*rule, found.start()))),
            }
        }
        places.sort_unstable();
        places.dedup();
        Hits { places, odd }
    }
}

/// Where the words of the rules stand in one text.
#[derive(Debug)]
pub(crate) struct Hits {
    /// Sorted by rule, then by place.
    places: Vec<(usize, usize)>,
    /// Words of context are no guide in this text.
    pub(crate) odd: bool,
}

impl Hits {
    /// Each rule that has any, with its places.
    pub(crate) fn by_rule(&self) -> impl Iterator<Item = (usize, &[(usize, usize)])> {
        self.places
            .chunk_by(|one, other| one.0 == other.0)
            .filter_map(|places| Some((places.first()?.0, places)))
    }
}

/// The pieces of `text` that matches around `places` can lie in, in order and apart.
pub(crate) fn pieces(text: &str, places: &[(usize, usize)], reach: Reach) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for (_, place) in places {
        let start = text.floor_char_boundary(place.saturating_sub(reach.before));
        let end = text.ceil_char_boundary(place.saturating_add(reach.after));
        match pieces.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => pieces.push(start..end),
        }
    }
    pieces
}

/// What two lists of pieces, each in order, share.
pub(crate) fn shared(one: &[Range<usize>], other: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut shared, mut others) = (Vec::new(), other.iter().peekable());
    for piece in one {
        while others.peek().is_some_and(|other| other.end <= piece.start) {
            others.next();
        }
        while let Some(other) = others.peek().filter(|other| other.start < piece.end) {
            shared.push(piece.start.max(other.start)..piece.end.min(other.end));
            if other.end >= piece.end {
                break;
            }
            others.next();
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::{ODD, Reach, pieces, shared, spellings};
    use crate::builtin;

    #[test]
    fn pieces_that_touch_are_one() {
        let text = "é".repeat(20);
        let reach = Reach { before: 3, after: 5 };
        assert_eq!(pieces(&text, &[(0, 0), (0, 10), (0, 30)], reach), [0..16, 26..36]);
        assert_eq!(shared(&[0..4, 6..9, 12..20], &[1..2, 3..7, 8..30]), [1..2, 3..4, 6..7, 8..9, 12..20]);
    }

    #[test]
    fn every_letter_that_becomes_one_of_a_word_is_a_spelling_or_odd() {
        let detectors = builtin::detectors().unwrap();
        let contexts =
            detectors.iter().flat_map(|detector| &detector.rules).filter_map(|rule| rule.context.as_ref());
        let mut letters: Vec<char> =
            contexts.flat_map(|context| &context.words).flat_map(|word| word.chars()).collect();
        letters.sort_unstable();
        letters.dedup();
        for char in '\0'..=char::MAX {
            let becomes: Vec<char> = char.to_lowercase().collect();
            for letter in letters.iter().filter(|letter| becomes.contains(letter)) {
                let spelt = spellings(&letter.to_string()).unwrap();
                let known =
                    char.is_ascii() || spelt.contains(&char.to_string()) || ODD.contains(&&*char.to_string());
                assert!(known, "{char:?} becomes {letter:?}");
            }
        }
    }
}
