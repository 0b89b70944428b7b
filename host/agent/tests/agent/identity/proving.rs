//! A card whose request waits for a fresh proof of who the person is: it goes, or ends, and the rows say why.

use std::fs;

use shared_protocol::{Choice, Code, EventId, Outcome, ToExtension, ToHost};

use super::provider::Provider;
use super::visitor::Visitor;
use crate::browser::{AT, Browser, event};

const VERIFY: &str = "[identity.verify]\nacr = [\"high\"]\nmax_age_s = 0\n";
const PROVED: &str = "@id(\"proved-only\")\n@action(\"block\")\n@message(\"Show that it is you.\")\n\
    forbid (principal, action in Action::\"send\", resource) unless { principal.verified };\n";
/// Beside it, one that a proof lifts nothing of.
const ALWAYS: &str = "@id(\"always\")\n@action(\"warn\")\n@message(\"Look twice.\")\n\
    forbid (principal, action in Action::\"send\", resource);\n";

/// What comes after the answer.
enum Said {
    Open(String),
    Go(Outcome),
    Fault(Code),
}

fn desk(policy: &str) -> Option<(Provider, Browser)> {
    let provider = Provider::start()?;
    let root = provider.home.path().join("guardrails");
    fs::create_dir_all(root.join("policy")).unwrap();
    fs::write(root.join("bundle.toml"), "name = \"acme\"\n").unwrap();
    fs::write(root.join("policy/desk.cedar"), policy).unwrap();
    provider.settings(VERIFY);
    let path = provider.home.path().join(".config/promptgate/settings.toml");
    let text = fs::read_to_string(&path).unwrap().replace("policy = \"builtin-enforce\"\n", "");
    provider.home.settings(&format!("{text}[developer]\nbundle = {root:?}\n"));
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    let browser = Browser::start(&provider.home);
    Some((provider, browser))
}

fn asked(browser: &mut Browser, number: u32) -> EventId {
    let event = event(number);
    let verdict = browser.judge(&event, "good morning");
    assert_eq!(verdict.outcome, Outcome::Ask);
    assert!(verdict.card.unwrap().may_verify);
    browser.send(&ToHost::Answered { event: event.clone(), choice: Choice::Verify, at: AT + 1 });
    event
}

fn said(browser: &mut Browser) -> Said {
    browser.wait(|message| match message {
        ToExtension::OpenPage { url } => Some(Said::Open(url.clone())),
        ToExtension::Go { outcome, .. } => Some(Said::Go(*outcome)),
        ToExtension::Error { code, event: Some(_) } => Some(Said::Fault(*code)),
        _ => None,
    })
}

fn page(browser: &mut Browser) -> String {
    let Said::Open(url) = said(browser) else { panic!("no page is opened") };
    url
}

fn comes_back(url: &str, form: &[(&str, &str)]) {
    let mut visitor = Visitor::new();
    let callback = visitor.visit(url, form);
    visitor.get(&callback);
}

/// The kinds of an event's rows, each with its word.
fn rows(provider: &Provider, event: &EventId) -> Vec<String> {
    let word = |row: &serde_json::Value| {
        let words = ["what", "name", "choice", "by"].map(|name| row[name].as_str().unwrap_or_default());
        format!("{} {}", row["kind"].as_str().unwrap(), words.join(" ").trim())
    };
    let rows = provider.home.rows(event.as_str());
    rows.iter().map(|row| word(row).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn what_is_proved_goes_and_what_falls_short_ends() {
    let Some((provider, mut browser)) = desk(PROVED) else { return };
    let falls: [(&[(&str, &str)], &str); 4] = [
        (&[("who", "jane"), ("acr", "low")], "acr"),
        (&[("who", "jane"), ("acr", "high"), ("age", "600")], "auth-time"),
        (&[("who", "joe"), ("acr", "high")], "other-person"),
        (&[("refuse", "yes")], "refused"),
    ];
    for (number, (form, word)) in (1..).zip(falls) {
        let event = asked(&mut browser, number);
        let url = page(&mut browser);
        comes_back(&url, form);
        assert!(matches!(said(&mut browser), Said::Fault(Code::Unverified)), "{word}");
        let rows = rows(&provider, &event);
        assert!(rows.contains(&format!("audit verification-failed {word}")), "{rows:?}");
        assert_eq!(rows[rows.len() - 2..], ["answered verify", "refused policy"], "{rows:?}");
    }
    // A page that was closed, and one that was opened again.
    let closed = asked(&mut browser, 5);
    let url = page(&mut browser);
    browser.send(&ToHost::Answered { event: closed.clone(), choice: Choice::Verify, at: AT + 2 });
    assert_eq!(page(&mut browser), url);
    browser.send(&ToHost::SignInClosed);
    assert!(matches!(said(&mut browser), Said::Fault(Code::Unverified)));
    assert!(rows(&provider, &closed).contains(&"audit verification-failed closed".to_owned()));

    // Two that wait go with one proof; one that was taken back meanwhile does not.
    let (first, second, back) = (asked(&mut browser, 6), event(7), event(8));
    let url = page(&mut browser);
    for other in [7, 8] {
        asked(&mut browser, other);
        assert_eq!(page(&mut browser), url);
    }
    browser.send(&ToHost::Answered { event: back.clone(), choice: Choice::Edit, at: AT + 2 });
    assert!(matches!(said(&mut browser), Said::Go(Outcome::Refuse)));
    comes_back(&url, &[("who", "jane"), ("acr", "high")]);
    for _ in 0..2 {
        assert!(matches!(said(&mut browser), Said::Go(Outcome::Release)));
    }
    for event in [&first, &second] {
        let rows = rows(&provider, event);
        assert_eq!(rows[rows.len() - 2..], ["answered verify", "released"], "{rows:?}");
    }
    assert!(rows(&provider, &first).iter().any(|row| row.starts_with("audit verified")));
    assert!(!rows(&provider, &back).contains(&"released".to_owned()));
    // Said again, it is answered from the record.
    browser.send(&ToHost::Answered { event: first, choice: Choice::Verify, at: AT + 3 });
    assert!(matches!(said(&mut browser), Said::Go(Outcome::Release)));
    assert_eq!(browser.judge(&event(9), "good morning").outcome, Outcome::Release);
}

#[test]
fn what_a_proof_leaves_standing_is_asked_about_with_the_next_send() {
    let Some((provider, mut browser)) = desk(&format!("{PROVED}{ALWAYS}")) else { return };
    let event = asked(&mut browser, 1);
    let url = page(&mut browser);
    comes_back(&url, &[("who", "jane"), ("acr", "high")]);
    assert!(matches!(said(&mut browser), Said::Fault(Code::SendAgain)));
    let rows = rows(&provider, &event);
    assert_eq!(rows[rows.len() - 2..], ["answered verify", "refused policy"], "{rows:?}");
    let next = browser.judge(&crate::browser::event(2), "good morning");
    // What a proof would change nothing of offers none.
    assert!(next.outcome == Outcome::Ask && next.card.is_some_and(|card| card.may_send && !card.may_verify));
}

/// With the host its way back is gone: the next one knows that nobody answered.
#[test]
fn a_host_that_is_killed_meanwhile_lets_nothing_go() {
    let Some((provider, mut browser)) = desk(PROVED) else { return };
    let event = asked(&mut browser, 1);
    page(&mut browser);
    browser.kill();
    let mut browser = Browser::start(&provider.home);
    let reason = shared_protocol::RefusedReason::Unverified;
    browser.send(&ToHost::Refused { event: event.clone(), reason, at: AT + 2 });
    browser.wait(|message| matches!(message, ToExtension::Noted { .. }).then_some(()));
    let rows = rows(&provider, &event);
    assert!(
        rows.last().is_some_and(|row| row.starts_with("refused")) && !rows.contains(&"released".to_owned())
    );
}
