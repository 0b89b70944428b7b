//! What leaves the record: rows as lines of the formats that others read, and lines as the messages they travel in.
//!
//! ```text
//! outgoing(&view, cursor, Most { rows, bytes })? -> Vec<Outgoing>    the rows after a cursor, oldest first
//! FORMATS, format("ocsf")                                            a row to one line without a line break
//! envelope::{lines, otlp, splunk_hec, syslog}                        lines to one message
//! read_line(text)? -> Line                                           a `jsonl` line back to a row
//! ```
//!
//! A format is a file under `sink/format`, an envelope one under `sink/envelope`. Each line carries the device, the
//! sequence, the row's hash, and the sealed text with the ids of the keys that open it; an erased row goes out as
//! erased, its hash only.
//!
//! INVARIANT: pure: bytes in, bytes out. Nothing here opens sealed text, and a row that cannot be read still goes out
//! with its place and its hash: a sink never stands still because of it.

pub mod envelope;
mod format;
mod outgoing;
mod severity;

pub use format::{Exported, FORMATS, Format, Last, Line, LineError, Manifest, format, read_line};
pub use outgoing::{Most, Outgoing, outgoing};
pub use severity::Severity;

/// Who sends: what formats say about the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Producer<'a> {
    /// The product's version.
    pub version: &'a str,
}

/// The product's name, as its makers write it.
pub(crate) const PRODUCT: &str = "Promptgate";
