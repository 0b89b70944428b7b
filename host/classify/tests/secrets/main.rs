//! Every kind of secret from a generator that knows the vendors' formats and not the rules: what it makes is found in its
//! place under its label in every kind of text, and what misses the format by a little is not.

#![cfg(test)]

mod form;
mod kinds;
mod places;
mod recipe;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use form::{Fill, Random, has_checksum, token};
use host_classify::Engine;
use host_classify::encoder::EncoderError;
use kinds::{Kind, kinds, misses};
use places::placed;
use shared_protocol::{Finding, Operation, Part, PartKind, Prompt};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::builtin().unwrap().without_encoder(EncoderError::Foreign));

/// Tokens of each kind that near misses are made of.
const MISSES: usize = 6;

fn findings(kind: &Kind, text: &str) -> Vec<Finding> {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    let findings = ENGINE.classify(&prompt).findings;
    findings.into_iter().filter(|finding| finding.label.as_str() == kind.label).collect()
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
                findings(&kind, &text).iter().map(|finding| (finding.start, finding.end)).collect();
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
                if !findings(&kind, &text).is_empty() {
                    wrong.push(format!("{} {miss:?} in {text:?}", kind.label));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {made}:\n{}", wrong.len(), wrong.join("\n"));
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
                let found = findings(&kind, &format!("use {secret} now"));
                assert!(found.iter().all(|finding| finding.confidence < 0.65), "{} in {secret}", kind.label);
            }
        }
    }
}
