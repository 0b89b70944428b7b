//! Drafts: let go or held back one by one, told together.

use shared_protocol::{Judge, Operation, Outcome, Part, PartKind, Prompt, Reading, ToHost};

use crate::browser::{Browser, ask, event, judge};
use crate::home::Home;

fn draft(number: u32, page: u32, text: &str) -> Judge {
    let mut prompt = Prompt::new(Operation::SendDraft);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    Judge { page: Some(page), ..judge(&event(number), Reading::Prompt(prompt)) }
}

fn drafted(browser: &mut Browser, number: u32, text: &str) -> Outcome {
    browser.send(&ToHost::Judge(Box::new(draft(number, 1, text))));
    browser.verdict(&event(number)).outcome
}

#[test]
fn the_drafts_of_one_message_are_one_row_more_than_the_first() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let text = "The heron waits in the water";
    for length in 1..=text.len() {
        let number = u32::try_from(length).unwrap();
        assert_eq!(drafted(&mut browser, number, text.get(..length).unwrap()), Outcome::Release);
    }
    let sent = Judge { page: Some(1), ..ask(&event(99), text) };
    browser.send(&ToHost::Judge(Box::new(sent)));
    assert_eq!(browser.verdict(&event(99)).outcome, Outcome::Release);
    browser.close();

    assert_eq!(home.kinds(event(1).as_str()), ["judged", "released", "drafts"]);
    let rows = home.rows(event(1).as_str());
    let told = rows.iter().find(|row| row["kind"] == "drafts").unwrap();
    assert_eq!((&told["drafts"], &told["released"], &told["refused"]), (&28.into(), &28.into(), &0.into()));
    assert_eq!(told["action"], "allow");
    // First draft and Send; nothing of those between.
    assert_eq!(home.lines(&["log", "list", "--json"]).len(), 2);
    let opened = home.lines(&["log", "open", event(1).as_str(), "--json"]);
    let texts: Vec<_> = opened.iter().map(|text| &text["prompt"]["parts"][0]["text"]).collect();
    assert_eq!(texts, ["T", text]);
}

#[test]
fn a_stricter_draft_has_its_own_row_before_it_is_answered() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    assert_eq!(drafted(&mut browser, 1, "my key is "), Outcome::Release);
    let secret = "my key is ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    assert_eq!(drafted(&mut browser, 2, secret), Outcome::Refuse);
    assert_eq!(home.kinds(event(2).as_str()), ["judged", "refused"]);
    for number in 3..10 {
        assert_eq!(drafted(&mut browser, number, &format!("{secret} ok")), Outcome::Refuse);
    }
    // Let go again: the first row says that drafts of this message were.
    assert_eq!(drafted(&mut browser, 10, "my key is secret"), Outcome::Release);
    // Another page writes another message.
    browser.send(&ToHost::Judge(Box::new(draft(11, 2, "hello"))));
    assert_eq!(browser.verdict(&event(11)).outcome, Outcome::Release);
    assert_eq!(home.kinds(event(11).as_str()), ["judged", "released"]);
    // Nobody writes any more when the browser is gone.
    browser.close();
    assert_eq!(home.kinds(event(1).as_str()), ["judged", "released", "drafts"]);
    let rows = home.rows(event(1).as_str());
    let told = rows.iter().find(|row| row["kind"] == "drafts").unwrap();
    assert_eq!((&told["drafts"], &told["released"], &told["refused"]), (&10.into(), &2.into(), &8.into()));
    assert_eq!(told["action"], "block");
    assert_eq!(home.lines(&["log", "list", "--json"]).len(), 3);
}
