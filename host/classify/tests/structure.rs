//! What is found by the form of many lines stands beside what is found by rule, and never in its place.

#![cfg(test)]

use std::sync::LazyLock;

use host_classify::encoder::EncoderError;
use host_classify::{Classification, Engine, topics_of};
use proptest::prelude::*;
use shared_protocol::{Edit, Level, Operation, Part, PartKind, Prompt, Topic};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::builtin().unwrap().without_encoder(EncoderError::Foreign));

fn prompt(text: &str) -> Prompt {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    prompt
}

/// Lines of programs and tables, with data in them, and what comes between.
fn text() -> impl Strategy<Value = String> {
    let lines = [
        "```",
        "```python",
        "def total(rows):",
        "    return sum(rows)",
        "let mut x = \"jane.doe@example.com\";",
        "fn main() {",
        "}",
        "SELECT name FROM staff WHERE id = 7;",
        "name,email,phone",
        "Jane Doe,jane.doe@example.com,+1 415-555-0132",
        "{\"name\": \"x\", \"mail\": \"a@example.com\"},",
        "{\"name\": \"y\", \"mail\": \"b@example.com\"},",
        "| account | debit | credit |",
        "|---|---|---|",
        "| 1 | 2.00 | 3.00 |",
        "CONFIDENTIAL draft: revenue of $48.2 million, margin 21 %",
        "let name = [e-mail address] + [name of a person];",
        "[Python code]",
        "key = AKIAIOSFODNN7EXAMPLX",
        "",
        "Please look at this and tell me what is wrong with it.",
        "é 電話 03-1234-5678",
    ];
    prop::collection::vec(prop::sample::select(lines.to_vec()), 0..16).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_overlaps_and_levels_have_evidence(text in text()) {
        let prompt = prompt(&text);
        let points = text.chars().count();
        let Classification { findings, topics, .. } = ENGINE.classify(&prompt);
        for pair in findings.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start, "{findings:?}");
        }
        for finding in &findings {
            prop_assert!(finding.start < finding.end && finding.end <= points);
        }
        for score in &topics {
            let evidence = findings.iter().any(|finding| topics_of(&finding.label).contains(&score.topic));
            // What is asked for is seen from the whole text, and leaves no place.
            let whole = matches!(score.topic, Topic::IntentPii | Topic::IntentCodeAbuse | Topic::IntentJailbreak);
            prop_assert!(whole || evidence == (score.level > Level::None), "{score:?}");
        }
    }

    /// The addresses and keys inside are found as if nothing stood around them.
    #[test]
    fn what_rules_find_stays(text in text()) {
        let found = ENGINE.classify(&prompt(&text)).findings;
        for (label, value) in [("pii.email", "@example.com"), ("secret.aws.access-key-id", "AKIAIOSFODNN7EXAMPLX")] {
            let count = found.iter().filter(|finding| finding.label.as_str() == label).count();
            prop_assert_eq!(count, text.matches(value).count(), "{:?}", found);
        }
    }

    /// Taking out all that is found ends, and what stands in its place is never found.
    #[test]
    fn redaction_ends(text in text()) {
        let mut last = prompt(&text);
        let mut words: Vec<String> = Vec::new();
        for _ in 0..12 {
            let findings = ENGINE.classify(&last).findings;
            for finding in &findings {
                let points = last.parts[0].text.expose().chars();
                let again: String = points.skip(finding.start).take(finding.end - finding.start).collect();
                prop_assert!(!words.iter().any(|word| again.contains(word)), "{again:?}");
            }
            words.extend(findings.iter().map(|finding| ENGINE.replacement(&finding.label, 7)));
            if findings.is_empty() { break }
            let edit = |finding: &shared_protocol::Finding| Edit {
                part: finding.part,
                start: finding.start,
                end: finding.end,
                replacement: ENGINE.replacement(&finding.label, 7),
            };
            let edits: Vec<Edit> = findings.iter().map(edit).collect();
            last = last.edited(&edits);
        }
        prop_assert_eq!(ENGINE.classify(&last).findings, vec![]);
    }
}

/// The files of the detectors and the cases are texts with nearly everything in them.
#[test]
fn what_redaction_put_in_is_not_found() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for family in ["cases", "detectors/code", "detectors/data", "detectors/pii", "detectors/secret"] {
        for file in std::fs::read_dir(root.join(family)).unwrap() {
            let file = file.unwrap().path();
            let before = prompt(&std::fs::read_to_string(&file).unwrap());
            let findings = ENGINE.classify(&before).findings;
            let edit = |finding: &shared_protocol::Finding| Edit {
                part: 0,
                start: finding.start,
                end: finding.end,
                replacement: ENGINE.replacement(&finding.label, 7),
            };
            let after = before.edited(&findings.iter().map(edit).collect::<Vec<_>>());
            for finding in ENGINE.classify(&after).findings {
                let points = after.parts[0].text.expose().chars();
                let again: String = points.skip(finding.start).take(finding.end - finding.start).collect();
                let whole = finding.label.as_str() == "secret.private-key";
                let holds = findings.iter().any(|one| again.contains(&ENGINE.replacement(&one.label, 7)));
                assert!(whole || !holds, "{}: {} in {again:?}", file.display(), finding.label.as_str());
            }
        }
    }
}
