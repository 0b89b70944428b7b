//! What stands in a text where redaction took something out.
//!
//! INVARIANT: no detector finds a replacement, alone or in a text; a property test over all labels holds that. Only
//! the lines of a private key are found with whatever stands between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use shared_protocol::Label;

use crate::builtin;

const PERSONAL: &str = "[personal data]";
const SECRET: &str = "[secret]";
const OTHER: &str = "[removed]";

static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let detectors = builtin::detectors().unwrap_or_default();
    detectors
        .into_iter()
        .map(|detector| (String::from(detector.label), format!("[{}]", detector.words)))
        .collect()
});

static LOWER: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| WORDS.values().map(|words| words.to_lowercase()).collect());

/// What replaces a finding of `label`: words a person understands, in brackets.
#[must_use]
pub fn replacement(label: &Label) -> String {
    let family = || match label.as_str().split('.').next() {
        Some("pii") => PERSONAL,
        Some("secret") => SECRET,
        _ => OTHER,
    };
    WORDS.get(label.as_str()).cloned().unwrap_or_else(|| family().to_owned())
}

/// Whether `text`, in lower case and with its brackets, is a replacement.
pub(crate) fn is_replacement(text: &str) -> bool {
    LOWER.contains(text) || [PERSONAL, SECRET, OTHER].contains(&text)
}
