//! `log verify --from` and `log view --from`: exports of many devices.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::browser::{Browser, event};
use crate::home::{Home, json_lines};
use crate::shipping::recorded;
use crate::viewing::Viewer;

fn export(home: &Home, to: &Path, more: &[&str]) {
    let output = home.run(&[&["log", "export", "--to", to.to_str().unwrap()], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Two devices with their exports in one folder, and the folder of the second one's keys.
fn two(shared: &Home) -> (Home, Home) {
    let (one, other) = (Home::new(), Home::new());
    recorded(&one, "", 3);
    recorded(&other, "", 0);
    let mut browser = Browser::start(&other);
    browser.judge(&event(77), "mail john.roe@example.com");
    assert!(browser.close().0.success());
    export(&one, &shared.path().join("exports/one.jsonl"), &[]);
    export(&other, &shared.path().join("exports/other/x.jsonl"), &[]);
    (one, other)
}

fn folder(shared: &Home) -> String {
    let folder = shared.path().join("exports");
    fs::create_dir_all(folder.join("other")).unwrap();
    folder.to_str().unwrap().to_owned()
}

fn verify(shared: &Home, folder: &str, more: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let output = shared.run(&[&["log", "verify", "--json", "--from", folder], more].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), json_lines(&output), said)
}

/// The file of a device's own export, changed.
fn change(shared: &Home, file: &str, with: impl Fn(Vec<String>) -> Vec<String>) {
    let path = shared.path().join("exports").join(file);
    let lines = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    fs::write(&path, with(lines).join("\n") + "\n").unwrap();
}

#[test]
fn each_device_is_verified_with_its_head_and_the_seals_whose_key_is_there() {
    let shared = Home::new();
    let folder = folder(&shared);
    let (one, _) = two(&shared);
    let (code, told, said) = verify(&shared, &folder, &[]);
    assert_eq!((code, told.len()), (Some(0), 2), "{said}");
    for device in &told {
        assert_eq!(
            (&device["ok"], &device["chosen"], &device["gaps"]),
            (&true.into(), &false.into(), &0.into())
        );
        assert_eq!((&device["chain_only"], &device["first"]), (&true.into(), &1.into()), "{device}");
        assert_eq!(device["head"]["seq"], device["rows"]);
    }
    let key = one.data().join("keys/trial.key");
    let (code, told, _) = verify(&shared, &folder, &["--key", key.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    let sealed: Vec<&Value> = told.iter().filter(|device| device["sealed"] == device["rows"]).collect();
    assert_eq!(sealed.len(), 1, "{told:?}");
    let said = String::from_utf8(shared.run(&["log", "verify", "--from", &folder]).stdout).unwrap();
    assert_eq!(said.matches("\n  1 of 1 kept heads belong to this record").count(), 2, "{said}");
    assert!(said.contains("chain only: `--key FILE`"), "{said}");
    assert!(!shared.data().exists());
}

#[test]
fn what_is_wrong_with_one_device_is_named_and_the_other_is_well() {
    let cut = |mut lines: Vec<String>| {
        // The last row, and the line that says how many there are.
        lines.truncate(lines.len() - 2);
        lines
    };
    let removed = |mut lines: Vec<String>| {
        lines.remove(2);
        lines
    };
    let changed = |lines: Vec<String>| {
        lines.into_iter().map(|line| line.replace("\"app\":\"chatgpt\"", "\"app\":\"claude\"")).collect()
    };
    type Change<'a> = &'a dyn Fn(Vec<String>) -> Vec<String>;
    let cases: [(Change<'_>, &str, &str); 3] =
        [(&cut, "cut-off", "cut off"), (&removed, "removed", "has"), (&changed, "changed", "changed")];
    for (with, word, what) in cases {
        let shared = Home::new();
        let folder = folder(&shared);
        let (_one, _other) = two(&shared);
        change(&shared, "one.jsonl", with);
        let (code, told, said) = verify(&shared, &folder, &[]);
        assert_eq!(code, Some(1), "{word}");
        let bad: Vec<&Value> =
            told.iter().filter(|line| line["device"].is_string() && line["ok"] == false).collect();
        assert_eq!((bad.len(), &bad[0]["bad"]["fault"]), (1, &word.into()), "{told:?}");
        assert!(said.contains(what) && said.contains(bad[0]["device"].as_str().unwrap()), "{said}");
    }
}

#[test]
fn two_rows_of_one_place_and_foreign_lines_are_told_with_their_file() {
    let shared = Home::new();
    let folder = folder(&shared);
    let (one, _other) = two(&shared);
    export(&one, &shared.path().join("exports/later.jsonl"), &[]);
    change(&shared, "later.jsonl", |mut lines| {
        let at = lines[1].find("\"hash\":\"").unwrap() + 8;
        let other = if lines[1].as_bytes()[at] == b'0' { "1" } else { "0" };
        lines[1].replace_range(at..=at, other);
        lines[2] = lines[2].replacen("\"hash\":\"", "\"hash\":\"00", 1);
        lines
    });
    let (code, told, said) = verify(&shared, &folder, &[]);
    assert_eq!(code, Some(1));
    // Which of the two is the changed one, the chain says below.
    assert!(said.contains(".jsonl, line 2: device") && said.contains("another row 2"), "{said}");
    assert!(said.contains("row 2: the row was changed"), "{said}");
    assert!(said.contains("later.jsonl, line 3: its `hash` is not hexadecimal"), "{said}");
    assert!(told.iter().any(|line| line["ok"] == false && line["what"].is_string()), "{told:?}");
    // What cannot be believed is not listed.
    let listed = shared.run(&["log", "list", "--from", &folder]);
    assert_eq!(listed.status.code(), Some(1));
    assert!(String::from_utf8(listed.stderr).unwrap().contains("log verify --from"));
}

#[test]
fn of_chosen_rows_it_is_said_what_was_verified() {
    let shared = Home::new();
    let folder = folder(&shared);
    let home = Home::new();
    recorded(&home, "", 3);
    export(&home, &shared.path().join("exports/some.jsonl"), &["--kind", "judged"]);
    let (code, told, said) = verify(&shared, &folder, &[]);
    assert_eq!((code, &told[0]["chosen"], &told[0]["rows"]), (Some(0), &true.into(), &3.into()), "{said}");
    assert!(told[0]["gaps"].as_u64().unwrap() >= 2);
    let said = String::from_utf8(shared.run(&["log", "verify", "--from", &folder]).stdout).unwrap();
    assert!(said.contains("a row that is missing is not seen"), "{said}");
    // A change is seen all the same.
    change(&shared, "some.jsonl", |lines| {
        lines.into_iter().map(|line| line.replace("\"app\":\"chatgpt\"", "\"app\":\"gemini\"")).collect()
    });
    let (code, told, _) = verify(&shared, &folder, &[]);
    assert_eq!((code, &told[0]["bad"]["fault"]), (Some(1), &"changed".into()));
}

#[test]
fn the_viewer_shows_the_rows_of_all_devices_and_writes_nothing() {
    let shared = Home::new();
    let folder = folder(&shared);
    let (_one, _other) = two(&shared);
    let viewer = Viewer::with(&shared, &["--from", &folder]);
    let session = viewer.let_in();
    let ask = |path: &str| {
        let (status, answer) = viewer.ask("GET", path, &[("Authorization", &session)]);
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str::<Value>(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let listed = ask("/api/list?limit=100");
    let rows = listed["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4, "{listed}");
    let devices: std::collections::BTreeSet<_> = rows.iter().map(|row| row["device"].to_string()).collect();
    assert_eq!(devices.len(), 2);
    let shown = ask(&format!("/api/event/{}", event(77).as_str()));
    assert_eq!(shown["state"], "released");
    let seq = shown["rows"][0]["seq"].as_u64().unwrap();
    assert!(ask(&format!("/api/sealed/{seq}"))[0]["blob"].as_str().unwrap().len() > 100);
    drop(viewer);
    assert!(!shared.data().exists());
}
