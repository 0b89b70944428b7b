//! Killed at any moment of an activation: afterwards the old bundle is whole or the new one is, and the record has its row.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use shared_protocol::PolicySource;

use super::{Made, put, rows, said, status, until_version, watching, words};
use crate::browser::{Browser, ORIGIN};
use crate::receiver::until;

/// Kills; more with `KILLS`.
fn rounds() -> u64 {
    std::env::var("KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(12)
}

/// What changes when a file is written.
fn looks(path: &Path) -> Option<(SystemTime, u64)> {
    let meta = fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

fn is_new(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(".bundle")
}

#[test]
fn a_kill_leaves_one_whole_bundle_whose_row_is_there() {
    let (home, folder) = watching();
    put(&folder, &Made::version(1).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    let (kept, record) = (home.data().join("policy"), home.data().join("journal.sqlite3-wal"));
    let (mut held, mut ends) = (1, [0, 0]);
    for round in 0..rounds() {
        let version = held + 1;
        let archive = Made::version(version).archive();
        let before = [&record, &kept.join("bundle.tar.gz"), &kept.join("state.toml")].map(|path| looks(path));
        put(&folder, &archive);
        // At each step of an activation: the row, the new file beside the old one, in its place, remembered.
        let step = round % 4;
        until("it begins", || match step {
            0 => looks(&record) != before[0],
            // It may be over between two looks.
            1 if looks(&kept.join("bundle.tar.gz")) != before[1] => true,
            1 => fs::read_dir(&kept).unwrap().flatten().any(|one| is_new(&one.file_name())),
            2 => looks(&kept.join("bundle.tar.gz")) != before[1],
            _ => looks(&kept.join("state.toml")) != before[2],
        });
        browser.kill();
        let told = status(&home);
        let found = told["bundle"]["version"].as_u64().unwrap();
        assert!(told["bundle"]["not_used"].is_null() && (found == held || found == version), "{told}");
        let activated: Vec<String> = rows(&home).into_iter().map(|(_, version)| version).collect();
        assert!(activated.contains(&found.to_string()), "{found} is in force without a row: {activated:?}");
        browser = Browser::silent(&home, &[ORIGIN]);
        let welcome = browser.hello();
        assert_eq!(welcome.settings.source, PolicySource::Bundle);
        ends[usize::from(found == version)] += 1;
        let first = welcome.settings.policy.unwrap().version;
        if first != version {
            until_version(&mut browser, version);
        }
        assert_eq!(said(&mut browser, u32::try_from(round).unwrap() + 1), words(version));
        held = version;
    }
    eprintln!("{} kills left the old bundle, {} the new one", ends[0], ends[1]);
    assert!(browser.close().0.success());
    // What a kill left half written is gone.
    let names = fs::read_dir(&kept).unwrap().flatten().map(|one| one.file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().ends_with(".new")).count(), 0);
    assert!(home.run(&["log", "verify"]).status.success());
}
