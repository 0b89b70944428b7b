//! A row whose bytes were put together and hashed by a program that is not this one, and properties of bodies.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Fields, GENESIS, Header, hash, hex, split_commitments};

#[derive(serde::Deserialize)]
struct Vector {
    device: String,
    at: u64,
    kind: u16,
    event: String,
    seq: u64,
    salt_byte: u8,
    body: String,
    commitments: String,
    hash: String,
    next: Next,
}

#[derive(serde::Deserialize)]
struct Next {
    at: u64,
    kind: u16,
    hash: String,
}

#[test]
fn the_vector_of_row_1_and_2() {
    let vector: Vector = serde_json::from_str(include_str!("../../tests/vectors/row-1.json")).unwrap();
    let fields = Fields::parse(&vector.body).unwrap();
    assert_eq!(fields.body(), vector.body);
    let commitments = fields.commitments(&[vector.salt_byte; 32]);
    assert_eq!(hex(&commitments), vector.commitments);
    let header = Header {
        previous: GENESIS,
        seq: vector.seq,
        device: &vector.device,
        at: vector.at,
        kind: vector.kind,
        event: &vector.event,
    };
    let first = hash(&header, &commitments).unwrap();
    assert_eq!(hex(&first), vector.hash);
    let second = Header {
        previous: first,
        seq: vector.seq + 1,
        at: vector.next.at,
        kind: vector.next.kind,
        event: "",
        ..header
    };
    assert_eq!(hex(&hash(&second, &[]).unwrap()), vector.next.hash);
}

#[test]
fn what_is_no_list_of_commitments_has_no_hash() {
    let header = Header { previous: GENESIS, seq: 1, device: "d", at: 0, kind: 1, event: "" };
    let good = Fields::parse(r#"{"a":1}"#).unwrap().commitments(&[0; 32]);
    assert!(hash(&header, &good).is_some());
    for length in 1..good.len() {
        assert!(hash(&header, &good[..length]).is_none(), "{length}");
    }
}

proptest! {
    #[test]
    fn a_body_reads_back_as_itself(names in prop::collection::btree_map("[a-z_]{1,12}", "\\PC{0,20}", 0..8)) {
        let values: BTreeMap<String, String> = names;
        let fields = Fields::parse(&serde_json::to_string(&values).unwrap()).unwrap();
        let body = fields.body();
        prop_assert_eq!(Fields::parse(&body).unwrap().body(), body.clone());
        prop_assert_eq!(serde_json::from_str::<BTreeMap<String, String>>(&body).unwrap(), values);
        let commitments = fields.commitments(&[7; 32]);
        let names: Vec<&str> = split_commitments(&commitments).unwrap().iter().map(|(name, _)| *name).collect();
        prop_assert_eq!(names, fields.iter().map(|(name, _)| name).collect::<Vec<_>>());
    }

    #[test]
    fn splitting_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(all) = split_commitments(&bytes) {
            prop_assert_eq!(bytes.len(), all.iter().map(|(name, _)| name.len() + 33).sum::<usize>());
        }
    }
}
