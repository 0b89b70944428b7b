//! A text to the numbers of its word pieces, as BERT's uncased vocabulary cuts it: small letters without accents, each
//! sign a word of its own, of each word the longest piece that the vocabulary has.
//!
//! Devlin et al., "BERT" (2019); Wu et al., "Google's Neural Machine Translation System" (2016), section 4.1. Written here
//! since the `tokenizers` crate parses half a megabyte of JSON at start for the same numbers. It takes every sign that is neither
//! letter nor digit for a word of its own, which BERT does with punctuation only.

use std::cell::Cell;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Most characters of a word that is looked up; longer ones are unknown.
const LONGEST: usize = 100;

/// The pieces that words are made of.
#[derive(Debug)]
pub struct WordPiece<'a> {
    /// Those that begin a word.
    first: HashMap<&'a str, u32>,
    /// Those that go on with one, without the two marks before them.
    after: HashMap<&'a str, u32>,
    unknown: u32,
    begin: u32,
}

impl<'a> WordPiece<'a> {
    /// From a vocabulary, a piece each line; nothing where it lacks the pieces for the unknown and the beginning.
    #[must_use]
    pub fn new(vocabulary: &'a str) -> Option<Self> {
        let (mut first, mut after) = (HashMap::with_capacity(1 << 15), HashMap::with_capacity(1 << 13));
        for (number, piece) in (0..).zip(vocabulary.lines()) {
            match piece.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => after.insert(rest, number),
                _ => first.insert(piece, number),
            };
        }
        let (unknown, begin) = (*first.get("[UNK]")?, *first.get("[CLS]")?);
        Some(Self { first, after, unknown, begin })
    }

    /// What stands before every window.
    #[must_use]
    pub fn begin(&self) -> u32 {
        self.begin
    }

    /// Gives the pieces of `text` in order and where sentences may end, each with the byte of the text behind it, until
    /// `take` says that it is enough.
    pub fn read(&self, text: &str, mut take: impl FnMut(Piece, usize) -> bool) {
        let mut word = String::new();
        let mut rest = text.char_indices().peekable();
        let goes_on = Cell::new(true);
        let mut take = |piece, end| goes_on.set(goes_on.get() && take(piece, end));
        while goes_on.get()
            && let Some((at, char)) = rest.next()
        {
            let end = at + char.len_utf8();
            if char == '\n' {
                self.word(&mut word, at, &mut take);
                take(Piece::Break, end);
            } else if char.is_whitespace() || char.is_control() {
                self.word(&mut word, at, &mut take);
            } else if char.is_ascii_alphanumeric() {
                word.push(char.to_ascii_lowercase());
            } else if char.is_alphanumeric() && !is_sign(char) {
                word.extend(char.to_lowercase().nfd().filter(|char| !is_combining_mark(*char)));
            } else if !is_combining_mark(char) {
                self.word(&mut word, at, &mut take);
                word.push(char);
                self.word(&mut word, end, &mut take);
                let ends = match char {
                    '.' | '!' | '?' | ';' | ':' => rest.peek().is_none_or(|(_, next)| next.is_whitespace()),
                    '。' | '！' | '？' => true,
                    _ => false,
                };
                if ends {
                    take(Piece::Break, end);
                }
            }
        }
        self.word(&mut word, text.len(), &mut take);
    }

    fn word(&self, word: &mut String, end: usize, take: &mut impl FnMut(Piece, usize)) {
        if word.is_empty() {
            return;
        }
        match self.pieces(word) {
            Some(pieces) => pieces.into_iter().for_each(|piece| take(Piece::Number(piece), end)),
            None => take(Piece::Number(self.unknown), end),
        }
        word.clear();
    }

    fn pieces(&self, word: &str) -> Option<Vec<u32>> {
        if word.chars().nth(LONGEST).is_some() {
            return None;
        }
        let (mut found, mut rest) = (Vec::new(), word);
        while !rest.is_empty() {
            let known = if found.is_empty() { &self.first } else { &self.after };
            let ends = rest.char_indices().map(|(at, char)| at + char.len_utf8()).rev();
            let (number, end) = ends.filter_map(|end| Some((*known.get(rest.get(..end)?)?, end))).next()?;
            found.push(number);
            rest = rest.get(end..)?;
        }
        Some(found)
    }
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A piece by its number.
    Number(u32),
    /// A sentence may end here.
    Break,
}

/// Signs of scripts that write no spaces: each a word of its own.
fn is_sign(char: char) -> bool {
    matches!(u32::from(char), 0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0xF900..=0xFAFF | 0x2_0000..=0x2_FA1F)
}
