//! Reads a plain text word by word into hashed features.
//!
//! Features are words, pairs and triples of words within a sentence, pieces of words, and the same pairs and triples with
//! names and numbers left blank, so that what is asked about a person does not depend on who it is.
//! Letters count without their case; ordinary punctuation only ends sentences: both are habits of whoever wrote it.
//!
//! INVARIANT: what is given for a word depends on nothing behind it, so that text that is appended changes nothing before.

use super::names::is_given_name;

/// Takes what is read, in order.
pub trait Sink {
    /// A feature of the present word.
    fn feature(&mut self, hash: u32);
    /// Features that are the pieces of the present word: always the same ones for the same `word`, which is a hash of it.
    fn pieces(&mut self, word: u64, pieces: impl Iterator<Item = u32>) {
        let _not_kept = word;
        pieces.for_each(|piece| self.feature(piece));
    }
    /// The present word is over.
    fn word(&mut self);
    /// A sentence begins with the word of this number.
    fn start(&mut self, word: usize);
    /// A sentence may end before the word of this number.
    fn end(&mut self, word: usize);
}

/// Most characters of a word whose pieces are looked at.
const LONGEST: usize = 24;

/// Words that a sentence needs before the next may begin.
const LEAST: usize = 3;

/// Words after which a sentence without an end is cut.
const MOST: usize = 32;

/// With one of these begins a remark about what was said before; what stands before it is weighed by itself too.
const REMARKS: [&str; 20] = [
    "this",
    "that",
    "ignore",
    "disregard",
    "note",
    "not",
    "no",
    "it",
    "please",
    "there",
    "dies",
    "das",
    "ceci",
    "esto",
    "isto",
    "questo",
    "dit",
    "to",
    "nie",
    "nb",
];

/// Kinds of features, so that they do not meet.
mod kind {
    pub(super) const WORD: u64 = 1;
    pub(super) const PAIR: u64 = 2;
    pub(super) const TRIPLE: u64 = 3;
    pub(super) const SKIP: u64 = 4;
    pub(super) const PIECE: u64 = 5;
    pub(super) const BLANK: u64 = 6;
    pub(super) const QUOTED: u64 = 7;
    pub(super) const MARK: u64 = 8;
}

/// What stands for a name, a number and a long word.
const NAME: u64 = 0x6E61_6D65;
const NUMBER: u64 = 0x6E75_6D62;
const LONG: u64 = 0x6C6F_6E67;
/// What stands before the first word of a sentence.
const FIRST: u64 = 0x6669_7273;

/// Reads `text`, which is plain already.
pub fn read(text: &str, sink: &mut impl Sink) {
    let mut reader = Reader {
        sink,
        words: 0,
        began: 0,
        ended: 0,
        before: [FIRST; 2],
        blanks: [FIRST; 2],
        is_quoted: false,
        letters: [0; LONGEST],
    };
    reader.sink.start(0);
    let mut rest = text.char_indices().peekable();
    while let Some((start, char)) = rest.next() {
        if is_sign(char) {
            reader.sign(char);
            continue;
        }
        if char.is_alphanumeric() || char == '_' {
            let mut end = start + char.len_utf8();
            let in_word = |next: char| (next.is_alphanumeric() || next == '_') && !is_sign(next);
            while let Some((at, next)) = rest.next_if(|(_, next)| in_word(*next)) {
                end = at + next.len_utf8();
            }
            reader.take(text.get(start..end).unwrap_or_default());
            continue;
        }
        let follows = rest.peek().map(|(_, next)| *next);
        match char {
            '.' | '!' | '?' | ':' | ';' if follows.is_none_or(char::is_whitespace) => reader.stop(),
            '\n' | '。' | '!' | '?' | '…' | '•' | '|' => reader.stop(),
            '"' | '`' => reader.is_quoted = true,
            '{' | '}' | '[' | ']' | '<' | '>' | '#' | '=' | '\\' | '$' | '@' | '%' | '~' | '^' | '*' => {
                // A run of one mark says more than each of them.
                let mut length = 1_u64;
                while rest.next_if(|(_, next)| *next == char).is_some() {
                    length += 1;
                }
                if length > 1 {
                    reader.sink.feature(hash(kind::MARK, [u64::from(u32::from(char)), length.min(3), 0]));
                }
            }
            _ => {}
        }
    }
    reader.sink.end(reader.words);
}

fn is_remark(word: &str) -> bool {
    REMARKS.iter().any(|remark| remark.eq_ignore_ascii_case(word))
}

/// Scripts that are written without spaces: each sign is a word.
fn is_sign(char: char) -> bool {
    matches!(u32::from(char), 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x2FFFF)
}

struct Reader<'a, S> {
    sink: &'a mut S,
    words: usize,
    /// The word the present sentence began with, and the one before which the last end was.
    began: usize,
    ended: usize,
    /// The last two words, the last first.
    before: [u64; 2],
    /// The same with names and numbers blank.
    blanks: [u64; 2],
    is_quoted: bool,
    letters: [u32; LONGEST],
}

impl<S: Sink> Reader<'_, S> {
    /// A sentence ends here.
    fn stop(&mut self) {
        if self.words > self.ended {
            self.sink.end(self.words);
            self.ended = self.words;
        }
        if self.words >= self.began + LEAST {
            self.sink.start(self.words);
            self.began = self.words;
            self.before = [FIRST; 2];
            self.blanks = [FIRST; 2];
        }
    }

    fn sign(&mut self, char: char) {
        let word = hash64(kind::WORD, [u64::from(u32::from(char)), 0, 0]);
        self.follow(word, word);
    }

    /// A word of letters and digits.
    fn take(&mut self, word: &str) {
        let mut length = 0;
        let (mut digits, mut capitals) = (0, 0);
        for (at, char) in word.chars().enumerate() {
            let small = if char.is_ascii() {
                char.to_ascii_lowercase()
            } else {
                char.to_lowercase().next().unwrap_or(char)
            };
            if let Some(letter) = self.letters.get_mut(at) {
                *letter = u32::from(small);
            }
            digits += usize::from(char.is_numeric());
            capitals += usize::from(char.is_uppercase());
            length = at + 1;
        }
        let is_long = length > LONGEST;
        let letters = self.letters;
        let letters = letters.get(..length.min(LONGEST)).unwrap_or_default();
        let id = match () {
            () if digits == length => {
                hash64(NUMBER, [u64::try_from(length.min(5)).unwrap_or_default(), 0, 0])
            }
            () if is_long => hash64(LONG, [u64::from(digits > 0), u64::from(capitals > 0), 0]),
            () => letters.iter().fold(kind::WORD, |sum, letter| mix(sum, u64::from(*letter))),
        };
        if self.words > self.ended && is_remark(word) {
            self.sink.end(self.words);
            self.ended = self.words;
        }
        // A capital within a sentence: a name, in the languages that have them.
        let is_name = digits == 0
            && length > 1
            && ((capitals == 1 && word.starts_with(char::is_uppercase) && self.before != [FIRST; 2])
                || is_given_name(word));
        let blank = match () {
            () if digits == length => NUMBER,
            () if is_name => NAME,
            () => id,
        };
        if (4..=LONGEST).contains(&length) && digits < length {
            self.sink.pieces(id, pieces(letters));
        }
        self.follow(id, blank);
    }

    /// A word with what it follows.
    fn follow(&mut self, id: u64, blank: u64) {
        let [last, older] = self.before;
        self.sink.feature(hash(kind::WORD, [id, 0, 0]));
        self.sink.feature(hash(kind::PAIR, [last, id, 0]));
        if last != FIRST {
            self.sink.feature(hash(kind::TRIPLE, [older, last, id]));
            if older != FIRST {
                self.sink.feature(hash(kind::SKIP, [older, id, 0]));
            }
        }
        let [last_blank, older_blank] = self.blanks;
        if [blank, last_blank, older_blank].iter().any(|word| [NAME, NUMBER].contains(word)) {
            self.sink.feature(hash(kind::BLANK, [last_blank, blank, 0]));
            self.sink.feature(hash(kind::BLANK, [older_blank, last_blank, blank]));
        }
        if std::mem::take(&mut self.is_quoted) {
            self.sink.feature(hash(kind::QUOTED, [id, 0, 0]));
        }
        self.before = [id, last];
        // A name of several words is one.
        if blank != NAME || last_blank != NAME {
            self.blanks = [blank, last_blank];
        }
        self.words += 1;
        self.sink.word();
        if self.words >= self.began + MOST {
            self.sink.end(self.words);
            self.ended = self.words;
            self.sink.start(self.words);
            self.began = self.words;
        }
    }
}

/// Three to five letters in a row, with the word's edges.
fn pieces(letters: &[u32]) -> impl Iterator<Item = u32> {
    let edge = u32::from('^');
    let at = move |index: usize| match index.checked_sub(1) {
        None => edge,
        Some(index) => letters.get(index).copied().unwrap_or(edge),
    };
    let length = letters.len() + 2;
    (0..length - 2).flat_map(move |start| {
        let mut sum = kind::PIECE;
        (start..(start + 5).min(length)).filter_map(move |index| {
            sum = mix(sum, u64::from(at(index)));
            (index >= start + 2).then(|| short(sum))
        })
    })
}

fn hash(kind: u64, words: [u64; 3]) -> u32 {
    short(hash64(kind, words))
}

fn hash64(kind: u64, words: [u64; 3]) -> u64 {
    words.into_iter().fold(kind, mix)
}

fn mix(sum: u64, word: u64) -> u64 {
    let mixed = (sum.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

fn short(sum: u64) -> u32 {
    u32::try_from(sum.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 32).unwrap_or_default()
}
