//! Rows go where the settings say, at least once and in order, whatever the receiver does.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::browser::{Browser, event};
use crate::home::{Home, PATIENT, json_lines};

/// A home with this sink, and some interactions on record.
pub(crate) fn recorded(home: &Home, sinks: &str, interactions: u32) {
    settings(home, "");
    let mut browser = Browser::start(home);
    for number in 1..=interactions {
        let text = if number % 3 == 0 { "mail jane.doe@example.com" } else { "hello" };
        browser.judge(&event(number), text);
    }
    assert!(browser.close().0.success());
    settings(home, sinks);
}

pub(crate) fn settings(home: &Home, sinks: &str) {
    home.settings(&format!("policy = \"builtin-enforce\"\n[fail]\n{PATIENT}\n{sinks}"));
}

pub(crate) fn ship(home: &Home) -> Vec<Value> {
    json_lines(&home.run(&["log", "ship", "--once", "--json"]))
}

/// A settings table of a file sink.
pub(crate) fn file_sink(path: &Path, more: &str) -> String {
    format!("[[sink]]\nname = \"disk\"\nkind = \"file\"\naddress = {path:?}\n{more}\n")
}

/// The lines of a file; the signed heads between them are left out.
pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line.get("signed_head").is_none()).collect()
}

fn seqs(lines: &[Value]) -> Vec<u64> {
    lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect()
}

#[test]
fn a_file_gets_every_row_in_order_and_only_once_when_nothing_breaks() {
    let home = Home::new();
    let path = home.path().join("out/record.jsonl");
    recorded(&home, &file_sink(&path, ""), 6);
    let told = ship(&home);
    assert_eq!((&told[0]["sink"], &told[0]["behind"]), (&"disk".into(), &0.into()));
    let first = lines(&path);
    assert_eq!(seqs(&first), (1..=first.len() as u64).collect::<Vec<_>>());
    assert!(first.len() > 12, "{}", first.len());
    // Each carries what the record has of it, its text sealed.
    let judged = first.iter().find(|line| line["kind"] == "judged").unwrap();
    assert_eq!(judged["body"]["app"], "chatgpt");
    assert!(judged["sealed"][0]["blob"].as_str().unwrap().len() > 100);
    assert_eq!(judged["sealed"][0]["key"], judged["body"]["sealed"][0]["key"]);
    assert!(first.iter().all(|line| line["hash"].as_str().unwrap().len() == 64));
    assert!(!fs::read_to_string(&path).unwrap().contains("hello"));
    ship(&home);
    assert_eq!(lines(&path).len(), first.len());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_host_ships_by_itself_while_it_lives() {
    let home = Home::new();
    let path = home.path().join("record.jsonl");
    settings(&home, &file_sink(&path, "format = \"ecs\""));
    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "hello");
    let wait = std::time::Instant::now();
    let shipped = || fs::read_to_string(&path).is_ok_and(|text| text.contains("\"kind\":\"released\""));
    while !shipped() && wait.elapsed().as_secs() < 60 {
        std::thread::yield_now();
    }
    assert!(shipped());
    // By hand nothing is done twice while it has the lease.
    let told = home.run(&["log", "ship", "--once"]);
    assert!(String::from_utf8(told.stderr).unwrap().contains("another process ships already"));
    assert!(browser.close().0.success());
}

#[test]
fn a_full_file_is_numbered_and_old_ones_go() {
    let home = Home::new();
    let path = home.path().join("record.jsonl");
    recorded(&home, &file_sink(&path, "max_bytes = 1\nmax_files = 2"), 1);
    ship(&home);
    for number in 2..=5 {
        let mut browser = Browser::start(&home);
        browser.judge(&event(number), "hello");
        assert!(browser.close().0.success());
        ship(&home);
    }
    let names = ["record.jsonl", "record.jsonl.1", "record.jsonl.2"].map(|name| home.path().join(name));
    assert!(!home.path().join("record.jsonl.3").exists());
    let all: Vec<u64> = names.iter().rev().flat_map(|name| seqs(&lines(name))).collect();
    assert!(all.is_sorted_by(|one, next| one + 1 == *next), "{all:?}");
}

#[test]
fn settings_say_where_they_are_wrong() {
    let home = Home::new();
    for (sink, place, remedy) in [
        (
            "[[sink]]\nname = \"a b\"\nkind = \"file\"\naddress = \"/x\"",
            "line 5, column 8",
            "letters, digits",
        ),
        ("[[sink]]\nname = \"a\"\nkind = \"pigeon\"\naddress = \"/x\"", "line 6, column 8", "splunk-hec"),
        ("[[sink]]\nname = \"a\"\nkind = \"file\"\naddress = \"x\"", "line 7, column 11", "absolute path"),
        (
            "[[sink]]\nname = \"a\"\nkind = \"otlp\"\naddress = \"http://siem.example/\"",
            "line 7, column 11",
            "https://",
        ),
        (
            "[[sink]]\nname = \"a\"\nkind = \"syslog\"\naddress = \"siem.example\"",
            "line 7, column 11",
            "tls://HOST:PORT",
        ),
        (
            "[[sink]]\nname = \"a\"\nkind = \"file\"\nformat = \"xml\"\naddress = \"/x\"",
            "line 7, column 10",
            "ocsf",
        ),
        (
            "[[sink]]\nname = \"a\"\nkind = \"file\"\naddress = \"/x\"\nca = \"/x\"",
            "line 8, column 6",
            "takes no `ca`",
        ),
        (
            "[[sink]]\nname = \"a\"\nkind = \"http\"\naddress = \"https://x/\"\ncompression = \"zip\"",
            "line 8, column 15",
            "write none or gzip",
        ),
        (
            "[[sink]]\nname = \"a\"\nkind = \"http\"\naddress = \"https://x/\"\nprotocol = \"http/json\"",
            "line 8, column 12",
            "takes no `protocol`",
        ),
        ("[[sink]]\nname = \"a\"\nkind = \"file\"\naddress = \"/x\"\ncolor = 1", "line 8", "color"),
    ] {
        settings(&home, sink);
        let told = home.run(&["doctor"]);
        let said = String::from_utf8(told.stdout).unwrap();
        assert!(said.contains(place) && said.contains(remedy), "{sink}\n{said}");
    }
    settings(&home, "");
    assert_eq!(home.run(&["log", "ship"]).status.code(), Some(3));
}
