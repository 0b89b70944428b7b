//! Every detector's own examples: what it must find, where, and what it must leave alone.
//!
//! `«…»` marks a finding of the file's label; `{}` stands for nothing.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use host_classify::encoder::EncoderError;
use host_classify::{Engine, replacement};
use shared_protocol::{Finding, Operation, Part, PartKind, Prompt};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detectors");
    let families = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = families
        .flat_map(|family| fs::read_dir(family).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn read(file: &Path) -> toml::Table {
    fs::read_to_string(file).unwrap().parse().unwrap()
}

fn examples(table: &toml::Table, kind: &str) -> Vec<String> {
    let list = table["examples"][kind].as_array().unwrap();
    list.iter().map(|text| text.as_str().unwrap().replace("{}", "")).collect()
}

fn classify(engine: &Engine, text: &str) -> Vec<Finding> {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    engine.classify(&prompt).findings
}

fn cut(text: &str, finding: &Finding) -> String {
    text.chars().skip(finding.start).take(finding.end - finding.start).collect()
}

/// The text without its marks, and the marked spans in code points.
fn marked(example: &str) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut spans, mut start) = (String::new(), Vec::new(), 0);
    let mut at = 0;
    for char in example.chars() {
        match char {
            '«' => start = at,
            '»' => spans.push((start, at)),
            other => {
                text.push(other);
                at += 1;
            }
        }
    }
    (text, spans)
}

#[test]
fn every_file_is_compiled_in_under_its_own_name() {
    let engine = Engine::builtin().unwrap().without_encoder(EncoderError::Foreign);
    let compiled: BTreeSet<&str> = engine.labels().map(shared_protocol::Label::as_str).collect();
    let mut on_disk = BTreeSet::new();
    for file in files() {
        let label = read(&file)["label"].as_str().unwrap().to_owned();
        let (family, kind) = label.split_once('.').unwrap();
        assert!(file.ends_with(format!("{family}/{}.toml", kind.replace('.', "-"))), "{label}");
        assert!(on_disk.insert(label.clone()), "`{label}` has two files");
    }
    assert_eq!(compiled, on_disk.iter().map(String::as_str).collect());
}

#[test]
fn what_must_be_found_is_found_in_its_place() {
    let engine = Engine::builtin().unwrap().without_encoder(EncoderError::Foreign);
    let mut wrong = Vec::new();
    for file in files() {
        let table = read(&file);
        let label = table["label"].as_str().unwrap();
        let found = examples(&table, "found");
        assert!(found.len() >= 3, "{label} shows three ways at least");
        for example in found {
            let (text, spans) = marked(&example);
            let findings = classify(&engine, &text);
            let places: Vec<(&str, usize, usize)> =
                findings.iter().map(|finding| (finding.label.as_str(), finding.start, finding.end)).collect();
            let expected: Vec<_> = spans.iter().map(|(start, end)| (label, *start, *end)).collect();
            // And nothing else.
            if places != expected {
                wrong.push(format!("{label} in {text:?}: {places:?} instead of {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn near_misses_are_left_alone() {
    let engine = Engine::builtin().unwrap().without_encoder(EncoderError::Foreign);
    let mut wrong = Vec::new();
    for file in files() {
        let table = read(&file);
        let label = table["label"].as_str().unwrap();
        let missed = examples(&table, "missed");
        assert!(missed.len() >= 3, "{label} shows three near misses at least");
        for text in missed {
            let findings = classify(&engine, &text);
            if findings.iter().any(|finding| finding.label.as_str() == label) {
                wrong.push(format!("{label} in {text:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_replacement_is_found_again() {
    let engine = Engine::builtin().unwrap().without_encoder(EncoderError::Foreign);
    let words: BTreeSet<String> = engine.labels().map(|label| replacement(label, 12)).collect();
    for one in &words {
        let pair = |other: &String| {
            format!("{one}{other} {one}, {other} 4155550132 and {one}536221234\n{one}: {other}")
        };
        let text = words.iter().map(pair).collect::<Vec<_>>().join("\n");
        let findings = classify(&engine, &text);
        let places = findings.iter().map(|finding| (finding.label.as_str(), cut(&text, finding)));
        assert_eq!(places.collect::<Vec<_>>(), [], "{one}");
    }
}
