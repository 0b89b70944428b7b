//! `messages/<language>.toml`: what the card says of a policy, in the languages of the people who read it.

use std::collections::BTreeMap;

/// Messages by language and policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// Language tag in lower case, to policy id, to text.
    languages: BTreeMap<String, BTreeMap<String, String>>,
}

impl Messages {
    /// What is said of `policy` in `language`, a BCP 47 tag. `de-CH` is answered by `de` where there is no Swiss one.
    /// `None`: the policy's own `@message` stands.
    #[must_use]
    pub fn of(&self, policy: &str, language: &str) -> Option<&str> {
        let mut tag = language.to_ascii_lowercase().replace('_', "-");
        loop {
            if let Some(text) = self.languages.get(&tag).and_then(|texts| texts.get(policy)) {
                return Some(text);
            }
            tag.truncate(tag.rfind('-')?);
        }
    }

    /// The languages there are, in lower case, sorted.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }
}
