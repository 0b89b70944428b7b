//! What holds for any text: places that exist, order, masks that hide, redaction that lasts, time that is linear.

#![cfg(test)]

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use host_classify::encoder::EncoderError;
use host_classify::{Beside, Classification, Engine, Scanned, replacement, topics_of};
use proptest::prelude::*;
use shared_protocol::{Attachment, Edit, Finding, Level, Operation, Part, PartKind, Prompt, Topic};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::builtin().unwrap().without_encoder(EncoderError::Foreign));

fn prompt(texts: &[String]) -> Prompt {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    let part = |text: &String| Part { kind: PartKind::Text, name: None, text: text.as_str().into() };
    prompt.parts.extend(texts.iter().map(part));
    prompt
}

fn spanned(prompt: &Prompt, finding: &Finding) -> String {
    let text = prompt.parts[finding.part].text.expose();
    text.chars().skip(finding.start).take(finding.end - finding.start).collect()
}

fn redacted(prompt: &Prompt, findings: &[Finding]) -> Prompt {
    let edit = |finding: &Finding| Edit {
        part: finding.part,
        start: finding.start,
        end: finding.end,
        replacement: replacement(&finding.label, 7),
    };
    let edits: Vec<Edit> = findings.iter().map(edit).collect();
    prompt.edited(&edits)
}

/// Pieces that the detectors look for, broken ones, words that give them meaning, and anything else.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "jane.doe@example.com",
        "+1 415-555-0132",
        "(415) 555-0132",
        "4155550132",
        "030/901820",
        "phone ",
        "Tel. ",
        "DE89 3704 0044 0532 0130 00",
        "GB82WEST12345698765432",
        "4111 1111 1111 1111",
        "378282246310005",
        "card ",
        "536-22-1234",
        "536221234",
        "SSN ",
        "AKIAIOSFODNN7EXAMPLX",
        "postgres://app:Tr7vLq92@db.internal/x",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.",
        "sk-proj-",
        "ghp_",
        "password = \"",
        "Passwort: hunter42!Bx",
        "api_key=",
        "f91624a8940f1f836f99eee3692f09e2",
        "datadog ",
        "@",
        "://",
        ":",
        "0049 ",
        "é",
        "電話",
        "😀",
        "\u{200d}",
        " ",
        "-",
        "\n",
        "[phone number]",
        "[",
        "]",
    ];
    prop_oneof![
        6 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "[A-Za-z0-9_-]{1,60}",
        1 => "[0-9 ().+-]{1,30}",
        1 => any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn places_exist_and_do_not_overlap(texts in prop::collection::vec(text(), 0..3)) {
        let prompt = prompt(&texts);
        let Classification { findings, topics, .. } = ENGINE.classify(&prompt);
        for pair in findings.windows(2) {
            let sorted = pair[0].part < pair[1].part || (pair[0].part == pair[1].part && pair[0].end <= pair[1].start);
            prop_assert!(sorted, "{findings:?}");
        }
        for finding in &findings {
            let points = prompt.parts[finding.part].text.expose().chars().count();
            prop_assert!(finding.start < finding.end && finding.end <= points);
            prop_assert!((0.5..=1.0).contains(&finding.confidence));
            let found = spanned(&prompt, finding);
            let shown = finding.mask.chars().filter(|char| *char != '•').count();
            prop_assert!(shown * 2 <= found.chars().count(), "{found} is shown as {}", finding.mask);
            prop_assert!(!finding.mask.contains(&found));
        }
        let order: Vec<Topic> = topics.iter().map(|score| score.topic.clone()).collect();
        prop_assert_eq!(order, Topic::BUILTIN.to_vec());
        for score in &topics {
            prop_assert!((0.0..=1.0).contains(&score.score));
            // What is asked for leaves no place.
            let intents = [Topic::IntentPii, Topic::IntentCodeAbuse, Topic::IntentJailbreak];
            if intents.contains(&score.topic) {
                continue;
            }
            let evidence = findings.iter().any(|finding| topics_of(&finding.label).contains(&score.topic));
            prop_assert_eq!(evidence, score.level > Level::None);
        }
    }

    #[test]
    fn what_redaction_took_out_is_not_found_again(texts in prop::collection::vec(text(), 1..3)) {
        let before = prompt(&texts);
        let findings = ENGINE.classify(&before).findings;
        let after = redacted(&before, &findings);
        let words: Vec<String> = findings.iter().map(|finding| replacement(&finding.label, 7)).collect();
        for finding in ENGINE.classify(&after).findings {
            // The lines of a private key are found with all that is between them: rather too much than a key that a
            // bracket hides.
            if finding.label.as_str() == "secret.private-key" {
                continue;
            }
            let again = spanned(&after, &finding);
            prop_assert!(!words.iter().any(|word| again.contains(word)), "{again:?} holds a replacement");
        }
        // What comes up new because words moved nearer is redacted in turn, and that ends.
        let mut last = after;
        for _ in 0..texts.concat().len() {
            let findings = ENGINE.classify(&last).findings;
            if findings.is_empty() { break }
            last = redacted(&last, &findings);
        }
        prop_assert_eq!(ENGINE.classify(&last).findings, vec![]);
    }

    #[test]
    fn the_same_text_gives_the_same_answer(text in text()) {
        let prompt = prompt(&[text]);
        prop_assert_eq!(ENGINE.classify(&prompt), ENGINE.classify(&prompt));
    }

    #[test]
    fn looking_through_a_text_before_changes_nothing(
        texts in prop::collection::vec(text(), 0..4),
        ahead in prop::collection::vec(any::<bool>(), 4),
    ) {
        let prompt = prompt(&texts);
        let looked = texts.iter().zip(ahead).filter(|(_, ahead)| *ahead).map(|(text, _)| text);
        let looked: HashMap<&str, Arc<Scanned>> =
            looked.map(|text| (text.as_str(), Arc::new(ENGINE.look_through(text)))).collect();
        let known = |text: &str| looked.get(text).cloned();
        prop_assert_eq!(ENGINE.classify_knowing(&prompt, &Beside { known: &known, ..Beside::default() }), ENGINE.classify(&prompt));
    }
}

#[test]
fn names_of_files_count_once_and_have_no_place() {
    let mut prompt = prompt(&["see the file".to_owned()]);
    let name = || Some("statement of jane.doe@example.com.pdf".into());
    prompt.attachments.push(Attachment { name: name(), ..Attachment::default() });
    prompt.parts.push(Part { kind: PartKind::Attachment, name: name(), text: "nothing".into() });
    let classification = ENGINE.classify(&prompt);
    assert_eq!(classification.findings, []);
    let labels: Vec<&str> = classification.names.iter().map(|name| name.label.as_str()).collect();
    assert_eq!(labels, ["pii.email"]);
    assert!(classification.topics[0].level > Level::None);
}

#[test]
fn places_count_code_points_of_the_original() {
    let prompt = prompt(&["😀é e\u{301} jane.doe@example.com".to_owned()]);
    let findings = ENGINE.classify(&prompt).findings;
    assert_eq!((findings[0].start, findings[0].end), (6, 26));
}

/// Seconds this thread has run, where the system says so; else seconds.
fn busy() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = counted.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |count| count / 1e9)
}

/// Sixteen times the text takes about sixteen times the time, whatever the text is made of; a quadratic rule would
/// need more than two hundred times as long. The best of some runs counts.
#[test]
fn hostile_text_takes_linear_time() {
    let hostile = [
        "a@",
        "a.a.",
        "4",
        "4 ",
        "41111111",
        "+1",
        "+1 ",
        "(0)",
        "0049 ",
        "eyJhbGciOiJIUzI1NiJ9.",
        "eyJaaaaaaaaa-",
        "-----BEGIN PRIVATE KEY-----",
        "-----END ",
        "x://a:",
        "x://a:bbb@",
        "ghp_",
        "ghp_0",
        "sk-",
        "sk-proj-a",
        "DE89 ",
        "AA11AA11",
        "secretkey=",
        "xoxb-1-",
        "111-11-",
        "phone 0",
        "tel 415555",
        "éé@é.é",
        "[[[[]",
        " ",
        "password = ",
        "password is ",
        "api_key: a1",
        "secret",
        "curl -u a:b ",
        "mysql -p",
        "\"kty\":\"EC\",",
        "Server=a;",
        "jdbc:a://b?",
        "otpauth://totp/a?",
        "machine a login ",
        "PuTTY-User-Key-File-3: abcd\nPrivate-Lines: ",
        "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS",
        "datadog ",
        "$ANSIBLE_VAULT;1.1;AES256\n",
    ];
    for piece in hostile {
        let time = |bytes: usize| {
            let prompt = prompt(&[piece.repeat(bytes / piece.len())]);
            let start = busy();
            let classification = ENGINE.classify(&prompt);
            assert_eq!(classification.topics.len(), 8);
            busy() - start
        };
        let small = (0..3).map(|_| time(10_000)).fold(f64::MAX, f64::min).max(0.004);
        let linear = (0..5).any(|_| time(160_000) < small * 64.0);
        assert!(linear, "{piece:?}: {small:.4} s, then more than {:.3} s", small * 64.0);
    }
}
