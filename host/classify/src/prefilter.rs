//! One pass over a text that tells which rules can match, and where.
//!
//! Three bytes at every place, hashed, are looked up in a table of bits that fits the nearest cache; where a bit is set,
//! four bytes are (three for shorter words), and where that bit is set too, the words that begin so are compared. The table of an Aho-Corasick automaton for some thousand words fits
//! no near cache, and each of its steps waits for the one before.
//!
//! INVARIANT: a rule that is asked for by its words, and whose words do not occur, has no match. A property test compares
//! a search this way with one everywhere.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::context::{AFTER, BEFORE, REPLACEMENT};
use crate::literal::Literals;

/// Characters whose small letter is another one than their own alphabet's: where one stands, words of context are no
/// guide. A test compares with all characters there are.
const ODD: [&str; 6] = ["\u{130}", "\u{3f4}", "\u{1e9e}", "\u{2126}", "\u{212a}", "\u{212b}"];
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
    /// The words stand as they are written; else in any case of ASCII.
    pub(crate) exact: bool,
    pub(crate) reach: Reach,
    /// The words stand beside a match and not in it.
    pub(crate) beside: bool,
}

impl From<Literals> for Asked {
    fn from(literals: Literals) -> Self {
        let Literals { words, exact, before, after } = literals;
        Self { words, exact, reach: Reach { before, after }, beside: false }
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
    Some(Asked { words, exact: false, reach, beside: true })
}

/// How a word of context, which is in lower case, can be written. The cases of ASCII are not told apart anyway.
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

/// Bits of a table, as a power of two: 4 kB.
const SIZE: u32 = 15;

/// Words by what they begin with.
#[derive(Debug)]
struct Table {
    /// Which keys begin a word.
    bits: Box<[u64; 1 << (SIZE - 6)]>,
    /// By key, which bucket holds the words that begin with it.
    slots: Vec<u16>,
    /// Places in the list of words. The first bucket is empty.
    buckets: Vec<Vec<usize>>,
}

impl Table {
    fn new() -> Self {
        let bits = Box::new([0; 1 << (SIZE - 6)]);
        Self { bits, slots: vec![0; 1 << SIZE], buckets: vec![Vec::new()] }
    }

    fn enter(&mut self, key: u32, word: usize) {
        if let Some(bits) = self.bits.get_mut(slot(key)) {
            *bits |= 1 << (key & 63);
        }
        let Some(bucket) = self.slots.get_mut(usize::try_from(key).unwrap_or_default()) else { return };
        if *bucket == 0 {
            // INVARIANT: fewer buckets than keys, and keys have fifteen bits.
            *bucket = u16::try_from(self.buckets.len()).unwrap_or_default();
            self.buckets.push(Vec::new());
        }
        let words = self.buckets.get_mut(usize::from(*bucket));
        if let Some(words) = words.filter(|words| words.last() != Some(&word)) {
            words.push(word);
        }
    }

    /// Holds what `other` holds too.
    fn add(&mut self, other: &Self) {
        for (mine, others) in self.bits.iter_mut().zip(other.bits.iter()) {
            *mine |= others;
        }
    }

    fn holds(&self, key: u32) -> bool {
        self.bits.get(slot(key)).is_some_and(|bits| bits >> (key & 63) & 1 == 1)
    }

    fn words(&self, key: u32) -> &[usize] {
        let bucket = self.slots.get(usize::try_from(key).unwrap_or_default());
        bucket.and_then(|bucket| self.buckets.get(usize::from(*bucket))).map_or(&[], Vec::as_slice)
    }
}

/// One word.
#[derive(Debug)]
struct Word {
    bytes: Vec<u8>,
    exact: bool,
    /// Who asks for it; nobody for an odd character.
    rules: Vec<usize>,
}

/// The words of all rules.
#[derive(Debug)]
pub(crate) struct Prefilter {
    /// The first three bytes of all words, `single` aside.
    first: Table,
    /// Words of four bytes and more, by those.
    long: Table,
    /// Words of two and three bytes, by three.
    short: Table,
    words: Vec<Word>,
    /// Words of one byte.
    single: Vec<usize>,
}

impl Prefilter {
    /// `asked`: rules by their number.
    pub(crate) fn new<'a>(asked: impl Iterator<Item = (usize, &'a Asked)>) -> Self {
        let mut all: BTreeMap<(&[u8], bool), Vec<usize>> = BTreeMap::new();
        all.extend(ODD.map(|odd| ((odd.as_bytes(), true), Vec::new())));
        for (rule, asked) in asked {
            for word in &asked.words {
                all.entry((word, asked.exact)).or_default().push(rule);
            }
        }
        let (mut first, mut long, mut short) = (Table::new(), Table::new(), Table::new());
        let (mut words, mut single) = (Vec::new(), Vec::new());
        for (at, ((bytes, exact), rules)) in all.into_iter().enumerate() {
            match bytes {
                [] => {}
                [_] => single.push(at),
                // Whatever follows.
                [one, two] => (0..=u8::MAX).for_each(|next| short.enter(three([*one, *two, next, 0]), at)),
                [one, two, next] => short.enter(three([*one, *two, *next, 0]), at),
                [one, two, next, last, ..] => {
                    long.enter(four([*one, *two, *next, *last]), at);
                    first.enter(three([*one, *two, *next, 0]), at);
                }
            }
            words.push(Word { bytes: bytes.to_vec(), exact, rules });
        }
        first.add(&short);
        Self { first, long, short, words, single }
    }

    /// Which words of which rules stand in `text`.
    pub(crate) fn hits(&self, text: &str) -> Hits {
        let mut hits = Hits { places: Vec::new(), odd: false };
        let bytes = text.as_bytes();
        for (at, window) in bytes.windows(4).enumerate() {
            let [one, two, next, last] = window else { continue };
            let window = [*one, *two, *next, *last];
            let short = three(window);
            if self.first.holds(short) {
                let long = four(window);
                if self.long.holds(long) || self.short.holds(short) {
                    self.compare(bytes, at, [self.long.words(long), self.short.words(short)], &mut hits);
                }
            }
        }
        // The last bytes have fewer behind them.
        for at in bytes.len().saturating_sub(3)..bytes.len() {
            let byte = |next: usize| bytes.get(at + next).copied().unwrap_or_default();
            self.compare(
                bytes,
                at,
                [&[], self.short.words(three([byte(0), byte(1), byte(2), 0]))],
                &mut hits,
            );
        }
        for word in self.single.iter().filter_map(|word| self.words.get(*word)) {
            let Some(byte) = word.bytes.first() else { continue };
            let places = text.match_indices(char::from(*byte)).map(|(at, _)| at);
            hits.places.extend(places.flat_map(|at| word.rules.iter().map(move |rule| (*rule, at))));
        }
        hits.places.sort_unstable();
        hits.places.dedup();
        hits
    }

    /// Compares the words of two buckets with what stands at `at`.
    #[inline(never)]
    fn compare(&self, bytes: &[u8], at: usize, buckets: [&[usize]; 2], hits: &mut Hits) {
        let rest = bytes.get(at..).unwrap_or_default();
        for word in buckets.into_iter().flatten().filter_map(|word| self.words.get(*word)) {
            let Some(text) = rest.get(..word.bytes.len()) else { continue };
            if text == word.bytes || (!word.exact && text.eq_ignore_ascii_case(&word.bytes)) {
                hits.odd |= word.rules.is_empty();
                hits.places.extend(word.rules.iter().map(|rule| (*rule, at)));
            }
        }
    }
}

/// The number of four bytes; a letter and its capital have the same.
fn four(bytes: [u8; 4]) -> u32 {
    spread(u32::from_le_bytes(bytes) | 0x2020_2020)
}

/// The number of the first three.
fn three(bytes: [u8; 4]) -> u32 {
    spread(u32::from_le_bytes(bytes) & 0x00FF_FFFF | 0x0020_2020)
}

/// Fibonacci hashing: a multiplication spreads what is near over the table.
fn spread(number: u32) -> u32 {
    number.wrapping_mul(0x9E37_79B1) >> (u32::BITS - SIZE)
}

/// In which word of a table a key's bit is.
fn slot(key: u32) -> usize {
    usize::try_from(key >> 6).unwrap_or_default()
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
