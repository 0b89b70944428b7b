//! Every earlier version, with rows in it, becomes the same schema as a fresh file, and keeps its rows.

use rusqlite::Connection;

use super::{SCHEMA, migrate, migrate_to};
use crate::StoreError;

/// Rows as a file of each version can hold them; version n stands at n.
const SAMPLES: [&str; SCHEMA as usize + 1] = [
    "",
    include_str!("../../tests/schema/001-rows.sql"),
    include_str!("../../tests/schema/002-rows.sql"),
    include_str!("../../tests/schema/003-rows.sql"),
    include_str!("../../tests/schema/004-rows.sql"),
    include_str!("../../tests/schema/005-rows.sql"),
    include_str!("../../tests/schema/006-rows.sql"),
    include_str!("../../tests/schema/007-rows.sql"),
    include_str!("../../tests/schema/008-rows.sql"),
];

fn schema(connection: &Connection) -> Vec<String> {
    let mut select = connection
        .prepare("SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema ORDER BY 1")
        .unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn version(connection: &Connection) -> i64 {
    super::version(connection).unwrap()
}

#[test]
fn every_earlier_version_becomes_the_fresh_schema_and_keeps_its_rows() {
    let mut fresh = Connection::open_in_memory().unwrap();
    migrate(&mut fresh).unwrap();
    for (from, sample) in (0..).zip(SAMPLES) {
        let mut old = Connection::open_in_memory().unwrap();
        migrate_to(&mut old, from).unwrap();
        old.execute_batch(sample).unwrap();
        assert_eq!(version(&old), from);
        migrate(&mut old).unwrap();
        assert_eq!(version(&old), SCHEMA);
        assert_eq!(schema(&old), schema(&fresh), "from {from}");
        if from > 0 {
            let rows: i64 = old.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap();
            assert_eq!(rows, 2, "from {from}");
        }
    }
}

#[test]
fn a_later_version_is_left_alone() {
    let mut later = Connection::open_in_memory().unwrap();
    migrate(&mut later).unwrap();
    later.pragma_update(None, "user_version", SCHEMA + 1).unwrap();
    let refused = migrate(&mut later).unwrap_err();
    assert_eq!(refused, StoreError::Newer { found: SCHEMA + 1, known: SCHEMA });
    assert_eq!(version(&later), SCHEMA + 1);
}

#[test]
fn somebody_elses_database_is_left_alone() {
    let mut other = Connection::open_in_memory().unwrap();
    other.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    assert_eq!(migrate(&mut other).unwrap_err(), StoreError::Foreign);
    assert_eq!(schema(&other).len(), 1);
}

#[test]
fn a_migration_that_fails_leaves_the_version_before_it() {
    let mut broken = Connection::open_in_memory().unwrap();
    // Stands in the way of schema 1, in a file that says it is ours.
    broken.execute_batch("CREATE TABLE sealed (x)").unwrap();
    broken.pragma_update(None, "application_id", super::APPLICATION).unwrap();
    assert!(migrate(&mut broken).is_err());
    assert_eq!(version(&broken), 0);
    assert_eq!(schema(&broken).len(), 1);
}
