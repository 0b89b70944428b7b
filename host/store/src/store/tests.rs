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
    let inner = store.writer.lock();
    let value = inner
        .connection
        .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
        .unwrap();
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
    let pages: i64 =
        store.writer.lock().connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store
        .writer
        .lock()
        .connection
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let big = SealedBlob { key_id: "k".to_owned(), blob: "x".repeat(100_000) };
    let full = store.write(|tx| tx.append(&row(2), &[], std::slice::from_ref(&big)));
    assert_eq!(full, Err(StoreError::Full));
    assert_eq!(store.read(|view| view.head()).unwrap().unwrap().seq, 1);
    store
        .writer
        .lock()
        .connection
        .pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(()))
        .unwrap();
    assert_eq!(store.write(|tx| tx.append(&row(2), &[], &[big])), Ok(()));
}

#[test]
fn a_read_only_file_says_so() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    store.writer.lock().connection.pragma_update(None, "query_only", true).unwrap();
    assert_eq!(store.write(|tx| tx.append(&row(1), &[], &[])), Err(StoreError::ReadOnly));
    assert_eq!(store.read(|view| view.head()), Ok(None));
}

#[test]
fn a_row_without_its_parent_is_refused() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let orphan = store.writer.lock().connection.execute("INSERT INTO sealed VALUES (9, 0, 'k', 'b')", []);
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

#[test]
fn what_comes_at_once_shares_a_flush_and_fails_alone() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path(), Store::BUSY).unwrap();
    let gate = std::sync::Barrier::new(24);
    let append = |number: u64| {
        gate.wait();
        store.write(|tx| {
            let seq = tx.head()?.map_or(0, |head| head.seq) + 1;
            let mut row = row(seq);
            row.at = number;
            // Every third one stands there already: its row is undone, and no other.
            row.event = Some(if number.is_multiple_of(3) { "same".to_owned() } else { number.to_string() });
            row.kind = "judged".to_owned();
            tx.append(&row, &[], &[])?;
            if number == 5 {
                std::panic::resume_unwind(Box::new("in the middle"));
            }
            Ok::<u64, StoreError>(seq)
        })
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let append = &append;
        let threads: Vec<_> = (0..24).map(|number| scope.spawn(move || append(number))).collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut acknowledged = Vec::new();
    for (number, one) in (0_u64..).zip(done) {
        match one {
            Err(_) => assert_eq!(number, 5),
            Ok(Ok(seq)) => acknowledged.push((seq, number)),
            Ok(Err(fault)) => assert_eq!((fault, number % 3), (StoreError::Duplicate, 0)),
        }
    }
    acknowledged.sort_unstable();
    // One of the eight that are the same; all others but the one that panicked.
    assert_eq!(acknowledged.len(), 1 + 15);
    for (place, (seq, number)) in (1..).zip(acknowledged) {
        assert_eq!(seq, place);
        assert_eq!(store.read(|view| view.row(seq)).unwrap().unwrap().at, number);
    }
}

#[test]
fn a_transaction_that_is_given_up_fails_all_who_are_in_it() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let first_in = std::sync::Barrier::new(2);
    let done = std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            store.write(|tx| {
                first_in.wait();
                // The second one waits for the connection by now, or is about to.
                while !store.writer.is_awaited() {
                    std::thread::yield_now();
                }
                tx.append(&row(1), &[], &[])
            })
        });
        first_in.wait();
        let second = scope.spawn(|| {
            store.write(|tx| {
                tx.give_up();
                Err::<(), _>(StoreError::Full)
            })
        });
        (first.join().unwrap(), second.join().unwrap())
    });
    assert_eq!(done, (Err(StoreError::GivenUp), Err(StoreError::Full)));
    assert_eq!(store.read(|view| view.head()), Ok(None));
    assert_eq!(store.write(|tx| tx.append(&row(1), &[], &[])), Ok(()));
}
