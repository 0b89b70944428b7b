//! `policy confirm`: what people reported as a mistake, and that an admin agrees.

use shared_protocol::{ToExtension, ToHost};

use super::{said, text};
use crate::browser::{AT, Browser, event};
use crate::home::Home;

#[test]
fn a_report_is_listed_and_confirmed_once() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "call +1 415-555-0132");
    browser.judge(&event(2), "call +1 415-555-0132");
    browser.send(&ToHost::Mistake { event: event(1), at: AT + 2 });
    browser.wait(|message| matches!(message, ToExtension::Reported { .. }).then_some(()));
    assert!(browser.close().0.success());

    let listed = || home.lines(&["policy", "confirm", "--json"]);
    let reports = listed();
    assert_eq!(reports.len(), 1);
    assert_eq!((&reports[0]["event"], &reports[0]["confirmed"]), (&event(1).as_str().into(), &false.into()));
    assert_eq!(reports[0]["policies"], serde_json::json!(["phone-warned"]));
    let (one, two) = (event(1), event(2));
    let told = said(&home.run(&["policy", "confirm", one.as_str()]));
    assert!(told.contains("a mistake of phone-warned") && told.contains("policy explain --event"), "{told}");
    let again = said(&home.run(&["policy", "confirm", one.as_str()]));
    assert!(again.contains("was confirmed before"), "{again}");
    assert_eq!(home.kinds(one.as_str()), ["judged", "mistake", "audit"]);
    assert_eq!(listed()[0]["confirmed"], true);
    let nobody = home.run(&["policy", "confirm", two.as_str()]);
    assert_eq!(nobody.status.code(), Some(3));
    assert!(text(&nobody.stderr).contains("nobody reported"));
    assert!(home.run(&["log", "verify"]).status.success());
    assert_eq!(Home::new().run(&["policy", "confirm"]).status.code(), Some(3));
}
