//! The report that a verdict is a mistake.

use shared_protocol::{Choice, Code, Outcome, ToExtension, ToHost};

use crate::browser::{AT, Browser, event};
use crate::home::Home;

const PHONE: &str = "call +1 415-555-0132";

fn report(browser: &mut Browser, number: u32) {
    browser.send(&ToHost::Mistake { event: event(number), at: AT + 2 });
    browser.wait(|message| match message {
        ToExtension::Reported { event: about } if *about == event(number) => Some(()),
        _ => None,
    });
}

#[test]
fn a_report_is_one_row_and_decides_nothing() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let verdict = browser.judge(&event(1), PHONE);
    let card = verdict.card.unwrap();
    assert!((card.may_report, card.may_code) == (true, false));
    report(&mut browser, 1);
    // Said again by an extension that did not hear that it is on record.
    report(&mut browser, 1);
    assert_eq!(home.kinds(event(1).as_str()), ["judged", "mistake"]);
    assert_eq!(browser.answer(&event(1), Choice::SendAnyway), Outcome::Release);
    // Also when all is over.
    assert_eq!(browser.judge(&event(2), PHONE).outcome, Outcome::Ask);
    assert_eq!(browser.answer(&event(2), Choice::Edit), Outcome::Refuse);
    report(&mut browser, 2);
    assert_eq!(home.kinds(event(2).as_str()), ["judged", "answered", "refused", "mistake"]);
    assert_eq!(home.lines(&["log", "list", "--kind", "mistake", "--json"]).len(), 2);
    assert!(home.run(&["log", "verify"]).status.success());
}

#[test]
fn nobody_reports_what_was_never_judged() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.send(&ToHost::Mistake { event: event(7), at: AT });
    assert_eq!(browser.error(), (Code::UnknownEvent, Some(event(7))));
    assert!(browser.is_alive());
}
