//! What one row says by itself: its hash, its fields, and the copies beside it. The rows before it do not matter here.

use host_store::{SealedBlob, TopicLevel, Whole};

use super::Fault;
use crate::append::{index, topics};
use crate::encoding::{Fields, Header, commitment, hash, split_commitments};
use crate::record::Common;
use crate::{Entry, Kind, SealedNote};

/// Whether a row is as it was written.
pub(super) fn check(whole: &Whole) -> Result<(), Fault> {
    let Whole { row, topics, sealed } = whole;
    let kind = Kind::parse(&row.kind).ok_or(Fault::Hash)?;
    let header = Header {
        previous: row.previous,
        seq: row.seq,
        device: &row.device,
        at: row.at,
        kind: kind.number(),
        event: row.event.as_deref().unwrap_or_default(),
    };
    if hash(&header, &row.commitments) != Some(row.hash) {
        return Err(Fault::Hash);
    }
    match (&row.salt, &row.body) {
        (Some(salt), Some(body)) => {
            check_fields(salt, body, &row.commitments)?;
            check_copies(kind, whole, topics, sealed)
        }
        (None, None) if row.index == host_store::Index::default() && topics.is_empty() => {
            if sealed.is_empty() { Ok(()) } else { Err(Fault::Sealed) }
        }
        (None, None) => Err(Fault::Index),
        _ => Err(Fault::Unreadable),
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

fn check_copies(kind: Kind, whole: &Whole, found: &[TopicLevel], sealed: &[SealedBlob]) -> Result<(), Fault> {
    // What `Record::try_from` reads, without its copies of the rest of the row.
    let body = whole.row.body.as_deref().ok_or(Fault::Unreadable)?;
    let record: Common = serde_json::from_str(body).map_err(|_| Fault::Unreadable)?;
    let entry = Entry::from_json(kind, body).map_err(|_| Fault::Unreadable)?;
    if index(record.app.as_ref(), record.person.as_ref(), &entry) != whole.row.index
        || topics(&entry) != found
    {
        return Err(Fault::Index);
    }
    let notes: Vec<SealedNote> = sealed.iter().map(|one| SealedNote::of(&one.key_id, &one.blob)).collect();
    if notes == record.sealed { Ok(()) } else { Err(Fault::Sealed) }
}
