//! Every kind of secret from a generator that knows the vendors' formats and not the rules: what it makes is found in its
//! place under its label in every kind of text, and what misses the format by a little is not.

#![cfg(test)]

mod form;
mod places;
mod recipe;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use form::{Fill, Random, has_checksum, head, token};
use host_classify::Engine;
use host_classify::encoder::EncoderError;
use places::{PLACES, placed};
use serde::Deserialize;
use shared_protocol::{Finding, Operation, Part, PartKind, Prompt};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::builtin().unwrap().without_encoder(EncoderError::Foreign));

/// Tokens of each kind that near misses are made of.
const MISSES: usize = 6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    label: String,
    forms: Vec<String>,
    /// What a text calls it, where only that tells it.
    name: Option<String>,
    /// The only texts in which it means anything.
    #[serde(default)]
    places: Vec<String>,
    /// Near misses that the format has none of: a length that varies has no `short` and `long`, a piece of free text no
    /// `alphabet`, a value that a sign ends no `word`, one that is found by what is around it no `filler`.
    #[serde(default)]
    free: Vec<Miss>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Miss {
    Short,
    Long,
    Alphabet,
    Word,
    Filler,
}

fn kinds() -> Vec<Kind> {
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
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("service token")
    }

    fn places(&self) -> Vec<&str> {
        if self.places.is_empty() {
            PLACES.to_vec()
        } else {
            self.places.iter().map(String::as_str).collect()
        }
    }

    /// Different for each kind and the same for ever.
    fn seed(&self) -> u64 {
        self.label.bytes().fold(27, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte))
    }

    fn findings(&self, text: &str) -> Vec<Finding> {
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        let findings = ENGINE.classify(&prompt).findings;
        findings.into_iter().filter(|finding| finding.label.as_str() == self.label).collect()
    }
}

#[test]
fn every_label_has_a_format_and_there_are_two_hundred() {
    let kinds = kinds();
    let formats: BTreeSet<&str> = kinds.iter().map(|kind| kind.label.as_str()).collect();
    assert_eq!(formats.len(), kinds.len(), "a label stands twice");
    let labels = ENGINE.labels().map(shared_protocol::Label::as_str);
    let labels: BTreeSet<&str> = labels.filter(|label| label.starts_with("secret.")).collect();
    assert_eq!(formats, labels);
    assert!(labels.len() >= 200, "{}", labels.len());
}

#[test]
fn what_the_format_says_is_found_in_its_place() {
    let (mut wrong, mut made) = (Vec::new(), 0);
    for kind in kinds() {
        let mut random = Random::new(kind.seed());
        let places = kind.places();
        for round in 0..places.len().max(12) {
            let form = &kind.forms[(round + round / places.len()) % kind.forms.len()];
            let secret = token(form, &mut random, Fill::Random).text;
            let (text, span) = placed(places[round % places.len()], kind.name(), &secret);
            let found: Vec<_> =
                kind.findings(&text).iter().map(|finding| (finding.start, finding.end)).collect();
            made += 1;
            if found != [span] {
                wrong.push(format!("{} in {text:?}: {found:?} instead of {span:?}", kind.label));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {made}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_misses_the_format_is_not() {
    let (mut wrong, mut made) = (Vec::new(), 0);
    for kind in kinds() {
        let mut random = Random::new(kind.seed() + 1);
        let places = kind.places();
        for round in 0..MISSES {
            let form = &kind.forms[round % kind.forms.len()];
            for (miss, secret) in misses(form, &mut random) {
                if kind.free.contains(&miss) {
                    continue;
                }
                let (text, _) = placed(places[random.below(places.len())], kind.name(), &secret);
                made += 1;
                if !kind.findings(&text).is_empty() {
                    wrong.push(format!("{} {miss:?} in {text:?}", kind.label));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {made}:\n{}", wrong.len(), wrong.join("\n"));
}

/// One letter more or less, one of another alphabet, letters before it, and what documentation writes.
fn misses(form: &str, random: &mut Random) -> Vec<(Miss, String)> {
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

#[test]
fn a_wrong_checksum_is_less_sure_or_nothing() {
    for kind in kinds() {
        let mut random = Random::new(kind.seed() + 2);
        for form in kind.forms.iter().filter(|form| has_checksum(form)) {
            for _ in 0..MISSES {
                let mut secret = token(form, &mut random, Fill::Random).text;
                let last = secret.pop().unwrap();
                secret.push(if last.eq_ignore_ascii_case(&'q') {
                    'w'
                } else if last.is_uppercase() {
                    'Q'
                } else {
                    'q'
                });
                let found = kind.findings(&format!("use {secret} now"));
                assert!(found.iter().all(|finding| finding.confidence < 0.65), "{} in {secret}", kind.label);
            }
        }
    }
}
