//! Splunk's HTTP Event Collector: events one after the other, each an object with the time in seconds, the host, the
//! source type and the event. <https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector>

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Format, Parcel, Producer, pieces};
use crate::JournalError;

#[derive(Serialize)]
struct Event<'a> {
    time: &'a RawValue,
    host: &'a str,
    source: &'static str,
    sourcetype: String,
    event: &'a RawValue,
}

/// The body of a request to `services/collector/event`.
///
/// # Errors
/// When a row cannot be said in the format.
pub fn splunk_hec(
    parcel: &Parcel<'_>,
    format: &Format,
    producer: &Producer<'_>,
) -> Result<String, JournalError> {
    let mut text = String::new();
    let raw = |json: String| RawValue::from_string(json).map_err(|_| JournalError::Encoding);
    for piece in pieces(parcel, format, producer)? {
        let time = raw(format!("{}.{:03}", piece.at / 1000, piece.at % 1000))?;
        let line = if format.is_json {
            piece.line
        } else {
            serde_json::to_string(&piece.line).map_err(|_| JournalError::Encoding)?
        };
        let event = raw(line)?;
        let event = Event {
            time: &time,
            host: piece.device,
            source: "promptgate",
            sourcetype: format!("promptgate:{}", format.name),
            event: &event,
        };
        text.push_str(&serde_json::to_string(&event).map_err(|_| JournalError::Encoding)?);
        text.push('\n');
    }
    Ok(text)
}
