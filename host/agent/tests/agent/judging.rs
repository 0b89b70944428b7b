//! Verdicts, answers and what follows them.

use std::time::Instant;

use shared_protocol::{
    Action, App, Browser as Which, Choice, Code, Drift, DriftKind, EndReason, Hello, LateEntry, Mode,
    Obligation, Operation, Outcome, Prompt, ProtocolRange, Reading, Response, Road, ToExtension, ToHost,
    Uncovered, Verdict,
};

use crate::browser::{AT, Browser, ask, event, judge};
use crate::home::{Home, PATIENT, holds};

const EMAIL: &str = "please write to jane.doe@example.com";
const PHONE: &str = "call me at +1 415-555-0132";
const IBAN: &str = "pay to DE89 3704 0044 0532 0130 00 please";
const CARD: &str = "my card 4111 1111 1111 1111 was declined";
const TOKEN: &str = "use ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";

fn reason(text: &str) -> Choice {
    Choice::Justify { reason: text.into() }
}

#[test]
fn the_six_actions() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let cases = [
        ("good morning", Action::Allow, Outcome::Release, None, None),
        (EMAIL, Action::Coach, Outcome::Release, None, None),
        (PHONE, Action::Warn, Outcome::Ask, Some(Choice::SendAnyway), Some(false)),
        (IBAN, Action::Justify, Outcome::Ask, Some(reason("the customer asked")), Some(false)),
        (CARD, Action::Redact, Outcome::Ask, Some(Choice::Redact { reason: None }), Some(true)),
        (TOKEN, Action::Block, Outcome::Refuse, None, None),
    ];
    for (number, (text, action, outcome, choice, edited)) in (1..).zip(cases) {
        let event = event(number);
        let verdict = browser.judge(&event, text);
        assert_eq!(
            (verdict.action, verdict.outcome, verdict.mode),
            (action, outcome, Mode::Enforce),
            "{text}"
        );
        assert_eq!(verdict.fault, None);
        assert_eq!(verdict.card.is_some(), action != Action::Allow);
        let mut kinds = vec!["judged"];
        match outcome {
            Outcome::Release => kinds.push("released"),
            Outcome::Refuse => kinds.push("refused"),
            Outcome::Ask => {
                assert_eq!(home.kinds(event.as_str()), ["judged"]);
                browser.send(&ToHost::Shown { event: event.clone(), at: AT });
                assert_eq!(browser.answer(&event, choice.unwrap()), Outcome::Release);
                kinds.extend(["shown", "answered", "released"]);
            }
        }
        let rows = home.rows(event.as_str());
        assert_eq!(home.kinds(event.as_str()), kinds, "{text}");
        assert_eq!(rows[0]["action"], serde_json::to_value(action).unwrap());
        assert_eq!(rows[0]["person"], crate::home::account());
        assert_eq!(rows[0]["app"], "chatgpt");
        assert_eq!(rows[0]["browser"], "chromium");
        if let Some(edited) = edited {
            assert_eq!(rows.last().unwrap()["edited"], edited);
        }
    }
    assert!(browser.close().0.success());
}

#[test]
fn redaction_takes_out_the_spans_and_what_it_leaves_still_stands() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let text = format!("é😀 {CARD}, and {IBAN}");
    let verdict = browser.judge(&event(1), &text);
    assert_eq!(verdict.obligations, [Obligation::Justify, Obligation::Redact]);
    let [edit] = verdict.edits.as_slice() else { panic!("one edit") };
    let found: String = text.chars().skip(edit.start).take(edit.end - edit.start).collect();
    assert_eq!(found, "4111 1111 1111 1111");
    assert_eq!(edit.replacement, "[CARD_1]");
    let card = verdict.card.unwrap();
    assert!(card.may_redact && card.may_justify && card.may_edit && !card.may_send);
    assert!(!serde_json::to_string(&card).unwrap().contains("4111 1111"));
    // Without a reason it is not sent.
    assert_eq!(browser.answer(&event(1), Choice::Redact { reason: None }), Outcome::Refuse);
    assert_eq!(browser.judge(&event(2), &text).outcome, Outcome::Ask);
    let choice = Choice::Redact { reason: Some("the bank asked".into()) };
    assert_eq!(browser.answer(&event(2), choice), Outcome::Release);
    // Nothing of the text lies on the disk in clear; the key opens it.
    // (Four digits alone stand in an id of a row now and then.)
    assert!(!holds(&home.bytes(), "4111 1111") && !holds(&home.bytes(), "the bank asked"));
    let opened = home.lines(&["log", "open", event(2).as_str(), "--json"]);
    assert_eq!(opened[0]["prompt"]["parts"][0]["text"], text);
    assert_eq!(opened[1]["reason"], "the bank asked");
}

#[test]
fn a_value_that_is_split_over_two_prompts_of_a_conversation_is_found() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let mut say = |number, page, conversation: Option<&str>, text| {
        let mut judge = ask(&event(number), text);
        judge.page = Some(page);
        let Reading::Prompt(prompt) = &mut judge.reading else { panic!("a prompt") };
        prompt.conversation_id = conversation.map(str::to_owned);
        browser.send(&ToHost::Judge(Box::new(judge)));
        browser.verdict(&event(number))
    };
    assert_eq!(say(1, 7, None, "my card is 4111 1111").outcome, Outcome::Release);
    // Elsewhere, and as the first prompt of another conversation, it is a number like any other.
    for (number, page, conversation) in [(2, 8, Some("other")), (3, 8, None)] {
        let verdict = say(number, page, conversation, "1111 1111 and why was it declined?");
        assert_eq!(verdict.outcome, Outcome::Release, "{number}");
    }
    let verdict = say(4, 7, Some("one"), "1111 1111 and why was it declined?");
    assert_eq!((verdict.outcome, verdict.action), (Outcome::Ask, Action::Redact));
    let [edit] = verdict.edits.as_slice() else { panic!("one edit") };
    assert_eq!((edit.start, edit.end, edit.replacement.as_str()), (0, 9, "[CARD_1]"));
    assert_eq!(home.rows(event(4).as_str())[0]["facts"]["labels"]["pii.payment-card"]["spans"], 1);
    assert!(!holds(&home.bytes(), "4111 1111"));
}

#[test]
fn taking_it_back_or_not_answering_refuses() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    for (number, choice) in
        [(1, Choice::Edit), (2, Choice::None), (3, reason("because")), (4, Choice::SendAnyway)]
    {
        let text = if number == 4 { IBAN } else { PHONE };
        assert_eq!(browser.judge(&event(number), text).outcome, Outcome::Ask);
        assert_eq!(browser.answer(&event(number), choice), Outcome::Refuse, "{number}");
        assert_eq!(home.kinds(event(number).as_str()), ["judged", "answered", "refused"]);
    }
    browser.send(&ToHost::Answered { event: event(99), choice: Choice::SendAnyway, at: AT });
    assert_eq!(browser.error(), (Code::UnknownEvent, Some(event(99))));
}

#[test]
fn a_trial_watches_and_stops_nobody() {
    let home = Home::with("builtin-monitor", "");
    let mut browser = Browser::start(&home);
    let verdict = browser.judge(&event(1), TOKEN);
    let Verdict { outcome, action, mode, card, .. } = verdict;
    assert_eq!((outcome, action, mode, card), (Outcome::Release, Action::Block, Mode::Monitor, None));
    assert_eq!(home.kinds(event(1).as_str()), ["judged", "released"]);
    assert_eq!(home.rows(event(1).as_str())[0]["would"], "block");
}

#[test]
fn unread_sends_get_their_setting_and_a_drift_row() {
    let home = Home::with("builtin-enforce", "unread = \"justify\"");
    let mut browser = Browser::start(&home);
    let drift = Drift {
        what: DriftKind::Shape,
        operation: Some(Operation::SendPrompt),
        path: "POST /backend-api/f/{}".to_owned(),
        place: Some("/messages/0".to_owned()),
        size: Some(700),
    };
    browser.send(&ToHost::Judge(Box::new(judge(&event(1), Reading::Unread(drift.clone())))));
    let verdict = browser.verdict(&event(1));
    assert_eq!((verdict.outcome, verdict.fault), (Outcome::Ask, Some(Code::Unread)));
    assert!(verdict.card.unwrap().may_justify);
    assert_eq!(home.kinds(event(1).as_str()), ["judged", "drift"]);
    // Also one that belongs to no request, counted for the popup.
    browser.send(&ToHost::Drift { app: App::new("gemini"), drift, at: now() });
    let started = Instant::now();
    loop {
        browser.send(&ToHost::Status);
        let told = browser.wait(|message| match message {
            ToExtension::Status(status) => Some((status.rows, status.drift)),
            _ => None,
        });
        // The first drift row is older than the popup's week; a heartbeat, the first key and that the person is
        // new here are rows too.
        if told == (6, 1) {
            break;
        }
        assert!(told.0 < 6 && started.elapsed().as_secs() < 30, "{told:?}");
    }
}

#[test]
fn what_no_hook_vouched_for_is_a_row_of_its_own() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    for stopped in [true, false] {
        let seen = Uncovered { road: Road::Request, path: "POST /backend-api/f/{}".to_owned(), stopped };
        browser.send(&ToHost::Uncovered { app: App::new("chatgpt"), seen, at: now() });
    }
    let started = Instant::now();
    loop {
        browser.send(&ToHost::Status);
        let told = browser.wait(|message| match message {
            ToExtension::Status(status) => Some((status.rows, status.drift, status.uncovered)),
            _ => None,
        });
        // With the first key, the heartbeat of this connection, that the person is new here, and the row that stands for what was not
        // stopped.
        if told == (6, 0, 2) {
            break;
        }
        assert!(told.0 < 6 && started.elapsed().as_secs() < 30, "{told:?}");
    }
    let rows = home.lines(&["log", "list", "--kind", "uncovered", "--json"]);
    let mut stopped: Vec<_> = rows.iter().map(|row| (row["kind"].clone(), row["stopped"].clone())).collect();
    stopped.sort_by_key(|row| row.1.to_string());
    assert_eq!(stopped, [("uncovered".into(), false.into()), ("uncovered".into(), true.into())]);
    assert!(rows.iter().all(|row| row["road"] == "request" && row["path"] == "POST /backend-api/f/{}"));
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

#[test]
fn an_answer_is_joined_to_its_prompt() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let mut first = Prompt::new(Operation::SendPrompt);
    first.parts = match ask(&event(1), "hello there").reading {
        Reading::Prompt(prompt) => prompt.parts,
        Reading::Unread(_) => Vec::new(),
    };
    browser.send(&ToHost::Judge(Box::new(judge(&event(1), Reading::Prompt(first)))));
    assert_eq!(browser.verdict(&event(1)).outcome, Outcome::Release);
    let response = Response {
        text: "general greetings".into(),
        conversation_id: Some("conv-1".to_owned()),
        message_id: Some("answer-1".to_owned()),
        model: Some("model-x".to_owned()),
        complete: true,
        ..Response::default()
    };
    // Twice, as after a host that was lost before it confirmed.
    for _ in 0..2 {
        let response = Box::new(response.clone());
        browser.send(&ToHost::Response { event: event(1), response, at: AT + 5 });
        browser.send(&ToHost::Ended { event: event(1), reason: EndReason::Complete, at: AT + 6 });
        browser.wait(|message| match message {
            ToExtension::Noted { event: of } => (*of == event(1)).then_some(()),
            _ => None,
        });
    }
    let (status, _) = browser.close();
    assert!(status.success());
    assert_eq!(home.kinds(event(1).as_str()), ["judged", "released", "response", "ended"]);
    assert!(!holds(&home.bytes(), "general greetings"));
    let told = home.lines(&["log", "conversation", "conv-1", "--open", "--json"]);
    assert_eq!(told[0]["state"], "released");
    assert_eq!(told[0]["texts"][1]["answer"], "general greetings");
    assert_eq!(home.lines(&["log", "list", "--conversation", "conv-1", "--json"]).len(), 1);
}

#[test]
fn late_entries_become_rows_once() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let late = |number| LateEntry {
        event: event(number),
        app: App::new("claude"),
        operation: Some(Operation::SendPrompt),
        at: AT,
        released: true,
        size: 12,
    };
    browser.send(&ToHost::Late { entries: vec![late(1), late(2)] });
    browser.send(&ToHost::Late { entries: vec![late(2), late(3)] });
    assert!(browser.is_alive());
    assert_eq!(home.lines(&["log", "list", "--kind", "late", "--json"]).len(), 3);
    // What follows about one of them finds it on record.
    browser.send(&ToHost::Ended { event: event(3), reason: EndReason::NoAnswer, at: AT });
    assert!(browser.close().0.success());
    assert_eq!(home.kinds(event(3).as_str()), ["late", "ended"]);
}

#[test]
fn a_changed_settings_file_is_taken_up_and_pushed() {
    let home = Home::with("builtin-monitor", "");
    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(1), PHONE).outcome, Outcome::Release);
    home.settings(&format!("policy = \"builtin-enforce\"\ncapture = \"metadata\"\n[fail]\n{PATIENT}"));
    let pushed = browser.wait(|message| match message {
        ToExtension::Settings(settings) => Some((**settings).clone()),
        _ => None,
    });
    assert_eq!(pushed.capture, shared_protocol::Capture::Metadata);
    assert_eq!(browser.judge(&event(2), PHONE).outcome, Outcome::Ask);
    assert!(home.rows(event(2).as_str())[0].get("sealed").is_none());
    // A file that is broken later tightens.
    home.settings("policy = builtin-monitor");
    browser.wait(|message| matches!(message, ToExtension::Settings(_)).then_some(()));
    assert_eq!(browser.judge(&event(3), TOKEN).outcome, Outcome::Refuse);
}

#[test]
fn capture_keeps_no_more_than_it_says() {
    let text = format!("{} before {CARD} after {}", "x".repeat(300), "y".repeat(300));
    for (capture, kept) in [("full", true), ("matches", true), ("masked", false)] {
        let home = Home::new();
        home.settings(&format!("policy = \"builtin-monitor\"\ncapture = \"{capture}\"\n[fail]\n{PATIENT}"));
        let mut browser = Browser::start(&home);
        browser.judge(&event(1), &text);
        let opened = home.lines(&["log", "open", event(1).as_str(), "--json"]);
        let sealed = opened[0]["prompt"]["parts"][0]["text"].as_str().unwrap();
        assert_eq!(sealed.contains("4111 1111 1111 1111"), kept, "{capture}");
        assert_eq!(sealed.contains(&"x".repeat(300)), capture != "matches", "{capture}");
        assert_eq!(sealed == text, capture == "full");
    }
}

#[test]
fn what_was_said_before_hello_or_in_no_common_version_is_refused() {
    let home = Home::enforcing();
    let mut browser = Browser::silent(&home, &[crate::browser::ORIGIN]);
    browser.send(&ToHost::Judge(Box::new(ask(&event(1), "hello"))));
    assert_eq!(browser.error(), (Code::BadMessage, Some(event(1))));
    browser.send(&ToHost::Hello(Hello {
        protocol: ProtocolRange { min: 7, max: 9 },
        extension: "9".to_owned(),
        browser: Which::Firefox,
        language: None,
    }));
    assert_eq!(browser.error(), (Code::BadVersion, None));
    assert_eq!(browser.hello().protocol, 1);
    assert_eq!(browser.judge(&event(1), "hello").outcome, Outcome::Release);
}
