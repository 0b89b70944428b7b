//! Syslog messages (RFC 5424) with their lengths counted before them (RFC 6587, section 3.4.1), as TCP and TLS
//! (RFC 5425) carry them.
//!
//! Facility 13, log audit. The host's name is the device's id, the message id the row's kind or `head`; the sequence stands as
//! `sequenceId` of the registered element `meta` (modulo its range of 1 to 2147483647); the message is the line.

use super::{Format, Parcel, Producer, pieces};
use crate::JournalError;

const FACILITY: u8 = 13;
/// Longest of the header's fields, RFC 5424 section 6.
const HOST: usize = 255;
const MESSAGE_ID: usize = 32;
/// Most of `sequenceId`, section 7.3.1.
const SEQUENCES: u64 = 2_147_483_647;

/// Messages, each after its length in bytes and a space.
///
/// # Errors
/// When a row cannot be said in the format.
pub fn syslog(parcel: &Parcel<'_>, format: &Format, producer: &Producer<'_>) -> Result<String, JournalError> {
    let mut text = String::new();
    for piece in pieces(parcel, format, producer)? {
        let priority = FACILITY * 8 + piece.severity.syslog();
        let host = token(piece.device, HOST);
        let kind = token(piece.kind, MESSAGE_ID);
        let sequence = (piece.seq.saturating_sub(1) % SEQUENCES) + 1;
        let line = &piece.line;
        // The mark before the message says that it is UTF-8.
        let message = format!(
            "<{priority}>1 {} {host} promptgate - {kind} [meta sequenceId=\"{sequence}\"] \u{feff}{line}",
            piece.time()
        );
        text.push_str(&format!("{} {message}", message.len()));
    }
    Ok(text)
}

/// A field of the header: printable ASCII without spaces, not empty.
fn token(value: &str, most: usize) -> String {
    let token: String = value.chars().filter(char::is_ascii_graphic).take(most).collect();
    if token.is_empty() { "-".to_owned() } else { token }
}
