//! What is kept of a conversation, and what is not.

use std::time::Instant;

use shared_protocol::{App, EventId, Judge, Operation, Outcome, Part, PartKind, Prompt, Reading};

use super::{KEEP, LENGTH, MOST, Tails};

fn ask(number: u32, page: u32, conversation: Option<&str>, text: &str) -> Judge {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.conversation_id = conversation.map(str::to_owned);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    Judge {
        event: EventId::try_from(format!("0192a000-0000-7000-8000-{number:012}")).unwrap(),
        app: App::new("claude"),
        at: 0,
        reading: Reading::Prompt(prompt),
        private_window: false,
        page: Some(page),
        placeholders: Vec::new(),
    }
}

fn before(tails: &Tails, page: u32, conversation: Option<&str>, now: Instant) -> String {
    tails.before(&ask(99, page, conversation, ""), now).expose().to_owned()
}

#[test]
fn what_was_sent_is_known_in_its_conversation_alone() {
    let (tails, now) = (Tails::default(), Instant::now());
    tails.judged(&ask(1, 1, None, "the first half "), Outcome::Release, now);
    // The id comes with the second prompt; another page, or a new conversation, knows nothing.
    assert_eq!(before(&tails, 1, Some("c"), now), "the first half ");
    assert_eq!(before(&tails, 2, Some("c"), now), "");
    assert_eq!(before(&tails, 1, None, now), "");
    tails.judged(&ask(2, 1, Some("c"), "and the second"), Outcome::Release, now);
    assert_eq!(before(&tails, 1, Some("c"), now), "the first halfand the second");
    assert_eq!(before(&tails, 7, Some("c"), now), "the first halfand the second");
    assert_eq!(before(&tails, 1, Some("d"), now), "");
}

#[test]
fn a_new_conversation_takes_nothing_from_the_one_before_it_in_its_page() {
    let (tails, now) = (Tails::default(), Instant::now());
    tails.judged(&ask(1, 1, Some("b"), "4111 1111 "), Outcome::Release, now);
    tails.judged(&ask(2, 1, None, "something else"), Outcome::Release, now);
    assert_eq!(before(&tails, 1, Some("b"), now), "4111 1111 ");
    tails.judged(&ask(3, 1, Some("b"), "1111 1111"), Outcome::Release, now);
    assert_eq!(before(&tails, 1, Some("b"), now), "4111 11111111 1111");
    assert_eq!(before(&tails, 1, Some("n"), now), "something else");
}

#[test]
fn what_was_not_sent_is_no_part_of_it() {
    let (tails, now) = (Tails::default(), Instant::now());
    tails.judged(&ask(1, 1, Some("c"), "refused"), Outcome::Refuse, now);
    tails.judged(&ask(2, 1, Some("c"), "asked"), Outcome::Ask, now);
    assert_eq!(before(&tails, 1, Some("c"), now), "");
    tails.answered(&ask(2, 1, None, "").event, Outcome::Refuse, now);
    assert_eq!(before(&tails, 1, Some("c"), now), "");
    tails.judged(&ask(3, 1, Some("c"), "asked again"), Outcome::Ask, now);
    tails.answered(&ask(3, 1, None, "").event, Outcome::Release, now);
    assert_eq!(before(&tails, 1, Some("c"), now), "asked again");
    // Once.
    tails.answered(&ask(3, 1, None, "").event, Outcome::Release, now);
    assert_eq!(before(&tails, 1, Some("c"), now), "asked again");
}

#[test]
fn it_is_bounded() {
    let (tails, now) = (Tails::default(), Instant::now());
    tails.judged(&ask(1, 1, Some("c"), &"é".repeat(LENGTH)), Outcome::Release, now);
    tails.judged(&ask(2, 1, Some("c"), "end"), Outcome::Release, now);
    let kept = before(&tails, 1, Some("c"), now);
    assert_eq!((kept.chars().count(), kept.ends_with("éend")), (LENGTH, true));
    assert_eq!(before(&tails, 1, Some("c"), now + KEEP), "");
    for number in 0..=MOST {
        tails.judged(&ask(3, 1, Some(&format!("c{number}")), "one"), Outcome::Release, now);
    }
    assert_eq!(
        (before(&tails, 1, Some("c0"), now), before(&tails, 1, Some("c1"), now).as_str()),
        (String::new(), "one")
    );
}
