//! What is taken, and what is known of it then.

use host_policy::bundle::{PublicKey, Refused, Seen, Signer as _, Trust, open, reopen};
use serde_json::json;

use crate::raw::{self, Key};

fn trust(keys: &[PublicKey]) -> Trust<'_> {
    Trust { keys, audience: Some("acme"), agent: "0.1.0", newest: None, now: 5_000 }
}

#[test]
fn a_bundle_written_by_hand_is_read_whole() {
    for key in [Key::ed25519(1), Key::p256()] {
        let keys = [key.key().clone()];
        let opened = open(&raw::bundle(&raw::files(), &raw::manifest(), &[&key]), &trust(&keys)).unwrap();
        assert_eq!(opened.files, raw::files());
        assert_eq!(opened.key, key.key().id());
        assert_eq!((opened.manifest.name.as_str(), opened.manifest.version), ("acme", 7));
        assert_eq!((opened.seen.version, opened.stale), (7, false));
    }
}

#[test]
fn folders_and_a_dot_before_names_are_what_other_programs_write() {
    let key = Key::ed25519(1);
    let mut files = raw::files();
    files.insert(".manifest".to_owned(), raw::manifest().to_string().into_bytes());
    let list = json!({ "signatures": [raw::signed(&key, &raw::claims(&files))] }).to_string();
    files.insert(".signatures.json".to_owned(), list.into_bytes());
    let folder = |name: &'static [u8]| raw::Member { kind: b'5', ..raw::Member::file(name, b"") }.blocks();
    let mut tar = [folder(b"./"), folder(b"./policy/")].concat();
    for (path, data) in &files {
        tar.extend(raw::Member::file(format!("./{path}").as_bytes(), data).blocks());
    }
    // A tape's block of zeros.
    tar.resize(tar.len().next_multiple_of(10_240), 0);
    let keys = [key.key().clone()];
    assert_eq!(open(&raw::gzip(&tar), &trust(&keys)).unwrap().files, raw::files());
}

#[test]
fn one_known_signature_of_several_is_enough() {
    let (known, stranger, other) = (Key::ed25519(1), Key::ed25519(2), Key::p256());
    let archive = raw::bundle(&raw::files(), &raw::manifest(), &[&stranger, &known, &other]);
    for (keys, by) in [
        (vec![known.key().clone()], &known),
        (vec![other.key().clone()], &other),
        (vec![other.key().clone(), known.key().clone()], &known),
    ] {
        assert_eq!(open(&archive, &trust(&keys)).unwrap().key, by.key().id());
    }
    assert_eq!(open(&archive, &trust(&[])).unwrap_err().code(), "unknown-key");
}

#[test]
fn a_turned_signature_beside_one_that_holds_harms_nobody() {
    let (first, second) = (Key::ed25519(1), Key::ed25519(2));
    let mut files = raw::files();
    files.insert(".manifest".to_owned(), raw::manifest().to_string().into_bytes());
    let claims = raw::claims(&files);
    let header = json!({ "alg": "EdDSA", "kid": first.key().id() });
    let tokens = [raw::token(&header, &claims, |_| vec![0; 64]), raw::signed(&second, &claims)];
    files.insert(".signatures.json".to_owned(), json!({ "signatures": tokens }).to_string().into_bytes());
    let keys = [first.key().clone(), second.key().clone()];
    assert_eq!(open(&raw::archive(&files), &trust(&keys)).unwrap().key, second.key().id());
}

#[test]
fn the_very_same_again_is_fine_and_any_other_content_is_not() {
    let key = Key::ed25519(1);
    let keys = [key.key().clone()];
    let archive = raw::bundle(&raw::files(), &raw::manifest(), &[&key]);
    let seen = open(&archive, &trust(&keys)).unwrap().seen;
    let again = Trust { newest: Some(seen), ..trust(&keys) };
    assert_eq!(open(&archive, &again).unwrap().seen, seen);
    let mut manifest = raw::manifest();
    manifest["metadata"]["promptgate"]["expires"] = 9_001.into();
    let longer = raw::bundle(&raw::files(), &manifest, &[&key]);
    assert_eq!(open(&longer, &again).unwrap_err(), Refused::SameVersion { version: 7 });
    assert_eq!(reopen(&longer, &again).unwrap_err(), Refused::SameVersion { version: 7 });
    manifest["metadata"]["promptgate"]["version"] = 8.into();
    assert_eq!(open(&raw::bundle(&raw::files(), &manifest, &[&key]), &again).unwrap().seen.version, 8);
}

#[test]
fn the_content_is_known_again_whoever_signed_and_packed_it() {
    let (first, second) = (Key::ed25519(1), Key::p256());
    let one = raw::bundle(&raw::files(), &raw::manifest(), &[&first]);
    let other = raw::bundle(&raw::files(), &raw::manifest(), &[&second]);
    let keys = [first.key().clone(), second.key().clone()];
    let seen = open(&one, &trust(&keys)).unwrap().seen;
    assert_eq!(open(&other, &Trust { newest: Some(seen), ..trust(&keys) }).unwrap().seen, seen);
}

#[test]
fn a_kept_bundle_gets_stale_and_an_arriving_one_is_refused() {
    let key = Key::ed25519(1);
    let keys = [key.key().clone()];
    let archive = raw::bundle(&raw::files(), &raw::manifest(), &[&key]);
    for (now, stale) in
        [(8_999, false), (9_000, true), (i64::MAX, true), (1_000 - 86_400, false), (1_000 - 86_401, true)]
    {
        let trust = Trust { now, ..trust(&keys) };
        assert_eq!(reopen(&archive, &trust).unwrap().stale, stale, "{now}");
        let arrives = open(&archive, &trust);
        assert_eq!(arrives.is_err(), now >= 9_000, "{now}");
        assert!(arrives.is_err() || arrives.unwrap().stale == stale, "{now}");
    }
    // What is not about time is looked at again at every start.
    let older = Trust { newest: Some(Seen { version: 8, digest: [0; 32] }), ..trust(&keys) };
    assert_eq!(reopen(&archive, &older).unwrap_err().code(), "older-version");
    assert_eq!(reopen(&archive, &trust(&[])).unwrap_err().code(), "unknown-key");
}

#[test]
fn keys_change_by_a_bundle_that_the_old_key_signed() {
    let (old, new) = (Key::ed25519(1), Key::p256());
    let mut manifest = raw::manifest();
    manifest["metadata"]["promptgate"]["keys"] = json!([new.key().to_string()]);
    let first = raw::bundle(&raw::files(), &manifest, &[&old]);
    let keys = [old.key().clone()];
    let opened = open(&first, &trust(&keys)).unwrap();
    assert_eq!(opened.manifest.keys, [new.key().clone()]);
    let after = Trust { keys: &opened.manifest.keys, newest: Some(opened.seen), ..trust(&keys) };
    let mut next = raw::manifest();
    next["metadata"]["promptgate"]["version"] = 8.into();
    assert!(open(&raw::bundle(&raw::files(), &next, &[&new]), &after).is_ok());
    let by_old = raw::bundle(&raw::files(), &next, &[&old]);
    assert_eq!(open(&by_old, &after).unwrap_err(), Refused::UnknownKey { keys: vec![old.key().id()] });
    // Nobody names a successor of a key that he does not have.
    let by_new = raw::bundle(&raw::files(), &manifest, &[&new]);
    assert_eq!(open(&by_new, &trust(&keys)).unwrap_err().code(), "unknown-key");
}

#[test]
fn a_machine_without_an_audience_takes_what_its_keys_signed() {
    let key = Key::ed25519(1);
    let keys = [key.key().clone()];
    let archive = raw::bundle(&raw::files(), &raw::manifest(), &[&key]);
    assert!(open(&archive, &Trust { audience: None, ..trust(&keys) }).is_ok());
}

#[test]
fn the_programs_version_may_be_newer_and_have_a_tail() {
    let key = Key::ed25519(1);
    let keys = [key.key().clone()];
    let mut manifest = raw::manifest();
    manifest["metadata"]["promptgate"]["agent"] = "0.9.10".into();
    let archive = raw::bundle(&raw::files(), &manifest, &[&key]);
    for (agent, taken) in
        [("0.9.10", true), ("0.10.0", true), ("1.0.0-dev", true), ("0.9.9", false), ("0.9.9+x", false)]
    {
        assert_eq!(open(&archive, &Trust { agent, ..trust(&keys) }).is_ok(), taken, "{agent}");
    }
}

#[test]
fn every_cut_and_every_turned_byte_is_refused() {
    let key = Key::ed25519(1);
    let keys = [key.key().clone()];
    let archive = raw::bundle(&raw::files(), &raw::manifest(), &[&key]);
    let whole = open(&archive, &trust(&keys)).unwrap();
    for length in 0..archive.len() {
        let error = open(&archive[..length], &trust(&keys)).unwrap_err();
        assert!(matches!(error, Refused::Archive { .. }), "{length}: {error}");
    }
    let mut same = 0;
    for at in 0..archive.len() {
        let mut turned = archive.clone();
        turned[at] ^= 0x40;
        // A few bits of a compressed stream mean nothing: its time and system, codes that it does not use.
        if let Ok(opened) = open(&turned, &trust(&keys)) {
            assert_eq!(opened, whole, "{at}");
            same += 1;
        }
    }
    assert!(same < archive.len() / 10, "{same} turned bytes of {} mean nothing", archive.len());
}
