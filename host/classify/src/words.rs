//! What stands in a text where redaction took something out: a kind and a number, `[EMAIL_1]`.
//!
//! INVARIANT: no detector finds a replacement, alone or in a text; a property test over all labels holds that. Only
//! the lines of a private key are found with whatever stands between them.
//! Which value has which number is not known here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use shared_protocol::Label;

use crate::builtin;

const PERSONAL: &str = "PERSONAL_DATA";
const SECRET: &str = "SECRET";
const OTHER: &str = "REMOVED";

/// Kinds that assistants and people know by a shorter word than the detector's.
const SHORT: [(&str, &str); 7] = [
    ("pii.email", "EMAIL"),
    ("pii.ip-address", "IP"),
    ("pii.name", "PERSON"),
    ("pii.payment-card", "CARD"),
    ("pii.phone", "PHONE"),
    ("pii.postal-address", "ADDRESS"),
    ("pii.us-ssn", "SSN"),
];

/// Highest number that is told from a text in brackets.
const MOST_DIGITS: usize = 6;

static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let detectors = builtin::detectors().unwrap_or_default();
    detectors.into_iter().map(|detector| (String::from(detector.label), detector.words)).collect()
});

static KINDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let short = |label: &str| SHORT.iter().find(|(known, _)| *known == label).map(|(_, kind)| *kind);
    let kind = |(label, words): (&String, &String)| {
        (label.clone(), short(label).map_or_else(|| kind_of(words), str::to_owned))
    };
    WORDS.iter().map(kind).collect()
});

static LOWER: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    KINDS.values().map(String::as_str).chain([PERSONAL, SECRET, OTHER]).map(str::to_lowercase).collect()
});

/// What replaces the `number`th value of `label`'s kind: words that a person and an assistant understand.
#[must_use]
pub fn replacement(label: &Label, number: u32) -> String {
    numbered(kind(label), number)
}

/// What a person calls a finding of `label`, in English: as in `this prompt contains a …`.
#[must_use]
pub fn described(label: &Label) -> &str {
    let family = match label.as_str().split('.').next() {
        Some("pii") => "personal data",
        Some("secret") => "secret",
        _ => "sensitive text",
    };
    WORDS.get(label.as_str()).map_or(family, String::as_str)
}

/// The kind of `label`: what its replacement is before the number.
pub(crate) fn kind(label: &Label) -> &str {
    let family = match label.as_str().split('.').next() {
        Some("pii") => PERSONAL,
        Some("secret") => SECRET,
        _ => OTHER,
    };
    KINDS.get(label.as_str()).map_or(family, String::as_str)
}

/// The kind that a detector's words make: `bank account` is `BANK_ACCOUNT`.
pub(crate) fn kind_of(words: &str) -> String {
    let parts = words.split(|char: char| !char.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_uppercase).collect::<Vec<_>>().join("_")
}

/// A kind with its number, in brackets.
pub(crate) fn numbered(kind: &str, number: u32) -> String {
    format!("[{kind}_{number}]")
}

/// Whether `text`, in lower case and with its brackets, is a replacement.
pub(crate) fn is_replacement(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let Some((kind, number)) = inside.and_then(|inside| inside.rsplit_once('_')) else { return false };
    let counts =
        (1..=MOST_DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    counts && LOWER.contains(kind)
}
