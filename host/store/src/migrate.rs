//! The schema's versions, each a numbered file under `schema/`, applied in order.
//!
//! INVARIANT: a migration and its number are one transaction; a file of a later version is never touched.

use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

/// Version n stands at n - 1.
const MIGRATIONS: [&str; 8] = [
    include_str!("../schema/001.sql"),
    include_str!("../schema/002.sql"),
    include_str!("../schema/003.sql"),
    include_str!("../schema/004.sql"),
    include_str!("../schema/005.sql"),
    include_str!("../schema/006.sql"),
    include_str!("../schema/007.sql"),
    include_str!("../schema/008.sql"),
];

/// The version this code reads and writes.
pub const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// "PGJ1": says that an SQLite file is ours (`PRAGMA application_id`).
const APPLICATION: i64 = 0x5047_4a31;

/// Brings the file to [`SCHEMA`].
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_to(connection, SCHEMA)
}

fn migrate_to(connection: &mut Connection, target: i64) -> Result<(), StoreError> {
    if version(connection)? == target && application(connection)? == APPLICATION {
        return Ok(());
    }
    // Read again inside: another process may have been quicker.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    match application(&transaction)? {
        APPLICATION => {}
        0 if found == 0 && is_empty(&transaction)? => {}
        _ => return Err(StoreError::Foreign),
    }
    if found > target {
        return Err(StoreError::Newer { found, known: target });
    }
    for (number, sql) in (1..).zip(MIGRATIONS) {
        if found < number && number <= target {
            transaction.execute_batch(sql)?;
        }
    }
    transaction.pragma_update(None, "user_version", target)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn application(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "application_id", |row| row.get(0))?)
}

fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests;
