//! Changes to prompts and bodies, for the tests.

use proptest::prelude::prop;
use shared_protocol::{Edit, Prompt};

/// Every occurrence of the words, replaced by `[x]`.
pub(crate) fn edits(prompt: &Prompt, words: &[String]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (part, text) in prompt.parts.iter().map(|part| part.text.expose()).enumerate() {
        for word in words {
            for (at, found) in text.match_indices(word.as_str()) {
                let start = text[..at].chars().count();
                let end = start + found.chars().count();
                edits.push(Edit { part, start, end, replacement: "[x]".to_owned() });
            }
        }
    }
    edits.sort();
    edits
}

/// Cuts out and puts in, at character borders.
pub(crate) fn changed(text: &str, changes: &[(prop::sample::Index, usize, String)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, length, insert) in changes {
        let start = at.index(chars.len() + 1);
        let end = (start + length).min(chars.len());
        chars.splice(start..end, insert.chars());
    }
    chars.into_iter().collect()
}
