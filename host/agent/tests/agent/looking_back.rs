//! `log rescan` and `log mine`: what a person or an analyst learns from old rows.

use shared_protocol::{Choice, Outcome};

use crate::browser::{Browser, event};
use crate::home::{Home, PATIENT, account, holds};

const CARD: &str = "card 4111 1111 1111 1111, said Jane";
const PHONE: &str = "call me at +1 415-555-0132";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// With prompts that nobody looked through: they were too long for the settings of then.
fn unseen(capture: &str) -> Home {
    let home = Home::new();
    let policy = "policy = \"builtin-enforce\"";
    let settings = format!(
        "{policy}\ncapture = \"{capture}\"\n[fail]\n{PATIENT}\noversize_bytes = 10\noversize = \"allow\"\n"
    );
    home.settings(&settings);
    let mut browser = Browser::start(&home);
    for (number, words) in [(1, CARD), (2, "nothing of note here"), (3, "short")] {
        assert_eq!(browser.judge(&event(number), words).outcome, Outcome::Release);
    }
    assert!(browser.close().0.success());
    home.settings(&format!("{policy}\n[fail]\n{PATIENT}\n"));
    home
}

#[test]
fn a_rescan_shows_what_todays_rules_see_and_writes_that_it_looked() {
    let home = unseen("full");
    let before = home.lines(&["log", "list", "--json"]);
    let told = home.lines(&["log", "rescan", "--json"]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["event"], event(1).as_str());
    assert_eq!((&told[0]["was"], &told[0]["now"]), (&"allow".into(), &"redact".into()));
    assert_eq!(told[0]["labels"]["pii.payment-card"], 1);
    assert_eq!(told[0]["topics"]["content.pii"]["was"], "none");
    assert_eq!(told[0]["topics"]["content.pii"]["now"], "high");
    let summary = &told[1]["summary"];
    assert_eq!((&summary["read"], &summary["new"], &summary["stricter"]), (&3.into(), &1.into(), &1.into()));
    // The rows are as they were; one more says that somebody looked.
    assert_eq!(home.lines(&["log", "list", "--json"]), before);
    let audit = home.audits();
    assert_eq!(audit.len(), 1);
    assert_eq!((&audit[0]["what"], &audit[0]["name"]), (&"log-opened".into(), &"rescan".into()));
    assert_eq!((&audit[0]["count"], &audit[0]["by"]["user"]), (&3.into(), &account().into()));

    let table = text(&home.run(&["log", "rescan"]).stdout);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("TIME") && lines[1].contains("pii.payment-card:1"), "{table}");
    assert!(lines[1].contains("content.pii:0>3"), "{table}");
    assert!(lines[2].starts_with("3 prompts read again: 1 show something new"), "{table}");
    assert!(!table.contains("4111 1111") && !table.contains("Jane"));

    assert_eq!(home.lines(&["log", "rescan", "--json", "--until", "2020-01-01"]).len(), 1);
    assert_eq!(home.lines(&["log", "rescan", "--json", "--user", "nobody"])[0]["summary"]["read"], 0);
}

#[test]
fn a_rescan_without_the_key_opens_nothing() {
    let home = unseen("full");
    let kept = home.path().join("kept.key");
    std::fs::rename(home.data().join("keys/trial.key"), &kept).unwrap();
    let refused = home.run(&["log", "rescan"]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    assert!(refused.stdout.is_empty() && text(&refused.stderr).contains("--key FILE"), "{refused:?}");
    assert_eq!(home.audits().len(), 0);
    let told = home.lines(&["log", "rescan", "--json", "--key", kept.to_str().unwrap()]);
    assert_eq!(told[1]["summary"]["read"], 3);
}

/// What was not looked through cannot be masked, nor can matches be cut out of it: only `full` keeps it.
#[test]
fn an_unread_text_is_kept_whole_or_not_at_all() {
    // The short one was looked through, and nothing in it is to be masked.
    for (capture, read) in [("matches", 0), ("masked", 1), ("metadata", 0)] {
        let home = unseen(capture);
        let row = home.rows(event(1).as_str()).remove(0);
        assert!(row.get("sealed").is_none(), "{capture}: {row}");
        assert!(!holds(&home.bytes(), "said Jane"));
        let told = home.lines(&["log", "rescan", "--json"]);
        assert_eq!(told[0]["summary"]["read"], read, "{capture}");
    }
}

#[test]
fn a_person_reads_what_is_on_record_about_them() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "good morning");
    browser.judge(&event(2), PHONE);
    assert_eq!(browser.answer(&event(2), Choice::SendAnyway), Outcome::Release);
    browser.judge(&event(3), "use ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    assert!(browser.close().0.success());
    assert!(home.run(&["log", "open", event(2).as_str()]).status.success());

    let told = text(&home.run(&["log", "mine"]).stdout);
    assert!(told.starts_with(&format!("On record about {} on this machine: 3 interactions.", account())));
    for words in [
        "chatgpt: you sent a prompt",
        "found: nothing of note",
        "found: phone number",
        "decided: a second look was asked for (policy phone-warned)",
        "then: it was sent",
        "decided: not to be sent",
        "then: it was not sent",
        "text: kept, sealed; only the holders of key ",
        &format!("opened: by {} at ", account()),
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // No text, and nobody else's rows.
    assert!(!told.contains("415-555") && !told.contains("ghp_"), "{told}");
    let rows = home.lines(&["log", "mine", "--json"]);
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["person"] == account().as_str()));
    assert_eq!(rows[1]["opened"].as_array().unwrap().len(), 1);
    assert_eq!(
        (rows[0]["opened"].as_array().unwrap().len(), rows[0]["kept"].as_array().unwrap().len()),
        (0, 1)
    );
    let some = text(&home.run(&["log", "mine", "--limit", "1"]).stdout);
    assert!(some.contains("Older ones") && some.matches("you sent").count() == 1, "{some}");
}
