//! What stands in base64 or hexadecimal.

use super::super::plain::plain;

/// Fewest characters of what is taken to be encoded.
const LEAST: usize = 16;

/// What stands in base64 or hexadecimal, as far as it is text.
pub(super) fn decoded(text: &str, found: &mut Vec<String>, left: &mut usize) {
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
