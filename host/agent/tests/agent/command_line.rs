//! The command line: what a person sees, and what a program reads.

use shared_protocol::{Choice, Outcome};

use crate::browser::{Browser, event};
use crate::home::Home;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_lists_what_exists() {
    let home = Home::new();
    let help = home.run(&["--help"]);
    assert!(help.status.success());
    let told = text(&help.stdout);
    for command in [
        "install",
        "uninstall",
        "doctor",
        "login",
        "logout",
        "whoami",
        "enrol",
        "scan",
        "policy",
        "log",
        "risk",
        "ssf",
        "Exit codes",
    ] {
        assert!(told.contains(command), "{command}");
    }
    for (args, code) in [(vec!["fly"], 2), (vec![], 2), (vec!["log"], 2), (vec!["scan", "/not/there"], 1)] {
        let output = home.run(&args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn what_is_not_there_is_told_with_the_next_step() {
    let home = Home::new();
    let nowhere = home.path().join("nowhere");
    let (nowhere, key) = (nowhere.to_str().unwrap(), nowhere.join("org.key"));
    let recovery = ["--out", "org.key", "--recovery", key.to_str().unwrap()];
    for (args, code, told) in [
        (
            vec!["log", "list", "--from", nowhere],
            3,
            "does not exist: name the folder that `promptgate log export",
        ),
        (vec!["log", "verify", "--from", nowhere], 3, "does not exist"),
        (vec!["log", "view", "--from", nowhere], 3, "does not exist"),
        (vec!["log", "list", "--from", "/dev/null"], 3, "is no folder"),
        (vec!["log", "list", "--from", home.path().to_str().unwrap()], 3, "no export lies in"),
        (
            vec!["log", "keygen", "--no-passphrase", "--out", key.to_str().unwrap()],
            1,
            "is not there: make it",
        ),
        ([&["log", "keygen", "--no-passphrase"][..], &recovery].concat(), 1, "--out or --recovery"),
        // No record: one number for all who ask for one.
        (vec!["risk", "show"], 3, "made when a browser first starts"),
        (vec!["risk", "history"], 3, "made when a browser first starts"),
        (vec!["log", "verify"], 3, "made when a browser first starts"),
        (vec!["log", "erase", "--person", "jane"], 3, "made when a browser first starts"),
        (vec!["log", "prune", "--older-than", "90d"], 3, "made when a browser first starts"),
        (vec!["scan", nowhere], 1, "does not exist: name a file, or `-`"),
        (vec!["scan", "--har", nowhere], 1, "does not exist: name a file, or `-`"),
        (vec!["scan", home.path().to_str().unwrap()], 1, "is a folder: name one file in it"),
    ] {
        let mut command = home.command();
        let output = command.current_dir(home.path()).args(&args).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(told), "{args:?}: {said}");
    }
    assert!(!home.path().join("org.key").exists());
}

#[test]
fn the_log_is_listed_filtered_shown_and_opened() {
    let home = Home::enforcing();
    let missing = home.run(&["log", "list"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(text(&missing.stderr).contains("made when a browser first starts"));

    let mut browser = Browser::start(&home);
    browser.judge(&event(1), "hello");
    assert_eq!(browser.judge(&event(2), "call +1 415-555-0132").outcome, Outcome::Ask);
    assert_eq!(browser.answer(&event(2), Choice::SendAnyway), Outcome::Release);
    browser.judge(&event(3), "card 4111 1111 1111 1111");
    assert!(browser.close().0.success());

    let listed = |filter: &[&str]| -> Vec<String> {
        let args = [&["log", "list", "--json"], filter].concat();
        let rows = home.lines(&args).into_iter().filter(|row| row.get("next").is_none());
        rows.map(|row| row["event"].as_str().unwrap().to_owned()).collect()
    };
    let ids =
        |numbers: &[u32]| numbers.iter().map(|&number| event(number).as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(listed(&[]), ids(&[3, 2, 1]));
    assert_eq!(listed(&["--limit", "1"]), ids(&[3]));
    // The last line says where the next page begins, and the last page has no such line.
    let page = home.lines(&["log", "list", "--json", "--limit", "2"]);
    let next = page.last().unwrap()["next"].as_u64().unwrap().to_string();
    assert_eq!(listed(&["--limit", "2", "--after", &next]), ids(&[1]));
    assert_eq!(home.lines(&["log", "list", "--json", "--limit", "3"]).len(), 3);
    let told = text(&home.run(&["log", "list", "--limit", "2"]).stdout);
    assert!(told.ends_with(&format!("more: the same command with --after {next}\n")), "{told}");
    assert!(!text(&home.run(&["log", "list", "--limit", "3"]).stdout).contains("more:"));
    assert_eq!(listed(&["--action", "warn"]), ids(&[2]));
    assert_eq!(listed(&["--topic", "content.pii"]), ids(&[3, 2]));
    assert_eq!(listed(&["--matched=false"]), ids(&[1]));
    assert_eq!(
        listed(&[
            "--captured",
            "--user",
            &crate::home::account(),
            "--app",
            "chatgpt",
            "--operation",
            "send-prompt"
        ])
        .len(),
        3
    );
    assert_eq!(listed(&["--user", "joe"]).len(), 0);
    assert_eq!(listed(&["--until", "2020-01-01"]).len(), 0);
    assert_eq!(listed(&["--since", "2020-01-01", "--kind", "answered"]), ids(&[2]));
    let bad = home.run(&["log", "list", "--action", "explode"]);
    assert_eq!(bad.status.code(), Some(1));

    let table = text(&home.run(&["log", "list"]).stdout);
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("TIME") && lines[0].ends_with("EVENT"));
    let columns = |line: &str| line.find("chatgpt").or(line.find("APP")).unwrap();
    assert!(lines.iter().all(|line| columns(line) == columns(lines[0])));
    assert!(lines[1].contains("asked") && lines[2].contains("released"));

    let shown = text(&home.run(&["log", "show", event(2).as_str()]).stdout);
    assert!(shown.contains("choice         send-anyway"), "{shown}");
    let opened = text(&home.run(&["log", "open", event(2).as_str()]).stdout);
    assert!(opened.ends_with("call +1 415-555-0132\n"), "{opened}");
    assert_eq!(home.run(&["log", "open", event(9).as_str()]).status.code(), Some(3));
    assert_eq!(home.run(&["log", "show", "nonsense"]).status.code(), Some(1));
    assert_eq!(home.run(&["log", "conversation", "none"]).status.code(), Some(3));

    // Without the key it stays closed; the key from elsewhere opens it.
    let kept = home.path().join("kept.key");
    std::fs::rename(home.data().join("keys/trial.key"), &kept).unwrap();
    assert_eq!(home.run(&["log", "open", event(2).as_str()]).status.code(), Some(5));
    let opened = home.lines(&["log", "open", event(2).as_str(), "--json", "--key", kept.to_str().unwrap()]);
    assert_eq!(opened[0]["prompt"]["parts"][0]["text"], "call +1 415-555-0132");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    use std::process::Stdio;
    let home = Home::enforcing();
    let mut command = home.command();
    command.args(["scan", "--jsonl"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, b"{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty());
}
