//! `scan`: cases as files, with the lines that are expected of them beside.
//!
//! To see what a case gives now: `promptgate scan --jsonl FILE` or `promptgate scan --har FILE --json` with the
//! settings `policy = "builtin-enforce"`; `outline` says what of it is compared.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::home::{Home, json_lines};

fn cases(extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_str().unwrap().ends_with(extension));
    paths.sort();
    paths
}

fn expected(case: &Path) -> Vec<Value> {
    let name = case.to_str().unwrap();
    let text = fs::read_to_string(format!("{name}.expected")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Without time, and of scores only whether one is enough for a level: how sure a detector is belongs to its own tests.
fn outline(mut line: Value) -> Value {
    let fields = line.as_object_mut().unwrap();
    if let Some(ms) = fields.remove("ms") {
        assert!(ms.as_f64().unwrap() > 0.0);
    }
    let topics = fields["topics"].as_object().unwrap();
    assert_eq!(topics.len(), 8);
    let above = topics.iter().filter(|(_, score)| score.as_f64().unwrap() >= 0.2);
    fields["topics"] = above.map(|(topic, _)| topic.clone()).collect::<Vec<_>>().into();
    for finding in fields["findings"].as_array_mut().unwrap() {
        let confidence = finding.as_object_mut().unwrap().remove("confidence").unwrap();
        assert!((0.0..=1.0).contains(&confidence.as_f64().unwrap()));
    }
    line
}

fn compare(case: &Path, found: Vec<Value>) {
    let expected = expected(case);
    assert_eq!(found.len(), expected.len(), "{}", case.display());
    for (found, expected) in found.into_iter().zip(expected) {
        assert_eq!(outline(found), expected, "{}", case.display());
    }
}

#[test]
fn lines_of_text() {
    let home = Home::enforcing();
    let cases = cases(".questions.jsonl");
    assert!(!cases.is_empty());
    for case in cases {
        let output = home.run(&["scan", "--jsonl", case.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        compare(&case, json_lines(&output));
        let piped = home.run_with(&["scan", "--jsonl"], &fs::read_to_string(&case).unwrap());
        compare(&case, json_lines(&piped));
    }
    assert!(!home.data().exists(), "scan records nothing");
}

#[test]
fn recorded_traffic() {
    let home = Home::enforcing();
    let cases = cases(".har");
    assert!(!cases.is_empty());
    for case in cases {
        let output = home.run(&["scan", "--har", case.to_str().unwrap(), "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        compare(&case, json_lines(&output));
        assert!(home.run(&["scan", "--har", case.to_str().unwrap()]).status.success());
    }
    assert!(!home.data().exists(), "scan records nothing");
}

#[test]
fn a_trial_says_what_it_would_do() {
    let home = Home::new();
    let told = home.run_with(&["scan", "--json"], "card 4111 1111 1111 1111");
    let told = json_lines(&told).remove(0);
    assert_eq!((&told["action"], &told["mode"]), (&"redact".into(), &"monitor".into()));
    let human = home.run_with(&["scan"], "card 4111 1111 1111 1111");
    let human = String::from_utf8(human.stdout).unwrap();
    assert!(human.starts_with("redact (monitor)"), "{human}");
    assert!(!human.contains("4111 1111 1111"), "{human}");
}

#[test]
fn a_text_over_the_limit_is_said_to_be_that_and_a_file_of_it_is_read_as_a_file() {
    let home = Home::with("builtin-enforce", "oversize_bytes = 20");
    let text = "the card 4111 1111 1111 1111 was declined";
    let told = json_lines(&home.run_with(&["scan", "--json"], text)).remove(0);
    assert_eq!(told["fault"], "oversize");
    let human = String::from_utf8(home.run_with(&["scan"], text).stdout).unwrap();
    assert!(human.contains("not looked through: oversize"), "{human}");
    let short = json_lines(&home.run_with(&["scan", "--json"], "a short one")).remove(0);
    assert_eq!(short.get("fault"), None);
    let path = home.path().join("cards.txt");
    fs::write(&path, text).unwrap();
    let told = json_lines(&home.run(&["scan", path.to_str().unwrap(), "--json"])).remove(0);
    assert_eq!(told["findings"][0]["label"], "pii.payment-card", "{told}");
    assert_eq!(told.get("fault"), None);
}

#[test]
fn lines_that_are_no_questions_are_told_by_place_only() {
    let home = Home::enforcing();
    let output = home.run_with(
        &["scan", "--jsonl"],
        "{\"id\":1,\"text\":\"a\"}\n\n{\"id\":2,\"txt\":\"secret words\"}\n{\"id\":3,\"text\":\"c\"}",
    );
    assert_eq!(output.status.code(), Some(1));
    let lines = json_lines(&output);
    assert_eq!(lines[1], serde_json::json!({ "id": null, "line": 3, "error": "not-a-question" }));
    assert_eq!(lines[2]["id"], 3);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("secret"));
    let har = home.path().join("x.har");
    fs::write(&har, "{\"log\":{\"entries\":[{\"request\":\"secret words\"}]}}").unwrap();
    let output = home.run(&["scan", "--har", har.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("line 1, column") && !told.contains("secret"), "{told}");
}
