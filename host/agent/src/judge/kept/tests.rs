//! What is kept, byte for byte.

use host_classify::Engine;
use proptest::prelude::*;
use shared_protocol::{Finding, Label, Operation, Part, PartKind, Prompt};

use super::{AROUND, masked, matches};

fn finding(part: usize, start: usize, end: usize) -> Finding {
    let label = Label::try_from("pii.email".to_owned()).unwrap();
    Finding { label, part, start, end, confidence: 1.0, mask: "••".to_owned() }
}

fn prompt(texts: &[&str]) -> Prompt {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    let part = |text: &&str| Part { kind: PartKind::Text, name: Some("n".into()), text: (*text).into() };
    prompt.parts = texts.iter().map(part).collect();
    prompt
}

fn texts(prompt: &Prompt) -> Vec<&str> {
    prompt.parts.iter().map(|part| part.text.expose()).collect()
}

#[test]
fn matches_keep_their_surroundings_and_no_more() {
    let side = "é".repeat(60);
    let text = format!("{side}SECRET{side}");
    // 75 bytes are 37 letters of two bytes; half a letter is not kept.
    let around = "é".repeat(AROUND / 2);
    let kept = matches(&prompt(&[&text]), &[finding(0, 60, 66)]);
    assert_eq!(texts(&kept), [format!("{around}SECRET{around}")]);
    assert!(kept.parts.iter().all(|part| part.name.is_none()));
}

#[test]
fn surroundings_that_touch_are_kept_once() {
    let text = format!("{}AB{}CD{}EF", "x".repeat(200), "y".repeat(100), "z".repeat(200));
    let found = [finding(0, 200, 202), finding(0, 302, 304), finding(0, 504, 506), finding(1, 0, 1)];
    let kept = matches(&prompt(&[&text, "😀"]), &found);
    let near = format!("{}AB{}CD{}", "x".repeat(75), "y".repeat(100), "z".repeat(75));
    assert_eq!(texts(&kept), [near, format!("{}EF", "z".repeat(75)), "😀".to_owned()]);
    assert_eq!(matches(&prompt(&["nothing"]), &[]).parts, []);
    // A span that is not in the text keeps nothing that was not asked for.
    assert_eq!(texts(&matches(&prompt(&["short"]), &[finding(0, 90, 99)])), ["short"]);
}

#[test]
fn masks_stand_in_place_of_what_was_found() {
    let kept = masked(&prompt(&["a SECRET b", "c"]), &[finding(0, 2, 8), finding(1, 0, 1)]);
    assert_eq!(texts(&kept), ["a •• b", "••"]);
    assert!(kept.parts.iter().all(|part| part.name.is_none()));
}

#[test]
fn what_reaches_over_the_end_of_what_is_kept_is_masked_too() {
    let kept = masked(&prompt(&["a SECR", "c"]), &[finding(0, 2, 8), finding(0, 90, 99), finding(1, 0, 1)]);
    assert_eq!(texts(&kept), ["a ••", "••"]);
}

/// A text of plain words with secrets at any place, as the engine reads it.
fn texts_with_secrets() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zé😀 ]{0,120}",
        Just("4111 1111 1111 1111".to_owned()),
        Just("jane.doe@example.com".to_owned()),
        Just("ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8".to_owned()),
    ];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.join(", "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is found: its value is in no masked text, and matches keep nothing that is further away than they say.
    #[test]
    fn no_capture_keeps_more_than_it_says(text in texts_with_secrets()) {
        let engine = Engine::builtin().unwrap();
        let prompt = prompt(&[&text]);
        let found = engine.classify(&prompt).findings;
        let chars: Vec<char> = text.chars().collect();
        let masked = masked(&prompt, &found);
        for one in &found {
            let value: String = chars[one.start..one.end].iter().collect();
            prop_assert!(!texts(&masked)[0].contains(&value), "{}", one.label.as_str());
        }
        let kept: usize = texts(&matches(&prompt, &found)).iter().map(|text| text.len()).sum();
        let values = |one: &Finding| chars[one.start..one.end].iter().collect::<String>().len();
        let most: usize = found.iter().map(|one| values(one) + 2 * AROUND).sum();
        prop_assert!(kept <= most.min(text.len()), "{kept} of {}, at most {most}", text.len());
        for piece in texts(&matches(&prompt, &found)) {
            prop_assert!(text.contains(piece));
        }
    }
}
