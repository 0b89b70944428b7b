//! Disguises that an example can wear.

use anyhow::{Result, bail};

/// `text` in the disguise `how`.
///
/// # Errors
/// When there is no such disguise.
pub(super) fn turn(how: &str, text: &str) -> Result<String> {
    Ok(match how {
        "base64" => base64(text.as_bytes()),
        "hex" => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        "rot13" => text.chars().map(rot13).collect(),
        "reverse" => text.chars().rev().collect(),
        "spaced" => text.chars().flat_map(|char| [char, ' ']).collect::<String>().trim_end().to_owned(),
        "leet" => text.chars().map(leet).collect(),
        "upper" => text.to_uppercase(),
        _ => bail!("`{how}` is none of base64 hex rot13 reverse spaced leet upper"),
    })
}

fn rot13(char: char) -> char {
    let shift = |byte: u8, first: u8| char::from(first + (byte - first + 13) % 26);
    match u8::try_from(char) {
        Ok(byte @ b'a'..=b'z') => shift(byte, b'a'),
        Ok(byte @ b'A'..=b'Z') => shift(byte, b'A'),
        _ => char,
    }
}

fn leet(char: char) -> char {
    match char.to_ascii_lowercase() {
        'o' => '0',
        'i' => '1',
        'e' => '3',
        'a' => '4',
        's' => '5',
        't' => '7',
        _ => char,
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let held =
            three.iter().fold(0_u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let index = usize::try_from(held >> (18 - 6 * at) & 63).unwrap_or_default();
            let letter = ALPHABET.get(index).copied().unwrap_or(b'A');
            out.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
