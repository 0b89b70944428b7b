//! Faults of the file as the rest of the host sees them, brought about through the connection itself.

use std::time::Duration;

use tempfile::TempDir;

use super::Store;
use crate::{Row, SealedBlob, StoreError};

fn open(folder: &TempDir) -> Store {
    Store::open(folder.path(), Duration::from_millis(30)).unwrap()
}

fn row(seq: u64) -> Row {
    Row {
        seq,
        device: "device".to_owned(),
        at: seq,
        event: None,
        kind: "drift".to_owned(),
        salt: Some([1; 32]),
        body: Some("{}".to_owned()),
        commitments: vec![],
        previous: [0; 32],
        hash: [2; 32],
        epoch: None,
        mac: None,
        index: crate::Index::default(),
    }
}

fn pragma(store: &Store, name: &str) -> String {
    let connection = store.lock();
    let value =
        connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
    format!("{value:?}")
}

#[test]
fn the_settings_hold() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    for (name, value) in [
        ("journal_mode", "Text(\"wal\")"),
        ("synchronous", "Integer(2)"),
        ("secure_delete", "Integer(1)"),
        ("auto_vacuum", "Integer(2)"),
        ("foreign_keys", "Integer(1)"),
        ("temp_store", "Integer(2)"),
    ] {
        assert_eq!(pragma(&store, name), value, "{name}");
    }
    drop(store);
    assert_eq!(pragma(&open(&folder), "auto_vacuum"), "Integer(2)");
}

#[test]
fn a_full_disk_writes_nothing_and_says_so() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    store.write::<_, StoreError>(|tx| tx.append(&row(1), &[], &[])).unwrap();
    let pages: i64 = store.lock().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.lock().pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    let big = SealedBlob { key_id: "k".to_owned(), blob: "x".repeat(100_000) };
    let full = store.write(|tx| tx.append(&row(2), &[], std::slice::from_ref(&big)));
    assert_eq!(full, Err(StoreError::Full));
    assert_eq!(store.read(|view| view.head()).unwrap().unwrap().seq, 1);
    store.lock().pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
    assert_eq!(store.write(|tx| tx.append(&row(2), &[], &[big])), Ok(()));
}

#[test]
fn a_read_only_file_says_so() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    store.lock().pragma_update(None, "query_only", true).unwrap();
    assert_eq!(store.write(|tx| tx.append(&row(1), &[], &[])), Err(StoreError::ReadOnly));
    assert_eq!(store.read(|view| view.head()), Ok(None));
}

#[test]
fn a_row_without_its_parent_is_refused() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let orphan = store.lock().execute("INSERT INTO sealed VALUES (9, 0, 'k', 'b')", []);
    assert!(matches!(StoreError::from(orphan.unwrap_err()), StoreError::Internal(_)));
}

#[test]
fn a_panic_in_a_write_leaves_nothing_and_the_store_usable() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let thread = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                store.write::<(), StoreError>(|tx| {
                    tx.append(&row(1), &[], &[])?;
                    panic!("in the middle");
                })
            })
            .join()
    });
    assert!(thread.is_err());
    assert_eq!(store.read(|view| view.head()), Ok(None));
    assert_eq!(store.write(|tx| tx.append(&row(1), &[], &[])), Ok(()));
}
