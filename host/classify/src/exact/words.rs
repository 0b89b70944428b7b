//! A text as words, each folded to one spelling, with its place and with what stands before it.
//!
//! INVARIANT: case, accents of Latin letters, width, and what cannot be seen make no difference. A letter of a script
//! that writes without spaces is a word of its own.

use crate::linear::bare;

/// What stands between a word and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// How many characters can be seen there.
    pub(crate) chars: usize,
    /// All of them are such as people put into a number.
    pub(crate) is_in_number: bool,
}

/// One word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Byte offsets in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Byte offsets in the folded text.
    from: usize,
    to: usize,
    pub(crate) before: Gap,
    /// Digits and nothing else.
    pub(crate) is_number: bool,
}

/// A text's words.
#[derive(Debug, Default)]
pub(crate) struct Words {
    folded: String,
    words: Vec<Word>,
}

impl Words {
    /// Reads a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Self { folded: String::with_capacity(text.len()), words: Vec::new() };
        let mut gap = Gap { chars: 0, is_in_number: true };
        let mut open: Option<Word> = None;
        for (at, char) in text.char_indices() {
            let Some(plain) = bare_of(char) else { continue };
            let end = at + char.len_utf8();
            if !plain.is_alphanumeric() {
                words.words.extend(open.take());
                gap.chars += 1;
                gap.is_in_number &= is_in_number(plain);
                continue;
            }
            if stands_alone(plain) {
                words.words.extend(open.take());
            }
            let from = words.folded.len();
            fold(char, plain, &mut words.folded);
            let to = words.folded.len();
            let is_number = plain.is_ascii_digit();
            match &mut open {
                Some(word) => {
                    (word.end, word.to) = (end, to);
                    word.is_number &= is_number;
                }
                None => {
                    open = Some(Word { start: at, end, from, to, before: gap, is_number });
                    gap = Gap { chars: 0, is_in_number: true };
                }
            }
            if stands_alone(plain) {
                words.words.extend(open.take());
            }
        }
        words.words.extend(open);
        words
    }

    /// In the order of the text.
    pub(crate) fn all(&self) -> &[Word] {
        &self.words
    }

    /// A word as it is folded.
    pub(crate) fn folded(&self, word: &Word) -> &str {
        self.folded.get(word.from..word.to).unwrap_or_default()
    }
}

/// One character without its dress, digits of other scripts as ours.
pub(crate) fn bare_of(char: char) -> Option<char> {
    let code = u32::from(char);
    let zero = match code {
        0x660..=0x669 => 0x660,
        0x6F0..=0x6F9 => 0x6F0,
        0x966..=0x96F => 0x966,
        _ => return bare(char),
    };
    char::from_digit(code - zero, 10)
}

/// Writes a character in lower case.
pub(crate) fn fold(char: char, plain: char, out: &mut String) {
    match char {
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        _ if plain.is_ascii() => out.push(plain.to_ascii_lowercase()),
        _ => out.extend(plain.to_lowercase().filter_map(bare_of)),
    }
}

/// What people put between the digits of a number.
fn is_in_number(char: char) -> bool {
    matches!(char, ' ' | '-' | '.' | ',' | '/' | '_' | '\'' | '(' | ')' | '+')
}

/// Scripts that write without spaces: those of Chinese and Japanese, Thai, and Korean, which joins particles to words.
pub(crate) fn stands_alone(char: char) -> bool {
    matches!(
        u32::from(char),
        0x0E00..=0x0E7F | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF
    )
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn spellings_of_a_word_are_one() {
        let folded = |text: &str| {
            let words = Words::of(text);
            words.all().iter().map(|word| words.folded(word).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(folded("Straße, ＫＤ-４７ M\u{200b}üller"), ["strasse", "kd", "47", "muller"]);
        assert_eq!(folded("山田 ab"), ["山", "田", "ab"]);
        assert_eq!(folded("e\u{301}t\u{e9} ٤٢"), ["ete", "42"]);
    }
}
