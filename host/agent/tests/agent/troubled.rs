//! A record that cannot be written: the fail setting decides, `doctor` says why and what to do, and once it is well
//! again a row says what was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use shared_protocol::{Code, Outcome};

use crate::browser::{Browser, event};
use crate::home::{Home, json_lines};

/// A file system at a folder, as long as this lives. Needs the right to mount, which tests in a container have.
struct Mounted(PathBuf);

impl Mounted {
    fn new(at: &Path, args: &[&str]) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let done = Command::new("mount").args(args).arg(at).output().ok()?;
        done.status.success().then(|| Self(at.to_owned()))
    }

    /// A disk of this size.
    fn small(at: &Path, size: &str) -> Option<Self> {
        Self::new(at, &["-t", "tmpfs", "-o", &format!("size={size},mode=0700"), "tmpfs"])
    }

    fn read_only(&self) {
        assert!(Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status().unwrap().success());
    }

    fn writable(&self) {
        assert!(Command::new("mount").args(["-o", "remount,rw"]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A process that still ends may hold it for a moment.
        let _gone = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// What `doctor` says of the record: state, what, fix.
fn record(home: &Home) -> (String, String, String) {
    let output = home.run(&["doctor", "--json"]);
    let told = json_lines(&output).remove(0);
    let checks = told.get("checks").unwrap().as_array().unwrap();
    let check = checks.iter().find(|check| check.get("check").unwrap() == "record").unwrap();
    let word = |name: &str| check.get(name).and_then(|word| word.as_str()).unwrap_or_default().to_owned();
    (word("state"), word("what"), word("fix"))
}

fn is_wrong(home: &Home, what: &str, fix: &str) {
    let said = record(home);
    assert_eq!(said.0, "wrong", "{said:?}");
    assert!(said.1.contains(what) && said.2.contains(fix), "{said:?}");
}

/// A prompt that is not recorded is refused by who enforces, and let go by who only watches.
fn unrecorded(browser: &mut Browser, number: u32, text: &str, outcome: Outcome) {
    let verdict = browser.judge(&event(number), text);
    assert_eq!((verdict.outcome, verdict.fault), (outcome, Some(Code::NotRecorded)));
}

/// After the trouble: rows again, one of them about it, and a record that is whole.
fn is_well(home: &Home, browser: &mut Browser, number: u32, trouble: &str) {
    let verdict = browser.judge(&event(number), "hello");
    assert_eq!((verdict.outcome, verdict.fault), (Outcome::Release, None));
    assert_eq!(home.kinds(event(number).as_str()), ["judged", "released"]);
    assert!(browser.is_alive());
    let told = home.lines(&["log", "list", "--kind", "health", "--json"]);
    let health = told.first().unwrap();
    assert_eq!(health.get("trouble").unwrap(), trouble);
    assert_eq!(health.get("over").unwrap(), true);
    assert!(health.get("count").unwrap().as_u64().unwrap() > 0);
    assert_eq!(record(home).0, "ok");
    assert_eq!(home.run(&["log", "verify"]).status.code(), Some(0));
}

const POLICIES: [(&str, Outcome); 2] =
    [("builtin-enforce", Outcome::Refuse), ("builtin-monitor", Outcome::Release)];

#[test]
fn a_full_disk() {
    for (policy, outcome) in POLICIES {
        let home = Home::with(policy, "");
        let Some(_disk) = Mounted::small(&home.data(), "1m") else { return };
        let mut browser = Browser::start(&home);
        assert_eq!(browser.judge(&event(1), "hello").fault, None);
        let filler = home.data().join("filler");
        let _full = fs::write(&filler, vec![7; 2 << 20]);
        unrecorded(&mut browser, 2, &"words ".repeat(30_000), outcome);
        is_wrong(&home, "the disk is full", "free some space");
        fs::remove_file(filler).unwrap();
        is_well(&home, &mut browser, 3, "disk-full");
    }
}

#[test]
fn a_read_only_disk() {
    for (policy, outcome) in POLICIES {
        let home = Home::with(policy, "");
        let Some(disk) = Mounted::small(&home.data(), "8m") else { return };
        let mut browser = Browser::start(&home);
        assert_eq!(browser.judge(&event(1), "hello").fault, None);
        assert!(browser.close().0.success());
        disk.read_only();
        let mut browser = Browser::start(&home);
        unrecorded(&mut browser, 2, "hello", outcome);
        is_wrong(&home, "read-only", "write access");
        disk.writable();
        is_well(&home, &mut browser, 3, "read-only");
    }
}

#[test]
fn a_record_that_somebody_else_holds() {
    for (policy, outcome) in POLICIES {
        let home = Home::with(policy, "");
        let mut browser = Browser::start(&home);
        assert_eq!(browser.judge(&event(1), "hello").fault, None);
        let other = rusqlite::Connection::open(home.data().join("journal.sqlite3")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        unrecorded(&mut browser, 2, "hello", outcome);
        is_wrong(&home, "another process holds the record", "wait");
        other.execute_batch("COMMIT").unwrap();
        is_well(&home, &mut browser, 3, "locked");
    }
}

#[test]
fn a_damaged_record() {
    for (policy, outcome) in POLICIES {
        let home = Home::with(policy, "");
        let mut browser = Browser::start(&home);
        for number in 1..30 {
            browser.judge(&event(number), "hello");
        }
        assert!(browser.close().0.success());
        let file = home.data().join("journal.sqlite3");
        let good = fs::read(&file).unwrap();
        let mut bad = good.clone();
        bad.iter_mut().skip(100).for_each(|byte| *byte ^= 0x5a);
        fs::write(&file, bad).unwrap();
        let mut browser = Browser::start(&home);
        unrecorded(&mut browser, 40, "hello", outcome);
        is_wrong(&home, "the record file is damaged", "keep a copy");
        fs::write(&file, good).unwrap();
        is_well(&home, &mut browser, 41, "damaged");
    }
}
