//! An extension and a host of neighbouring versions. Browsers update the one, package managers the other: for days each
//! machine has both ages.
//!
//! A later age is made of this one: the same messages with a word more in every object, kinds that nobody knows yet, and
//! a range of protocol versions that goes on. What earlier ages wrote stands in `shared/protocol/cases/ages`.

use serde_json::{Value, json};
use shared_protocol::{
    App, Browser as Which, Choice, Code, ComposerText, Hello, Millis, Outcome, ProtocolRange, RefusedReason,
    ToExtension, ToHost,
};

use crate::browser::{AT, Browser, ORIGIN, ask, event};
use crate::home::Home;

/// As a later version would say it. Names of sites and labels are no words of ours.
fn later(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name != "sites" && name != "labels" {
                    *member = later(member.take());
                }
            }
            members.insert("word_of_a_later_age".to_owned(), json!({"any": [1, "two"]}));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = later(item.take())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

fn say(browser: &mut Browser, message: &ToHost) {
    browser.text(&later(serde_json::to_value(message).unwrap()).to_string());
}

fn hello(browser: &mut Browser, protocol: ProtocolRange) {
    let hello = Hello {
        protocol,
        extension: "9.0.0".to_owned(),
        browser: Which::Firefox,
        language: Some("de".to_owned()),
    };
    say(browser, &ToHost::Hello(hello));
}

#[test]
fn a_later_extension_is_served_by_this_host() {
    let home = Home::enforcing();
    let mut browser = Browser::silent(&home, &[ORIGIN]);
    hello(&mut browser, ProtocolRange { min: 1, max: 2 });
    let welcome = browser.wait(|message| match message {
        ToExtension::Welcome(welcome) => Some(welcome.clone()),
        _ => None,
    });
    assert_eq!(welcome.protocol, 1);

    let said = |number: u32, text: &str| ToHost::Judge(Box::new(ask(&event(number), text)));
    say(&mut browser, &said(1, "hello"));
    assert_eq!(browser.verdict(&event(1)).outcome, Outcome::Release);
    let card = "why was 4111 1111 1111 1111 declined?";
    say(&mut browser, &said(2, card));
    assert_eq!(browser.verdict(&event(2)).outcome, Outcome::Ask);
    let at: Millis = AT;
    say(&mut browser, &ToHost::Shown { event: event(2), at });
    say(&mut browser, &ToHost::Answered { event: event(2), choice: Choice::Edit, at });
    browser.wait(|message| matches!(message, ToExtension::Go { .. }).then_some(()));
    say(&mut browser, &ToHost::Refused { event: event(2), reason: RefusedReason::Aborted, at });
    browser.wait(|message| matches!(message, ToExtension::Noted { .. }).then_some(()));
    let ahead =
        ComposerText { round: 1, app: App::new("chatgpt"), texts: vec![card.into()], private_window: false };
    say(&mut browser, &ToHost::Preview(Box::new(ahead)));
    browser.wait(|message| matches!(message, ToExtension::Previewed { card: Some(_), .. }).then_some(()));
    say(&mut browser, &ToHost::Mine { limit: 10 });
    browser.wait(|message| matches!(message, ToExtension::Mine(_)).then_some(()));

    // A kind of message that is not known here is told, and everything else goes on.
    browser.text(&json!({"kind": "of-a-later-age", "event": event(3), "at": at}).to_string());
    assert_eq!(browser.error(), (Code::BadMessage, Some(event(3))));
    say(&mut browser, &said(3, "hello"));
    assert_eq!(browser.verdict(&event(3)).outcome, Outcome::Release);
    say(&mut browser, &ToHost::Status);
    browser.wait(|message| matches!(message, ToExtension::Status(_)).then_some(()));
    browser.close();
    assert_eq!(home.kinds(event(2).as_str()), ["judged", "shown", "answered", "refused"]);
}

#[test]
fn a_later_hosts_words_are_passed_over() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "why was 4111 1111 1111 1111 declined?");
    browser.answer(&event(1), Choice::Edit);
    browser.judge(&event(2), "mail ada@example.org");
    browser.send(&ToHost::Mine { limit: 10 });
    browser.wait(|message| matches!(message, ToExtension::Mine(_)).then_some(()));
    assert!(browser.is_alive());
    let heard = browser.heard();
    for kind in ["welcome", "verdict", "go", "mine", "status"] {
        assert!(heard.iter().any(|message| message["kind"] == kind), "{kind}");
    }
    for message in heard {
        let now: ToExtension = serde_json::from_value(message.clone()).unwrap();
        let then = serde_json::from_value::<ToExtension>(later(message.clone()));
        assert!(then.as_ref().is_ok_and(|then| *then == now), "{message}: {then:?}");
    }
}

#[test]
fn an_extension_that_is_too_far_off_is_told_so() {
    for protocol in [ProtocolRange { min: 2, max: 3 }, ProtocolRange { min: 0, max: 0 }] {
        let home = Home::enforcing();
        let mut browser = Browser::silent(&home, &[ORIGIN]);
        hello(&mut browser, protocol);
        assert_eq!(browser.error(), (Code::BadVersion, None));
        // What it asks all the same is not judged as if it were understood.
        say(&mut browser, &ToHost::Judge(Box::new(ask(&event(1), "hello"))));
        assert_eq!(browser.error(), (Code::BadMessage, Some(event(1))));
    }
}
