//! A watched folder: what lies there holds from the next prompt on.

use std::fs;

use shared_protocol::PolicySource;

use super::{Made, put, rows, said, settings_where, status, until_version, watching, words};
use crate::browser::Browser;

#[test]
fn a_bundle_that_is_put_there_holds_on_the_next_prompt() {
    let (home, folder) = watching();
    let mut browser = Browser::silent(&home, &[crate::browser::ORIGIN]);
    let welcome = browser.hello();
    assert_eq!(welcome.settings.source, PolicySource::ManagedWithoutBundle);
    assert_eq!(said(&mut browser, 1), "");
    put(&folder, &Made::version(1).archive());
    let state = until_version(&mut browser, 1);
    assert_eq!((state.name.as_str(), state.stale, state.unsigned), ("acme", false, false));
    assert_eq!(said(&mut browser, 2), words(1));
    put(&folder, &Made::version(2).archive());
    until_version(&mut browser, 2);
    assert_eq!(said(&mut browser, 3), words(2));
    assert!(browser.close().0.success());
    let judged = &home.rows(crate::browser::event(3).as_str())[0];
    assert_eq!((&judged["source"], &judged["bundle"]), (&"bundle".into(), &"acme 2".into()));
    let activated = |version: &str| ("bundle-activated".to_owned(), version.to_owned());
    assert_eq!(rows(&home), [activated("1"), activated("2")]);
    // The next start knows it without fetching, and says nothing new.
    fs::remove_file(folder.join("bundle.tar.gz")).unwrap();
    let mut browser = Browser::silent(&home, &[crate::browser::ORIGIN]);
    assert_eq!(browser.hello().settings.policy.unwrap().version, 2);
    assert_eq!(said(&mut browser, 4), words(2));
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).len(), 2);
    assert_eq!(status(&home)["bundle"]["version"], 2);
}

/// A file that somebody writes slowly is no refusal.
#[test]
fn a_file_that_is_still_being_written_is_waited_for() {
    let (home, folder) = watching();
    let archive = Made::version(1).archive();
    let mut browser = Browser::start(&home);
    let path = folder.join("bundle.tar.gz");
    for end in [1, archive.len() / 3, archive.len() - 1] {
        fs::write(&path, &archive[..end]).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(900));
    }
    fs::write(&path, &archive).unwrap();
    let settings = settings_where(&mut browser, |settings| settings.policy.is_some());
    assert_eq!(settings.policy.unwrap().refused, None);
    assert!(browser.close().0.success());
    assert_eq!(rows(&home), [("bundle-activated".to_owned(), "1".to_owned())]);
}

/// Every browser of a person follows, whichever of their hosts fetched it.
#[test]
fn every_host_of_a_data_folder_follows() {
    let (home, folder) = watching();
    let (mut one, mut two) = (Browser::start(&home), Browser::start(&home));
    put(&folder, &Made::version(1).archive());
    until_version(&mut one, 1);
    until_version(&mut two, 1);
    assert_eq!([said(&mut one, 1), said(&mut two, 2)], [words(1), words(1)]);
    // Who fetched is gone: the other one goes on.
    one.kill();
    put(&folder, &Made::version(2).archive());
    until_version(&mut two, 2);
    assert_eq!(said(&mut two, 3), words(2));
    drop(two);
    assert_eq!(rows(&home).len(), 2);
}
