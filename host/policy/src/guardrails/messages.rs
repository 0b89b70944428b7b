//! `messages/<language>.toml`: what the card says of a policy, in the languages of the people who read it.
//!
//! ```toml
//! secret-blocked = "Dieser Text enthält ein Passwort …"
//! ```

use std::collections::BTreeMap;

use super::reader::{Reader, Table, parse};
use crate::annotations::MESSAGE;
use crate::problem::Problem;

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

    /// Adds the messages of a file. `ids` are those of the policies.
    pub(super) fn read(
        &mut self,
        language: &str,
        file: &str,
        text: &str,
        ids: &[&str],
        problems: &mut Vec<Problem>,
    ) {
        let Some(tree) = parse(file, text, problems) else { return };
        let mut reader = Reader::new(file, text, problems);
        let whole = Table::of(&tree);
        if !is_tag(language) {
            let help = "name the file after a language, such as `de.toml` or `pt-BR.toml`";
            reader.error(0..0, format!("`{language}` is no language"), help);
        }
        let mut texts = BTreeMap::new();
        for (id, value) in whole.entries() {
            reader.known(id.span(), id.get_ref(), "policy", ids);
            let Some(message) = reader.text_of(value, id.get_ref()) else { continue };
            if message.get_ref().trim().is_empty() {
                reader.error(
                    message.span(),
                    "this message is empty",
                    "write what is wrong, and what to do instead",
                );
            } else if message.get_ref().chars().count() > MESSAGE {
                let help = "say it shorter, and put the rest behind `@link`";
                reader.error(
                    message.span(),
                    format!("this message is longer than {MESSAGE} characters"),
                    help,
                );
            }
            texts.insert((*id.get_ref()).to_owned(), message.into_inner());
        }
        for id in ids.iter().filter(|id| !texts.contains_key(**id)) {
            let help = "write it; until then people see the policy's own `@message`";
            reader.warn(0..0, format!("`{id}` has no message here"), help);
        }
        if self.languages.insert(language.to_ascii_lowercase(), texts).is_some() {
            reader.error(0..0, format!("`{language}` is the language of two files"), "join them");
        }
    }
}

/// A language with its subtags, in the shape of BCP 47 (RFC 5646, section 2.1).
fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}
