//! A place in a prompt that a detector names.

use serde::{Deserialize, Serialize};

/// What was found: `family.kind[.detail]`, such as `secret.github.pat` or `pii.email`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// The text is no label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no label: two to four lower-case words joined by dots, such as `pii.email`")]
pub struct LabelError(String);

impl Label {
    /// The label as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = LabelError;

    fn try_from(label: String) -> Result<Self, Self::Error> {
        let words = label.split('.').count();
        let shaped = (2..=4).contains(&words)
            && label.split('.').all(|word| {
                !word.is_empty()
                    && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            });
        if shaped { Ok(Self(label)) } else { Err(LabelError(label)) }
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

/// One finding. Carries no text of the prompt but its mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub label: Label,
    /// Index of the prompt's part, from 0.
    pub part: usize,
    /// First code point (Unicode scalar value) of the span in the original text of that part.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// 0 to 1.
    pub confidence: f32,
    /// The found text with all but a hint replaced by `•`, safe to show to the person who typed it.
    pub mask: String,
}
