//! A change to a prompt: the spans that redaction replaces.

use serde::{Deserialize, Serialize};

use crate::Text;

/// Replace the half-open span of code points `start..end` of part `part` by `replacement`.
///
/// A list of edits is sorted by `(part, start)` and its spans do not overlap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edit {
    /// Index of the prompt's part, from 0.
    pub part: usize,
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// What stands there instead, such as `[EMAIL_1]`.
    pub replacement: String,
}

/// A value that redaction took out of a conversation before, and what stands for it there: the same value is to get
/// the same name again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    /// As it stands in the text, such as `[EMAIL_1]`.
    pub name: String,
    /// What it stands for; empty: nobody knows any more, and no other value gets this name.
    pub value: Text,
}
