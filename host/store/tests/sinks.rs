//! Where sinks stand, from one connection to the other.

use host_store::{DeadLetter, SinkState, Store, StoreError};
use tempfile::TempDir;

fn letter(first: u64, rows: u64, reason: &str) -> DeadLetter {
    let last = first + rows - 1;
    DeadLetter { sink: "siem".to_owned(), first, last, rows, at: 9, reason: reason.to_owned() }
}

#[test]
fn a_sink_is_where_it_was_left_and_beside_another_one() {
    let folder = TempDir::new().unwrap();
    let record = Store::open(folder.path(), Store::BUSY).unwrap();
    let beside = Store::beside(folder.path(), Store::BUSY).unwrap();
    assert_eq!(record.read(|view| view.sink("siem")), Ok(None));
    let state = SinkState {
        name: "siem".to_owned(),
        cursor: 41,
        delivered: 40,
        failures: 3,
        retry_at: 1_700_000_000_000,
        fault: Some("it does not answer".to_owned()),
        fault_at: Some(1_699_999_999_000),
        sent_at: None,
    };
    beside.write::<_, StoreError>(|tx| tx.put_sink(&state)).unwrap();
    assert_eq!(record.read(|view| view.sink("siem")), Ok(Some(state.clone())));
    let later = SinkState { cursor: 42, failures: 0, fault: None, fault_at: None, ..state };
    beside.write::<_, StoreError>(|tx| tx.put_sink(&later)).unwrap();
    assert_eq!(record.read(|view| view.sink("siem")), Ok(Some(later)));
    assert_eq!(record.read(|view| view.sink("file")), Ok(None));
}

#[test]
fn dead_letters_are_counted_and_newest_first() {
    let store = Store::in_memory().unwrap();
    store
        .write::<_, StoreError>(|tx| {
            tx.set_aside(&letter(3, 1, "too large"))?;
            tx.set_aside(&letter(7, 5, "2 of them"))?;
            tx.set_aside(&letter(3, 1, "too large, again"))
        })
        .unwrap();
    assert_eq!(store.read(|view| view.dead_rows("siem")), Ok(6));
    assert_eq!(store.read(|view| view.dead_rows("file")), Ok(0));
    let letters = store.read(|view| view.dead_letters("siem", 10)).unwrap();
    assert_eq!(letters, [letter(7, 5, "2 of them"), letter(3, 1, "too large, again")]);
    assert_eq!(store.read(|view| view.dead_letters("siem", 1)).unwrap().len(), 1);
    // Oldest first, where they are sent again.
    let after = |after| store.read(|view| view.letter_after("siem", after)).unwrap();
    assert_eq!(
        (after(0).map(|one| one.first), after(3), after(7)),
        (Some(3), Some(letter(7, 5, "2 of them")), None)
    );
    store.write(|tx| tx.take_back(&letter(3, 1, ""))).unwrap();
    assert_eq!(after(0).map(|one| one.first), Some(7));
    let asked = |sink| store.read(|view| view.is_asked_again(sink)).unwrap();
    assert!(!asked("siem"));
    store.write(|tx| tx.ask_again("siem", true)).unwrap();
    assert!(asked("siem") && !asked("file"));
    store.write(|tx| tx.ask_again("siem", false)).unwrap();
    assert!(!asked("siem"));
}
