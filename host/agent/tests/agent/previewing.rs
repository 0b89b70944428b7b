//! The composer read ahead of Send: answered, kept in memory, never on record.

use shared_protocol::{Action, App, Card, ComposerText, Outcome, ToExtension, ToHost};

use crate::browser::{Browser, event};
use crate::home::Home;

const CARD: &str = "why was 4111 1111 1111 1111 declined?";

pub(crate) fn preview(browser: &mut Browser, round: u32, texts: &[&str]) -> Option<Card> {
    let texts = texts.iter().map(|text| (*text).into()).collect();
    let ahead = ComposerText { round, app: App::new("chatgpt"), texts, private_window: false };
    browser.send(&ToHost::Preview(Box::new(ahead)));
    browser.wait(|message| match message {
        ToExtension::Previewed { round: of, card } if *of == round => Some(card.clone()),
        _ => None,
    })
}

fn previewed(home: &Home, number: u32) -> bool {
    let rows = home.rows(event(number).as_str());
    let judged = rows.iter().find(|row| row["kind"] == "judged").unwrap();
    judged.pointer("/timings/previewed") == Some(&true.into())
}

#[test]
fn what_was_read_ahead_is_a_look_up_and_decided_anew() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let card = preview(&mut browser, 1, &[CARD]).unwrap();
    assert_eq!((card.action, card.findings.len()), (Action::Redact, 1));
    assert_eq!(preview(&mut browser, 2, &["nothing of note", "nothing\n\nof note"]), None);

    for (number, text, outcome, ahead) in [
        (1, CARD, Outcome::Ask, true),
        (2, "nothing of note", Outcome::Release, true),
        (3, "nothing\n\nof note", Outcome::Release, true),
        (4, "why was 4111 1111 1111 1111 declined? ", Outcome::Ask, false),
        (5, "nothing of note.", Outcome::Release, false),
    ] {
        let verdict = browser.judge(&event(number), text);
        assert_eq!((verdict.outcome, previewed(&home, number)), (outcome, ahead), "{number}");
        assert_eq!(verdict.edits.len(), usize::from(outcome == Outcome::Ask));
    }
    // What was only read left no row.
    assert_eq!(home.lines(&["log", "list", "--json"]).len(), 5);
    // Another process has another memory.
    browser.close();
    let mut browser = Browser::start(&home);
    browser.judge(&event(6), CARD);
    assert!(!previewed(&home, 6));
}

#[test]
fn nothing_is_read_ahead_when_it_is_off() {
    let home = Home::new();
    home.settings("policy = \"builtin-enforce\"\npreview = \"off\"");
    let mut browser = Browser::start(&home);
    assert_eq!(preview(&mut browser, 1, &[CARD]), None);
    browser.judge(&event(1), CARD);
    assert!(!previewed(&home, 1));
    // A message without any text is answered too.
    assert_eq!(preview(&mut browser, 2, &[]), None);
}
