//! The cases in `cases/profiles/`: a folder is a browser's file as it stands on a disk, and its name begins with what
//! is to be read out of it.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{Profile, State, chromium, firefox, profiles};
use crate::browsers::ROWS;
use crate::origin::{CHROMIUM_ID, FIREFOX_ID};
use crate::os::{Env, Os};

/// Under which it may be there, in both families.
fn ids() -> Vec<String> {
    vec![CHROMIUM_ID.to_owned(), FIREFOX_ID.to_owned()]
}

fn cases(family: &str) -> Vec<(State, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/profiles").join(family);
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let state = match name.split('.').next().unwrap() {
            "on" => State::On,
            "not-in-private" => State::NotInPrivate,
            "off" => State::Off,
            "withheld" => State::Withheld,
            "absent" => State::Absent,
            "unreadable" => State::Unreadable,
            other => panic!("{other} is no state"),
        };
        found.push((state, path));
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn chromium_files_read_as_their_names_say() {
    for (state, case) in cases("chromium") {
        let root = tempfile::tempdir().unwrap();
        let profile = root.path().join("Default");
        fs::create_dir(&profile).unwrap();
        fs::create_dir(root.path().join("Guest Profile")).unwrap();
        fs::write(root.path().join("Guest Profile/Preferences"), "{}").unwrap();
        fs::write(profile.join("Preferences"), "{}").unwrap();
        for file in fs::read_dir(&case).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), profile.join(file.file_name())).unwrap();
        }
        let expected = [Profile { folder: "Default".to_owned(), state }];
        assert_eq!(chromium::profiles(root.path(), &ids()), expected, "{}", case.display());
    }
}

#[test]
fn firefox_files_read_as_their_names_say() {
    for (state, case) in cases("firefox") {
        let root = tempfile::tempdir().unwrap();
        let profile = root.path().join("x1.default-esr");
        fs::create_dir(&profile).unwrap();
        let list = "[Install4F96D1932A9F858E]\nDefault=gone.default\n\n[Profile1]\nName=gone\nIsRelative=1\nPath=gone.default\n\n\
            [Profile0]\nName=default-esr\nIsRelative=1\nPath=x1.default-esr\n\n[General]\nVersion=2\n";
        fs::write(root.path().join("profiles.ini"), list).unwrap();
        for file in fs::read_dir(&case).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), profile.join(file.file_name())).unwrap();
        }
        let expected = [Profile { folder: "x1.default-esr".to_owned(), state }];
        assert_eq!(firefox::profiles(root.path(), &ids()), expected, "{}", case.display());
    }
}

#[test]
fn an_extension_that_an_organisation_signed_itself_counts() {
    let own = "abcdefghijklmnopabcdefghijklmnop";
    let text = format!(r#"{{"extensions":{{"settings":{{"{own}":{{"location":9,"incognito":true}}}}}}}}"#);
    assert_eq!(chromium::state(&text, &ids()), State::Absent);
    assert_eq!(chromium::state(&text, &[ids(), vec![own.to_owned()]].concat()), State::On);
}

/// Since version 147 Firefox begins new profiles below the configuration folder.
#[test]
fn both_places_of_firefox_are_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let env = Env::new(Os::Linux, [("HOME", home.path().to_str().unwrap().to_owned())]);
    let row = ROWS.iter().find(|row| row.name == "firefox").unwrap();
    for (place, name) in [(".mozilla/firefox", "a.old"), (".config/mozilla/firefox", "b.new")] {
        let folder = home.path().join(place);
        fs::create_dir_all(folder.join(name)).unwrap();
        fs::write(folder.join("profiles.ini"), format!("[Profile0]\nIsRelative=1\nPath={name}\n")).unwrap();
    }
    let found = profiles(row, &env, &ids());
    let names: Vec<&str> = found.iter().map(|profile| profile.folder.as_str()).collect();
    assert_eq!(names, ["a.old", "b.new"]);
}

#[test]
fn a_profile_elsewhere_is_found_by_its_whole_path() {
    let paths = firefox::paths("[Profile0]\r\nIsRelative=0\r\nPath=/srv/p\r\n[Install1]\r\nPath=/no\r\n");
    assert_eq!(paths, [(PathBuf::from("/srv/p"), false)]);
}

proptest! {
    #[test]
    fn any_bytes_are_some_state(text in any::<String>(), other in r#"[\[\]{}",:a-z0-9]{0,40}"#) {
        for text in [&text, &other] {
            chromium::state(text, &ids());
            firefox::state(text, &other, &ids());
            firefox::paths(text);
        }
    }
}
