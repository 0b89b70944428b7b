//! One connection with the settings that durability and erasure rest on.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::{StoreError, migrate};

/// Settings of every connection. `auto_vacuum` and WAL are properties of the file, set when it is made.
/// - `synchronous=FULL`: in WAL mode the log is flushed to the disk at every commit.
/// - `secure_delete`: freed bytes are overwritten with zeros.
/// - `temp_store=MEMORY`: no row is spilled to a temporary file.
/// - `cell_size_check`, `trusted_schema`: a damaged or altered file is noticed, not obeyed.
const SETTINGS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA journal_size_limit = 16777216;
";

/// A file of this process's memory, with the same schema.
pub(crate) fn in_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(SETTINGS)?;
    migrate::migrate(&mut connection)?;
    Ok(connection)
}

/// Opens `file`, which exists and may be empty.
pub(crate) fn connect(file: &Path, busy: Duration) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(busy)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Only an empty file takes this on, so it stands before anything that writes the first page.
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL;")?;
    retry(busy, || write_ahead(&connection))?;
    connection.execute_batch(SETTINGS)?;
    retry(busy, || migrate::migrate(&mut connection))?;
    Ok(connection)
}

/// A second connection to a file that [`connect`] opened: for reading, also while somebody writes.
pub(crate) fn connect_again(file: &Path, busy: Duration) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(busy)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(SETTINGS)?;
    Ok(connection)
}

/// Turning an empty file to WAL takes the file for itself; SQLite does not wait for that as it does for writes.
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode.eq_ignore_ascii_case("wal") { Ok(()) } else { Err(StoreError::ReadOnly) }
}

/// Again while another process holds the file, for as long as a write would wait.
fn retry<T>(busy: Duration, mut step: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let start = Instant::now();
    loop {
        match step() {
            Err(StoreError::Locked) if start.elapsed() < busy => std::thread::sleep(Duration::from_millis(2)),
            other => return other,
        }
    }
}
