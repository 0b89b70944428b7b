//! Overwriting what SQLite leaves in pages beside the rows.
//!
//! `secure_delete` fills what is deleted with zeros. But when pages of a table or an index are filled anew from their
//! neighbours, the bytes between a page's pointers and its first cell keep what stood there before: a copy of a row that
//! lives on elsewhere, and is still there when that row is emptied. So after rows were emptied every page is gone through,
//! and unused bytes that are not zeros become so, through SQLite's own table of pages: in transactions like any other, so
//! that a power cut, another process and its cache see it as they see every write.
//!
//! INVARIANT: bytes that SQLite does not count as unused are never changed; a page that is not exactly as the file format
//! says is left alone.
//! INVARIANT: pages are looked at without the lock that a verdict waits for; few of them are written in one transaction.
//! INVARIANT: that it is owed stands in the file from the transaction on in which rows were emptied, so that it is made up
//! for when whoever emptied them dies before it.

use rusqlite::{Connection, OptionalExtension as _};

use crate::{Store, StoreError, Tx, View};

mod page;

use page::{Layout, Role, cleaned};

/// How often something was emptied, and how often of that pages were gone through since: in the table of names.
const EMPTIED: &str = "emptied";
const SCRUBBED: &str = "scrubbed";

/// Pages that are looked at in one step, and written in one transaction at most.
const LOOK: u32 = 512;
const WRITE: usize = 32;

/// A page's unused bytes can be carried to a page that was looked at already when another process writes meanwhile. So pages
/// are gone through until nothing is found, and so many times at most: what others leave while they write is of rows
/// that stand.
const ROUNDS: u32 = 4;

/// How far going through the pages has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scrubbing {
    /// Pages that were overwritten in part.
    pub pages: u64,
    next: u32,
    round: u32,
    found: bool,
    /// The count of [`EMPTIED`] when it began.
    since: u64,
    done: bool,
}

impl Scrubbing {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }
}

impl Store {
    /// Whether rows were emptied since pages were last gone through.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn owes_scrub(&self) -> Result<bool, StoreError> {
        self.read(|view| Ok(count(view, EMPTIED)? != count(view, SCRUBBED)?))
    }

    /// Does the next step. After the last one the write-ahead log is still to be emptied ([`Store::sweep`]).
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn scrub(&self, mut so_far: Scrubbing) -> Result<Scrubbing, StoreError> {
        if so_far.done {
            return Ok(so_far);
        }
        let first = so_far.next.max(1);
        if first == 1 && so_far.round == 0 {
            so_far.since = self.read(|view| count(view, EMPTIED))?;
        }
        let (dirty, last): (Vec<u32>, bool) = self.read(|view| {
            let pages = Pages::of(view)?;
            let end = first.saturating_add(LOOK).min(pages.count + 1);
            Ok::<_, StoreError>((pages.dirty(first..end)?, end > pages.count))
        })?;
        for some in dirty.chunks(WRITE) {
            self.write(|tx| {
                // Looked at again: another process may have written meanwhile.
                for (number, clean) in Pages::of(tx)?.cleaned(some)? {
                    let sql = "UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?";
                    tx.connection().prepare_cached(sql)?.execute((clean, number))?;
                    so_far.pages += 1;
                    so_far.found = true;
                }
                Ok::<_, StoreError>(())
            })?;
        }
        so_far.next = first.saturating_add(LOOK);
        if last {
            so_far.next = 1;
            so_far.round += 1;
            if !so_far.found || so_far.round == ROUNDS {
                so_far.done = true;
                self.write::<_, StoreError>(|tx| {
                    tx.leaves_traces();
                    tx.set_meta(SCRUBBED, &so_far.since.to_string())
                })?;
            }
            so_far.found = false;
        }
        Ok(so_far)
    }
}

/// Writes down that pages are to be gone through.
pub(crate) fn owe(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.set_meta(EMPTIED, &(count(tx, EMPTIED)? + 1).to_string())
}

fn count(view: &View<'_>, name: &str) -> Result<u64, StoreError> {
    Ok(view.meta(name)?.and_then(|number| number.parse().ok()).unwrap_or(0))
}

/// The pages of one moment.
struct Pages<'a> {
    connection: &'a Connection,
    layout: Layout,
    count: u32,
}

impl<'a> Pages<'a> {
    fn of(view: &View<'a>) -> Result<Self, StoreError> {
        let connection = view.connection();
        let count = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let first = page(connection, 1, Layout::of)?.flatten();
        // Each record has a pointer map from its first page on (`auto_vacuum`).
        let layout = first.ok_or(StoreError::Foreign)?;
        Ok(Self { connection, layout, count })
    }

    fn dirty(&self, pages: std::ops::Range<u32>) -> Result<Vec<u32>, StoreError> {
        let numbers: Vec<u32> = pages.collect();
        Ok(self.cleaned(&numbers)?.into_iter().map(|(number, _)| number).collect())
    }

    /// Those of these pages that have something in their unused bytes, as they are to be.
    fn cleaned(&self, numbers: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
        let mut all = Vec::new();
        let (mut at, mut map) = (0, Vec::new());
        for number in numbers {
            // Page 1 is of the table of tables; the map tells of pages from 3 on.
            if *number > 1 {
                let told_by = self.layout.map_of(*number);
                if told_by != at {
                    map = page(self.connection, told_by, <[u8]>::to_vec)?.unwrap_or_default();
                    at = told_by;
                }
                if self.layout.role(&map, *number) != Role::Tree {
                    continue;
                }
            }
            let clean = page(self.connection, *number, |bytes| cleaned(self.layout, bytes, *number))?;
            all.extend(clean.flatten().map(|clean| (*number, clean)));
        }
        Ok(all)
    }
}

/// Reads a page; `None` where the file ends before it.
fn page<T>(
    connection: &Connection,
    number: u32,
    read: impl FnOnce(&[u8]) -> T,
) -> Result<Option<T>, StoreError> {
    let mut select = connection.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?")?;
    let read = select.query_row([number], |row| match row.get_ref(0)?.as_blob() {
        Ok(bytes) => Ok(read(bytes)),
        Err(fault) => Err(fault.into()),
    });
    Ok(read.optional()?)
}
