//! Keys that are made, kept, named and opened.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use shared_seal::{Cost, KeyPair, Seed, protect, seal};

use super::{Given, Keys, TRIAL, Unopened, count, folder, recipients, write_new};

fn trial(data: &Path) -> String {
    recipients(data, &[]).unwrap().remove(0).id.to_string()
}

fn pair(byte: u8) -> KeyPair {
    KeyPair::derive(Seed::new([byte; 32]))
}

#[test]
fn the_first_start_makes_a_key_and_later_ones_keep_it() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(count(data.path()).unwrap(), 0);
    let first = trial(data.path());
    assert_eq!(trial(data.path()), first);
    assert_eq!(count(data.path()).unwrap(), 1);
    assert_eq!(fs::read_dir(folder(data.path())).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_key_is_this_persons_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = tempfile::tempdir().unwrap();
    trial(data.path());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder(data.path())), 0o700);
    assert_eq!(mode(&folder(data.path()).join(TRIAL)), 0o600);
}

#[test]
fn many_first_starts_agree() {
    let data = tempfile::tempdir().unwrap();
    let ids: BTreeSet<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| trial(data.path()))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert_eq!(ids.len(), 1);
}

#[test]
fn a_broken_key_is_never_overwritten() {
    let data = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder(data.path())).unwrap();
    let path = folder(data.path()).join(TRIAL);
    fs::write(&path, "half a k").unwrap();
    assert!(recipients(data.path(), &[]).is_err());
    assert!(count(data.path()).is_err());
    assert!(!write_new(&path, "another").unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "half a k");
}

#[test]
fn configured_recipients_are_taken_once_each_and_make_no_key() {
    let data = tempfile::tempdir().unwrap();
    let [one, two] = [1, 2].map(|byte| pair(byte).public.to_base64());
    let all = recipients(data.path(), &[one.clone(), two.clone(), one.clone()]).unwrap();
    assert_eq!(all.iter().map(|one| one.key.to_base64()).collect::<Vec<_>>(), [one.clone(), two]);
    assert!(recipients(data.path(), &[one, "nonsense".to_owned()]).is_err());
    let many: Vec<String> = (0..9).map(|byte| pair(byte).public.to_base64()).collect();
    assert!(recipients(data.path(), &many).unwrap_err().to_string().contains("at most 8"));
    assert_eq!(count(data.path()).unwrap(), 0);
}

/// A folder with a plain key, the public tool's JSON and a protected key.
#[test]
fn keys_are_found_in_files_and_folders_and_opened_when_needed() {
    let data = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    let private = |byte| pair(byte).private.to_base64().to_string();
    fs::write(kept.path().join("a.key"), private(1)).unwrap();
    fs::write(kept.path().join("b.json"), format!("{{\"private_key\":\"{}\"}}", private(2))).unwrap();
    let cost = Cost { memory_kib: 16, passes: 1, lanes: 1 };
    let text = protect(&pair(3).private, "long enough", cost, Seed::new([7; 32])).unwrap();
    fs::write(kept.path().join("c.key"), text).unwrap();
    fs::write(kept.path().join("readme.txt"), "no key").unwrap();

    let sealed = |byte: u8| seal(&pair(byte).public, &[byte], Seed::new([byte; 32])).unwrap();
    let id = |byte: u8| pair(byte).public.id().to_string();
    let given = Given { key: vec![kept.path().to_owned()], passphrase_file: None };
    // Without a passphrase the protected key is in nobody's way.
    let mut keys = Keys::load(data.path(), &given, None).unwrap();
    assert_eq!(keys.ids().len(), 3);
    for byte in [1, 2] {
        let (bytes, by) = keys.open([(id(byte).as_str(), sealed(byte).as_str())]).unwrap().unwrap();
        assert_eq!((bytes.as_slice(), by), ([byte].as_slice(), id(byte)));
    }
    assert_eq!(keys.open([(id(9).as_str(), sealed(9).as_str())]).unwrap().unwrap_err(), Unopened::NoKey);
    // A blob that stands under another's name is not opened, and one beside it is.
    let moved = keys.open([(id(1).as_str(), sealed(2).as_str())]).unwrap().unwrap_err();
    assert!(matches!(moved, Unopened::Fault(_)));
    let both = [(id(1), sealed(2)), (id(2), sealed(2))];
    let (bytes, _) = keys.open(both.iter().map(|(id, blob)| (id.as_str(), blob.as_str()))).unwrap().unwrap();
    assert_eq!(bytes.as_slice(), [2]);

    let wrong = Keys::load(data.path(), &given, Some("long enouhg".to_owned().into()))
        .unwrap()
        .open([(id(3).as_str(), "")]);
    assert!(format!("{:#}", wrong.unwrap_err()).contains("the passphrase does not open this key"));
    let file = kept.path().join("passphrase");
    fs::write(&file, "long enough\r\na second line is not part of it\n").unwrap();
    let given = Given { passphrase_file: Some(file), ..given };
    let mut keys = Keys::load(data.path(), &given, Some("the file counts first".to_owned().into())).unwrap();
    let (bytes, _) = keys.open([(id(3).as_str(), sealed(3).as_str())]).unwrap().unwrap();
    assert_eq!(bytes.as_slice(), [3]);

    for named in ["nothing-here", "readme.txt"] {
        let given = Given { key: vec![kept.path().join(named)], passphrase_file: None };
        assert!(Keys::load(data.path(), &given, None).is_err(), "{named}");
    }
    let empty = Given { key: vec![data.path().to_owned()], passphrase_file: None };
    assert!(Keys::load(data.path(), &empty, None).is_err());
}
