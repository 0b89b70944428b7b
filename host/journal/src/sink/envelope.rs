//! The messages that lines travel in. One file each.

mod lines;
mod otlp;
mod splunk_hec;
mod syslog;

use super::{Format, Outgoing, Producer};
use crate::JournalError;

pub use lines::lines;
pub use otlp::otlp;
pub use splunk_hec::splunk_hec;
pub use syslog::syslog;

/// A row and its line.
fn pairs<'a>(
    rows: &'a [Outgoing],
    format: &'a Format,
    producer: &'a Producer<'a>,
) -> impl Iterator<Item = Result<(&'a Outgoing, String), JournalError>> {
    rows.iter().map(|row| Ok((row, format.line(row, producer)?)))
}
