//! A value that begins in the prompt before.

#![cfg(test)]

use std::sync::LazyLock;

use host_classify::encoder::EncoderError;
use host_classify::{Beside, Classification, Engine};
use proptest::prelude::*;
use shared_protocol::{Level, Operation, Part, PartKind, Prompt, Topic};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::builtin().unwrap().without_encoder(EncoderError::Foreign));

fn classify(before: &str, text: &str) -> Classification {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    ENGINE.classify_knowing(&prompt, &Beside { before, ..Beside::default() })
}

/// Label, start and end of each.
fn found(before: &str, text: &str) -> Vec<(String, usize, usize)> {
    let found = classify(before, text).findings;
    found.iter().map(|one| (one.label.as_str().to_owned(), one.start, one.end)).collect()
}

#[test]
fn a_value_is_put_together() {
    let cases = [
        ("The card is 4111 1111 ", "1111 1111, please", "pii.payment-card", (0, 9)),
        ("pay to DE89 3704 0044", "\n 0532 0130 00 today", "pii.iban", (2, 14)),
        ("write to jane.doe@exam", "ple.com", "pii.email", (0, 7)),
        ("use ghp_16C7e42F292c6912E7", "710c838347Ae178B4a for it", "secret.github.pat", (0, 18)),
    ];
    for (before, text, label, (start, end)) in cases {
        let alone = found("", text);
        assert!(alone.iter().all(|(one, ..)| one != label), "{text}: {alone:?}");
        let both = found(before, text);
        assert!(both.contains(&(label.to_owned(), start, end)), "{before} | {text}: {both:?}");
        // Only what lies over the joint: what was sent before is no part of this prompt.
        assert_eq!(both.len(), alone.len() + 1, "{both:?}");
    }
    assert!(found("my card is 4111 1111 1111 1111", "why was it declined?").is_empty());
    // Whole before it: what follows is glued to it by nobody.
    assert!(found("write to jane.doe@example.com", "in the morning").is_empty());
    assert!(found("My name is Jane Doe", "Miller & Sons is where I work").iter().all(|one| one.1 > 0));
    assert!(found("4111 1111 1111", "people asked for it").is_empty());
    let level = |topics: Classification| {
        topics.topics.into_iter().find(|one| one.topic == Topic::ContentPii).unwrap().level
    };
    assert!(level(classify("", "1111 1111, please")) < Level::Medium);
    assert!(level(classify("The card is 4111 1111", "1111 1111, please")) >= Level::Medium);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// What came before takes nothing away.
    #[test]
    fn it_only_adds(
        before in "(4111 |1111|DE89 3704|jane@|ghp_|[a-z0-9 .@é\n]{0,6}){0,12}",
        text in "(1111 |1111|0532 0130|example.com|AKIAIOSFODNN7|[a-z0-9 .@é\n]{0,6}){0,12}",
    ) {
        let (alone, both) = (classify("", &text), classify(&before, &text));
        for finding in &alone.findings {
            prop_assert!(both.findings.contains(finding));
        }
        for (one, other) in alone.topics.iter().zip(&both.topics) {
            prop_assert!(one.score <= other.score, "{one:?} {other:?}");
        }
        let points = text.chars().count();
        for finding in &both.findings {
            prop_assert!(finding.start < finding.end && finding.end <= points);
        }
    }
}
