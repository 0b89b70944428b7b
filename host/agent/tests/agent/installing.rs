//! Installing, looking, and taking away, in a home folder of its own.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::browser::{Browser, ORIGIN};
use crate::home::{Home, PROGRAM, json_lines};

const USER_PATHS: [(&str, &str); 5] = [
    ("chrome", ".config/google-chrome/NativeMessagingHosts"),
    ("chromium", ".config/chromium/NativeMessagingHosts"),
    ("edge", ".config/microsoft-edge/NativeMessagingHosts"),
    ("brave", ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
    ("firefox", ".mozilla/native-messaging-hosts"),
];

fn manifest(home: &Home, folder: &str) -> Option<Value> {
    let bytes = fs::read(home.path().join(folder).join("io.promptgate.host.json")).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn a_manifest_starts_this_program_and_is_gone_again() {
    for (browser, folder) in USER_PATHS {
        let home = Home::new();
        assert!(home.run(&["install", "--browser", browser]).status.success());
        let written = manifest(&home, folder).unwrap();
        assert_eq!(written["name"], "io.promptgate.host");
        assert_eq!(Path::new(written["path"].as_str().unwrap()), Path::new(PROGRAM));
        let again = home.lines(&["install", "--browser", browser, "--json"]);
        assert_eq!(again[0][0]["done"], "unchanged");
        let who = if browser == "firefox" {
            assert_eq!(written["allowed_extensions"], serde_json::json!(["promptgate@promptgate.io"]));
            let path = home.path().join(folder).join("io.promptgate.host.json");
            vec![path.to_str().unwrap().to_owned(), "promptgate@promptgate.io".to_owned()]
        } else {
            assert_eq!(written["allowed_origins"], serde_json::json!([ORIGIN]));
            vec![ORIGIN.to_owned()]
        };
        let who: Vec<&str> = who.iter().map(String::as_str).collect();
        assert_eq!(Browser::silent(&home, &who).hello().protocol, 1);
        let removed = home.lines(&["uninstall", "--browser", browser, "--json"]);
        assert_eq!(removed[0][0]["done"], "removed");
        assert!(manifest(&home, folder).is_none());
        assert!(!home.path().join(folder).exists());
        let removed = home.lines(&["uninstall", "--browser", browser, "--json"]);
        assert_eq!(removed[0][0]["done"], "absent");
    }
}

#[test]
fn all_means_those_that_are_here() {
    let home = Home::new();
    let none = home.run(&["install"]);
    assert_eq!(none.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&none.stderr).contains("--browser"));
    fs::create_dir_all(home.path().join(".config/google-chrome/Default")).unwrap();
    fs::create_dir_all(home.path().join(".mozilla/firefox")).unwrap();
    let done = home.lines(&["install", "--json"]);
    let names: Vec<_> = done[0].as_array().unwrap().iter().map(|one| one["browser"].clone()).collect();
    assert_eq!(names, ["chrome", "firefox"]);
    assert!(home.run(&["uninstall"]).status.success());
    for (_, folder) in USER_PATHS {
        assert!(manifest(&home, folder).is_none());
    }
    assert!(home.path().join(".config/google-chrome/Default").is_dir());
}

#[test]
fn the_doctor_names_each_fault_and_its_fix() {
    let home = Home::new();
    fs::create_dir_all(home.path().join(".config/chromium")).unwrap();
    let check = |name: &str| {
        let output = home.run(&["doctor", "--json"]);
        let told = json_lines(&output).remove(0);
        assert_eq!(output.status.code(), Some(i32::from(told["ok"] != true)));
        told["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap().clone()
    };
    let chromium = check("chromium");
    assert_eq!(chromium["state"], "wrong");
    assert_eq!(chromium["fix"], "promptgate install --browser chromium");
    assert!(home.run(&["install"]).status.success());
    assert_eq!(check("chromium")["state"], "ok");
    assert_eq!(check("host")["state"], "ok");
    assert_eq!(check("settings")["state"], "note");

    home.settings("policy = \"builtin-enforced\"");
    let settings = check("settings");
    assert_eq!(settings["state"], "wrong");
    assert!(settings["what"].as_str().unwrap().contains("line 1, column 10"), "{settings}");
    home.settings("policy = \"builtin-enforce\"");
    assert_eq!(check("settings")["state"], "ok");

    fs::create_dir_all(home.data()).unwrap();
    fs::write(home.data().join("journal.sqlite3"), "no database at all, whatever its name says").unwrap();
    let record = check("record");
    assert_eq!(record["state"], "wrong");
    assert!(record["fix"].is_string());

    let path = home.path().join(".config/chromium/NativeMessagingHosts/io.promptgate.host.json");
    let moved = fs::read_to_string(&path).unwrap().replace(PROGRAM, "/gone/promptgate");
    fs::write(&path, moved).unwrap();
    assert_eq!(check("chromium")["state"], "wrong");
    fs::write(&path, "{").unwrap();
    assert_eq!(check("chromium")["state"], "wrong");
    let human = home.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&human.stdout).contains("to fix chromium: promptgate install"));
}

#[test]
fn the_program_of_an_image_is_told_by_its_place_in_there() {
    let home = Home::new();
    let image = tempfile::tempdir().unwrap();
    let program = image.path().join("usr/bin/promptgate");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::hard_link(PROGRAM, &program).or_else(|_| fs::copy(PROGRAM, &program).map(drop)).unwrap();
    let settings = image.path().join("etc/promptgate/settings.toml");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    fs::write(&settings, "[developer]\nextensions = [\"abcdefghijklmnopabcdefghijklmnop\"]\n").unwrap();
    let root = image.path().to_str().unwrap();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command.args(args).env_clear().env("HOME", home.path()).output().unwrap()
    };
    assert!(run(&["install", "--system", "--browser", "chromium", "--root", root]).status.success());
    let manifest = image.path().join("etc/chromium/native-messaging-hosts/io.promptgate.host.json");
    let written: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    assert_eq!(written["path"], "/usr/bin/promptgate");
    // The image's own settings count, not this machine's.
    let origins = written["allowed_origins"].as_array().unwrap();
    assert!(origins.contains(&"chrome-extension://abcdefghijklmnopabcdefghijklmnop/".into()), "{origins:?}");
    assert!(run(&["uninstall", "--system", "--root", root]).status.success());
    assert!(!manifest.exists());
    // A program from elsewhere would be told by a path that the image does not have.
    let elsewhere = home.run(&["install", "--system", "--browser", "chromium", "--root", root]);
    assert!(!elsewhere.status.success());
    assert!(String::from_utf8_lossy(&elsewhere.stderr).contains("run the one that does"));
}
