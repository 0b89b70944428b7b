//! What comes over a wire or out of a file of ours: messages and their pieces, sealed text, keys.

use shared_protocol::frame::{Joiner, split};
use shared_protocol::{ToExtension, ToHost};
use shared_seal::{KeyPair, PrivateKey, PublicKey, Seed, open};

/// Lines of frames, joined; and the text itself, split and joined again.
pub(crate) fn frames(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut joiner = Joiner::default();
    for line in text.lines() {
        // A fault drops one message and no more.
        let _told = joiner.push(line);
    }
    let mut fresh = Joiner::default();
    let mut joined = None;
    for frame in split(7, &text) {
        joined = fresh.push(&frame).unwrap_or_default();
    }
    let is_piece = text.trim_start().starts_with("{\"chunk\"");
    assert!(
        is_piece || joined.as_deref() == Some(&*text),
        "a message that was split is another one when joined"
    );
}

/// A message to the host or to the extension. What was read is written as something that reads the same.
pub(crate) fn messages(bytes: &[u8]) {
    if let Ok(message) = serde_json::from_slice::<ToHost>(bytes) {
        let again = serde_json::to_string(&message).ok().and_then(|text| serde_json::from_str(&text).ok());
        assert!(again.as_ref() == Some(&message), "a message to the host reads otherwise when written again");
    }
    if let Ok(message) = serde_json::from_slice::<ToExtension>(bytes) {
        // Its numbers have fractions, whose last digit JSON may lose.
        let again = serde_json::to_string(&message).map(|text| serde_json::from_str::<ToExtension>(&text));
        assert!(matches!(again, Ok(Ok(_))), "a message to the extension cannot be read when written again");
    }
}

/// Sealed text for a key that did not seal it, and keys in text.
pub(crate) fn seal(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if let Ok(key) = PublicKey::parse(line) {
            assert_eq!(PublicKey::parse(&key.to_base64()).ok().map(|key| key.id()), Some(key.id()));
        }
        let _none = PrivateKey::parse(line).map(|key| key.public());
    }
    let pair = KeyPair::derive(Seed::new([7; 32]));
    assert!(open(&pair.private, &text).is_err(), "what nobody sealed was opened");
}

/// A file that should hold a private key. Nothing is opened: a file says itself how much work that would be.
pub(crate) fn key_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match shared_seal::KeyFile::parse(&text) {
        Ok(key) => {
            let again = shared_seal::PublicKey::parse(&key.public().to_base64());
            assert!(again.is_ok_and(|again| again == key.public()), "a public half that is no key");
        }
        Err(fault) => {
            // A private key in an error would end in a log.
            let told = fault.to_string();
            let is_told = |word: &str| word.len() >= 16 && told.contains(word);
            assert!(!text.split_whitespace().any(is_told), "an error that shows a piece of the file");
        }
    }
}
