//! Private keys in files: the three forms, and what is none of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use proptest::prelude::*;
use shared_seal::{Cost, KeyFile, KeyFileError, KeyPair, Seed, UnlockError, protect};

/// Little work, so that a test is quick.
const LITTLE: Cost = Cost { memory_kib: 32, passes: 1, lanes: 2 };

fn pair(byte: u8) -> KeyPair {
    KeyPair::derive(Seed::new([byte; 32]))
}

fn protected(byte: u8, passphrase: &str) -> String {
    protect(&pair(byte).private, passphrase, LITTLE, Seed::new([byte; 32])).unwrap()
}

fn unlocked(text: &str, passphrase: &str) -> Result<String, UnlockError> {
    match KeyFile::parse(text).unwrap() {
        KeyFile::Protected(key) => Ok(key.unlock(passphrase)?.to_base64().to_string()),
        KeyFile::Plain(_) => panic!("a plain key"),
    }
}

#[test]
fn the_plain_forms_are_read() {
    let pair = pair(1);
    let (private, public) = (pair.private.to_base64(), pair.public.to_base64());
    let forms = [
        private.to_string(),
        format!("  {}\r\n", *private),
        format!("{{\"private_key\":\"{}\",\"public_key\":\"{public}\"}}", *private),
        format!("{{\n  \"public_key\": \"{public}\",\n  \"private_key\": \"{}\"\n}}\n", *private),
        format!("{{\"private_key\":\"{}\"}}", *private),
    ];
    for form in forms {
        let read = KeyFile::parse(&form).unwrap();
        assert!(matches!(&read, KeyFile::Plain(_)));
        assert_eq!(read.public(), pair.public);
        assert!(!format!("{read:?}").contains(&private[..8]));
    }
}

#[test]
fn what_is_no_key_says_so_without_showing_it() {
    let (private, other) = (pair(1).private.to_base64(), pair(2).public.to_base64());
    let halves = format!("{{\"private_key\":\"{}\",\"public_key\":\"{other}\"}}", *private);
    for (text, fault) in [
        (String::new(), KeyFileError::NoKey),
        (private[..43].to_owned(), KeyFileError::NoKey),
        ("{\"public_key\":\"x\"}".to_owned(), KeyFileError::NoKey),
        ("-----BEGIN PRIVATE KEY-----".to_owned(), KeyFileError::NoKey),
        (halves, KeyFileError::Halves),
    ] {
        let told = KeyFile::parse(&text).unwrap_err();
        assert_eq!(told, fault);
        assert!(!told.to_string().contains(&private[..8]));
    }
}

#[test]
fn a_protected_key_opens_with_its_passphrase_only() {
    let text = protected(3, "correct horse 🐎");
    let read = KeyFile::parse(&text).unwrap();
    assert_eq!(read.public(), pair(3).public);
    assert!(!text.contains(pair(3).private.to_base64().as_str()));
    assert_eq!(unlocked(&text, "correct horse 🐎").unwrap(), *pair(3).private.to_base64());
    assert_eq!(
        unlocked(&text.replace('\n', "\r\n"), "correct horse 🐎").unwrap(),
        *pair(3).private.to_base64()
    );
    for wrong in ["", "correct horse", "correct horse 🐎 ", "Correct horse 🐎"] {
        assert_eq!(unlocked(&text, wrong).unwrap_err(), UnlockError);
    }
}

/// The private key of the public vector, protected by another implementation of both algorithms (OpenSSL's) from the
/// description alone.
#[test]
fn a_protected_key_of_another_writer_opens() {
    let text = include_str!("vectors/protected-key.txt");
    let vector = include_str!("vectors/matched-data-v3.json");
    assert_eq!(unlocked(text, "an example, in no use").unwrap().len(), 44);
    assert!(vector.contains(&KeyFile::parse(text).unwrap().public().to_base64()));
}

#[test]
fn the_usual_cost_opens_too() {
    let text = protect(&pair(4).private, "p", Cost::USUAL, Seed::new([9; 32])).unwrap();
    assert!(text.contains("memory-kib: 65536\npasses: 3\nlanes: 1\n"), "{text}");
    assert!(unlocked(&text, "p").is_ok());
}

#[test]
fn every_cut_and_every_changed_line_is_refused() {
    let text = protected(5, "p");
    for length in 0..text.trim_end().len() {
        if let Ok(KeyFile::Protected(key)) = KeyFile::parse(&text[..length]) {
            assert!(key.unlock("p").is_err(), "{length}");
        }
    }
    let lines: Vec<&str> = text.lines().collect();
    for left_out in 0..lines.len() {
        let fewer: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line).collect();
        assert!(KeyFile::parse(&fewer.join("\n")).is_err(), "{left_out}");
    }
    assert_eq!(KeyFile::parse(&format!("{text}more")).unwrap_err(), KeyFileError::Line("sealed-key"));
    let later = text.replace("version 1", "version 2");
    assert_eq!(KeyFile::parse(&later).unwrap_err(), KeyFileError::Version);
}

/// A file that asks for more than a machine has is refused before any of the work.
#[test]
fn a_file_cannot_ask_for_any_amount_of_work() {
    let text = protected(6, "p");
    for (line, more) in [
        ("memory-kib: 32", "memory-kib: 4294967295"),
        ("memory-kib: 32", "memory-kib: 0"),
        ("memory-kib: 32", "memory-kib: 032"),
        ("passes: 1", "passes: 1000000"),
        ("lanes: 2", "lanes: 17"),
        ("lanes: 2", "lanes: -2"),
        ("kdf: argon2id", "kdf: argon2d"),
        ("cipher: chacha20poly1305", "cipher: none"),
    ] {
        assert!(text.contains(line));
        assert!(matches!(KeyFile::parse(&text.replace(line, more)), Err(KeyFileError::Line(_))), "{more}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A byte of the head is authenticated, one of the key too: what still reads as a key does not open.
    #[test]
    fn a_changed_byte_opens_nothing(at in any::<prop::sample::Index>(), byte in 32_u8..127) {
        let text = protected(7, "p");
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len() - 1);
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        if let Ok(KeyFile::Protected(key)) = KeyFile::parse(std::str::from_utf8(&bytes).unwrap()) {
            prop_assert!(key.unlock("p").is_err());
        }
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}", lines in prop::collection::vec("[a-z-]{0,12}: [A-Za-z0-9+/=]{0,66}", 0..12)) {
        let _any = KeyFile::parse(&text);
        let _any = KeyFile::parse(&format!("promptgate private key, version 1\n{}", lines.join("\n")));
    }
}
