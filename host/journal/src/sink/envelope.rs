//! The messages that lines travel in. One file each.
//!
//! INVARIANT: a parcel's head goes after its rows, as one more line of the same format.

mod lines;
mod otlp;
mod splunk_hec;
mod syslog;

use shared_protocol::Millis;

use super::format::{HEAD, head_uid};
use super::outgoing::time;
use super::{Format, Outgoing, Parcel, Producer, Severity};
use crate::JournalError;

pub use lines::lines;
pub use otlp::{Otlp, otlp, otlp_refused};
pub use splunk_hec::splunk_hec;
pub use syslog::syslog;

/// A line, with what an envelope says beside it.
struct Piece<'a> {
    line: String,
    device: &'a str,
    seq: u64,
    at: Millis,
    kind: &'a str,
    hash: String,
    uid: String,
    severity: Severity,
    /// The row; none for a head.
    row: Option<&'a Outgoing>,
}

impl Piece<'_> {
    /// RFC 3339, UTC, to the millisecond.
    fn time(&self) -> String {
        time(self.at)
    }
}

/// The lines of a parcel: its rows, then its head.
fn pieces<'a>(
    parcel: &Parcel<'a>,
    format: &Format,
    producer: &Producer<'_>,
) -> Result<Vec<Piece<'a>>, JournalError> {
    let row = |row: &'a Outgoing| {
        Ok(Piece {
            line: format.line(row, producer)?,
            device: &row.row.device,
            seq: row.row.seq,
            at: row.row.at,
            kind: &row.row.kind,
            hash: row.hash(),
            uid: row.uid(),
            severity: row.severity(),
            row: Some(row),
        })
    };
    let mut pieces: Vec<Piece<'a>> = parcel.rows.iter().map(row).collect::<Result<_, JournalError>>()?;
    if let Some(head) = parcel.head {
        pieces.push(Piece {
            line: format.head_line(head, producer)?,
            device: &head.device,
            seq: head.seq,
            at: head.at,
            kind: HEAD,
            hash: head.digits().to_owned(),
            uid: head_uid(head),
            severity: Severity::Information,
            row: None,
        });
    }
    Ok(pieces)
}
