//! A score, its history and its messages, kept together in a real record.

use std::collections::{BTreeMap, BTreeSet};

use host_store::{OutboxState, RiskRow, Store, StoreError, Tx};
use shared_protocol::{EventId, Label, Level};

use super::{Said, Tell, observe, reset, settle, standing, uuid};
use crate::{Rules, Seen, Sign};

const DAY: u64 = 24 * 3_600_000;

fn secret(at: u64) -> Seen {
    let labels = BTreeMap::from([(Label::try_from("secret.jwt".to_owned()).unwrap(), 1)]);
    let event = EventId::try_from("00000000-0000-4000-8000-000000000001".to_owned()).ok();
    Seen { sign: Sign::Prompt { topics: BTreeMap::new(), labels }, at, event, signal: None }
}

#[test]
fn a_change_its_history_and_its_messages_stand_together() {
    let store = Store::in_memory().unwrap();
    let rules = Rules::builtin().unwrap();
    let receivers = ["okta".to_owned(), "caep".to_owned()];
    let tell = |seed| Tell { receivers: &receivers, seed: [seed; 16] };
    let at = 100 * DAY;
    let see = |seed, at| {
        store
            .write::<_, StoreError>(|tx| observe(tx, "jane", &rules, at, &[secret(at)], None, tell(seed)))
            .unwrap()
    };
    assert_eq!(see(1, at).unwrap().to, Level::Low);
    assert_eq!(see(2, at + 1).unwrap().to, Level::Medium);
    let rows = store.read(|view| view.outbox(9)).unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.receiver.as_str(), row.before, row.after)).collect();
    assert_eq!(told, [("caep", 1, 2), ("okta", 1, 2), ("caep", 0, 1), ("okta", 0, 1)]);
    assert!(rows[0].txn == rows[1].txn && rows[1].txn != rows[2].txn && rows[0].jti != rows[1].jti);
    assert!(rows.iter().all(|row| row.state == OutboxState::Waiting && row.claims.is_none()));
    let changes = store.read(|view| view.risk_changes("jane", 9)).unwrap();
    assert_eq!(changes.len(), 2);
    assert!(changes[0].events.contains("00000000-0000-4000-8000-000000000001"), "{:?}", changes[0]);
    assert!(changes[0].reasons.contains("credentials-pasted"));
    // A write that fails leaves nothing of it.
    let failed: Result<(), StoreError> = store.write(|tx| {
        observe(tx, "jane", &rules, at + 2, &[secret(at), secret(at)], None, tell(3))?;
        Err(StoreError::Full)
    });
    assert!(failed.is_err());
    assert_eq!(store.read(|view| view.risk_changes("jane", 9)).unwrap().len(), 2);
    assert_eq!(store.read(|view| view.outbox(9)).unwrap().len(), 4);

    let changes = store.write::<_, StoreError>(|tx| settle(tx, &rules, at + 30 * DAY, tell(4))).unwrap();
    assert_eq!(changes.len(), 1);
    assert!(
        store.write::<_, StoreError>(|tx| settle(tx, &rules, at + 30 * DAY, tell(5))).unwrap().is_empty()
    );
    let said = Said { by: "admin", note: "a test" };
    let again =
        |who| store.write::<_, StoreError>(|tx| reset(tx, who, &rules, at, None, said, tell(6))).unwrap();
    assert_eq!(again("joe"), None);
    assert_eq!(again("jane").unwrap().to, Level::None);
    let last = store.read(|view| view.risk_changes("jane", 1)).unwrap().remove(0);
    assert_eq!(
        (last.by.as_deref(), last.note.as_deref(), last.cause.as_str()),
        (Some("admin"), Some("a test"), "reset")
    );
}

#[test]
fn a_standing_of_a_later_version_keeps_its_score() {
    let store = Store::in_memory().unwrap();
    let rules = Rules::builtin().unwrap();
    let row = RiskRow {
        person: "jane".to_owned(),
        at: DAY,
        seen: DAY,
        level: 3,
        score: 90_000,
        body: "[2]".to_owned(),
    };
    store.write(|tx| tx.put_risk(&row)).unwrap();
    let of = |now| store.read(|view| standing(view, "jane", &rules, now)).unwrap().unwrap();
    assert_eq!((of(DAY).level, of(DAY).score().whole()), (Level::High, 90));
    assert_eq!(of(60 * DAY).level, Level::None);
}

#[test]
fn other_people_on_the_device_count_once_and_a_quiet_moment_writes_nothing() {
    let store = Store::in_memory().unwrap();
    let rules = Rules::builtin().unwrap();
    let tell = Tell { receivers: &[], seed: [0; 16] };
    let see = |who: &str, at| {
        store.write::<_, StoreError>(|tx| observe(tx, who, &rules, at, &[], None, tell)).unwrap();
        store.read(|view| view.risk(who)).unwrap().unwrap()
    };
    let first = see("joe", DAY);
    assert_eq!(see("joe", DAY + 1), first);
    // New here, and not alone.
    assert_eq!(see("jane", DAY + 2).level, 1);
    assert_eq!(see("joe", DAY + 3), first);
}

/// Where people sign in, the time before and after is no second person's; the next who signs in is.
#[test]
fn nobody_is_nobody_else() {
    let store = Store::in_memory().unwrap();
    let rules = Rules { nobody: Some("account".to_owned()), ..Rules::builtin().unwrap() };
    let tell = Tell { receivers: &[], seed: [0; 16] };
    let is_shared = |who: &str, at| {
        store.write::<_, StoreError>(|tx| observe(tx, who, &rules, at, &[secret(at)], None, tell)).unwrap();
        let standing = store.read(|view| standing(view, who, &rules, at)).unwrap().unwrap();
        standing.pots.contains_key("several-persons")
    };
    assert!(!is_shared("account", DAY));
    assert!(!is_shared("jane", DAY + 1));
    assert!(!is_shared("account", DAY + 2));
    assert!(is_shared("joe", DAY + 3));
    // Two hours later, signed out in between.
    assert!(!is_shared("account", DAY + 7_200_000));
    assert!(is_shared("jane", DAY + 7_200_001));
}

/// However many people used the device: each of them has messages of their own when all of their levels fade at once.
#[test]
fn the_levels_of_many_people_fade_in_one_moment() {
    let store = Store::in_memory().unwrap();
    let rules = Rules::builtin().unwrap();
    let receivers = ["okta".to_owned(), "caep".to_owned()];
    for number in 0..300_u128 {
        let tell = Tell { receivers: &[], seed: number.to_be_bytes() };
        let see = |tx: &Tx<'_>| observe(tx, &number.to_string(), &rules, DAY, &[secret(DAY)], None, tell);
        store.write::<_, StoreError>(see).unwrap();
    }
    let tell = Tell { receivers: &receivers, seed: [0xff; 16] };
    let changes = store.write::<_, StoreError>(|tx| settle(tx, &rules, 60 * DAY, tell)).unwrap();
    let rows = store.read(|view| view.outbox(1_000)).unwrap();
    let causes: BTreeSet<&str> = rows.iter().map(|row| row.txn.as_str()).collect();
    assert_eq!((changes.len(), rows.len(), causes.len()), (300, 600, 300));
}

#[test]
fn ids_are_shaped_as_rfc_9562_says_and_differ() {
    for (seed, number) in [([0; 16], 0), ([0xff; 16], 1), ([7; 16], 2)] {
        let id = uuid(seed, number);
        assert!(EventId::try_from(id.clone()).is_ok() && id.as_bytes()[14] == b'4', "{id}");
        assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
    }
    assert_ne!(uuid([7; 16], 1), uuid([7; 16], 2));
}
