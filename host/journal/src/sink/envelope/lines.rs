//! One line after the other: a file, or the body of a request (`application/x-ndjson` for the JSON formats).

use super::{Format, Parcel, Producer, pieces};
use crate::JournalError;

/// Lines, each with its line break.
///
/// # Errors
/// When a row cannot be said in the format.
pub fn lines(parcel: &Parcel<'_>, format: &Format, producer: &Producer<'_>) -> Result<String, JournalError> {
    let mut text = String::new();
    for piece in pieces(parcel, format, producer)? {
        text.push_str(&piece.line);
        text.push('\n');
    }
    Ok(text)
}
