//! What was said is on record, whatever happens next; the same question gets the same answer.

use std::collections::BTreeSet;

use shared_protocol::{Choice, Outcome, ToExtension, ToHost};

use crate::browser::{AT, Browser, ask, event};
use crate::home::{Home, PATIENT};

const PHONE: &str = "call me at +1 415-555-0132";
const CARD: &str = "my card 4111 1111 1111 1111 was declined";

#[test]
fn a_verdict_is_on_record_when_it_is_heard() {
    let home = Home::enforcing();
    for number in 1..=5 {
        let mut browser = Browser::start(&home);
        assert_eq!(browser.judge(&event(number), "hello").outcome, Outcome::Release);
        browser.kill();
        assert_eq!(home.kinds(event(number).as_str()), ["judged", "released"]);
    }
    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(6), PHONE).outcome, Outcome::Ask);
    assert_eq!(browser.answer(&event(6), Choice::SendAnyway), Outcome::Release);
    browser.kill();
    assert_eq!(home.kinds(event(6).as_str()), ["judged", "answered", "released"]);
}

#[test]
fn the_same_question_after_a_restart_gets_the_same_answer() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let asked = browser.judge(&event(1), PHONE);
    let redacted = browser.judge(&event(2), CARD);
    browser.kill();

    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(1), PHONE), asked);
    assert_eq!(browser.answer(&event(1), Choice::SendAnyway), Outcome::Release);
    assert_eq!(browser.judge(&event(2), CARD), redacted);
    assert_eq!(browser.answer(&event(2), Choice::Redact { reason: None }), Outcome::Release);
    browser.kill();

    // The go may have been lost: asked or answered again, it is the same.
    let mut browser = Browser::start(&home);
    assert_eq!(browser.answer(&event(1), Choice::SendAnyway), Outcome::Release);
    assert_eq!(browser.judge(&event(1), PHONE).outcome, Outcome::Release);
    // What was to go without the card number does not go with it.
    let again = browser.judge(&event(2), CARD);
    assert_eq!((again.outcome, again.edits), (Outcome::Ask, redacted.edits));
    assert_eq!(browser.answer(&event(2), Choice::Redact { reason: None }), Outcome::Release);
    assert!(browser.close().0.success());
    assert_eq!(home.kinds(event(1).as_str()), ["judged", "answered", "released"]);
    assert_eq!(home.kinds(event(2).as_str()), ["judged", "answered", "released"]);
}

#[test]
fn another_answer_than_the_recorded_one_only_tightens() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), CARD);
    assert_eq!(browser.answer(&event(1), Choice::Redact { reason: None }), Outcome::Release);
    assert_eq!(browser.answer(&event(1), Choice::SendAnyway), Outcome::Refuse);
    assert_eq!(browser.answer(&event(1), Choice::Redact { reason: None }), Outcome::Refuse);
    assert_eq!(browser.judge(&event(1), CARD).outcome, Outcome::Refuse);
}

#[test]
fn a_stricter_policy_in_between_refuses_what_was_only_asked() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(1), PHONE).outcome, Outcome::Ask);
    browser.kill();
    home.settings(&format!("policy = \"builtin-monitor\"\n[fail]\n{PATIENT}"));
    let mut browser = Browser::start(&home);
    // The record says that it has to be asked about; the new settings would not ask.
    assert_eq!(browser.judge(&event(1), PHONE).outcome, Outcome::Refuse);
    assert_eq!(home.kinds(event(1).as_str()), ["judged", "refused"]);
}

#[test]
fn a_hundred_at_once_from_two_browsers() {
    let home = Home::enforcing();
    let mut browsers = [Browser::start(&home), Browser::start(&home)];
    for number in 0..100 {
        let browser = &mut browsers[usize::from(number % 2 == 1)];
        browser
            .send(&ToHost::Judge(Box::new(ask(&event(number), if number % 5 == 0 { PHONE } else { "hi" }))));
        // A second time before the first is answered: one verdict.
        browser
            .send(&ToHost::Judge(Box::new(ask(&event(number), if number % 5 == 0 { PHONE } else { "hi" }))));
    }
    let mut heard = BTreeSet::new();
    for number in 0..100 {
        let verdict = browsers[usize::from(number % 2 == 1)].verdict(&event(number));
        let expected = if number % 5 == 0 { Outcome::Ask } else { Outcome::Release };
        assert_eq!((verdict.outcome, verdict.fault), (expected, None));
        heard.insert(verdict.event);
    }
    assert_eq!(heard.len(), 100);
    for browser in browsers {
        assert!(browser.close().0.success());
    }
    let rows = home.lines(&["log", "list", "--kind", "judged", "--limit", "1000", "--json"]);
    assert_eq!(rows.len(), 100);
    assert_eq!(home.lines(&["log", "list", "--kind", "released", "--limit", "1000", "--json"]).len(), 80);
}

#[test]
fn messages_of_three_megabytes_go_both_ways() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let cards = 20_000;
    let text = format!("{}{}", "4111 1111 1111 1111 and <more>\n".repeat(cards), "é\"\\\t".repeat(500_000));
    assert!(text.len() > 3_000_000);
    let verdict = browser.judge(&event(1), &text);
    assert_eq!(verdict.outcome, Outcome::Ask);
    assert_eq!(verdict.edits.len(), cards);
    assert!(serde_json::to_string(&ToExtension::Verdict(Box::new(verdict))).unwrap().len() > 1_000_000);
    let opened = home.lines(&["log", "open", event(1).as_str(), "--json"]);
    assert_eq!(opened[0]["prompt"]["parts"][0]["text"], text);
    browser.send(&ToHost::Shown { event: event(1), at: AT });
    assert!(browser.is_alive());
}
