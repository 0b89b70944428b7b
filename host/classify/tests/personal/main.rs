//! National ids from generators that share nothing with the checks: valid ones are found with their label and in their
//! place, and what only looks like one is left alone.

#![cfg(test)]

mod europe;
mod ids;
mod made;
mod north;
mod random;
mod world;

use std::sync::LazyLock;

use host_classify::Engine;
use host_classify::encoder::EncoderError;
use ids::{IDS, Id};
use random::Random;
use shared_protocol::{Finding, Operation, Part, PartKind, Prompt};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::builtin().unwrap().without_encoder(EncoderError::Foreign));

/// Ids of each kind in a run.
const ROUNDS: usize = 25;

/// What stands before and behind, without a word that says what a number is.
const BEFORE: [&str; 6] = ["", "Hello,\n", "Please check this. ", "Bitte prüfen:\n- ", "(", "name\tnumber\n"];
const BEHIND: [&str; 6] = ["", "\nThanks", ". And then?", " - is it right?", ")", "\nとても"];

fn findings(text: &str) -> Vec<Finding> {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    ENGINE.classify(&prompt).findings
}

fn places(text: &str, label: &str) -> Vec<(usize, usize)> {
    let findings = findings(text);
    findings
        .iter()
        .filter(|finding| finding.label.as_str() == label)
        .map(|finding| (finding.start, finding.end))
        .collect()
}

/// Whether a finding of `label` holds what `value` has in `text`.
fn is_found(text: &str, label: &str) -> bool {
    !places(text, label).is_empty()
}

fn each(seed: u64, mut with: impl FnMut(&Id, &mut Random)) {
    for (at, id) in IDS.iter().enumerate() {
        let mut random = Random(seed + at as u64);
        for _ in 0..ROUNDS {
            with(id, &mut random);
        }
    }
}

#[test]
fn there_are_ids_of_many_countries() {
    let countries: std::collections::BTreeSet<&str> =
        IDS.iter().map(|id| id.label.get(4..6).unwrap()).collect();
    assert!(countries.len() >= 45, "{}", countries.len());
}

#[test]
fn a_valid_one_beside_its_word_is_found_in_its_place() {
    each(1, |id, random| {
        let made = (id.make)(random);
        let told = random.one(id.texts).replace("{}", &made.value);
        let text = format!("{}{told}{}", random.one(&BEFORE), random.one(&BEHIND));
        let start = text.split(&made.value).next().unwrap().chars().count();
        let place = (start, start + made.value.chars().count());
        assert_eq!(places(&text, id.label), [place], "{} in {text:?}: {:?}", id.label, findings(&text));
    });
}

#[test]
fn a_wrong_check_sign_is_not_found() {
    each(2, |id, random| {
        let made = (id.make)(random);
        let text = random.one(id.texts).replace("{}", &made.wrong);
        assert!(!is_found(&text, id.label), "{} in {text:?} for {}", id.label, made.value);
    });
}

#[test]
fn one_sign_more_or_fewer_is_not_found() {
    each(3, |id, random| {
        let made = (id.make)(random);
        let digit = random.digits(1);
        let longer = [format!("{}{digit}", made.value), format!("{digit}{}", made.value)];
        let shorter =
            made.value.char_indices().skip(1).find(|(_, sign)| sign.is_ascii_digit()).map(|(at, _)| {
                let mut shorter = made.value.clone();
                shorter.remove(at);
                shorter
            });
        let shorter = shorter.filter(|_| !id.varies);
        for value in longer.into_iter().chain(shorter) {
            let text = id.texts[0].replace("{}", &value);
            assert!(!is_found(&text, id.label), "{} in {text:?}", id.label);
        }
    });
}

#[test]
fn pieces_of_something_longer_are_not_found() {
    each(4, |id, random| {
        let value = (id.make)(random).value;
        for piece in [
            format!("9f3a{value}c41d"),
            format!("1.{value}.2"),
            format!("{value}.75"),
            format!("€{value}"),
            format!("$ {value}"),
            format!("{value}%"),
            format!("+{value}"),
            format!("{}-{value}", random.digits(4)),
            format!("{value}-{}", random.digits(4)),
            format!("550e8400-e29b-41d4-a716-{value}"),
            format!("a_{value}"),
        ] {
            let text = id.texts[0].replace("{}", &piece);
            assert!(!is_found(&text, id.label), "{} in {text:?}", id.label);
        }
    });
}

#[test]
fn digits_without_a_word_are_nobodys() {
    each(5, |id, random| {
        let value = (id.make)(random).value;
        if id.alone {
            return;
        }
        for text in [
            format!("order {value} was shipped"),
            format!("Bestellung {value}, Artikel {value}"),
            format!("we counted {value} rows"),
            format!("build {value}"),
            format!("{{\"id\": {value}}}"),
            value.clone(),
        ] {
            assert!(!is_found(&text, id.label), "{} in {text:?}", id.label);
        }
    });
}

/// A number that is random in every sign passes a check of one digit in ten. Without a word none may be told.
#[test]
fn random_digits_are_nobodys() {
    let mut random = Random(6);
    for length in 7..=18 {
        for _ in 0..400 {
            let text = format!("the value was {} then", random.digits(length));
            let found = findings(&text);
            let told = found.iter().filter(|finding| IDS.iter().any(|id| id.label == finding.label.as_str()));
            // 18 digits with a region, a day of this and the last century, and a check sign: 1 in 10,000.
            let told: Vec<&str> = told.map(|finding| finding.label.as_str()).collect();
            assert!(told.is_empty(), "{told:?} in {text:?}");
        }
    }
}
