//! Text in any encoding: plain text, Markdown, tables, source code, JSON; markup, mails and notebooks are told apart here.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use shared_protocol::UnreadFile;

use super::super::out::Out;
use super::super::said::Places;
use super::{html, mail, markup, notebook};

/// Bytes that are looked at to tell what it is.
const HEAD: usize = 64 * 1024;

/// What kind of text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Json,
    Notebook,
    Xml,
    Html,
    Mail,
}

/// Whether these bytes are text at all: no byte that text does not have, in an encoding with bytes; or UTF-16.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    if wide(head).is_some() {
        return true;
    }
    let odd = head.iter().filter(|byte| matches!(byte, 0..=6 | 14..=26 | 28..=31)).count();
    !head.contains(&0) && odd * 100 <= head.len()
}

/// The encoding of two bytes a character, by its mark or by where the zeros stand.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return (encoding == UTF_16LE || encoding == UTF_16BE).then_some(encoding);
    }
    let half = head.len() / 2;
    let zeros = |from| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match () {
        () if half >= 2 && odd * 10 >= half * 7 && even * 20 <= half => Some(UTF_16LE),
        () if half >= 2 && even * 10 >= half * 7 && odd * 20 <= half => Some(UTF_16BE),
        () => None,
    }
}

/// The characters.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    if let Some(encoding) = wide(head) {
        return encoding.decode(bytes).0;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow).decode_without_bom_handling(bytes).0
}

fn form(text: &str) -> Form {
    let start = text.trim_start();
    let head = start.get(..start.floor_char_boundary(4_096)).unwrap_or_default();
    let lower = head.to_ascii_lowercase();
    if start.starts_with(['{', '[']) {
        let is_notebook = start.contains("\"nbformat\"") && start.contains("\"cells\"");
        return if is_notebook { Form::Notebook } else { Form::Json };
    }
    if lower.starts_with("<!doctype html") || (start.starts_with('<') && lower.contains("<html")) {
        return Form::Html;
    }
    if lower.starts_with("<?xml") || (start.starts_with('<') && start.trim_end().ends_with('>')) {
        return Form::Xml;
    }
    if mail::is_mail(head) { Form::Mail } else { Form::Plain }
}

pub(super) fn word(bytes: &[u8]) -> &'static str {
    match form(&decode(bytes)) {
        Form::Plain => "text",
        Form::Json => "json",
        Form::Notebook => "notebook",
        Form::Xml => "xml",
        Form::Html => "html",
        Form::Mail => "mail",
    }
}

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    let text = decode(bytes);
    if text.contains("-----BEGIN PGP MESSAGE-----") {
        out.unread(UnreadFile::Encrypted);
    }
    match form(&text) {
        Form::Notebook if notebook::read(&text, inside, out) => {}
        Form::Json | Form::Notebook => out.text(inside, unescaped(&text), Places::Lines),
        Form::Xml => out.text(inside, markup::resolved(&text), Places::Lines),
        Form::Html => html::read(&text, inside, out),
        Form::Mail => mail::read(bytes, inside, out),
        Form::Plain => {
            packed(&text, inside, out);
            out.text(inside, text.into_owned(), Places::Lines);
        }
    }
}

/// A file that is nothing but base64 is also read as what it stands for.
fn packed(text: &str, inside: &[String], out: &mut Out<'_>) {
    let is_base64 =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n');
    if text.len() < 64 || !text.bytes().all(is_base64) {
        return;
    }
    let bare: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if let Ok(bytes) = STANDARD.decode(bare)
        && let Some(bytes) = out.unpack(&*bytes)
    {
        let inside: Vec<String> = inside.iter().cloned().chain(["base64".to_owned()]).collect();
        super::read(&bytes, &inside, out);
    }
}

/// JSON with its characters as they are meant: `\u0041` is `A`, `\/` is `/`. Line breaks stay where they are.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('/') => {
                plain.push('/');
                rest = chars.as_str();
            }
            Some('u') => match wide_escape(chars.as_str()) {
                Some((char, left)) => {
                    plain.push(char);
                    rest = left;
                }
                None => {
                    plain.push('\\');
                    rest = after;
                }
            },
            Some(other) => {
                plain.push('\\');
                plain.push(other);
                rest = chars.as_str();
            }
            None => rest = "",
        }
    }
    plain.push_str(rest);
    plain
}

/// The character of the digits behind `\u` (RFC 8259 section 7), and what follows.
fn wide_escape(digits: &str) -> Option<(char, &str)> {
    let (unit, rest) = unit(digits)?;
    if let Some(char) = char::from_u32(u32::from(unit)) {
        return (!char.is_control()).then_some((char, rest));
    }
    let (low, rest) = unit_after(rest)?;
    let char = char::decode_utf16([unit, low]).next()?.ok()?;
    Some((char, rest))
}

fn unit_after(rest: &str) -> Option<(u16, &str)> {
    unit(rest.strip_prefix("\\u")?)
}

fn unit(digits: &str) -> Option<(u16, &str)> {
    let (digits, rest) = digits.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::{decode, unescaped};

    #[test]
    fn encodings_are_told_by_bytes() {
        let wide: Vec<u8> = "Müller, IBAN".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide), "Müller, IBAN");
        assert_eq!(decode(b"\xef\xbb\xbfplain"), "plain");
        let western = b"Stra\xdfe, M\xfcller und Gr\xf6\xdfe: sch\xf6n ist es hier, f\xfcr alle";
        assert_eq!(decode(western), "Straße, Müller und Größe: schön ist es hier, für alle");
    }

    #[test]
    fn escapes_of_json_hide_nothing() {
        assert_eq!(unescaped(r#"{"a":"\u0034\u0031\/\ud83d\ude00\n\\u0041"}"#), r#"{"a":"41/😀\n\\u0041"}"#);
        assert_eq!(unescaped(r"\u12"), r"\u12");
        assert_eq!(unescaped("a\\"), "a");
    }
}
