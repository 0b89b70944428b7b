//! The file on the disk: private, whole, shared, and clear about what is wrong with it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use host_store::{FILE, Filter, Index, Page, Row, Store, StoreError, Tx};
use tempfile::TempDir;

fn row(seq: u64) -> Row {
    Row {
        seq,
        device: "device".to_owned(),
        at: seq,
        event: Some(format!("event {seq}")),
        kind: "judged".to_owned(),
        salt: Some([1; 32]),
        body: Some(format!("{{\"marker\":\"row {seq} of the file\"}}")),
        commitments: vec![1, 2, 3],
        previous: [0; 32],
        hash: [2; 32],
        epoch: None,
        mac: None,
        index: Index { app: Some("claude".to_owned()), ..Index::default() },
    }
}

fn append(store: &Store, seq: u64) -> Result<(), StoreError> {
    store.write(|tx: &Tx<'_>| tx.append(&row(seq), &[], &[]))
}

fn folder() -> (TempDir, PathBuf) {
    let outer = TempDir::new().unwrap();
    let folder = outer.path().join("share").join("promptgate");
    (outer, folder)
}

#[test]
fn a_row_comes_back_from_another_opening() {
    let (_outer, folder) = folder();
    assert_eq!(Store::existing(&folder, Store::BUSY).unwrap_err(), StoreError::Missing);
    assert!(!folder.exists());
    append(&Store::open(&folder, Store::BUSY).unwrap(), 1).unwrap();
    let store = Store::existing(&folder, Store::BUSY).unwrap();
    assert_eq!(store.read(|view| view.row(1)).unwrap(), Some(row(1)));
    assert_eq!(store.read(|view| view.list(&Filter::default(), &Page::default())).unwrap(), [row(1)]);
    assert_eq!(store.check(), Ok(()));
}

#[test]
fn an_error_in_a_write_takes_back_all_of_it() {
    let (_outer, folder) = folder();
    let store = Store::open(&folder, Store::BUSY).unwrap();
    let failed: Result<(), StoreError> = store.write(|tx| {
        tx.append(&row(1), &[], &[])?;
        tx.set_meta("name", "value")?;
        tx.append(&row(1), &[], &[])
    });
    assert_eq!(failed, Err(StoreError::Duplicate));
    assert_eq!(store.read(|view| view.head()), Ok(None));
    assert_eq!(store.read(|view| view.meta("name")), Ok(None));
}

#[cfg(unix)]
#[test]
fn folder_and_files_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (outer, folder) = folder();
    let store = Store::open(&folder, Store::BUSY).unwrap();
    append(&store, 1).unwrap();
    assert_eq!(mode(&folder), 0o700);
    for name in [FILE.to_owned(), format!("{FILE}-wal"), format!("{FILE}-shm")] {
        assert_eq!(mode(&folder.join(&name)), 0o600, "{name}");
    }
    drop(store);
    // What somebody widened is narrowed again.
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(folder.join(FILE), fs::Permissions::from_mode(0o644)).unwrap();
    Store::open(&folder, Store::BUSY).unwrap();
    assert_eq!((mode(&folder), mode(&folder.join(FILE))), (0o700, 0o600));
    // A folder with other things in it keeps its mode.
    let shared = outer.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("other"), "").unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).unwrap();
    Store::open(&shared, Store::BUSY).unwrap();
    assert_eq!((mode(&shared), mode(&shared.join(FILE))), (0o755, 0o600));
}

#[test]
fn a_held_file_is_waited_for_and_then_named() {
    let (_outer, folder) = folder();
    let patient = Store::open(&folder, Store::BUSY).unwrap();
    let hasty = Store::open(&folder, Duration::from_millis(20)).unwrap();
    patient
        .write::<_, StoreError>(|tx| {
            assert_eq!(append(&hasty, 1), Err(StoreError::Locked));
            // Reading goes on meanwhile.
            assert_eq!(hasty.read(|view| view.head()), Ok(None));
            tx.append(&row(1), &[], &[])
        })
        .unwrap();
    assert_eq!(append(&hasty, 2), Ok(()));
}

#[test]
fn garbage_a_foreign_file_and_damage_are_told_apart() {
    let (_outer, folder) = folder();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(FILE), "no database, but long enough to be looked at ".repeat(100)).unwrap();
    assert_eq!(Store::open(&folder, Store::BUSY).unwrap_err(), StoreError::Damaged);

    fs::remove_file(folder.join(FILE)).unwrap();
    let store = Store::open(&folder, Store::BUSY).unwrap();
    for seq in 1..400 {
        append(&store, seq).unwrap();
    }
    drop(store);
    let mut bytes = fs::read(folder.join(FILE)).unwrap();
    // Among the rows: what is written first, the tables' own places among it, stands at the beginning.
    let late = bytes.len() / 4 * 3;
    bytes[late..late + 8_192].fill(0x5a);
    fs::write(folder.join(FILE), bytes).unwrap();
    let store = Store::open(&folder, Store::BUSY).unwrap();
    assert_eq!(store.check(), Err(StoreError::Damaged));
}

#[test]
fn a_file_cut_short_is_damaged() {
    let (_outer, folder) = folder();
    let store = Store::open(&folder, Store::BUSY).unwrap();
    for seq in 1..100 {
        append(&store, seq).unwrap();
    }
    drop(store);
    let file = fs::OpenOptions::new().write(true).open(folder.join(FILE)).unwrap();
    file.set_len(fs::metadata(folder.join(FILE)).unwrap().len() / 2).unwrap();
    let checked = Store::open(&folder, Store::BUSY).and_then(|store| store.check());
    assert_eq!(checked, Err(StoreError::Damaged));
}

#[test]
fn what_is_in_no_writable_place_is_named() {
    let (_outer, folder) = folder();
    assert_eq!(Store::existing(&folder, Store::BUSY).unwrap_err(), StoreError::Missing);
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    fs::write(&folder, "a file where the folder should be").unwrap();
    assert_eq!(Store::open(&folder, Store::BUSY).unwrap_err(), StoreError::NoAccess);
    assert_eq!(Store::existing(&folder, Store::BUSY).unwrap_err(), StoreError::NoAccess);
}

#[test]
fn errors_say_what_to_do_and_nothing_of_a_row() {
    for error in [
        StoreError::Damaged,
        StoreError::Foreign,
        StoreError::Full,
        StoreError::GivenUp,
        StoreError::Io(1),
        StoreError::Internal(1),
        StoreError::Locked,
        StoreError::Missing,
        StoreError::Newer { found: 9, known: 1 },
        StoreError::NoAccess,
        StoreError::ReadOnly,
    ] {
        let said = error.to_string();
        assert!(said.contains(": ") && said.starts_with(char::is_lowercase), "{said}");
    }
}
