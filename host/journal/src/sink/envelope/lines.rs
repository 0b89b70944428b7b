//! One line after the other: a file, or the body of a request (`application/x-ndjson` for the JSON formats).

use super::{Format, Outgoing, Producer, pairs};
use crate::JournalError;

/// Lines, each with its line break.
///
/// # Errors
/// When a row cannot be said in the format.
pub fn lines(rows: &[Outgoing], format: &Format, producer: &Producer<'_>) -> Result<String, JournalError> {
    let mut text = String::new();
    for pair in pairs(rows, format, producer) {
        text.push_str(&pair?.1);
        text.push('\n');
    }
    Ok(text)
}
