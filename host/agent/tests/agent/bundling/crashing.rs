//! Killed at any moment of an activation: afterwards the old bundle is whole or the new one is, and the record has its row.

use std::thread;
use std::time::Duration;

use shared_protocol::PolicySource;

use super::{Made, put, rows, said, status, until_version, watching, words};
use crate::browser::{Browser, ORIGIN};

/// Kills; more with `KILLS`.
fn rounds() -> u64 {
    std::env::var("KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(12)
}

#[test]
fn a_kill_leaves_one_whole_bundle_whose_row_is_there() {
    let (home, folder) = watching();
    put(&folder, &Made::version(1).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    let mut held = 1;
    for round in 0..rounds() {
        let version = held + 1;
        put(&folder, &Made::version(version).archive());
        // A look comes within a second, and an activation takes some milliseconds; how many, differs.
        let kept = home.data().join("policy");
        crate::receiver::until("it begins", || {
            let is_begun = std::fs::read_dir(&kept)
                .unwrap()
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().ends_with(".new"));
            is_begun || round % 3 == 0 || rows(&home).len() as u64 > held
        });
        thread::sleep(Duration::from_micros(u64::from(std::process::id()) * (round + 1) * 37 % 30_000));
        browser.kill();
        let told = status(&home);
        let found = told["bundle"]["version"].as_u64().unwrap();
        assert!(told["bundle"]["not_used"].is_null() && (found == held || found == version), "{told}");
        let activated: Vec<String> = rows(&home).into_iter().map(|(_, version)| version).collect();
        assert!(activated.contains(&found.to_string()), "{found} is in force without a row: {activated:?}");
        browser = Browser::silent(&home, &[ORIGIN]);
        let welcome = browser.hello();
        assert_eq!(welcome.settings.source, PolicySource::Bundle);
        let first = welcome.settings.policy.unwrap().version;
        if first != version {
            until_version(&mut browser, version);
        }
        assert_eq!(said(&mut browser, u32::try_from(round).unwrap() + 1), words(version));
        held = version;
    }
    assert!(browser.close().0.success());
    assert!(home.run(&["log", "verify"]).status.success());
}
