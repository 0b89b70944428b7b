//! A change to a prompt: the spans that redaction replaces.

use serde::{Deserialize, Serialize};

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
    /// What stands there instead, such as `[card number]`.
    pub replacement: String,
}
