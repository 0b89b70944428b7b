//! Bad input: a coded error, the fail setting applied, the record written, memory bounded, the loop alive.

use std::fs;

use serde_json::json;
use shared_protocol::frame::{CHUNK_BYTES, MESSAGE_BYTES};
use shared_protocol::{Action, Code, Outcome, ToExtension, ToHost};

use crate::browser::{AT, Browser, ORIGIN, ask, event};
use crate::home::{Home, holds};
use crate::previewing;

/// Kibibytes of memory at most, so far.
fn peak(browser: &Browser) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", browser.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn whatever_is_no_message_is_told_and_the_loop_goes_on() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let deep = format!("{{\"kind\":\"judge\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: [(&[u8], Code); 8] = [
        (b"\xff\xfe\x00", Code::BadFrame),
        (b"", Code::BadMessage),
        (b"not json", Code::BadMessage),
        (b"[1,2,3]", Code::BadMessage),
        (b"{\"kind\":\"unheard-of\"}", Code::BadMessage),
        (b"{\"kind\":\"judge\"}", Code::BadMessage),
        (b"{\"chunk\":{\"id\":1,\"index\":4,\"count\":9,\"data\":\"x\"}}", Code::BadFrame),
        (deep.as_bytes(), Code::BadMessage),
    ];
    for (bytes, code) in cases {
        browser.frame(bytes);
        assert_eq!(browser.error(), (code, None));
    }
    assert_eq!(browser.judge(&event(1), "hello").outcome, Outcome::Release);
    // Malformed messages are on record, a bounded number of them.
    assert_eq!(home.lines(&["log", "list", "--kind", "drift", "--json"]).len(), 8);
    for _ in 0..50 {
        browser.frame(b"nothing");
    }
    assert!(browser.is_alive());
    assert_eq!(home.lines(&["log", "list", "--kind", "drift", "--json"]).len(), 16);
    let (status, stderr) = browser.close();
    assert!(status.success());
    assert_eq!(stderr, "");
}

#[test]
fn a_judgement_that_cannot_be_understood_gets_its_setting() {
    for (setting, outcome) in
        [("allow", Outcome::Release), ("warn", Outcome::Ask), ("block", Outcome::Refuse)]
    {
        let home = Home::with("builtin-enforce", &format!("unread = \"{setting}\""));
        let mut browser = Browser::start(&home);
        let secret = "the secret words";
        let broken = json!({ "kind": "judge", "event": event(1), "app": "claude", "at": AT,
            "reading": { "read": "prompt", "operation": "fly", "parts": [{ "kind": "text", "text": secret }] } });
        browser.text(&broken.to_string());
        let verdict = browser.verdict(&event(1));
        assert_eq!((verdict.outcome, verdict.fault), (outcome, Some(Code::BadMessage)));
        let rows = home.rows(event(1).as_str());
        assert_eq!((&rows[0]["fault"], &rows[0]["app"]), (&json!("bad-message"), &json!("claude")));
        let (_, stderr) = browser.close();
        assert!(!stderr.contains(secret) && !holds(&home.bytes(), secret));
    }
}

#[test]
fn fifty_megabytes_are_oversize_in_bounded_memory() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(1), "hello").outcome, Outcome::Release);
    let before = peak(&browser);

    // In pieces, as the extension would send it.
    let text = "all work and no play ".repeat(50 * 1024 * 1024 / 21);
    let message = serde_json::to_string(&ToHost::Judge(Box::new(ask(&event(2), &text)))).unwrap();
    drop(text);
    browser.text(&message);
    drop(message);
    let verdict = browser.verdict(&event(2));
    assert_eq!((verdict.outcome, verdict.fault), (Outcome::Refuse, Some(Code::Oversize)));
    assert_eq!(home.rows(event(2).as_str())[0]["fault"], "oversize");

    // In one frame that is announced and skipped.
    browser.frame(&vec![b'x'; 50 * 1024 * 1024]);
    assert_eq!(browser.error(), (Code::Oversize, None));

    // More text than is judged, in a message that fits.
    let large = "play ".repeat(9 * 1024 * 1024 / 5);
    let verdict = browser.judge(&event(3), &large);
    assert_eq!((verdict.outcome, verdict.fault), (Outcome::Refuse, Some(Code::Oversize)));
    assert_eq!(verdict.action, Action::Block);
    let grown = peak(&browser) - before;
    let bound = u64::try_from(6 * MESSAGE_BYTES / 1024).unwrap();
    assert!(grown < bound, "{grown} kB over {bound} kB");
    assert_eq!(browser.judge(&event(4), "hello").outcome, Outcome::Release);
}

#[test]
fn pieces_of_many_messages_that_never_end_are_bounded() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    // Rules and models are in memory after it.
    assert_eq!(browser.judge(&event(1), "hello").outcome, Outcome::Release);
    let before = peak(&browser);
    let data = "a".repeat(CHUNK_BYTES / 2);
    for id in 0..1000 {
        browser.frame(
            json!({ "chunk": { "id": id, "index": 0, "count": 9, "data": data } }).to_string().as_bytes(),
        );
    }
    assert_eq!(browser.error(), (Code::Oversize, None));
    assert!(browser.is_alive());
    assert!(peak(&browser) - before < 64 * 1024);
}

#[test]
fn a_deadline_that_passes_is_answered_by_its_setting() {
    for (setting, outcome) in
        [("allow", Outcome::Release), ("warn", Outcome::Ask), ("block", Outcome::Refuse)]
    {
        let home = Home::new();
        home.settings(&format!(
            "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 50\ndeadline = \"{setting}\"\n"
        ));
        let mut browser = Browser::start(&home);
        // The rules are read by then: before, there is no verdict at all.
        previewing::preview(&mut browser, 1, &["hello"]);
        // Far more than can be read in that time.
        let verdict = browser.judge(&event(1), &"4111 1111 1111 1111, ".repeat(50_000));
        assert_eq!((verdict.outcome, verdict.fault), (outcome, Some(Code::Deadline)), "{setting}");
        assert_eq!(home.rows(event(1).as_str())[0]["fault"], "deadline");
    }
}

#[test]
fn without_a_record_nothing_is_said_that_needs_one() {
    for (policy, outcome) in [("builtin-enforce", Outcome::Refuse), ("builtin-monitor", Outcome::Release)] {
        let home = Home::with(policy, "");
        // A folder where the file should be.
        fs::create_dir_all(home.data().join("journal.sqlite3/x")).unwrap();
        let mut browser = Browser::start(&home);
        let verdict = browser.judge(&event(1), "hello");
        assert_eq!((verdict.outcome, verdict.fault), (outcome, Some(Code::NotRecorded)), "{policy}");
        browser.send(&ToHost::Answered {
            event: event(1),
            choice: shared_protocol::Choice::SendAnyway,
            at: AT,
        });
        assert_eq!(browser.error(), (Code::NotRecorded, Some(event(1))));
        // The folder is repaired: the next one is on record.
        fs::remove_dir_all(home.data().join("journal.sqlite3")).unwrap();
        let verdict = browser.judge(&event(2), "hello");
        assert_eq!((verdict.outcome, verdict.fault), (Outcome::Release, None), "{policy}");
        assert_eq!(home.kinds(event(2).as_str()), ["judged", "released"]);
    }
}

#[test]
fn a_key_that_cannot_be_read_is_not_replaced() {
    let home = Home::enforcing();
    fs::create_dir_all(home.data().join("keys")).unwrap();
    fs::write(home.data().join("keys/trial.key"), "half").unwrap();
    let mut browser = Browser::start(&home);
    let verdict = browser.judge(&event(1), "hello");
    assert_eq!((verdict.outcome, verdict.fault), (Outcome::Refuse, Some(Code::NotRecorded)));
    assert_eq!(fs::read_to_string(home.data().join("keys/trial.key")).unwrap(), "half");
}

#[test]
fn a_stranger_is_not_answered() {
    let home = Home::enforcing();
    let other = "chrome-extension://abcdefghijklmnopabcdefghijklmnop/";
    let output = home.run(&[other]);
    assert_eq!(output.status.code(), Some(4));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("not Promptgate's"));
    // Unless the settings name it for development.
    home.settings("[developer]\nextensions = [\"abcdefghijklmnopabcdefghijklmnop\"]\n");
    assert_eq!(Browser::silent(&home, &[other]).hello().protocol, 1);
    let manifest = home.path().join("x/io.promptgate.host.json");
    let firefox = [manifest.to_str().unwrap(), "promptgate@promptgate.io"];
    assert_eq!(Browser::silent(&home, &firefox).hello().protocol, 1);
    assert_eq!(Browser::silent(&home, &[ORIGIN, "--parent-window=0"]).hello().protocol, 1);
}

#[test]
fn an_unheard_of_event_is_told() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.send(&ToHost::Shown { event: event(1), at: AT });
    assert_eq!(browser.error(), (Code::UnknownEvent, Some(event(1))));
    browser.send(&ToHost::Status);
    browser.wait(|message| matches!(message, ToExtension::Status(_)).then_some(()));
}
