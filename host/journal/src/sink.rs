//! What leaves the record: rows as lines of the formats that others read, and lines as the messages they travel in.
//!
//! ```text
//! outgoing(&view, cursor, Most { rows, bytes })? -> Vec<Outgoing>    the rows after a cursor, oldest first
//! FORMATS, format("ocsf")                                            a row to one line without a line break
//! envelope::{lines, otlp, splunk_hec, syslog}                        a parcel of rows and a head to one message
//! heads(text)                                                        the signed heads in what a receiver kept
//! read_line(text)? -> Line, import(&tx, &row)?                       a `jsonl` line back to a row
//! outgoing_of(&view, &filter, cursor, most)?, csv_line(&row)         for exports
//! ```
//!
//! A parcel ends with the signed head of its moment, written in the parcel's format as a line of its own: whoever has
//! the receiver's copy sees with it that the record was cut off (`log verify --head`). In each format the head itself
//! stands as `signed_head`: `{"v":1,"signed_head":{…}}` in `jsonl`, under `promptgate` in `ecs`, under `unmapped` in
//! `ocsf`, as `promptgateHead` in `cef`.
//!
//! A format is a file under `sink/format`, an envelope one under `sink/envelope`. Each line carries the device, the
//! sequence, the row's hash, and the sealed text with the ids of the keys that open it; an erased row goes out as
//! erased, its hash only.
//!
//! INVARIANT: pure: bytes in, bytes out. Nothing here opens sealed text, and a row that cannot be read still goes out
//! with its place and its hash: a sink never stands still because of it.

mod csv;
pub mod envelope;
mod format;
mod heads;
mod import;
mod outgoing;
mod severity;
mod table;

pub use csv::{csv_head, csv_line};
pub use format::{Exported, FORMATS, Format, JSONL, Last, Line, LineError, Manifest, format, read_line};
pub use heads::heads;
pub use import::{Imported, import};
pub use outgoing::{Most, Outgoing, Parcel, outgoing, outgoing_of};
pub use severity::Severity;
pub use table::{COLUMNS, Column, Of};

/// Who sends: what formats say about the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Producer<'a> {
    /// The product's version.
    pub version: &'a str,
}

/// The product's name, as its makers write it.
pub(crate) const PRODUCT: &str = "Promptgate";
