//! Messages keep their ids and their order; what is overtaken, parked or old is told apart.

#![cfg(test)]

use host_store::{OutboxRow, OutboxState, RiskChangeRow, RiskRow, Store, StoreError};

fn row(jti: &str, receiver: &str, person: &str) -> OutboxRow {
    OutboxRow {
        id: 0,
        event: "risk".to_owned(),
        jti: jti.to_owned(),
        txn: "txn".to_owned(),
        receiver: receiver.to_owned(),
        person: person.to_owned(),
        at: 7,
        before: 0,
        after: 2,
        cause: "evidence".to_owned(),
        reasons: "[]".to_owned(),
        claims: None,
        state: OutboxState::Waiting,
        attempts: 0,
        key_refusals: 0,
        retry_at: 0,
        fault: None,
        done_at: None,
    }
}

fn jtis(rows: &[OutboxRow]) -> Vec<&str> {
    rows.iter().map(|row| row.jti.as_str()).collect()
}

#[test]
fn the_first_of_each_person_comes_first_and_a_newer_one_overtakes() {
    let store = Store::in_memory().unwrap();
    store
        .write::<_, StoreError>(|tx| {
            for (jti, receiver, person) in [
                ("a", "okta", "jane"),
                ("b", "okta", "joe"),
                ("c", "okta", "jane"),
                ("d", "other", "jane"),
                ("e", "okta", "jane"),
            ] {
                tx.add_outbox(&row(jti, receiver, person))?;
            }
            Ok(())
        })
        .unwrap();
    let first = || store.read(|view| view.outbox_first("okta")).unwrap();
    assert_eq!(jtis(&first()), ["a", "b"]);
    assert_eq!(store.write(|tx| tx.add_outbox(&row("a", "okta", "jane"))), Err(StoreError::Duplicate));
    let (newest, before) = store.read(|view| view.outbox_newest("okta", "jane", "risk")).unwrap().unwrap();
    assert_eq!((newest.jti.as_str(), before), ("e", 2));
    assert_eq!(store.write(|tx| tx.overtake_outbox(&newest, 9)), Ok(2));
    assert_eq!(jtis(&first()), ["b", "e"]);
    let sent =
        OutboxRow { state: OutboxState::Sent, done_at: Some(10), claims: Some("{}".to_owned()), ..newest };
    store.write(|tx| tx.put_outbox(&sent)).unwrap();
    assert_eq!(store.read(|view| view.outbox_last_sent("okta", "jane", "risk")).unwrap(), Some(sent));
    let joe = first().remove(0);
    store
        .write(|tx| {
            tx.put_outbox(&OutboxRow { state: OutboxState::Parked, attempts: 3, key_refusals: 2, ..joe })
        })
        .unwrap();
    assert_eq!(store.read(|view| view.outbox_of("b")).unwrap().map(|row| row.key_refusals), Some(2));
    assert!(first().is_empty());
    assert_eq!(store.write(|tx| tx.unpark_outbox(Some("other"))), Ok(0));
    assert_eq!(store.write(|tx| tx.unpark_outbox(None)), Ok(1));
    let again = first().remove(0);
    assert_eq!((again.jti.as_str(), again.attempts, again.key_refusals), ("b", 1, 0));
    // The last one that was taken stays: the next one says from where the level moved.
    assert_eq!(store.write(|tx| tx.trim_outbox(1_000)), Ok(2));
    assert_eq!(jtis(&store.read(|view| view.outbox(10)).unwrap()), ["e", "d", "b"]);
}

#[test]
fn nothing_is_left_of_a_person_who_is_forgotten() {
    let store = Store::in_memory().unwrap();
    let standing = |person: &str| RiskRow {
        person: person.to_owned(),
        at: 5,
        seen: 5,
        level: 2,
        score: 45_000,
        body: "{}".to_owned(),
    };
    let change = RiskChangeRow {
        id: 0,
        person: "jane".to_owned(),
        at: 5,
        before: 0,
        after: 2,
        score: 45_000,
        cause: "reset".to_owned(),
        reasons: "[]".to_owned(),
        events: "[]".to_owned(),
        by: Some("admin".to_owned()),
        note: Some("a test".to_owned()),
    };
    store
        .write::<_, StoreError>(|tx| {
            tx.put_risk(&standing("jane"))?;
            tx.put_risk(&standing("joe"))?;
            assert_eq!(tx.add_risk_change(&change)?, 1);
            tx.add_outbox(&row("a", "okta", "jane"))
        })
        .unwrap();
    assert_eq!(store.read(|view| view.risk("jane")).unwrap(), Some(standing("jane")));
    assert_eq!(store.read(|view| view.risk_changes("jane", 9)).unwrap(), [RiskChangeRow { id: 1, ..change }]);
    assert_eq!(store.read(|view| view.is_shared_since("jane", None, 5)), Ok(true));
    assert_eq!(store.read(|view| view.is_shared_since("jane", None, 6)), Ok(false));
    for (besides, shared) in [("joe", false), ("ann", true)] {
        assert_eq!(
            store.read(|view| view.is_shared_since("jane", Some(besides), 5)),
            Ok(shared),
            "{besides}"
        );
    }
    // Past its time goes the history, and who has no risk; a level stays with who has it.
    let gone = RiskRow { level: 0, score: 0, ..standing("ann") };
    store.write(|tx| tx.put_risk(&gone)).unwrap();
    assert_eq!(store.write(|tx| tx.trim_risk(5)), Ok(0));
    assert_eq!(store.write(|tx| tx.trim_risk(6)), Ok(2));
    assert_eq!(store.read(|view| view.risks()).unwrap(), [standing("jane"), standing("joe")]);
    assert_eq!(store.read(|view| view.risk_changes("jane", 9)), Ok(Vec::new()));
    store.write(|tx| tx.forget("jane")).unwrap();
    assert_eq!(store.read(|view| view.risk("jane")), Ok(None));
    assert_eq!(store.read(|view| view.risk_changes("jane", 9)), Ok(Vec::new()));
    assert_eq!(store.read(|view| view.outbox(9)), Ok(Vec::new()));
    assert_eq!(store.read(|view| view.risks()).unwrap(), [standing("joe")]);
}
