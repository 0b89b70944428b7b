//! `log verify` on a record that the real host wrote.

use std::fs;

use serde_json::Value;

use crate::browser::{Browser, event};
use crate::home::{Home, json_lines};

fn filled() -> Home {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    for number in 1..=3 {
        browser.judge(&event(number), "hello");
    }
    assert!(browser.close().0.success());
    home
}

fn change(home: &Home, sql: &str) {
    let file = home.data().join("journal.sqlite3");
    rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
}

fn first_judged(home: &Home) -> i64 {
    let file = rusqlite::Connection::open(home.data().join("journal.sqlite3")).unwrap();
    file.query_row("SELECT min(seq) FROM record WHERE kind = 'judged'", [], |row| row.get(0)).unwrap()
}

fn verify(home: &Home, args: &[&str]) -> (Option<i32>, Value) {
    let output = home.run(&[&["log", "verify", "--json"], args].concat());
    (output.status.code(), json_lines(&output).remove(0))
}

#[test]
fn every_row_of_the_host_has_the_seal_of_its_time() {
    let home = filled();
    let (code, told) = verify(&home, &[]);
    assert_eq!((code, &told["ok"], &told["chain_only"]), (Some(0), &true.into(), &false.into()), "{told}");
    assert_eq!(told["rows"], told["sealed"]);
    assert_eq!(told["lines"]["all"], 1);
    let said = String::from_utf8(home.run(&["log", "verify"]).stdout).unwrap();
    assert!(said.contains("with the seal of their time"), "{said}");

    // Without the private key the chain is all there is; it can be named.
    let kept = home.path().join("kept.key");
    fs::rename(home.data().join("keys/trial.key"), &kept).unwrap();
    assert_eq!(verify(&home, &[]).1["chain_only"], true);
    let said = String::from_utf8(home.run(&["log", "verify"]).stdout).unwrap();
    assert!(said.contains("chain only"), "{said}");
    assert_eq!(verify(&home, &["--key", kept.to_str().unwrap()]).1["chain_only"], false);
}

#[test]
fn the_first_bad_row_is_named_with_what_happened() {
    let cases = [
        (
            "UPDATE record SET body = replace(body, '\"allow\"', '\"block\"') WHERE kind = 'judged'",
            0,
            "changed",
            "`action`",
        ),
        ("DELETE FROM record WHERE seq = 3", 3, "removed", "removed"),
        (
            "UPDATE record SET seq = 99 WHERE seq = 5; UPDATE record SET seq = 5 WHERE seq = 7; \
             UPDATE record SET seq = 7 WHERE seq = 99",
            5,
            "reordered",
            "written after",
        ),
        (
            "UPDATE record SET mac = zeroblob(32) WHERE kind = 'released'",
            0,
            "written-anew",
            "without the key",
        ),
    ];
    for (sql, seq, word, what) in cases {
        let home = filled();
        // The first judged row may stand before or after the first heartbeat.
        let seq = if seq > 0 { seq } else { first_judged(&home) + i64::from(word == "written-anew") };
        change(&home, &format!("PRAGMA foreign_keys = OFF; {sql}"));
        let (code, told) = verify(&home, &[]);
        assert_eq!((code, &told["ok"]), (Some(1), &false.into()), "{sql}");
        assert_eq!(
            (&told["bad"]["seq"], &told["bad"]["fault"]),
            (&seq.into(), &word.into()),
            "{sql}: {told}"
        );
        assert!(told["bad"]["what"].as_str().unwrap().contains(what), "{told}");
    }
}

#[test]
fn a_wrong_key_and_a_wrong_head_are_told() {
    let home = filled();
    let other = Home::enforcing();
    assert!(Browser::start(&other).close().0.success());
    let foreign = other.data().join("keys/trial.key");
    let kept = home.path().join("kept.key");
    fs::rename(home.data().join("keys/trial.key"), kept).unwrap();
    let output = home.run(&["log", "verify", "--key", foreign.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(5));
    let nothing = home.run(&["log", "verify", "--key", "/not/there"]);
    assert_eq!(nothing.status.code(), Some(1));

    let path = home.path().join("head.json");
    for text in ["no head", "{\"v\":1}"] {
        fs::write(&path, text).unwrap();
        let output = home.run(&["log", "verify", "--head", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8(output.stderr).unwrap().contains("holds no head"));
    }
}

#[test]
fn a_kept_head_shows_that_the_end_was_cut_off() {
    let home = filled();
    let store = host_store::Store::existing(&home.data(), host_store::Store::BUSY).unwrap();
    let made: Result<_, host_journal::JournalError> = store.read(|view| {
        let device = view.meta("device")?.unwrap();
        host_journal::head(view, &device, 1)
    });
    let head = made.unwrap().unwrap();
    drop(store);
    let folder = home.path().join("exported");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("1.head.json"), head.to_json().unwrap()).unwrap();
    let given = ["--head", folder.to_str().unwrap()];
    assert_eq!(verify(&home, &given).0, Some(0));

    let last = i64::try_from(head.seq).unwrap();
    change(&home, &format!("PRAGMA foreign_keys = OFF; DELETE FROM record WHERE seq >= {last}"));
    assert_eq!(verify(&home, &[]).0, Some(0));
    let (code, told) = verify(&home, &given);
    assert_eq!(
        (code, &told["bad"]["seq"], &told["bad"]["fault"]),
        (Some(1), &last.into(), &"cut-off".into())
    );
}
