//! Every way of changing the file behind the product's back is seen, at the right row; erasing is not one.

use host_journal::{Bad, Fault, verify};

use crate::sample::{DEVICE, Ids, Journal, answer, found, turn};

const ROWS: u64 = 6;

fn filled() -> Journal {
    let journal = Journal::new();
    for number in 1..ROWS {
        journal.append(&[turn(number, "claude", Ids { conversation: Some("c"), ..Ids::default() })]).unwrap();
    }
    journal.append(&[found(ROWS)]).unwrap();
    journal
}

fn check(journal: &Journal) -> Option<(u64, Fault)> {
    journal.store.read(verify).unwrap().bad.map(|Bad { seq, fault }| (seq, fault))
}

#[test]
fn an_untouched_record_is_whole() {
    let journal = filled();
    let checked = journal.store.read(verify).unwrap();
    assert_eq!((checked.rows, checked.erased, checked.bad), (ROWS, 0, None));
    assert_eq!(checked.head, journal.store.read(|view| view.head()).unwrap());
    let empty = Journal::new().store.read(verify).unwrap();
    assert_eq!((empty.rows, empty.head, empty.bad), (0, None, None));
}

#[test]
fn every_change_is_seen_at_its_row() {
    let other = "X'1111111111111111111111111111111111111111111111111111111111111111'";
    let new_body = r#"replace(body, '"action":"allow"', '"action":"block"')"#;
    let cases: Vec<(String, u64, Fault)> = vec![
        ("UPDATE record SET at = at + 1 WHERE seq = 3".into(), 3, Fault::Hash),
        ("UPDATE record SET device = 'x' WHERE seq = 3".into(), 3, Fault::Hash),
        ("UPDATE record SET event = NULL WHERE seq = 3".into(), 3, Fault::Hash),
        ("UPDATE record SET kind = 'drift' WHERE seq = 3".into(), 3, Fault::Hash),
        ("UPDATE record SET kind = 'nothing' WHERE seq = 3".into(), 3, Fault::Hash),
        ("UPDATE record SET commitments = X'' WHERE seq = 3".into(), 3, Fault::Hash),
        (format!("UPDATE record SET hash = {other} WHERE seq = 3"), 3, Fault::Hash),
        (format!("UPDATE record SET previous = {other} WHERE seq = 3"), 3, Fault::Previous),
        (format!("UPDATE record SET salt = {other} WHERE seq = 3"), 3, Fault::Changed("account".into())),
        (format!("UPDATE record SET body = {new_body} WHERE seq = 3"), 3, Fault::Changed("action".into())),
        (
            "UPDATE record SET body = replace(body, '{\"account', '{ \"account') WHERE seq = 3".into(),
            3,
            Fault::Unreadable,
        ),
        ("UPDATE record SET body = '{}' WHERE seq = 3".into(), 3, Fault::Fields),
        ("UPDATE record SET body = 'x' WHERE seq = 3".into(), 3, Fault::Unreadable),
        ("UPDATE record SET body = NULL WHERE seq = 3".into(), 3, Fault::Unreadable),
        ("UPDATE record SET salt = NULL WHERE seq = 3".into(), 3, Fault::Unreadable),
        ("UPDATE record SET salt = NULL, body = NULL WHERE seq = 3".into(), 3, Fault::Index),
        ("UPDATE record SET app = 'gemini' WHERE seq = 3".into(), 3, Fault::Index),
        ("UPDATE record SET action = 'block' WHERE seq = 3".into(), 3, Fault::Index),
        ("UPDATE record SET conversation = NULL WHERE seq = 3".into(), 3, Fault::Index),
        ("UPDATE record SET matched = 1 WHERE seq = 3".into(), 3, Fault::Index),
        ("INSERT INTO record_topic VALUES ('content.pii', 3, 1)".into(), 3, Fault::Index),
        ("UPDATE record_topic SET level = 1".into(), ROWS, Fault::Index),
        ("DELETE FROM record_topic".into(), ROWS, Fault::Index),
        ("UPDATE sealed SET blob = 'AwAA' WHERE place = 1".into(), ROWS, Fault::Sealed),
        ("UPDATE sealed SET key_id = 'x' WHERE place = 1".into(), ROWS, Fault::Sealed),
        ("DELETE FROM sealed WHERE place = 0".into(), ROWS, Fault::Sealed),
        ("UPDATE sealed SET place = 2 - place * 2".into(), ROWS, Fault::Sealed),
        ("INSERT INTO sealed VALUES (3, 0, 'k', 'b')".into(), 3, Fault::Sealed),
        ("DELETE FROM record WHERE seq = 1".into(), 1, Fault::Missing),
        ("DELETE FROM record WHERE seq = 3".into(), 3, Fault::Missing),
        (
            "DELETE FROM record WHERE seq = 3; UPDATE record SET seq = seq - 1 WHERE seq IN (4, 5)".into(),
            3,
            Fault::Previous,
        ),
        (
            "UPDATE record SET seq = 9 WHERE seq = 2; UPDATE record SET seq = 2 WHERE seq = 3; \
             UPDATE record SET seq = 3 WHERE seq = 9"
                .into(),
            2,
            Fault::Reordered(3),
        ),
    ];
    for (sql, seq, fault) in cases {
        let journal = filled();
        journal.raw().execute_batch(&sql).unwrap();
        assert_eq!(check(&journal), Some((seq, fault)), "{sql}");
    }
}

#[test]
fn a_row_written_anew_in_the_middle_breaks_the_next() {
    let journal = filled();
    let donor = Journal::new();
    let stand_in = turn(3, "gemini", Ids::default());
    donor.append(&[turn(1, "claude", Ids::default()), turn(2, "claude", Ids::default()), stand_in]).unwrap();
    let head = donor.store.read(|view| view.row(3)).unwrap().unwrap();
    journal
        .raw()
        .execute(
            "UPDATE record SET salt = ?, body = ?, commitments = ?, hash = ?, app = 'gemini', conversation = NULL \
             WHERE seq = 3",
            rusqlite::params![head.salt, head.body, head.commitments, head.hash],
        )
        .unwrap();
    // Its own hash does not fit this record's row 2.
    assert_eq!(check(&journal), Some((3, Fault::Hash)));
}

#[test]
fn an_erased_row_leaves_the_chain_whole() {
    let journal = filled();
    journal
        .raw()
        .execute_batch(
            "DELETE FROM sealed WHERE seq = 6; DELETE FROM record_topic WHERE seq = 6;
             UPDATE record SET salt = NULL, body = NULL, app = NULL, person = NULL, operation = NULL,
                 action = NULL, conversation = NULL, parent = NULL, message = NULL, matched = 0
             WHERE seq IN (2, 6);",
        )
        .unwrap();
    journal.append(&[answer(9, "claude", Ids::default())]).unwrap();
    let checked = journal.store.read(verify).unwrap();
    assert_eq!((checked.rows, checked.erased, checked.bad), (ROWS + 1, 2, None));
    // Nothing of the person or the request is left in the row.
    let row = journal.store.read(|view| view.row(2)).unwrap().unwrap();
    assert_eq!((row.device.as_str(), row.body, row.index), (DEVICE, None, host_store::Index::default()));
}

#[test]
fn a_field_cannot_be_guessed_without_the_salt() {
    let journal = Journal::new();
    let mut again = turn(1, "claude", Ids::default());
    again.event = None;
    let mut salted = again.clone();
    salted.salt = host_journal::Salt::new([77; 32]);
    journal.append(&[again, salted]).unwrap();
    let row = |seq| journal.store.read(|view| view.row(seq)).unwrap().unwrap();
    assert_eq!(row(1).body, row(2).body);
    let first = host_journal::encoding::split_commitments(&row(1).commitments).unwrap().concat_bytes();
    let second = host_journal::encoding::split_commitments(&row(2).commitments).unwrap().concat_bytes();
    assert!(first.iter().zip(&second).all(|(one, other)| one != other));
}

trait ConcatBytes {
    fn concat_bytes(&self) -> Vec<[u8; 32]>;
}

impl ConcatBytes for Vec<(&str, [u8; 32])> {
    fn concat_bytes(&self) -> Vec<[u8; 32]> {
        self.iter().map(|(_, bytes)| *bytes).collect()
    }
}
