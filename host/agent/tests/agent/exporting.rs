//! Exports, opened by readers that others wrote, and read back as the record of many devices.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use shared_protocol::{App, Drift, DriftKind, Operation, Reading, ToHost};

use crate::browser::{AT, Browser, event, judge};
use crate::home::{Home, json_lines};
use crate::receiver::{program, tool};
use crate::shipping::{lines, recorded};

fn export(home: &Home, to: &Path, more: &[&str]) -> Value {
    let args = [&["log", "export", "--json", "--to", to.to_str().unwrap()], more].concat();
    let output = home.run(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    json_lines(&output).remove(0)
}

#[test]
fn json_lines_end_with_what_they_hold_and_the_export_is_on_record() {
    let home = Home::new();
    recorded(&home, "", 3);
    let to = home.path().join("x.jsonl");
    let told = export(&home, &to, &[]);
    let all = lines(&to);
    let (foot, rows) = all.split_last().unwrap();
    assert_eq!(told["rows"], rows.len());
    let head = &foot["head"];
    assert_eq!((&head["rows"], &head["complete"]), (&rows.len().into(), &true.into()));
    assert_eq!(
        (&head["last"]["hash"], &head["last"]["seq"]),
        (&rows.last().unwrap()["hash"], &rows.len().into())
    );
    let audit = home.audits();
    assert_eq!((&audit[0]["what"], &audit[0]["count"]), (&"log-exported".into(), &rows.len().into()));
    // Never over another file.
    let again = home.run(&["log", "export", "--to", to.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8(again.stderr).unwrap().contains("is there already"));
    let some = export(&home, &home.path().join("y.jsonl"), &["--kind", "judged", "--matched"]);
    assert_eq!(some["rows"], 1);
    let foot = lines(&home.path().join("y.jsonl")).pop().unwrap();
    assert_eq!(foot["head"]["complete"], false);
}

#[test]
fn drift_is_exported_as_it_is_listed() {
    let home = Home::new();
    let mut browser = Browser::start(&home);
    let drift = |what, path: &str, place: Option<&str>| {
        let (path, place) = (path.to_owned(), place.map(str::to_owned));
        Drift { what, operation: Some(Operation::SendPrompt), path, place, size: None }
    };
    let moved = drift(DriftKind::Shape, "POST /backend-api/f/conversation", Some("messages[].author.role"));
    browser.send(&ToHost::Judge(Box::new(judge(&event(1), Reading::Unread(moved.clone())))));
    browser.verdict(&event(1));
    let wordless = drift(DriftKind::Answer, "delta-encoding", None);
    browser.send(&ToHost::Drift { app: App::new("chatgpt"), drift: wordless.clone(), at: AT });
    assert!(browser.close().0.success());

    let to = home.path().join("x.jsonl");
    export(&home, &to, &[]);
    let all = lines(&to);
    let rows: Vec<&Value> = all.iter().filter(|row| row["kind"] == "drift").collect();
    let [unread, answer] = rows[..] else { panic!("{} drift rows in {all:#?}", rows.len()) };
    assert_eq!((&unread["event"], &answer["event"]), (&event(1).as_str().into(), &Value::Null));
    for (row, drift) in [(unread, &moved), (answer, &wordless)] {
        assert_eq!(row["body"]["app"], "chatgpt", "{row}");
        assert_eq!(row["body"]["drift"], json!(drift), "{row}");
        assert!(row["sealed"].is_null(), "{row}");
    }
    let listed = home.lines(&["log", "list", "--kind", "drift", "--json"]);
    let listed: Vec<&Value> = listed.iter().map(|row| &row["drift"]).collect();
    // The newest first.
    assert_eq!(listed, [&answer["body"]["drift"], &unread["body"]["drift"]]);

    // By its kind alone, and in the other format.
    let to = home.path().join("x.csv");
    let told = export(&home, &to, &["--format", "csv", "--kind", "drift"]);
    assert_eq!(told["rows"], 2);
    let table = fs::read_to_string(&to).unwrap();
    for path in [&moved.path, &wordless.path] {
        let of_path: Vec<&str> = table.lines().filter(|line| line.contains(path.as_str())).collect();
        let [line] = of_path[..] else { panic!("{} lines with {path} in {table}", of_path.len()) };
        assert!(
            line.contains(",drift,") && line.contains("chatgpt") && line.contains("send-prompt"),
            "{line}"
        );
    }
}

#[test]
fn python_reads_the_comma_separated_values() {
    let Some(python) = program("python3") else { return };
    let home = Home::new();
    recorded(&home, "", 3);
    let to = home.path().join("x.csv");
    let told = export(&home, &to, &["--format", "csv"]);
    let script = "import csv, json, sys\n\
                  csv.field_size_limit(10**9)\n\
                  rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))\n\
                  print(json.dumps(rows))";
    let output = Command::new(python).args(["-c", script]).arg(&to).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["rows"], rows.len());
    let judged = rows.iter().filter(|row| row["kind"] == "judged").collect::<Vec<_>>();
    assert_eq!(judged.len(), 3);
    assert_eq!(judged[2]["labels"], "pii.email:1");
    let body: Value = serde_json::from_str(judged[2]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["labels"]["pii.email"], 1);
}

#[test]
fn another_reader_reads_the_parquet() {
    let (Some(node), Some(reader)) = (program("node"), tool("hyparquet-1.33.0/node_modules/hyparquet"))
    else {
        return;
    };
    let home = Home::new();
    recorded(&home, "", 3);
    let to = home.path().join("x.parquet");
    let told = export(&home, &to, &["--format", "parquet"]);
    let script = home.path().join("read.mjs");
    let module = reader.join("src/node.js");
    fs::write(
        &script,
        format!(
            "import {{ asyncBufferFromFile, parquetReadObjects, parquetMetadataAsync }} from {module:?}\n\
             const file = await asyncBufferFromFile({to:?})\n\
             const head = (await parquetMetadataAsync(file)).key_value_metadata\n\
             const rows = await parquetReadObjects({{ file }})\n\
             const plain = (name, value) => typeof value === 'bigint' ? Number(value) : value\n\
             console.log(JSON.stringify({{ head, rows }}, plain))\n"
        ),
    )
    .unwrap();
    let output = Command::new(node).arg(&script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = read["rows"].as_array().unwrap();
    assert_eq!(told["rows"], rows.len());
    for (seq, row) in (1..).zip(rows) {
        assert_eq!(row["seq"], seq);
        assert_eq!(row["erased"], false);
    }
    let judged = rows.iter().find(|row| row["labels"] == "pii.email:1").unwrap();
    assert_eq!((&judged["app"], &judged["kind"]), (&"chatgpt".into(), &"judged".into()));
    assert!(judged["time"].as_str().unwrap().starts_with("2023-11-14T22:13:20"), "{judged}");
    assert!(judged["parent"].is_null() && judged["sealed"].as_str().unwrap().len() > 100);
    assert_eq!(read["head"][0]["key"], "promptgate.head");
}

#[test]
fn exports_of_many_devices_are_read_as_one_record() {
    let (one, other) = (Home::new(), Home::new());
    recorded(&one, "", 3);
    recorded(&other, "", 0);
    let mut browser = Browser::start(&other);
    browser.judge(&event(77), "mail john.roe@example.com");
    assert!(browser.close().0.success());
    let shared = Home::new();
    let folder = shared.path().join("exports");
    for home in [&one, &other] {
        export(home, &folder.join(""), &[]);
        // An older export beside a newer one of the same device.
        export(home, &folder.join("again/"), &[]);
    }
    let from = ["--from", folder.to_str().unwrap()];
    let listed = |more: &[&str]| shared.lines(&[&["log", "list", "--json"], &from[..], more].concat());
    let all = listed(&[]);
    assert_eq!(all.len(), 4);
    let devices: std::collections::BTreeSet<_> = all.iter().map(|row| row["device"].to_string()).collect();
    assert_eq!(devices.len(), 2);
    assert_eq!(listed(&["--matched"]).len(), 2);
    assert_eq!(listed(&["--topic", "content.pii", "--limit", "1"]).len(), 1);
    assert_eq!(all.iter().find(|row| row["event"] == event(77).as_str()).unwrap()["state"], "released");
    let table = String::from_utf8(shared.run(&[&["log", "list"], &from[..]].concat()).stdout).unwrap();
    assert!(table.starts_with("DEVICE"), "{table}");
    assert_eq!(shared.lines(&[&["log", "show", event(77).as_str(), "--json"], &from[..]].concat()).len(), 2);
    // Opened by whoever has the key.
    let asked = event(77);
    let open = |key: &Path| {
        let args = ["log", "open", asked.as_str(), "--json", "--key", key.to_str().unwrap()];
        shared.run(&[&args[..], &from[..]].concat())
    };
    let key = other.data().join("keys/trial.key");
    assert_eq!(json_lines(&open(&key))[0]["prompt"]["parts"][0]["text"], "mail john.roe@example.com");
    assert_eq!(open(&one.data().join("keys/trial.key")).status.code(), Some(5));
    assert!(!shared.data().exists());
    // Foreign lines are told and passed over; a changed row is not chosen.
    fs::write(folder.join("odd.jsonl"), "not ours\n").unwrap();
    let told = shared.run(&[&["log", "list"], &from[..]].concat());
    assert!(told.status.success() && String::from_utf8(told.stderr).unwrap().contains("odd.jsonl, line 1"));
    let files = fs::read_dir(folder.join("again")).unwrap().map(|entry| entry.unwrap().path());
    let file = files.into_iter().find(|path| path.to_string_lossy().ends_with(".jsonl")).unwrap();
    let text = fs::read_to_string(&file).unwrap().replacen("\"hash\":\"", "\"hash\":\"00", 1);
    fs::write(&file, text).unwrap();
    let told = shared.run(&[&["log", "list"], &from[..]].concat());
    assert!(String::from_utf8(told.stderr).unwrap().contains("`hash` is not hexadecimal"));
    assert_eq!(shared.run(&["log", "list", "--from", "/not/there"]).status.code(), Some(3));
    let empty = shared.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(shared.run(&["log", "list", "--from", empty.to_str().unwrap()]).status.code(), Some(3));
}
