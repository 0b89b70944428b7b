//! Reported prompts: kept once, confirmed, capped, and gone with their person and their interaction.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use host_store::{Index, NeighbourRow, Row, Store, StoreError, Tx};

fn neighbour(event: &str, person: &str, at: u64) -> NeighbourRow {
    NeighbourRow {
        event: event.to_owned(),
        person: person.to_owned(),
        at,
        topics: "[\"intent.pii\"]".to_owned(),
        sealed: "AA==".to_owned(),
        confirmed_at: None,
        code: None,
    }
}

fn put(store: &Store, row: &NeighbourRow, most: u32) {
    store.write::<_, StoreError>(|tx: &Tx<'_>| tx.put_neighbour(row, most)).unwrap();
}

fn confirm(store: &Store, event: &str, at: u64) -> bool {
    store.write::<_, StoreError>(|tx| tx.confirm_neighbour(event, at, Some("signed"))).unwrap()
}

fn is_there(store: &Store, event: &str) -> bool {
    store.read::<_, StoreError>(|view| view.neighbour(event)).unwrap().is_some()
}

#[test]
fn what_was_confirmed_is_listed_and_stays_longest() {
    let store = Store::in_memory().unwrap();
    for (event, at) in [("one", 1), ("two", 2), ("three", 3)] {
        put(&store, &neighbour(event, "jane", at), 3);
    }
    // The first report of an interaction is the one that counts.
    put(&store, &neighbour("two", "joe", 9), 3);
    assert!(confirm(&store, "one", 7) && !confirm(&store, "other", 7));
    let confirmed = store.read::<_, StoreError>(|view| view.confirmed_neighbours()).unwrap();
    let expected = NeighbourRow {
        confirmed_at: Some(7),
        code: Some("signed".to_owned()),
        ..neighbour("one", "jane", 1)
    };
    assert_eq!(confirmed, [expected]);
    let marks = || store.read::<_, StoreError>(|view| view.neighbour_marks()).unwrap();
    assert_eq!(marks(), [("one".to_owned(), 7)]);
    put(&store, &neighbour("four", "jane", 4), 3);
    assert!(is_there(&store, "one") && !is_there(&store, "two") && is_there(&store, "four"));
    assert!(confirm(&store, "three", 8) && confirm(&store, "four", 8));
    put(&store, &neighbour("five", "jane", 5), 3);
    // Of nothing but confirmed ones the oldest goes: else nothing new could ever be learned.
    assert_eq!(marks().len(), 2);
    assert!(is_there(&store, "five") && !is_there(&store, "one"));
}

#[test]
fn it_goes_with_its_person_and_with_its_interaction() {
    let store = Store::in_memory().unwrap();
    put(&store, &neighbour("one", "jane", 1), 9);
    put(&store, &neighbour("two", "joe", 1), 9);
    store.write(|tx| tx.forget("jane")).unwrap();
    assert!(!is_there(&store, "one") && is_there(&store, "two"));
    let row = Row {
        seq: 1,
        device: "device".to_owned(),
        at: 1,
        event: Some("two".to_owned()),
        kind: "judged".to_owned(),
        salt: Some([1; 32]),
        body: Some("{}".to_owned()),
        commitments: vec![1],
        previous: [0; 32],
        hash: [2; 32],
        epoch: None,
        mac: None,
        index: Index::default(),
    };
    store.write::<_, StoreError>(|tx| tx.append(&row, &[], &[])).unwrap();
    store.write(|tx| tx.empty(&[1])).unwrap();
    assert!(!is_there(&store, "two"));
}
