//! Keys on the command line: made, named in the settings, changed, lost; and what they open.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use shared_protocol::{Outcome, Reading, ToHost};

use crate::browser::{Browser, ask, event};
use crate::home::{Home, PATIENT, account, holds, json_lines};

const SECRET: &str = "card 4111 1111 1111 1111, said Jane";
const PASSPHRASE: &str = "a long one, in no use";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn run(home: &Home, args: &[&str], passphrase: &str) -> Output {
    let mut command = home.command();
    command.args(args).env("PROMPTGATE_PASSPHRASE", passphrase).stdin(std::process::Stdio::null());
    command.output().unwrap()
}

/// A word in the first line of an answer.
fn at(lines: &[Value], place: &str) -> String {
    lines.first().unwrap().pointer(place).unwrap().as_str().unwrap().to_owned()
}

/// A plain key pair: its file and its public half.
fn keygen(home: &Home, name: &str) -> (PathBuf, String) {
    let path = home.path().join(name);
    let made = home.lines(&["log", "keygen", "--no-passphrase", "--json", "--out", path.to_str().unwrap()]);
    (path, at(&made, "/keys/0/public_key"))
}

fn seal_to(home: &Home, recipients: &[&str]) {
    let keys: Vec<String> = recipients.iter().map(|key| format!("\"{key}\"")).collect();
    home.settings(&format!(
        "policy = \"builtin-enforce\"\nrecipients = [{}]\n[fail]\n{PATIENT}\n",
        keys.join(", ")
    ));
}

fn judge(home: &Home, number: u32, words: &str) {
    judge_in(home, number, words, None);
}

fn judge_in(home: &Home, number: u32, words: &str, conversation: Option<&str>) {
    let mut browser = Browser::start(home);
    let mut ask = ask(&event(number), words);
    if let Reading::Prompt(prompt) = &mut ask.reading {
        prompt.conversation_id = conversation.map(str::to_owned);
    }
    browser.send(&ToHost::Judge(Box::new(ask)));
    assert_ne!(browser.verdict(&event(number)).outcome, Outcome::Release);
    assert!(browser.close().0.success());
}

fn open(home: &Home, number: u32, keys: &[&Path], passphrase: &str) -> Output {
    let event = event(number);
    let mut args = vec!["log", "open", event.as_str(), "--json"];
    args.extend(keys.iter().flat_map(|key| ["--key", key.to_str().unwrap()]));
    run(home, &args, passphrase)
}

fn opened(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    at(&json_lines(output), "/prompt/parts/0/text")
}

fn audits(home: &Home) -> Vec<Value> {
    let mut rows = home.audits();
    rows.reverse();
    rows
}

#[test]
fn keygen_makes_protected_keys_and_never_overwrites() {
    let home = Home::new();
    let [key, recovery] = ["k/log.key", "k/recovery.key"].map(|name| home.path().join(name));
    fs::create_dir(home.path().join("k")).unwrap();
    let args = ["log", "keygen", "--out", key.to_str().unwrap(), "--recovery", recovery.to_str().unwrap()];

    // Nobody to ask, and nothing half done.
    let nobody = home.run(&args);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(&nobody.stderr).contains("--passphrase-file"), "{nobody:?}");
    let short = run(&home, &args, "short");
    assert!(text(&short.stderr).contains("at least 8 characters"), "{short:?}");
    assert_eq!(fs::read_dir(home.path().join("k")).unwrap().count(), 0);

    let made = run(&home, &args, PASSPHRASE);
    assert!(made.status.success(), "{made:?}");
    let told = text(&made.stdout);
    let line = told.lines().find(|line| line.contains("recipients = [")).unwrap();
    assert_eq!(line.matches('"').count(), 4, "{line}");
    for path in [&key, &recovery] {
        let file = fs::read_to_string(path).unwrap();
        assert!(file.starts_with("promptgate private key, version 1\npublic-key: "), "{file}");
        let public = file.lines().nth(1).unwrap().trim_start_matches("public-key: ");
        assert!(line.contains(public));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    // Again, with either of the two names taken: nothing is written at all.
    let before = fs::read(&key).unwrap();
    for (out, recovery) in [("k/log.key", "k/new"), ("k/new", "k/recovery.key"), ("k/new", "k/new")] {
        let [out, recovery] = [out, recovery].map(|name| home.path().join(name));
        let (out, recovery) = (out.to_str().unwrap(), recovery.to_str().unwrap());
        let again = run(&home, &["log", "keygen", "--out", out, "--recovery", recovery], PASSPHRASE);
        assert_eq!(again.status.code(), Some(1), "{again:?}");
        assert!(again.stdout.is_empty());
    }
    assert_eq!(fs::read(&key).unwrap(), before);
    assert_eq!(fs::read_dir(home.path().join("k")).unwrap().count(), 2);

    // Alone, it advises a second one.
    let (_, public) = keygen(&home, "plain.key");
    assert_eq!(fs::read_to_string(home.path().join("plain.key")).unwrap().trim().len(), public.len());
    let file = home.path().join("passphrase");
    fs::write(&file, format!("{PASSPHRASE}\n")).unwrap();
    let third = home.path().join("third.key");
    let alone = home.run(&[
        "log",
        "keygen",
        "--out",
        third.to_str().unwrap(),
        "--passphrase-file",
        file.to_str().unwrap(),
    ]);
    assert!(text(&alone.stdout).contains("--recovery FILE"), "{alone:?}");
}

#[test]
fn each_recipient_opens_what_was_sealed_to_all() {
    let home = Home::new();
    let [key, recovery] = ["log.key", "recovery.key"].map(|name| home.path().join(name));
    let args =
        ["log", "keygen", "--json", "--out", key.to_str().unwrap(), "--recovery", recovery.to_str().unwrap()];
    let made = json_lines(&run(&home, &args, PASSPHRASE)).remove(0);
    let public: Vec<&str> =
        made["keys"].as_array().unwrap().iter().map(|key| key["public_key"].as_str().unwrap()).collect();
    seal_to(&home, &public);
    judge_in(&home, 1, SECRET, Some("conversation-1"));
    assert!(!holds(&home.bytes(), "said Jane"));
    let row = home.rows(event(1).as_str()).remove(0);
    let ids: Vec<&Value> = row["sealed"].as_array().unwrap().iter().map(|note| &note["key"]).collect();
    assert_eq!(ids, [&made["keys"][0]["key_id"], &made["keys"][1]["key_id"]]);

    for path in [&key, &recovery] {
        assert_eq!(opened(&open(&home, 1, &[path], PASSPHRASE)), SECRET);
    }
    // No key, another key, another passphrase: an error that says so, and not a word of the text.
    let (other, _) = keygen(&home, "other.key");
    for (keys, passphrase, code, says) in [
        (vec![], PASSPHRASE, 5, "no private key is at hand"),
        (vec![other.as_path()], PASSPHRASE, 5, "the keys at hand are"),
        (vec![key.as_path()], "another one, as long", 1, "the passphrase does not open this key"),
        (vec![Path::new("/not/there.key")], PASSPHRASE, 1, "there is no file"),
    ] {
        let refused = open(&home, 1, &keys, passphrase);
        assert_eq!(refused.status.code(), Some(code), "{refused:?}");
        assert!(refused.stdout.is_empty() && text(&refused.stderr).contains(says), "{refused:?}");
    }
    // A conversation that cannot be opened is not shown in part.
    let other_path = other.to_str().unwrap();
    let refused = home.run(&["log", "conversation", "conversation-1", "--open", "--key", other_path]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(5), 0), "{refused:?}");
    // What the public tool writes.
    let plain = fs::read_to_string(&other).unwrap();
    fs::write(&other, format!("{{\"private_key\":\"{}\",\"public_key\":\"{}\"}}", plain.trim(), public[0]))
        .unwrap();
    let halves = open(&home, 1, &[&other], "");
    assert!(text(&halves.stderr).contains("is not that of the private key"), "{halves:?}");
    // Each opening is on record, with who, how many and by which key; those that opened nothing are not.
    let rows = audits(&home);
    assert_eq!(rows.len(), 2, "{rows:?}");
    for (row, id) in rows.iter().zip(&ids) {
        assert_eq!(row["what"], "log-opened");
        assert_eq!(row["by"]["user"], account());
        assert_eq!(row["event"], event(1).as_str());
        assert_eq!((&row["name"], &row["count"]), (&"open".into(), &1.into()));
        assert_eq!(row["keys"].as_array().unwrap().iter().collect::<Vec<_>>(), [*id]);
    }
}

#[test]
fn a_changed_recipient_is_on_record_and_old_rows_stay_readable() {
    let home = Home::new();
    let keys = home.path().join("kept");
    fs::create_dir(&keys).unwrap();
    let (old, old_public) = keygen(&home, "kept/old.key");
    let (new, new_public) = keygen(&home, "kept/new.key");
    seal_to(&home, &[&old_public]);
    judge(&home, 1, SECRET);
    judge(&home, 2, SECRET);
    assert_eq!(audits(&home).len(), 0, "the first key takes nobody's place");
    // While the browser runs, and once for all that follows.
    let mut browser = Browser::start(&home);
    browser.judge(&event(3), SECRET);
    seal_to(&home, &[&new_public, &old_public]);
    browser.wait(|message| matches!(message, shared_protocol::ToExtension::Settings(_)).then_some(()));
    browser.judge(&event(4), SECRET);
    seal_to(&home, &[&old_public, &new_public]);
    browser.wait(|message| matches!(message, shared_protocol::ToExtension::Settings(_)).then_some(()));
    browser.judge(&event(5), SECRET);
    assert!(browser.close().0.success());
    seal_to(&home, &[&new_public]);
    judge(&home, 6, SECRET);

    let id = |number: u32| home.rows(event(number).as_str())[0]["sealed"][0]["key"].clone();
    let (first, last) = (id(1), id(6));
    let rows = audits(&home);
    assert_eq!(rows.len(), 2, "{rows:?}");
    let set = |row: &Value, field: &str| {
        let mut keys = row[field].as_array().unwrap().clone();
        keys.sort_by_key(ToString::to_string);
        keys
    };
    let mut both = vec![first.clone(), last.clone()];
    both.sort_by_key(ToString::to_string);
    for (row, before, after) in [(&rows[0], vec![first], both.clone()), (&rows[1], both, vec![last])] {
        assert_eq!((&row["what"], &row["by"]), (&"key-rotated".into(), &"host".into()));
        assert_eq!((set(row, "old_keys"), set(row, "keys")), (before, after));
    }
    // In the chain, the row stands before the first that is sealed to the new keys.
    let seq = |row: &Value| row["seq"].as_u64().unwrap();
    assert!(seq(&rows[0]) < seq(&home.rows(event(4).as_str())[0]));
    assert!(seq(&rows[0]) > seq(&home.rows(event(3).as_str())[0]));

    for (number, by_old, by_new) in [(1, true, false), (4, true, true), (6, false, true)] {
        for (key, opens) in [(&old, by_old), (&new, by_new)] {
            let output = open(&home, number, &[key], "");
            assert_eq!(output.status.code(), Some(if opens { 0 } else { 5 }), "{number} {output:?}");
        }
        assert_eq!(opened(&open(&home, number, &[&old, &new], "")), SECRET);
        assert_eq!(opened(&open(&home, number, &[&keys], "")), SECRET);
    }
}

#[test]
fn a_recipient_that_is_no_key_is_told_and_nothing_is_sealed_to_another() {
    let home = Home::new();
    seal_to(&home, &["not a key"]);
    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(1), "hello").outcome, Outcome::Refuse);
    assert_eq!(home.lines(&["log", "list", "--json"]).len(), 0);
    // On record for whoever reads the record elsewhere: when it began, and when it was over.
    let told = |number: usize| {
        let started = std::time::Instant::now();
        loop {
            let mut rows = home.lines(&["log", "list", "--kind", "health", "--json"]);
            if rows.len() >= number || started.elapsed().as_secs() >= 60 {
                rows.reverse();
                break rows
                    .iter()
                    .map(|row| (row["trouble"].clone(), row["over"].clone()))
                    .collect::<Vec<_>>();
            }
        }
    };
    let (began, over) = (("no-recipient".into(), false.into()), ("no-recipient".into(), true.into()));
    assert_eq!(told(1), [began]);
    assert!(!home.data().join("keys").exists());
    home.settings(&format!("policy = \"builtin-enforce\"\n[fail]\n{PATIENT}\n"));
    assert_eq!(told(2).last(), Some(&over));
    assert!(browser.close().0.success());
    seal_to(&home, &["not a key"]);
    let told = json_lines(&home.run(&["doctor", "--json"])).remove(0);
    let key = told["checks"].as_array().unwrap().iter().find(|check| check["check"] == "key").unwrap();
    assert_eq!(key["state"], "wrong");
    assert!(key["fix"].as_str().unwrap().contains("log keygen"), "{key}");
}
