//! What the extension's own pages are told of a person's record: what was decided, when, about what, and no text.

use shared_protocol::{Action, Label, Mine, MineEnd, Outcome, ToExtension, ToHost};

use crate::browser::{Browser, event};
use crate::home::Home;

fn mine(browser: &mut Browser) -> Mine {
    browser.send(&ToHost::Mine { limit: 10 });
    browser.wait(|message| if let ToExtension::Mine(mine) = message { Some(mine.clone()) } else { None })
}

const CARD: &str = "why was 4111 1111 1111 1111 declined?";

#[test]
fn a_person_is_told_what_was_decided_and_no_text() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(1), CARD).outcome, Outcome::Ask);
    browser.judge(&event(2), "nothing of note");
    let told = mine(&mut browser);
    assert_eq!((told.total, told.items.len()), (2, 2));
    let [newest, oldest] = &told.items[..] else { panic!("{told:?}") };
    assert_eq!((newest.action, newest.end), (Some(Action::Allow), MineEnd::Sent));
    assert!(newest.topics.is_empty() && newest.labels.is_empty());
    assert_eq!((oldest.action, oldest.end, oldest.watched), (Some(Action::Redact), MineEnd::Open, false));
    let label = Label::try_from("pii.payment-card".to_owned()).unwrap();
    assert_eq!(oldest.labels.get(&label), Some(&1));
    assert!(!oldest.topics.is_empty(), "{oldest:?}");
    assert!(!serde_json::to_string(&told).unwrap().contains("4111"));
}

#[test]
fn rules_that_only_watch_say_so() {
    let home = Home::new();
    home.settings("policy = \"builtin-monitor\"");
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), CARD);
    let told = mine(&mut browser);
    assert!(told.items[0].watched, "{told:?}");
    assert_eq!(told.items[0].end, MineEnd::Sent);
}
