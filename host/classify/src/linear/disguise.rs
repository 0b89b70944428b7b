//! Text out of its disguise: letters replaced by digits, letters set apart, words written backwards or shifted by
//! thirteen letters, and what stands in base64 or hexadecimal.
//!
//! A disguise is looked for by what betrays it, and near that only, so that ordinary text is weighed once, however long it is.
//! INVARIANT: what comes out is bounded by the text, and looked into once more only.

use std::sync::LazyLock;

use super::plain::plain;

/// Most bytes that are decoded of one text.
const MOST: usize = 64 * 1024;

/// Fewest characters of what is taken to be encoded.
const LEAST: usize = 16;

/// Most bytes of a text that are looked at together: of a longer one only the pieces are written anew that betray something.
const PIECE: usize = 8 * 1024;

/// So much of a piece stands in the next one too: about as much as a stretch that is weighed.
const OVERLAP: usize = 1024;

/// Words that hardly any text does without, and that are no words when reversed or shifted.
const TELLING: [&str; 40] = [
    "the",
    "you",
    "your",
    "with",
    "this",
    "that",
    "from",
    "what",
    "how",
    "ignore",
    "previous",
    "instructions",
    "write",
    "tell",
    "give",
    "please",
    "system",
    "prompt",
    "address",
    "number",
    "password",
    "rules",
    "all",
    "without",
    "about",
    "ist",
    "und",
    "nicht",
    "mir",
    "sie",
    "les",
    "vous",
    "pour",
    "que",
    "los",
    "para",
    "como",
    "della",
    "het",
    "een",
];

/// What is hidden in a plain text, each as plain text.
#[must_use]
pub fn disguises(plain_text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = MOST;
    look(plain_text, &mut found, &mut left);
    let mut inner = Vec::new();
    for text in &found {
        look(text, &mut inner, &mut left);
    }
    found.extend(inner);
    found
}

fn look(text: &str, found: &mut Vec<String>, left: &mut usize) {
    for piece in pieces(text) {
        found.extend([digits_for_letters(piece), set_apart(piece)].into_iter().flatten());
        let (reversed, turned) = telling(piece);
        if reversed > 1 {
            found.push(backwards(piece));
        }
        if turned > 1 {
            found.push(shifted(piece));
        }
    }
    decoded(text, found, left);
}

/// The text in pieces that overlap; a short one is one.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        if whole.len() <= PIECE {
            return Some(whole);
        }
        let end = between_words(whole, PIECE);
        rest = whole.get(between_words(whole, end - OVERLAP)..);
        whole.get(..end)
    })
}

/// The last place before this one where no word is cut; where a word is so long that there is none near, a place in it.
fn between_words(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let near = text.floor_char_boundary(at.saturating_sub(OVERLAP / 2));
    let blank = text.get(near..at).and_then(|part| part.rfind(char::is_whitespace));
    blank.map_or(at, |blank| near + blank)
}

/// Which words of [`TELLING`], a bit for each, have a length, a first and a last letter.
#[derive(Default)]
struct Marks {
    length: [u64; 16],
    first: [u64; 26],
    last: [u64; 26],
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| {
    let mut marks = Marks::default();
    for (at, word) in TELLING.iter().map(|word| word.as_bytes()).enumerate() {
        let letter = |byte: Option<&u8>| byte.map(|byte| usize::from(byte.wrapping_sub(b'a')));
        let (first, last) = (letter(word.first()), letter(word.last()));
        let length = marks.length.get_mut(word.len());
        let first = first.and_then(|at| marks.first.get_mut(at));
        let last = last.and_then(|at| marks.last.get_mut(at));
        for bits in [length, first, last].into_iter().flatten() {
            *bits |= 1 << at;
        }
    }
    marks
});

/// How many words of [`TELLING`] stand in `text` backwards, and how many shifted by thirteen letters.
fn telling(text: &str) -> (usize, usize) {
    let marks = &*MARKS;
    let (mut reversed, mut shifted) = (0, 0);
    let of = |marks: &[u64; 26], letter: u8| {
        marks.get(usize::from(letter.to_ascii_lowercase().wrapping_sub(b'a'))).copied().unwrap_or_default()
    };
    for word in text.as_bytes().split(|byte| !byte.is_ascii_alphabetic()) {
        let Some(length) = marks.length.get(word.len()).filter(|length| **length != 0) else { continue };
        let (Some(first), Some(last)) = (word.first(), word.last()) else { continue };
        // Nearly every word ends here.
        let backwards = length & of(&marks.first, *last) & of(&marks.last, *first);
        if backwards != 0 {
            reversed += usize::from(is_one_of(backwards, word.iter().rev().copied()));
        }
        let turned = length & of(&marks.first, thirteen(*first)) & of(&marks.last, thirteen(*last));
        if turned != 0 {
            shifted += usize::from(is_one_of(turned, word.iter().copied().map(thirteen)));
        }
    }
    (reversed, shifted)
}

/// Whether these letters are one of the words that `marks` names.
fn is_one_of(marks: u64, letters: impl Iterator<Item = u8> + Clone) -> bool {
    let named = TELLING.iter().enumerate().filter(|(at, _)| marks >> at & 1 == 1);
    named.into_iter().any(|(_, word)| letters.clone().map(|byte| byte.to_ascii_lowercase()).eq(word.bytes()))
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

fn shifted(text: &str) -> String {
    text.chars().map(turned).collect()
}

/// A letter, shifted by thirteen.
fn turned(char: char) -> char {
    if char.is_ascii() { u8::try_from(char).map_or(char, |byte| char::from(thirteen(byte))) } else { char }
}

fn thirteen(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => b'a' + (byte - b'a' + 13) % 26,
        b'A'..=b'Z' => b'A' + (byte - b'A' + 13) % 26,
        _ => byte,
    }
}

/// The letter that a digit or sign is written for.
fn letter(char: char) -> Option<char> {
    Some(match char {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        _ => return None,
    })
}

/// Whether a byte is, or begins, one of what [`letter`] knows: most words have none.
fn may_be_letter(byte: u8) -> bool {
    const EURO: u8 = 0xE2;
    matches!(byte, EURO | b'!' | b'$' | b'+' | b'0'..=b'9' | b'@' | b'|')
}

/// `1gn0r3 pr3v10us rul3s`: where two words at least are written so.
fn digits_for_letters(text: &str) -> Option<String> {
    let dressed = |word: &str| {
        if !word.bytes().any(may_be_letter) {
            return false;
        }
        let word = word.trim_end_matches(|char: char| char.is_ascii_punctuation() && char != '$');
        let mut inner = word.char_indices().filter(|(_, char)| letter(*char).is_some());
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        let signs = inner.clone().count();
        // `sha256` and `B2B` are words; in `pr3v10us` letters stand on both sides, in `h3llo` too.
        letters >= 2
            && signs <= letters + 2
            && inner.any(|(at, sign)| {
                let (before, after) = word.split_at_checked(at).unwrap_or_default();
                let after = after.get(sign.len_utf8()..).unwrap_or_default();
                let is_letter = |char: char| char.is_ascii_alphabetic();
                after.starts_with(is_letter)
                    && (before.is_empty()
                        || before.ends_with(|char| is_letter(char) || letter(char).is_some()))
            })
    };
    text.split_whitespace().filter(|word| dressed(word)).nth(1)?;
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let has_letters = piece.chars().any(|char| char.is_ascii_alphabetic());
        let signs = piece.chars().filter(|char| letter(*char).is_some()).count();
        let is_word = has_letters || (1..=2).contains(&signs);
        let body =
            piece.trim_end_matches(|char: char| char.is_whitespace() || matches!(char, '!' | '.' | ','));
        let turn = |char| if is_word { letter(char).unwrap_or(char) } else { char };
        out.extend(body.chars().map(turn));
        out.push_str(piece.strip_prefix(body).unwrap_or_default());
    }
    Some(out)
}

/// Fewest single letters in a row.
const ROW: usize = 6;

/// Most separators between two of them.
const GAP: usize = 3;

/// Whether there are as many single letters in a row as [`set_apart`] wants.
fn has_row(text: &str) -> bool {
    let (mut row, mut letters, mut gap) = (0, 0, 0);
    for char in text.chars() {
        if char.is_alphanumeric() {
            if letters == 0 && gap > GAP {
                row = 0;
            }
            (letters, gap) = (letters + 1, 0);
        } else {
            row = match letters {
                0 => row,
                1 => row + 1,
                _ => 0,
            };
            if row >= ROW {
                return true;
            }
            (letters, gap) = (0, gap + 1);
        }
    }
    letters == 1 && row + 1 >= ROW
}

/// `i g n o r e  a l l` and `i.g.n.o.r.e`: single letters with one separator between them; two separators end a word.
fn set_apart(text: &str) -> Option<String> {
    if !has_row(text) {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let is_letter = |at: usize| chars.get(at).is_some_and(|char| char.is_alphanumeric());
    let is_single =
        |at: usize| is_letter(at) && !is_letter(at + 1) && at.checked_sub(1).is_none_or(|at| !is_letter(at));
    let mut out = String::with_capacity(text.len());
    let (mut at, mut is_any) = (0, false);
    while let Some(&char) = chars.get(at) {
        // How many single letters follow each other, each with at most three separators.
        let (mut end, mut row, mut joined) = (at, 0, String::new());
        while is_single(end) {
            joined.extend(chars.get(end));
            row += 1;
            end += 1;
            let gap = (0..GAP).take_while(|gap| !is_letter(end + gap) && end + gap < chars.len()).count();
            if gap > 1 {
                joined.push(' ');
            }
            if !is_single(end + gap) {
                break;
            }
            end += gap;
        }
        if row >= ROW {
            out.push_str(&joined);
            (at, is_any) = (end, true);
        } else {
            out.push(char);
            at += 1;
        }
    }
    is_any.then_some(out)
}

/// What stands in base64 or hexadecimal, as far as it is text.
fn decoded(text: &str, found: &mut Vec<String>, left: &mut usize) {
    let is_code =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let words = text.as_bytes().split(|byte| !is_code(byte)).filter(|word| word.len() >= LEAST);
    for word in words.filter_map(|word| str::from_utf8(word).ok()) {
        if *left == 0 {
            return;
        }
        let bytes = hexadecimal(word).or_else(|| base64(word)).unwrap_or_default();
        keep(&bytes, found, left);
    }
    let bare = |word: &str| word.trim_start_matches("0x").trim_start_matches("\\x").len();
    let pair = |word: &str| match word.len() {
        2 => u8::from_str_radix(word, 16).ok(),
        // Four and more, with what says that a number follows.
        4.. if word.starts_with(['0', '\\']) && bare(word) == 2 => {
            u8::from_str_radix(word.get(word.len() - 2..)?, 16).ok()
        }
        _ => None,
    };
    let mut row = Vec::new();
    for word in text.split_whitespace().chain([""]) {
        match pair(word) {
            Some(byte) => row.push(byte),
            None if row.is_empty() => {}
            None => {
                keep(&row, found, left);
                row.clear();
            }
        }
    }
}

/// Keeps bytes that read as text.
fn keep(bytes: &[u8], found: &mut Vec<String>, left: &mut usize) {
    let bytes = bytes.get(..bytes.len().min(*left)).unwrap_or_default();
    let text = String::from_utf8_lossy(bytes);
    let total = text.chars().count();
    let is_text =
        |char: &char| char.is_alphanumeric() || matches!(char, ' ' | '.' | ',' | '\'' | '\n' | '?' | '!');
    let good = text.chars().filter(is_text).count();
    if total * 3 >= LEAST * 2 && good * 10 >= total * 9 && text.contains(' ') {
        *left -= bytes.len();
        found.push(plain(&text));
    }
}

fn hexadecimal(word: &str) -> Option<Vec<u8>> {
    let word = word.strip_prefix("0x").unwrap_or(word);
    let digits: Option<Vec<u8>> = word.chars().map(|char| u8::try_from(char.to_digit(16)?).ok()).collect();
    Some(digits?.as_chunks::<2>().0.iter().map(|[high, low]| high * 16 + low).collect())
}

/// Either alphabet, padded or not.
fn base64(word: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(word.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in word.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xFF).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests;
