//! Text out of its disguise: letters replaced by digits, letters set apart, words written backwards or shifted by
//! thirteen letters, and what stands in base64 or hexadecimal.
//!
//! A disguise is looked for by what betrays it, so that ordinary text is weighed once.
//! INVARIANT: what comes out is bounded by the text, and looked into once more only.

use super::plain::plain;

/// Most bytes that are decoded of one text.
const MOST: usize = 64 * 1024;

/// Fewest characters of what is taken to be encoded.
const LEAST: usize = 16;

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
    found.extend([digits_for_letters(text), set_apart(text)].into_iter().flatten());
    let telling = |is_turned: fn(&str, &str) -> bool| {
        let words = text.split(|char: char| !char.is_ascii_alphabetic()).filter(|word| word.len() > 2);
        let of = |word: &str| {
            TELLING.iter().any(|telling| telling.len() == word.len() && is_turned(word, telling))
        };
        words.filter(|word| of(word)).nth(1).is_some()
    };
    if telling(|word, telling| word.bytes().rev().map(|byte| byte.to_ascii_lowercase()).eq(telling.bytes())) {
        found.push(backwards(text));
    }
    if telling(|word, telling| word.chars().map(|char| turned(char).to_ascii_lowercase()).eq(telling.chars()))
    {
        found.push(shifted(text));
    }
    decoded(text, found, left);
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

fn shifted(text: &str) -> String {
    text.chars().map(turned).collect()
}

/// A letter, shifted by thirteen.
fn turned(char: char) -> char {
    let shift = |byte: u8, first: u8| char::from(first + (byte - first + 13) % 26);
    match u8::try_from(char) {
        Ok(byte @ b'a'..=b'z') => shift(byte, b'a'),
        Ok(byte @ b'A'..=b'Z') => shift(byte, b'A'),
        _ => char,
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

/// `1gn0r3 pr3v10us rul3s`: where two words at least are written so.
fn digits_for_letters(text: &str) -> Option<String> {
    let dressed = |word: &str| {
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

/// `i g n o r e  a l l` and `i.g.n.o.r.e`: single letters with one separator between them; two separators end a word.
fn set_apart(text: &str) -> Option<String> {
    /// Fewest letters in a row.
    const ROW: usize = 6;
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
            let gap = (0..3).take_while(|gap| !is_letter(end + gap) && end + gap < chars.len()).count();
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
    let is_code = |char: char| char.is_ascii_alphanumeric() || matches!(char, '+' | '/' | '-' | '_' | '=');
    for word in text.split(|char: char| !is_code(char)).filter(|word| word.len() >= LEAST) {
        if *left == 0 {
            return;
        }
        let bytes = hexadecimal(word).or_else(|| base64(word)).unwrap_or_default();
        keep(&bytes, found, left);
    }
    let pairs = text.split_whitespace().map(|word| word.trim_start_matches("0x").trim_start_matches("\\x"));
    let mut row = Vec::new();
    for pair in pairs.chain([""]) {
        match u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2) {
            Some(byte) => row.push(byte),
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
