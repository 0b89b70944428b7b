//! Passwords and other secrets that only a word in front of them tells: what looks like a name, a path, a word, code or
//! an example is none. <https://owasp.org/Top10/A07_2021-Identification_and_Authentication_Failures/>
//!
//! INVARIANT: only shortens a match.

use crate::candidate::Candidate;
use crate::check::Passed;
use crate::placeholder::{entropy, is_placeholder};

/// Shortest password that is told from a word, in bytes.
const SHORTEST: usize = 6;
/// Shortest token.
const TOKEN: usize = 16;
/// Longest run of small letters in something random.
const LETTERS: usize = 10;

/// What stands for a password where there is none, and names of what passwords are made with.
const TOLD: [&str; 38] = [
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "kennwort",
    "contrase",
    "senha",
    "wachtwoord",
    "changeme",
    "change-me",
    "change_me",
    "mypass",
    "yourpass",
    "secret",
    "test",
    "example",
    "placeholder",
    "redacted",
    "hidden",
    "string",
    "sha1",
    "sha256",
    "sha-256",
    "sha512",
    "base64",
    "bcrypt",
    "argon2",
    "pbkdf2",
    "scrypt",
    "hmac",
    "md5",
    "utf8",
    "utf-8",
    "oauth2",
    "x509",
    "foobar",
    "opensesame",
    "p@ssw0rd",
];

/// Whether `password` is what documentation writes, or names what it is made with.
pub(crate) fn is_told(password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    TOLD.iter().any(|word| lower.contains(word)) || is_placeholder(password)
}

/// A value behind a word for password.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let (value, quoted) = bounded(candidate)?;
    let has = |of: fn(&char) -> bool| value.chars().any(|char| of(&char));
    let letters = has(char::is_ascii_alphabetic);
    let digits = has(char::is_ascii_digit);
    let both = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    let signs = has(char::is_ascii_punctuation);
    let mixed = letters && (digits || (both && signs && quoted));
    let argument = candidate.before().trim_end_matches(['"', '\'', '`', ' ']).ends_with(['(', ',']);
    let fits = (SHORTEST..=128).contains(&value.len()) && mixed && entropy(value) >= 2.2;
    (fits && !is_code(value, quoted) && !is_name(value, quoted && !argument) && !is_told(value))
        .then(|| Passed::whole(candidate.until(candidate.start + value.len())))
}

/// A value behind a word for key, token or secret.
pub(crate) fn token(candidate: Candidate<'_>) -> Option<Passed> {
    let (value, quoted) = bounded(candidate)?;
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let mut words = value.split(|char: char| !char.is_ascii_lowercase());
    // A header of a JSON Web Token is none by itself.
    let header = value.starts_with("eyJ");
    let random =
        digits >= 2 && letters >= 2 && words.all(|word| word.len() <= LETTERS) && few_words(value) && !header;
    let path =
        value.starts_with(['/', '.', '~', '-', '_']) || value.contains("//") || value.ends_with(['/', '.']);
    let ends = !candidate
        .text
        .get(candidate.start + value.len()..)?
        .starts_with(['(', '[', '{', '$', ':', '@', '%', '*']);
    (value.len() >= TOKEN && random && ends && !path && !is_name(value, quoted) && !is_told(value))
        .then(|| Passed::whole(candidate.until(candidate.start + value.len())))
}

/// The value up to the quote that was opened before it, or up to what cannot belong to it; and whether it is quoted.
fn bounded(candidate: Candidate<'_>) -> Option<(&str, bool)> {
    let value = candidate.value();
    let closing = match candidate.before().chars().next_back()? {
        quote @ ('"' | '\'' | '`') => Some(quote),
        _ => None,
    };
    let escaped = candidate.before().ends_with("\\\"");
    if let Some(end) = closing.and_then(|quote| value.find(quote)) {
        let value = value.get(..end)?;
        return Some((if escaped { value.trim_end_matches('\\') } else { value }, true));
    }
    let end =
        value.find([',', ';', '"', '\'', '`', '<', '>', ')', '(', '[', '|', '\\']).unwrap_or(value.len());
    // A call, or a place in a list.
    if value.get(end..)?.starts_with(['(', '[']) {
        return None;
    }
    let value = value.get(..end)?;
    let query = value.find('&').filter(|at| value.get(*at..).is_some_and(|rest| rest.contains('=')));
    let value = value.get(..query.unwrap_or(value.len()))?;
    Some((value.trim_end_matches(['.', ':', '?', '!']), false))
}

/// Whether it is a piece of a program: a variable, a call, a template.
fn is_code(value: &str, quoted: bool) -> bool {
    let begins = value.starts_with(['$', '{', '<', '%', '/', '~', '.', '&', '*', '-', '=', '@', '#', '!']);
    let holds = ["${", "{{", "}}", "#{", "()", "->", "::", "://", "\\n", "=>", "==", "]("]
        .iter()
        .any(|sign| value.contains(sign));
    let bare = !quoted && value.contains(['(', ')', '[', ']', '{', '}', '<', '>', '=', '|', '\\', '/']);
    begins || holds || bare
}

/// Whether it is a name of something: words joined by points, lines or capitals, or a word with a number behind it.
fn is_name(value: &str, quoted: bool) -> bool {
    if value.contains(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '.' | '_' | '-' | ':')) {
        return false;
    }
    let pieces: Vec<&str> = value.split(['.', '_', '-', ':']).collect();
    let word = |piece: &&str| {
        let letters = piece.trim_end_matches(|char: char| char.is_ascii_digit());
        !letters.is_empty()
            && piece.len() - letters.len() <= 2
            && letters.chars().all(|char| char.is_ascii_alphabetic())
    };
    let joined = pieces.len() > 1
        && pieces.iter().all(|piece| word(piece) || piece.chars().all(|char| char.is_ascii_digit()));
    let member = !quoted
        && value.contains('.')
        && pieces.iter().all(|piece| !piece.starts_with(|char: char| char.is_ascii_digit()));
    // `Password1` with one word and at most two digits, all in one case but the first.
    let numbered = pieces.len() == 1
        && word(&value)
        && value.chars().skip(1).all(|char| !char.is_ascii_uppercase())
        && !quoted;
    let capitals = !quoted && !value.contains(|char: char| char.is_ascii_lowercase());
    let kind = !quoted
        && value.starts_with(|char: char| char.is_ascii_uppercase())
        && in_words(value) * 5 > value.len() * 2;
    joined || member || numbered || capitals || kind
}

/// Whether at most one piece of `value` is a plain word, and less than two fifths of its letters are in words: names of things
/// and of types have several.
fn few_words(value: &str) -> bool {
    let pieces = value.split(['.', '_', '-', '/', '+', '=', '~']);
    let plain = |piece: &&str| piece.len() >= 4 && piece.chars().all(|char| char.is_ascii_alphabetic());
    let mixed = value.contains(|char: char| char.is_ascii_uppercase() || matches!(char, '.' | '_' | '-'));
    pieces.filter(plain).count() <= 1 && !(mixed && in_words(value) * 5 > value.len() * 2)
}

/// Bytes that belong to words: four letters or more, capital at most the first, with a vowel.
fn in_words(value: &str) -> usize {
    let (mut count, mut run, mut vowels) = (0, 0, 0);
    for byte in value.bytes().chain([b' ']) {
        if !(byte.is_ascii_lowercase() && run > 0) {
            count += if run >= 4 && vowels > 0 { run } else { 0 };
            (run, vowels) = (0, 0);
        }
        run += usize::from(byte.is_ascii_alphabetic());
        vowels += usize::from(matches!(
            byte,
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'A' | b'E' | b'I' | b'O' | b'U'
        ));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{pass, token};
    use crate::candidate::Candidate;

    /// What is found behind `|`.
    fn found(marked: &str) -> Option<String> {
        let start = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let end = text.len();
        let passed = pass(Candidate { text: &text, start, end })?;
        text.get(passed.start..passed.end).map(str::to_owned)
    }

    #[test]
    fn passwords_of_people() {
        assert_eq!(found("= \"|hunter42!\"; x"), Some("hunter42!".to_owned()));
        assert_eq!(found("= |Tr7vLq92, and"), Some("Tr7vLq92".to_owned()));
        assert_eq!(found("is |Kp9zQ-77w."), Some("Kp9zQ-77w".to_owned()));
        assert_eq!(found("?password=|Kp9zQ77w&next=1"), Some("Kp9zQ77w".to_owned()));
    }

    #[test]
    fn what_is_none() {
        for text in [
            "= |os.environ[\"X1\"]",
            "= |config.db2.password1",
            "= |hash_v2",
            "= \"|my-app-v2\"",
            "= \"|short\"",
            "= |get_pass(1)",
            "= |${PW1}",
            "= \"|changeme123\"",
            "= |12345678",
            "= |required",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn tokens_are_random() {
        let holds = |text: &str| token(Candidate { text, start: 1, end: text.len() }).is_some();
        assert!(holds("\"Jq3vT9bLxW2rN8cYp5Kd\""));
        assert!(holds("=f91624a8940f1f836f99eee3692f09e2"));
        for text in [
            "\"some-long-name-of-2-things\"",
            "=/usr/lib/x86_64/lib2.so",
            "\"aaaabbbb1111aaaabbbb\"",
            "=Tls12CipherSuite",
            " Chacha20Poly1305",
            "\"eyJhbGciOiJIUzI1NiJ9\"",
            "=tooShort12",
        ] {
            assert!(!holds(text), "{text}");
        }
    }
}
