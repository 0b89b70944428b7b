//! `log erase`, `log prune` and retention in the background, on a record that the real host wrote and goes on writing.

use std::time::{Duration, Instant};

use shared_protocol::Outcome;

use crate::browser::{Browser, event};
use crate::home::{Home, PATIENT, account, holds, json_lines};
use crate::receiver::until;

const CANARY: &str = "write to erin.canary@example.com";

fn is_whole(home: &Home) {
    let output = home.run(&["log", "verify", "--json"]);
    let told = json_lines(&output).remove(0);
    assert_eq!(
        (output.status.code(), told.get("bad").unwrap()),
        (Some(0), &serde_json::Value::Null),
        "{told}"
    );
    assert_eq!(told.get("rows"), told.get("sealed"));
}

#[test]
fn a_person_is_erased_while_the_browser_goes_on() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    for number in 1..=4 {
        browser.judge(&event(number), CANARY);
    }
    let asked = home.run(&["log", "erase", "--person", &account()]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(String::from_utf8(asked.stderr).unwrap().contains("--yes"));
    assert!(holds(&home.bytes(), &format!("\"person\":\"{}\"", account())));
    assert_eq!(home.lines(&["log", "list", "--user", &account(), "--json"]).len(), 4);

    let told = home.lines(&["log", "erase", "--person", &account(), "--yes", "--json"]).remove(0);
    // Four judgements with what became of them, and the browser's first heartbeat.
    assert!(told["erased"].as_u64().unwrap() >= 8, "{told}");
    assert!(!holds(&home.bytes(), &format!("\"person\":\"{}\"", account())));
    assert_eq!(home.lines(&["log", "list", "--user", &account(), "--json"]).len(), 0);
    let audits = home.audits();
    assert_eq!((&audits[0]["what"], &audits[0]["count"]), (&"log-erased".into(), &told["erased"]));
    is_whole(&home);

    assert_eq!(browser.judge(&event(9), "hello").outcome, Outcome::Release);
    assert!(browser.close().0.success());
    is_whole(&home);
    let nobody = home.run(&["log", "erase", "--person", "", "--yes"]);
    assert_eq!(nobody.status.code(), Some(1));
}

#[test]
fn what_is_old_is_pruned_by_hand() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), CANARY);
    assert!(browser.close().0.success());
    // The judged prompt is of long ago, the heartbeats are of now.
    let told = home.lines(&["log", "prune", "--older-than", "90d", "--json"]).remove(0);
    assert_eq!(told["pruned"], 2, "{told}");
    assert_eq!(home.lines(&["log", "list", "--kind", "heartbeat", "--json"]).len(), 2);
    assert_eq!(home.lines(&["log", "list", "--matched", "--json"]).len(), 0);
    is_whole(&home);
    assert_eq!(home.run(&["log", "prune", "--older-than", "soon"]).status.code(), Some(1));
}

#[test]
fn what_is_old_is_pruned_in_the_background() {
    let home = Home::new();
    let text = format!("policy = \"builtin-enforce\"\nretention_days = 30\n[fail]\n{PATIENT}\n");
    home.settings(&text);
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), CANARY);
    assert!(browser.close().0.success());
    // The first round comes a second after a start, and on a busy machine before the first verdict.
    let mut browser = Browser::start(&home);
    let start = Instant::now();
    let pruned = || home.audits().pop();
    let audit = loop {
        if let Some(audit) = pruned() {
            break audit;
        }
        assert!(start.elapsed() < Duration::from_secs(180));
        assert!(browser.is_alive());
        // Whoever reads all the time is in the way of who is waited for.
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!((&audit["what"], &audit["by"]), (&"log-pruned".into(), &"host".into()));
    // Then pages are gone through, in the background too.
    let store = host_store::Store::existing(&home.data(), host_store::Store::BUSY).unwrap();
    until("all pages are gone through", || !store.owes_scrub().unwrap());
    drop(store);
    assert_eq!(home.lines(&["log", "list", "--matched", "--json"]).len(), 0);
    assert!(browser.close().0.success());
    is_whole(&home);
}
