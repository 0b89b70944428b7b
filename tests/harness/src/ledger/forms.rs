//! The forms in which a browser sends text, undone: percent-encoding, JSON strings, base64, and these in each other.
//!
//! Written apart from the product's own readers on purpose: a fault there must not hide here.

use std::collections::HashSet;

/// How many encodings deep text is looked for: a form field holding JSON in JSON is three.
const DEPTH: usize = 4;

/// The shortest run that is tried as base64.
const BASE64_RUN: usize = 8;

/// `text` is in `bytes` in some form.
pub(super) fn contains(bytes: &[u8], text: &str) -> bool {
    let mut seen = HashSet::from([bytes.to_vec()]);
    let mut layer = vec![bytes.to_vec()];
    for _ in 0..=DEPTH {
        if layer.iter().any(|form| find(form, text.as_bytes())) {
            return true;
        }
        let deeper = layer
            .iter()
            .flat_map(|form| [percent(form, false), percent(form, true), json(form), base64(form)]);
        layer = deeper.flatten().filter(|form| seen.insert(form.clone())).collect();
    }
    false
}

fn find(bytes: &[u8], text: &[u8]) -> bool {
    !text.is_empty() && bytes.windows(text.len()).any(|window| window == text)
}

/// Undoes `%41`; with `plus`, also a form's `+` for a space. `None`: nothing to undo.
fn percent(bytes: &[u8], plus: bool) -> Option<Vec<u8>> {
    if !bytes.iter().any(|b| *b == b'%' || (plus && *b == b'+')) {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = tail;
        out.push(match (first, tail) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest = after;
                hex(*high) << 4 | hex(*low)
            }
            (b'+', _) if plus => b' ',
            (other, _) => *other,
        });
    }
    Some(out)
}

/// The value of a form's field.
pub(crate) fn decode_form(bytes: &[u8]) -> Vec<u8> {
    percent(bytes, true).unwrap_or_else(|| bytes.to_vec())
}

fn hex(digit: u8) -> u8 {
    (digit as char).to_digit(16).map_or(0, |value| value as u8)
}

/// Undoes the escapes of JSON strings wherever they stand, surrogate pairs included.
fn json(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.contains(&b'\\') {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let (b'\\', [escape, after @ ..]) = (first, tail) else {
            out.push(*first);
            continue;
        };
        rest = after;
        match escape {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'u' => {
                let (character, used) = unicode(after);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &after[used.min(after.len())..];
            }
            other => out.push(*other),
        }
    }
    Some(out)
}

/// Reads the digits after `\u`, and the second half of a pair; returns how many bytes were used.
fn unicode(bytes: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
        u16::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 0) };
    if let (Some(b"\\u"), Some(second)) = (bytes.get(4..6), unit(6))
        && let [Ok(pair)] = char::decode_utf16([first, second]).collect::<Vec<_>>()[..]
    {
        return (pair, 10);
    }
    (char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER), 4)
}

/// Replaces each run of base64 letters, standard or URL-safe, by what it stands for. Other text may touch a run, so
/// each of the four places where it can begin is tried.
fn base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut changed = false;
    for run in bytes.chunk_by(|a, b| value(*a).is_some() == value(*b).is_some()) {
        if run.len() < BASE64_RUN || value(run[0]).is_none() {
            out.extend_from_slice(run);
            continue;
        }
        changed = true;
        for start in 0..4 {
            out.extend(decode(&run[start..]));
            out.push(b'\n');
        }
    }
    changed.then_some(out)
}

/// The bytes that base64 letters stand for; others are passed over.
pub(crate) fn decode(letters: impl AsRef<[u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for digit in letters.as_ref().iter().filter_map(|letter| value(*letter)) {
        held = (held << 6 | digit) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 0xFF) as u8);
        }
    }
    out
}

fn value(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "jane.doe@example.com \u{1F600} \"näh\"";

    fn escaped(text: &str) -> String {
        let quoted = serde_json::to_string(text).unwrap();
        quoted.chars().map(|c| if c.is_ascii() { c.to_string() } else { utf16(c) }).collect()
    }

    fn utf16(c: char) -> String {
        c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
    }

    fn percented(text: &str) -> String {
        text.bytes().map(|b| if b == b' ' { "+".to_owned() } else { format!("%{b:02X}") }).collect()
    }

    fn letters(bytes: &[u8]) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for three in bytes.chunks(3) {
            let word =
                three.iter().chain([0; 2].iter()).take(3).fold(0_u32, |word, b| word << 8 | u32::from(*b));
            for place in 0..=three.len() {
                out.push(LETTERS[(word >> (18 - 6 * place) & 63) as usize] as char);
            }
        }
        out
    }

    #[test]
    fn finds_text_in_every_form() {
        let once = escaped(SECRET);
        let twice = escaped(&once);
        for form in [
            SECRET.to_owned(),
            once.clone(),
            twice.clone(),
            percented(SECRET),
            format!("f.req={}&at=x", percented(&twice)),
            letters(SECRET.as_bytes()),
            format!("{{\"audio\":\"{}\"}}", letters(once.as_bytes())),
        ] {
            let body = format!("before={form}&after");
            assert!(contains(body.as_bytes(), SECRET), "{body}");
        }
    }

    #[test]
    fn does_not_find_what_is_not_there() {
        let body = format!("f.req={}", percented(&escaped("[e-mail address] 😀")));
        assert!(!contains(body.as_bytes(), SECRET));
        assert!(!contains(b"", SECRET));
    }

    #[test]
    fn broken_escapes_are_no_fault() {
        for bytes in
            [&b"%"[..], b"%4", b"\\", b"\\u12", b"\\ud83d\\u", b"\\ud83d\\u0041", b"====", b"\xff\xfe%ff"]
        {
            assert!(!contains(bytes, SECRET));
        }
    }
}
