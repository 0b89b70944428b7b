//! Installing and taking away in a folder of its own, for every browser and every system's table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Done, Manifest, install, is_present, present, uninstall};
use crate::browsers::{Family, ROWS, Scope};
use crate::origin::{CHROMIUM_ID, FIREFOX_ID};
use crate::os::{Env, Os};

fn home(os: Os) -> (tempfile::TempDir, Env) {
    let folder = tempfile::tempdir().unwrap();
    let vars = [("HOME", folder.path().to_str().unwrap().to_owned())];
    let env = Env::new(os, vars);
    (folder, env)
}

fn tree(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(tree(&path));
            all.insert(path, None);
        } else {
            let bytes = fs::read(&path).unwrap();
            all.insert(path, Some(bytes));
        }
    }
    all
}

#[test]
fn installing_twice_and_taking_away_leaves_things_as_they_were() {
    for os in [Os::Linux, Os::Macos] {
        let (folder, env) = home(os);
        fs::create_dir_all(folder.path().join(".config/chromium/Default")).unwrap();
        let before = tree(folder.path());
        for row in &ROWS {
            let program = Path::new("/opt/promptgate");
            assert_eq!(install(row, &env, Scope::User, program, &[]).unwrap(), Done::Written);
            let once = tree(folder.path());
            assert_eq!(install(row, &env, Scope::User, program, &[]).unwrap(), Done::Unchanged);
            assert_eq!(tree(folder.path()), once);
            let moved = Path::new("/usr/bin/promptgate");
            assert_eq!(install(row, &env, Scope::User, moved, &[]).unwrap(), Done::Written);
            let manifest = Manifest::read(&row.manifest(&env, Scope::User).unwrap()).unwrap().unwrap();
            assert_eq!(manifest.path, moved);
        }
        for row in &ROWS {
            assert_eq!(uninstall(row, &env, Scope::User).unwrap(), Done::Removed);
            assert_eq!(uninstall(row, &env, Scope::User).unwrap(), Done::Absent);
        }
        // A folder that was made on the way and is empty again may be left by a sibling; none is here.
        let after: Vec<_> = tree(folder.path()).into_keys().filter(|path| path.is_file()).collect();
        assert_eq!(after, Vec::<PathBuf>::new());
        if os == Os::Linux {
            assert_eq!(tree(folder.path()), before);
        }
    }
}

#[test]
fn a_manifest_names_the_extension_in_the_browsers_own_way() {
    let development = ["abcdefghijklmnopabcdefghijklmnop".to_owned(), "dev@example.org".to_owned()];
    let program = Path::new("/opt/promptgate");
    let chromium = serde_json::to_value(Manifest::new(Family::Chromium, program, &development)).unwrap();
    assert_eq!(
        chromium["allowed_origins"],
        serde_json::json!([
            format!("chrome-extension://{CHROMIUM_ID}/"),
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop/"
        ])
    );
    assert!(chromium.get("allowed_extensions").is_none());
    assert_eq!(chromium["type"], "stdio");
    let firefox = serde_json::to_value(Manifest::new(Family::Firefox, program, &development)).unwrap();
    assert_eq!(firefox["allowed_extensions"], serde_json::json!([FIREFOX_ID, "dev@example.org"]));
    assert!(firefox.get("allowed_origins").is_none());
}

#[test]
fn what_is_not_ours_stays() {
    let (_folder, env) = home(Os::Linux);
    let path = ROWS[1].manifest(&env, Scope::User).unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for other in [r#"{"name":"org.other","description":"","path":"/x","type":"stdio"}"#, "no manifest"] {
        fs::write(&path, other).unwrap();
        assert_eq!(uninstall(&ROWS[1], &env, Scope::User).unwrap(), Done::NotOurs);
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
    }
}

#[test]
fn a_browser_is_present_by_its_profile_or_its_program() {
    let (folder, _) = home(Os::Linux);
    let programs = folder.path().join("bin");
    let vars = [
        ("HOME", folder.path().to_str().unwrap().to_owned()),
        ("PATH", programs.to_str().unwrap().to_owned()),
    ];
    let env = Env::new(Os::Linux, vars);
    assert!(present(&env).is_empty());
    fs::create_dir_all(folder.path().join(".config/google-chrome")).unwrap();
    fs::create_dir_all(&programs).unwrap();
    fs::write(programs.join("firefox-esr"), "").unwrap();
    let names: Vec<_> = present(&env).iter().map(|row| row.name).collect();
    assert_eq!(names, ["chrome", "firefox"]);
    assert!(!is_present(&ROWS[3], &env));
}

#[test]
fn a_system_in_a_folder_is_left_as_it_was() {
    for os in [Os::Linux, Os::Macos] {
        let (folder, env) = home(os);
        let env = env.under(folder.path().to_owned());
        for place in ["etc/opt", "usr/lib"] {
            fs::create_dir_all(folder.path().join(place)).unwrap();
        }
        fs::write(folder.path().join("usr/lib/os-release"), "").unwrap();
        let before = tree(folder.path());
        for row in ROWS.iter().filter(|row| row.manifest(&env, Scope::System).is_some()) {
            assert!(row.manifest(&env, Scope::System).unwrap().starts_with(folder.path()));
            install(row, &env, Scope::System, Path::new("/usr/bin/promptgate"), &[]).unwrap();
        }
        let written = tree(folder.path());
        assert!(written.keys().filter(|path| path.is_file()).count() >= 4);
        for row in &ROWS {
            uninstall(row, &env, Scope::System).unwrap();
        }
        let after = tree(folder.path());
        let files =
            |tree: BTreeMap<PathBuf, _>| tree.into_keys().filter(|path| path.is_file()).collect::<Vec<_>>();
        if os == Os::Linux {
            assert_eq!(after, before);
        }
        assert_eq!(files(after), files(before));
    }
}
