//! Text that a person wrote or an assistant answered.
//!
//! INVARIANT: no `Display`, nothing of the text in `Debug`, wiped when dropped. The only way to the
//! characters is [`Text::expose`], so that every use can be found by its name.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A prompt's or an answer's text (UTF-8).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Wraps `text`; the caller keeps no copy.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The characters themselves. Never into a log line, an error or a panic.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Length in bytes of UTF-8.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds `more` at the end.
    pub fn push_str(&mut self, more: &str) {
        self.0.push_str(more);
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Text({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn debug_shows_the_length_only() {
        assert_eq!(format!("{:?}", Text::new("secret")), "Text(6 bytes)");
    }
}
