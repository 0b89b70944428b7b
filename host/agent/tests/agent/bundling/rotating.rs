//! Keys that take over from keys: named in a bundle that the old key signed, and proved by it.

use std::fs;

use super::{Made, policy_where, public, put, rows, said, settings, status, until_version, watching, words};
use crate::browser::Browser;

#[test]
fn a_bundle_hands_over_to_the_keys_that_it_names() {
    let (home, folder) = watching();
    let mut browser = Browser::start(&home);
    put(&folder, &Made::version(1).but(|one| one.keys = vec![public(2)]).archive());
    until_version(&mut browser, 1);
    // The old key signs nothing any more.
    put(&folder, &Made::version(2).archive());
    let state = policy_where(&mut browser, |policy| policy.refused.is_some());
    assert_eq!((state.version, state.refused.as_deref()), (1, Some("unknown-key")));
    put(&folder, &Made::version(2).signed_by(2).archive());
    until_version(&mut browser, 2);
    // And again, to two of them.
    put(&folder, &Made::version(3).signed_by(2).but(|one| one.keys = vec![public(3), public(4)]).archive());
    until_version(&mut browser, 3);
    put(&folder, &Made::version(4).signed_by(2).archive());
    policy_where(&mut browser, |policy| policy.refused.is_some());
    put(&folder, &Made::version(5).signed_by(4).archive());
    until_version(&mut browser, 5);
    assert!(browser.close().0.success());
    // All of it is proved anew at the next start, and told.
    let mut browser = Browser::start(&home);
    assert_eq!(said(&mut browser, 1), words(5));
    let told = status(&home);
    assert_eq!(told["bundle"]["key_id"], public(4).id());
    assert_eq!(told["bundle"]["trusted"], serde_json::json!([public(3).id(), public(4).id()]));
    assert!(browser.close().0.success());
    // Also when nothing is remembered but the proofs.
    fs::remove_file(home.data().join("policy/state.toml")).unwrap();
    put(&folder, &Made::version(6).signed_by(3).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 6);
    assert!(browser.close().0.success());
    assert_eq!(rows(&home).iter().filter(|(what, _)| what == "bundle-refused").count(), 2);
}

/// What a bundle named counts under the settings' keys of then only.
#[test]
fn other_keys_in_the_settings_begin_anew() {
    let (home, folder) = watching();
    let mut browser = Browser::start(&home);
    put(&folder, &Made::version(1).but(|one| one.keys = vec![public(2)]).archive());
    until_version(&mut browser, 1);
    put(&folder, &Made::version(7).signed_by(2).archive());
    until_version(&mut browser, 7);
    let place = format!("folder = \"{}\"", folder.display());
    settings(&home, &place, &[5]);
    // Nothing of what is kept is signed by a key that counts now: closed.
    let closed = policy_where(&mut browser, |policy| policy.version == 0);
    assert_eq!(closed.refused.as_deref(), Some("kept-unknown-key"));
    assert_eq!(said(&mut browser, 1), "");
    // Of other keys nothing was ever active, so that their versions begin anew too.
    put(&folder, &Made::version(2).signed_by(5).archive());
    until_version(&mut browser, 2);
    assert_eq!(said(&mut browser, 2), words(2));
    assert!(browser.close().0.success());
}

/// Who can write into the data folder names no key.
#[test]
fn a_key_is_not_believed_without_its_proof() {
    let (home, folder) = watching();
    let mut browser = Browser::start(&home);
    put(&folder, &Made::version(1).archive());
    until_version(&mut browser, 1);
    assert!(browser.close().0.success());
    let forged = Made::version(2).signed_by(9).but(|one| one.keys = vec![public(9)]).archive();
    fs::write(home.data().join("policy/rotated-2.tar.gz"), &forged).unwrap();
    fs::write(home.data().join("policy/rotated-1.tar.gz"), &forged).unwrap();
    put(&folder, &Made::version(3).signed_by(9).archive());
    let mut browser = Browser::start(&home);
    let state = policy_where(&mut browser, |policy| policy.refused.is_some());
    assert_eq!((state.version, state.refused.as_deref()), (1, Some("unknown-key")));
    // Nor is the forged bundle itself, put in the place of the kept one.
    fs::write(home.data().join("policy/bundle.tar.gz"), &forged).unwrap();
    policy_where(&mut browser, |policy| policy.version == 0);
    assert_eq!(said(&mut browser, 1), "");
    assert!(browser.close().0.success());
}
