//! A short string that a site gave: an id, a model's or tool's name.
//!
//! INVARIANT: no longer than [`SiteWord::LONGEST`] bytes and without control characters, so that a site which
//! puts text where an id belongs does not put it into the record in clear. A longer one stands as a hash: still
//! equal where it was equal.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::encoding::hex;

/// A short string that a site gave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteWord(String);

impl SiteWord {
    /// Most bytes that are kept as they are.
    pub const LONGEST: usize = 128;

    /// The word as kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SiteWord {
    fn from(word: &str) -> Self {
        if word.len() <= Self::LONGEST && !word.chars().any(char::is_control) {
            Self(word.to_owned())
        } else {
            Self(format!("sha256:{}", hex(&Sha256::digest(word.as_bytes()))))
        }
    }
}

impl From<&String> for SiteWord {
    fn from(word: &String) -> Self {
        Self::from(word.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::SiteWord;

    #[test]
    fn ids_stay_and_text_becomes_a_hash() {
        for id in ["", "67a1-4c", "c_3f9a", "Claude Sonnet 4", &"x".repeat(128)] {
            assert_eq!(SiteWord::from(id).as_str(), id);
        }
        for text in ["a\nb", &"secret ".repeat(40)] {
            let word = SiteWord::from(text);
            assert!(word.as_str().starts_with("sha256:") && word.as_str().len() == 71, "{word:?}");
            assert_eq!(word, SiteWord::from(text));
        }
    }
}
