//! Checking the chain: the first row that is not as it was written.
//!
//! It sees every change, removal and exchange inside the record. A record cut off at its end is whole to it:
//! that takes a head kept elsewhere.

use host_store::{Head, Order, Page, Row, SealedBlob, TopicLevel, View};

use crate::append::{index, topics};
use crate::encoding::{Fields, GENESIS, Header, commitment, hash, split_commitments};
use crate::{Entry, JournalError, Kind, Record, SealedNote};

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Good rows before the first bad one, or all.
    pub rows: u64,
    /// Rows of them without salt and body.
    pub erased: u64,
    /// The last good row.
    pub head: Option<Head>,
    /// The first bad row.
    pub bad: Option<Bad>,
}

/// A row that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Which.
    pub seq: u64,
    /// In what way.
    pub fault: Fault,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A field is not what was committed to.
    #[error("field `{0}` was changed")]
    Changed(String),
    /// Fields were added or taken away.
    #[error("fields were added or removed")]
    Fields,
    /// Sequence, time, device, kind, event or commitments.
    #[error("the row was changed")]
    Hash,
    /// The copies for filters say something else than the row.
    #[error("the columns for filters were changed")]
    Index,
    /// Its place is taken by a later row, or nothing is there.
    #[error("the row was removed")]
    Missing,
    /// It follows another row than the one before it.
    #[error("rows before this one were changed, removed or exchanged")]
    Previous,
    /// The sealed text beside it.
    #[error("the sealed text was changed, removed or exchanged")]
    Sealed,
    /// Neither whole nor erased, or in another form than rows are written in.
    #[error("the row cannot be read")]
    Unreadable,
}

/// Checks every row, oldest first, up to the first bad one.
///
/// # Errors
/// When the file cannot be read.
pub fn verify(view: &View<'_>) -> Result<Verified, JournalError> {
    let mut done = Verified { rows: 0, erased: 0, head: None, bad: None };
    let mut page = Page { order: Order::Oldest, after: None, limit: 500 };
    loop {
        let rows = view.list(&host_store::Filter::default(), &page)?;
        let Some(last) = rows.last() else {
            return Ok(done);
        };
        page.after = Some(last.seq);
        for row in &rows {
            let before = done.head.unwrap_or(Head { seq: 0, hash: GENESIS });
            let checked = check(before, row, &view.topics_of(row.seq)?, &view.sealed_of(row.seq)?);
            if let Err(bad) = checked {
                done.bad = Some(bad);
                return Ok(done);
            }
            done.rows += 1;
            done.erased += u64::from(row.body.is_none());
            done.head = Some(Head { seq: row.seq, hash: row.hash });
        }
    }
}

/// Checks one row against the one before.
fn check(before: Head, row: &Row, topics: &[TopicLevel], sealed: &[SealedBlob]) -> Result<(), Bad> {
    let expected = before.seq.saturating_add(1);
    if row.seq != expected {
        return Err(Bad { seq: expected, fault: Fault::Missing });
    }
    let bad = |fault| Bad { seq: row.seq, fault };
    if row.previous != before.hash {
        return Err(bad(Fault::Previous));
    }
    let kind = Kind::parse(&row.kind).ok_or_else(|| bad(Fault::Hash))?;
    let header = Header {
        previous: row.previous,
        seq: row.seq,
        device: &row.device,
        at: row.at,
        kind: kind.number(),
        event: row.event.as_deref().unwrap_or_default(),
    };
    if hash(&header, &row.commitments) != Some(row.hash) {
        return Err(bad(Fault::Hash));
    }
    match (&row.salt, &row.body) {
        (Some(salt), Some(body)) => {
            check_fields(salt, body, &row.commitments).map_err(bad)?;
            check_copies(row, topics, sealed).map_err(bad)
        }
        (None, None) if row.index == host_store::Index::default() && topics.is_empty() => {
            if sealed.is_empty() { Ok(()) } else { Err(bad(Fault::Sealed)) }
        }
        (None, None) => Err(bad(Fault::Index)),
        _ => Err(bad(Fault::Unreadable)),
    }
}

fn check_fields(salt: &[u8; 32], body: &str, commitments: &[u8]) -> Result<(), Fault> {
    let fields = Fields::parse(body).map_err(|_| Fault::Unreadable)?;
    let committed = split_commitments(commitments).ok_or(Fault::Hash)?;
    if !fields.iter().map(|(name, _)| name).eq(committed.iter().map(|(name, _)| *name)) {
        return Err(Fault::Fields);
    }
    for ((name, value), (_, expected)) in fields.iter().zip(committed) {
        if commitment(salt, name, value) != expected {
            return Err(Fault::Changed(name.to_owned()));
        }
    }
    // The same fields can be spelled in another way; only one is ours.
    if fields.body() == body { Ok(()) } else { Err(Fault::Unreadable) }
}

fn check_copies(row: &Row, found: &[TopicLevel], sealed: &[SealedBlob]) -> Result<(), Fault> {
    let record = Record::try_from(row.clone()).map_err(|_| Fault::Unreadable)?;
    let entry: &Entry = record.entry.as_ref().ok_or(Fault::Unreadable)?;
    if index(record.app.as_ref(), record.person.as_ref(), entry) != row.index || topics(entry) != found {
        return Err(Fault::Index);
    }
    let notes: Vec<SealedNote> = sealed.iter().map(|one| SealedNote::of(&one.key_id, &one.blob)).collect();
    if notes == record.sealed { Ok(()) } else { Err(Fault::Sealed) }
}
