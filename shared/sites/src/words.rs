//! Whether a string is something a person could have written: the only judgement of text in this crate.
//!
//! INVARIANT: ids, tokens, addresses, names of fields, lists of words and dates are not; a sentence of three words is,
//! in whatever script. Deliberately no language model and no dictionary: what is asked is the form, never the meaning.

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use percent_encoding::percent_decode_str;
use shared_protocol::Text;

use crate::json::{Doc, Kind};

/// Words that make a sentence.
const WORDS: usize = 3;
/// Shortest sentence, bytes.
const SHORTEST: usize = 10;
/// Letters that make one in a script without spaces.
const LETTERS: usize = 6;
/// Code and tables have few words: from so many bytes and pieces on they are text all the same.
const LONG: usize = 160;
const PIECES: usize = 12;
/// Documents of people, by the ends of their names.
const FILES: [&str; 24] = [
    "csv", "doc", "docx", "eml", "gif", "heic", "jpeg", "jpg", "key", "md", "numbers", "odt", "pages", "pdf",
    "png", "ppt", "pptx", "rtf", "tsv", "txt", "webp", "xls", "xlsx", "zip",
];
/// Most that is looked at: a longer text shows its nature before.
const LOOKED_AT: usize = 4096;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Whether it reads like something written.
pub(crate) fn is_text(text: &str) -> bool {
    let text = text.get(..text.floor_char_boundary(LOOKED_AT)).unwrap_or_default().trim();
    if is_file_name(text) {
        return true;
    }
    if text.len() < SHORTEST {
        return false;
    }
    if text.chars().filter(|c| is_unspaced(*c)).take(LETTERS).count() == LETTERS {
        return true;
    }
    let pieces = text.split_whitespace().count();
    let words = text.split_whitespace().filter(|piece| is_word(piece)).count();
    (words >= WORDS && words * 2 >= pieces && !is_list(text) && !is_date(text))
        || (text.len() >= LONG && pieces >= PIECES && !is_date(text))
}

/// What is said in an encoded string: base64 or percent escapes of something written. `sure`: a person's text belongs
/// where it stands, so that anything readable counts.
pub(crate) fn is_encoded(text: &str, sure: bool) -> bool {
    let text = text.trim();
    if text.len() < 8 || text.len() > (LOOKED_AT << 10) || text.bytes().any(|b| b.is_ascii_whitespace()) {
        return false;
    }
    let said = decoded(text);
    said.is_some_and(|said| {
        let said = said.expose();
        let readable = sure && said.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
        (readable && (said.len() >= 8 || text.ends_with('='))) || is_text(said) || says_text(said)
    })
}

/// Whether a JSON text has something written in it.
pub(crate) fn says_text(json: &str) -> bool {
    let is_json = json.trim_start().starts_with(['{', '[', '"']);
    let doc = is_json.then(|| Doc::parse(Text::new(json)).ok()).flatten();
    doc.is_some_and(|doc| {
        let strings = doc.nodes().iter().enumerate().filter(|(_, node)| node.kind == Kind::String);
        strings.filter_map(|(index, _)| doc.scalar(index)).any(|text| is_text(text.expose()))
    })
}

fn decoded(text: &str) -> Option<Text> {
    let bytes = match text.bytes().find(|b| !b.is_ascii_alphanumeric() && *b != b'=') {
        Some(b'%') => {
            let unescaped = |b: u8| b.is_ascii_alphanumeric() || b"%-_.!~*'()".contains(&b);
            if !text.bytes().all(unescaped) {
                return None;
            }
            let bytes: Vec<u8> = percent_decode_str(text).collect();
            // A percent sign that escapes nothing is one that somebody wrote.
            if bytes == text.as_bytes() {
                return None;
            }
            bytes
        }
        Some(b'-' | b'_') => URL.decode(text).ok()?,
        _ => PLAIN.decode(text).ok()?,
    };
    String::from_utf8(bytes).ok().map(Text::new)
}

/// A word between spaces: letters with marks around and inside, an address of a person, a part already replaced.
fn is_word(piece: &str) -> bool {
    let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
    let is_letters = bare.chars().any(char::is_alphabetic)
        && bare.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'));
    let is_person = bare.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let is_replaced = piece.starts_with('[') && piece.ends_with([']', '.', ',', '?', '!']);
    is_letters || is_person || is_replaced
}

/// The name of a document, which can say as much as a sentence.
fn is_file_name(text: &str) -> bool {
    let Some((stem, kind)) = text.rsplit_once('.') else { return false };
    text.len() <= 160
        && !stem.is_empty()
        && !text.contains(['/', '\\', ':', '@', '=', '\n'])
        && FILES.iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// `a, b, c`: names, not a sentence.
fn is_list(text: &str) -> bool {
    let mut pieces = text.split_whitespace().rev();
    pieces.next();
    pieces.all(|piece| piece.ends_with([',', ';', '|']))
}

/// As `Date` writes one.
fn is_date(text: &str) -> bool {
    text.len() < 80 && text.contains(':') && (text.contains("GMT") || text.contains("UTC"))
}

/// Letters of scripts that put no spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF
        | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::{is_encoded, is_text, says_text};

    #[test]
    fn sentences_are_text_and_names_are_not() {
        for text in [
            "who is jane.doe@example.com",
            "please call me back",
            "Bitte prüfen Sie das",
            "пожалуйста ответьте мне завтра",
            "請幫我看一下這份合約",
            "ต้องการความช่วยเหลือ",
            "send it to [email] now",
            "let it be, let it be",
            "plan.pdf",
            "Salaries 2026 (final).xlsx",
        ] {
            assert!(is_text(text), "{text}");
        }
        let code = "for (i = 0; i < n; i++) { a[i] = b[i] + 1; }\n".repeat(4);
        assert!(is_text(&code));
        for text in [
            "",
            "hello",
            "Claude Sonnet 4",
            "cdn.example.com/a.png",
            "v1.2.key=3",
            ".md",
            "Europe/Berlin",
            "en-US,en;q=0.9",
            "0191e2b0-1111-4222-8333-444455556666",
            "web, scholar, social, edgar",
            "application/json, text/plain, */*",
            "Wed Nov 25 2026 23:45:16 GMT+0100 (Central European Standard Time)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "gAAAAABnWzMsIjE3MzI1NzQ0NDIiLCJlbiJd~S",
        ] {
            assert!(!is_text(text), "{text}");
        }
    }

    #[test]
    fn what_is_encoded_is_seen() {
        // "who is jane.doe@example.com", in base64, as JSON in base64, and with percent escapes.
        assert!(is_encoded("d2hvIGlzIGphbmUuZG9lQGV4YW1wbGUuY29t", false));
        assert!(is_encoded("eyJ0ZXh0Ijoid2hvIGlzIGphbmUuZG9lQGV4YW1wbGUuY29tIn0", false));
        assert!(is_encoded("who%20is%20jane%2Edoe%40example%2Ecom", false));
        assert!(is_encoded("YmUgYnJpZWY=", true));
        assert!(!is_encoded("rebate-20%-off", true));
        for text in [
            "YmUgYnJpZWY=",
            "gAAAAABnWzMsIjE3MzI1NzQ0NDIiLCJlbiJd",
            "0191e2b0-1111-4222-8333-444455556666",
            "https://example.com/a%20b%20c%20d",
            "MTcwMDAwMDAwMA==",
        ] {
            assert!(!is_encoded(text, false), "{text}");
        }
        for text in [
            "Datenschutzgrundverordnung",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "hello-world_again",
            "internationalization",
        ] {
            assert!(!is_encoded(text, true), "{text}");
        }
        assert!(says_text(r#"{"a":["please call me back"]}"#));
        assert!(!says_text(r#"{"a":["x"]}"#));
    }
}
