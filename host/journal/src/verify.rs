//! Checking the record: the first row that is not as it was written, and what happened to it.
//!
//! The chain shows every change, removal and exchange inside the record to whoever has a later hash. With the keys of
//! its lines ([`Roots`]) it is also seen when somebody wrote rows and chain anew, or cut the end of an epoch off; a
//! record cut off at its newest end is whole to both: that takes a [`SignedHead`] kept elsewhere.

mod row;
mod seals;

use std::thread;

use host_store::{Filter, Head, Order, Page, View, Whole};

use crate::encoding::GENESIS;
use crate::{JournalError, Roots, SignedHead};
use seals::{Keys, Seals};

/// Rows that are checked together; what they check by themselves is divided among the processor's cores.
const BATCH: usize = 4096;

/// What a check came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Good rows before the first bad one, or all.
    pub rows: u64,
    /// Rows of them without salt and body.
    pub erased: u64,
    /// Rows of them whose seal was checked with its key. Of the others the chain is known only.
    pub sealed: u64,
    /// Places at which rows are absent and may be, the beginning counted.
    pub gaps: u64,
    /// Sequence of the first row that is there.
    pub first: Option<u64>,
    /// The last good row.
    pub head: Option<Head>,
    /// The first bad row.
    pub bad: Option<Bad>,
    /// Given heads, by their place, that say nothing about this record, and why.
    pub strange: Vec<(usize, HeadFault)>,
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
    /// What the key before said of the end of its epoch.
    #[error("the last rows of the epoch before this row were cut off or written anew")]
    Closing,
    /// The record ends before a row that was there.
    #[error("the record was cut off: it went on at least to row {0}")]
    Cut(u64),
    /// Epochs do not follow each other.
    #[error("the rows of at least one epoch before this row were cut off")]
    Epochs,
    /// Fields were added or taken away.
    #[error("fields were added or removed")]
    Fields,
    /// Sequence, time, device, kind, event or commitments.
    #[error("the row was changed: its time, device, kind, event or what is kept of its fields")]
    Hash,
    /// It is another row than the one a kept head names.
    #[error("the row is not the one that the kept head names: the record was written anew")]
    Head,
    /// The copies for filters say something else than the row.
    #[error("the columns for filters were changed")]
    Index,
    /// Its place is taken by a later row, or nothing is there.
    #[error("the row was removed")]
    Missing,
    /// It follows a row that is not there.
    #[error("the row before this one was removed or written anew")]
    Previous,
    /// It follows another row than the one before it.
    #[error("the row was moved: it was written after row {0}")]
    Reordered(u64),
    /// The seal on it.
    #[error("the row was written anew by somebody without the key of its epoch")]
    Seal,
    /// The sealed text beside it.
    #[error("the sealed text was changed, removed or exchanged")]
    Sealed,
    /// Neither whole nor erased, or in another form than rows are written in.
    #[error("the row cannot be read")]
    Unreadable,
    /// It has no seal, though rows before it have one.
    #[error("the row's seal was removed")]
    Unsealed,
}

impl Fault {
    /// What happened, in a word for programs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Changed(_) | Self::Fields | Self::Hash | Self::Index | Self::Sealed | Self::Unreadable => {
                "changed"
            }
            Self::Missing | Self::Previous => "removed",
            Self::Reordered(_) => "reordered",
            Self::Cut(_) | Self::Closing | Self::Epochs => "cut-off",
            Self::Head | Self::Seal | Self::Unsealed => "written-anew",
        }
    }
}

/// Why a head says nothing about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    /// Its device is another one.
    #[error("the head belongs to another device")]
    Device,
    /// The key of its epoch did not make it.
    #[error("the head was changed, or made by somebody without the key of its epoch")]
    Signature,
}

/// Which rows may be absent from what is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absent {
    /// None: the record itself, or an export of all of it.
    #[default]
    None,
    /// Those before the first one that is there: older files of a sink are deleted some day.
    Beginning,
    /// Any, as where filters chose. A row after a gap is checked by itself and with its seal, and no head says that
    /// the end was cut off.
    Any,
}

/// What a check may use besides the record.
#[derive(Default)]
pub struct Checking<'a> {
    /// The first keys of lines; empty for a check of the chain only.
    pub roots: Roots,
    /// Heads that were kept elsewhere.
    pub heads: Vec<SignedHead>,
    /// Rows that need not be there.
    pub absent: Absent,
    /// Is told after each batch how many rows are done.
    pub progress: Option<&'a mut dyn FnMut(u64)>,
}

/// Checks the chain: every row, oldest first, up to the first bad one.
///
/// # Errors
/// When the file cannot be read.
pub fn verify(view: &View<'_>) -> Result<Verified, JournalError> {
    Checking::default().verify(view)
}

impl Checking<'_> {
    /// Checks every row, oldest first, up to the first bad one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn verify(mut self, view: &View<'_>) -> Result<Verified, JournalError> {
        let mut done = Verified::default();
        let mut heads = self.fitting(view, &mut done)?;
        heads.reverse();
        let mut seals = Seals::new(&self.roots);
        let absent = self.absent;
        view.scan(BATCH, |batch| {
            for (whole, by_itself) in batch.iter().zip(by_themselves(batch)) {
                if let Err(bad) = follow(&mut done, &mut seals, &mut heads, absent, whole, by_itself) {
                    done.bad = Some(bad);
                    return Ok::<bool, JournalError>(false);
                }
            }
            if let Some(progress) = &mut self.progress {
                progress(done.rows);
            }
            Ok(true)
        })?;
        match (&mut done.bad, heads.first()) {
            // What is left of the heads is beyond the last row.
            (None, Some(last)) if absent < Absent::Any => {
                let seq = done.head.map_or(1, |head| head.seq.saturating_add(1));
                done.bad = Some(Bad { seq, fault: Fault::Cut(last.seq) });
            }
            (Some(bad), _) if bad.fault == Fault::Previous => told_apart(view, bad)?,
            (None | Some(_), _) => {}
        }
        Ok(done)
    }

    /// The heads that belong to this record, in order; the others are noted.
    fn fitting(&self, view: &View<'_>, done: &mut Verified) -> Result<Vec<Head>, JournalError> {
        let oldest = Page { order: Order::Oldest, after: None, limit: 1 };
        let device = view.list(&Filter::default(), &oldest)?.pop().map(|first| first.device);
        let mut order: Vec<(usize, &SignedHead)> = self.heads.iter().enumerate().collect();
        order.sort_by_key(|(_, head)| (head.epoch, head.seq));
        let mut keys = Keys::new(&self.roots);
        let mut fitting = Vec::new();
        for (place, head) in order {
            let forged = |key| !head.is_signed_by(key);
            if device.as_ref().is_some_and(|device| *device != head.device) {
                done.strange.push((place, HeadFault::Device));
            } else if self.absent == Absent::None
                && head.epoch.and_then(|epoch| keys.key(epoch)).is_some_and(forged)
            {
                // Where rows are absent the line of its epoch may be, and the key would be another line's.
                done.strange.push((place, HeadFault::Signature));
            } else {
                fitting.extend(head.row_hash().map(|hash| Head { seq: head.seq, hash }));
            }
        }
        fitting.sort_unstable_by_key(|head| head.seq);
        Ok(fitting)
    }
}

/// What each row says by itself, on all cores.
fn by_themselves(batch: &[Whole]) -> Vec<Result<(), Fault>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let each = batch.len().div_ceil(cores).max(64);
    if batch.len() <= each {
        return batch.iter().map(row::check).collect();
    }
    let check = |part: &[Whole]| part.iter().map(row::check).collect::<Vec<_>>();
    thread::scope(|scope| {
        let parts: Vec<_> = batch.chunks(each).map(|part| (part, scope.spawn(move || check(part)))).collect();
        // A thread that panicked is a fault in this program: here it is done again, where it is told.
        parts.into_iter().flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| check(part))).collect()
    })
}

/// The next row after the good ones.
fn follow(
    done: &mut Verified,
    seals: &mut Seals<'_>,
    heads: &mut Vec<Head>,
    absent: Absent,
    whole: &Whole,
    by_itself: Result<(), Fault>,
) -> Result<(), Bad> {
    let row = &whole.row;
    let before = done.head.unwrap_or(Head { seq: 0, hash: GENESIS });
    let expected = before.seq.saturating_add(1);
    let is_gap = row.seq > expected
        && match absent {
            Absent::None => false,
            Absent::Beginning => done.head.is_none(),
            Absent::Any => true,
        };
    if row.seq != expected && !is_gap {
        return Err(Bad { seq: expected, fault: Fault::Missing });
    }
    let bad = |fault| Bad { seq: row.seq, fault };
    if row.previous != before.hash && !is_gap {
        return Err(bad(Fault::Previous));
    }
    by_itself.map_err(bad)?;
    let sealed = seals.check(row, (!is_gap).then_some(&before.hash)).map_err(bad)?;
    while let Some(head) = heads.pop_if(|head| head.seq <= row.seq) {
        if head.seq == row.seq && head.hash != row.hash {
            return Err(bad(Fault::Head));
        }
    }
    done.rows += 1;
    done.gaps += u64::from(is_gap);
    done.first = done.first.or(Some(row.seq));
    done.erased += u64::from(row.body.is_none());
    done.sealed += u64::from(sealed);
    done.head = Some(Head { seq: row.seq, hash: row.hash });
    Ok(())
}

/// What became of the row that this one follows.
fn told_apart(view: &View<'_>, bad: &mut Bad) -> Result<(), JournalError> {
    let Some(row) = view.row(bad.seq)? else { return Ok(()) };
    if let Some(seq) = view.seq_of(&row.previous)? {
        bad.fault = Fault::Reordered(seq);
    }
    Ok(())
}
