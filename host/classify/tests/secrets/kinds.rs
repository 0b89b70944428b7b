//! The kinds of secrets in `formats/`, and what misses a format by a little.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::form::{Fill, Random, head, token};
use crate::places::PLACES;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kind {
    pub(crate) label: String,
    pub(crate) forms: Vec<String>,
    /// What a text calls it, where only that tells it.
    name: Option<String>,
    /// The only texts in which it means anything.
    #[serde(default)]
    places: Vec<String>,
    /// Near misses that the format has none of: a length that varies has no `short` and `long`, a piece of free text no
    /// `alphabet`, a value that a sign ends no `word`, one that is found by what is around it no `filler`.
    #[serde(default)]
    pub(crate) free: Vec<Miss>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Miss {
    Short,
    Long,
    Alphabet,
    Word,
    Filler,
}

pub(crate) fn kinds() -> Vec<Kind> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/secrets/formats");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let file: Result<File, _> = toml::from_str(&fs::read_to_string(file).unwrap());
        file.unwrap().kind
    };
    files.iter().flat_map(read).collect()
}

impl Kind {
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("service token")
    }

    pub(crate) fn places(&self) -> Vec<&str> {
        if self.places.is_empty() {
            PLACES.to_vec()
        } else {
            self.places.iter().map(String::as_str).collect()
        }
    }

    /// Different for each kind and the same for ever.
    pub(crate) fn seed(&self) -> u64 {
        self.label.bytes().fold(27, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte))
    }
}

/// One letter more or less, one of another alphabet, letters before it, and what documentation writes.
pub(crate) fn misses(form: &str, random: &mut Random) -> Vec<(Miss, String)> {
    let whole = token(form, random, Fill::Random);
    let mut short = whole.text.clone();
    short.pop();
    let mut other: Vec<char> = whole.text.chars().collect();
    let middle = whole.last + (other.len() - whole.last) / 2;
    other[middle] = 'é';
    let mut misses = vec![
        (Miss::Short, short),
        (Miss::Long, format!("{}7", whole.text)),
        (Miss::Alphabet, other.into_iter().collect()),
        (Miss::Word, format!("Zq{}", whole.text)),
    ];
    for letters in ["x", "X", "0", "*", "1234567890", "abcdefghijklmnopqrstuvwxyz"] {
        misses.push((Miss::Filler, token(form, random, Fill::With(letters)).text));
    }
    for words in ["YOUR_API_KEY", "your-token-here", "<token>", "EXAMPLE", "..."] {
        misses.push((Miss::Filler, format!("{}{words}", head(form))));
    }
    misses
}
