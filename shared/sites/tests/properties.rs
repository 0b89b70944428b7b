//! What must hold for every text and every body: an edit reads back as the edited prompt and touches nothing else;
//! reading never panics; a send is never taken for nothing.

#![expect(clippy::panic, clippy::string_slice, clippy::unwrap_used, reason = "helpers of tests")]

#[path = "support/change.rs"]
mod change;
#[path = "support/sends.rs"]
mod sends;

use std::sync::LazyLock;

use proptest::prelude::*;
use sends::{SENDS, Send};
use shared_protocol::{Edit, Operation};
use shared_sites::{Body, Reading, Request, Sites, Thread};

static SITES: LazyLock<Sites> = LazyLock::new(|| Sites::builtin().unwrap());

/// Texts with words in them that can be found again.
fn secretive() -> impl Strategy<Value = (String, Vec<String>)> {
    let piece = (any::<String>(), "[A-Z]{3}-[0-9a-f]{12}");
    (proptest::collection::vec(piece, 1..4), any::<String>()).prop_map(|(pieces, tail)| {
        let text = pieces.iter().fold(String::from("q"), |text, (filler, secret)| text + filler + secret);
        (text + &tail, pieces.into_iter().map(|(_, secret)| secret).collect())
    })
}

fn redacted(text: &str, secrets: &[String]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[x]"))
}

fn text_of(body: &Body) -> &str {
    match body {
        Body::Text { text } => text.expose(),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn an_edit_changes_the_text_and_nothing_else(
        (text, mut secrets) in secretive(),
        (second, more) in secretive(),
        send in proptest::sample::select(&SENDS[..]),
        cut in 0.0..1.0_f64,
    ) {
        secrets.extend(more);
        let kept = (text.chars().count() as f64 * cut) as usize;
        let request = send.request(&text, &second, kept, false);
        let read = SITES.read(&request, &Thread::default());
        let Reading::Prompt(prompt) = read.reading else { panic!("{send:?} not read") };
        prop_assert_eq!(prompt.operation, Operation::SendPrompt);
        prop_assert_eq!(prompt.parts[0].text.expose(), &text);
        let edits = change::edits(&prompt, &secrets);
        prop_assert!(!edits.is_empty());
        let body = SITES.edit(&request, &edits).unwrap();
        for secret in &secrets {
            // Nor the start of one, which a copy that was cut off could keep.
            prop_assert!(!text_of(&body).contains(&secret[..7]));
        }
        let again = SITES.read(&Request { body: body.clone(), ..request.clone() }, &Thread::default());
        prop_assert_eq!(Reading::Prompt(prompt.edited(&edits)), again.reading);
        // A cut inside a secret ends the copy with the whole replacement; else the bytes are those of a page that
        // had been given the redacted text.
        let start: String = text.chars().take(kept).collect();
        if redacted(&text, &secrets).starts_with(&redacted(&start, &secrets)) {
            let kept = redacted(&start, &secrets).chars().count();
            let expected = send.request(&redacted(&text, &secrets), &redacted(&second, &secrets), kept, true);
            prop_assert_eq!(text_of(&body), text_of(&expected.body));
        }
        prop_assert_eq!(SITES.edit(&request, &[]).unwrap(), request.body);
    }

    #[test]
    fn reading_any_text_never_panics_and_a_send_is_never_nothing(
        text in any::<String>(),
        send in proptest::sample::select(&SENDS[..]),
    ) {
        let request = Request { body: Body::Text { text: text.into() }, ..send.request("a", "b", 1, false) };
        prop_assert_ne!(SITES.read(&request, &Thread::default()).reading, Reading::Nothing);
    }

    #[test]
    fn reading_broken_sends_never_panics_and_is_never_nothing(
        send in proptest::sample::select(&SENDS[..]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..40_usize, r#"[\[\]{}",:0-9an\\u]{0,6}"#), 1..6),
    ) {
        let request = send.request("the prompt", "the file", 4, false);
        let text = change::changed(text_of(&request.body), &changes);
        let request = Request { body: Body::Text { text: text.into() }, ..request };
        prop_assert_ne!(SITES.read(&request, &Thread::default()).reading, Reading::Nothing);
    }

    #[test]
    fn any_edits_give_a_body_that_reads_as_edited_or_an_error(
        text in "[a-c😀\"\\\\ ]{1,12}",
        second in "[a-c ]{1,8}",
        send in proptest::sample::select(&SENDS[..]),
        spans in proptest::collection::vec((0..3_usize, 0..14_usize, 0..14_usize, "[z\"]{0,3}"), 0..4),
    ) {
        let request = send.request(&text, &second, 3, false);
        let edits: Vec<Edit> =
            spans.into_iter().map(|(part, start, end, replacement)| Edit { part, start, end, replacement }).collect();
        if let Ok(body) = SITES.edit(&request, &edits) {
            let Reading::Prompt(before) = SITES.read(&request, &Thread::default()).reading else { panic!() };
            let texts = |prompt: &shared_protocol::Prompt| -> Vec<String> {
                prompt.parts.iter().map(|part| part.text.expose().to_owned()).filter(|text| !text.is_empty()).collect()
            };
            let read = SITES.read(&Request { body, ..request }, &Thread::default()).reading;
            let Reading::Prompt(after) = read else { panic!("edited into {read:?}") };
            let (expected, found) = (texts(&before.edited(&edits)), texts(&after));
            // Copies that differed may have become equal; no text but the expected is left.
            let is_known = |text: &String| text.trim().is_empty() || expected.contains(text);
            prop_assert!(found.iter().all(is_known), "{expected:?} {found:?}");
        }
    }
}

/// A redaction holds up whatever else the background has to answer meanwhile: edits of a long table are made in one walk,
/// and looked for together.
#[test]
fn a_table_with_an_edit_in_every_line() {
    let lines = 20_000;
    let line = |at: usize| format!("{at:05},person-{at:05}@example.com\n");
    let text: String = (0..lines).map(line).collect();
    let (length, from) = (line(0).len(), "00000,".len());
    let request = SENDS[0].request(&text, "b", 0, false);
    let edit = |at: usize| Edit {
        part: 0,
        start: at * length + from,
        end: (at + 1) * length - 1,
        replacement: format!("[EMAIL_{at}]"),
    };
    let edits: Vec<Edit> = (0..lines).map(edit).collect();
    let body = SITES.edit(&request, &edits).unwrap();
    let edited: String = (0..lines).map(|at| format!("{at:05},[EMAIL_{at}]\n")).collect();
    let Reading::Prompt(prompt) = SITES.read(&Request { body, ..request }, &Thread::default()).reading else {
        panic!("not read")
    };
    assert!(prompt.parts[0].text.expose() == edited, "another text");
}

#[test]
fn large_and_deep_bodies_are_a_value_with_a_reason() {
    use shared_protocol::DriftKind;
    let kind = |text: String, send: Send| {
        let request = Request { body: Body::Text { text: text.into() }, ..send.request("a", "b", 1, false) };
        match SITES.read(&request, &Thread::default()).reading {
            Reading::Unread(drift) => Some(drift.what),
            Reading::Prompt(_) => None,
            Reading::Nothing => panic!(),
        }
    };
    assert_eq!(kind("x".repeat(50 << 20), Send::Claude), Some(DriftKind::Oversize));
    assert_eq!(kind("x".repeat(21 << 20), Send::Gemini), Some(DriftKind::Oversize));
    for send in SENDS {
        let deep = "[".repeat(1 << 20);
        let wide = format!("[{}0]", "0,".repeat(1 << 20));
        if send == Send::Gemini {
            assert_eq!(kind(format!("f.req={deep}"), send), Some(DriftKind::Shape));
            assert_eq!(kind(format!("f.req={wide}"), send), Some(DriftKind::Shape));
        } else {
            assert_eq!(kind(deep, send), Some(DriftKind::Shape));
            assert_eq!(kind(wide, send), Some(DriftKind::Shape));
        }
        let long = "word ".repeat(1 << 17);
        let request = send.request(&long, "b", 1, false);
        assert!(matches!(SITES.read(&request, &Thread::default()).reading, Reading::Prompt(_)), "{send:?}");
    }
}
