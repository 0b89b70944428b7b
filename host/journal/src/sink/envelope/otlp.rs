//! OpenTelemetry logs over HTTP: the body of a request to `v1/logs` (OTLP 1.x), as protobuf or as its JSON.
//!
//! The device is the resource, the line is the body of the log record, and what a collector sorts by are attributes.

mod message;

use message::{
    Any, ArrayOf, Attribute, LogRecord, Logs, OfResource, OfScope, Resource, Response, Scope, Value,
};
use prost::Message as _;

use super::{Format, Parcel, Piece, Producer, pieces};
use crate::JournalError;

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Otlp(Logs);

impl Otlp {
    /// As `application/json`.
    ///
    /// # Errors
    /// When something cannot be said in JSON.
    pub fn json(&self) -> Result<String, JournalError> {
        serde_json::to_string(&self.0).map_err(|_| JournalError::Encoding)
    }

    /// As `application/x-protobuf`.
    #[must_use]
    pub fn protobuf(&self) -> Vec<u8> {
        self.0.encode_to_vec()
    }
}

/// How many records a receiver refused for good, and what it says, as its answer in protobuf says; `None` when the bytes are
/// no such answer. An answer without bytes says that all is well.
#[must_use]
pub fn otlp_refused(answer: &[u8]) -> Option<(u64, String)> {
    let partial = Response::decode(answer).ok()?.partial_success.unwrap_or_default();
    Some((u64::try_from(partial.rejected_log_records).unwrap_or(0), partial.error_message))
}

/// The body of a request.
///
/// # Errors
/// When a row cannot be said in the format.
pub fn otlp(parcel: &Parcel<'_>, format: &Format, producer: &Producer<'_>) -> Result<Otlp, JournalError> {
    let mut resources: Vec<(&str, Vec<LogRecord>)> = Vec::new();
    for piece in pieces(parcel, format, producer)? {
        let (of, record) = (piece.device, record(&piece));
        match resources.last_mut() {
            Some((device, records)) if *device == of => records.push(record),
            _ => resources.push((of, vec![record])),
        }
    }
    let of_device = |(device, log_records)| OfResource {
        resource: Some(Resource {
            attributes: vec![
                text("service.name", "promptgate"),
                text("service.version", producer.version),
                text("host.id", device),
            ],
        }),
        scope_logs: vec![OfScope {
            scope: Some(Scope { name: "promptgate.record".to_owned(), version: producer.version.to_owned() }),
            log_records,
        }],
    };
    Ok(Otlp(Logs { resource_logs: resources.into_iter().map(of_device).collect() }))
}

fn record(piece: &Piece<'_>) -> LogRecord {
    let (number, word) = piece.severity.otlp();
    // The record's sequence is a positive SQLite integer.
    let seq = Value::IntValue(i64::try_from(piece.seq).unwrap_or(i64::MAX));
    let mut attributes = vec![
        text("log.record.uid", &piece.uid),
        Attribute { key: "promptgate.seq".to_owned(), value: Some(Any { value: Some(seq) }) },
        text("promptgate.hash", &piece.hash),
    ];
    if let Some(row) = piece.row {
        let index = &row.row.index;
        let words = [
            ("promptgate.event", &row.row.event),
            ("promptgate.app", &index.app),
            ("promptgate.operation", &index.operation),
            ("promptgate.action", &index.action),
            ("user.name", &index.person),
        ];
        attributes.extend(words.into_iter().filter_map(|(key, word)| Some(text(key, word.as_deref()?))));
        if !row.sealed.is_empty() {
            let values = row.key_ids().into_iter().map(any).collect();
            let ids = Any { value: Some(Value::ArrayValue(ArrayOf { values })) };
            attributes.push(Attribute { key: "promptgate.key_ids".to_owned(), value: Some(ids) });
        }
    }
    let nanos = piece.at.saturating_mul(1_000_000);
    LogRecord {
        time_unix_nano: nanos,
        observed_time_unix_nano: nanos,
        severity_number: i32::from(number),
        severity_text: word.to_owned(),
        event_name: format!("promptgate.{}", piece.kind),
        body: Some(any(&piece.line)),
        attributes,
    }
}

fn any(text: impl AsRef<str>) -> Any {
    Any { value: Some(Value::StringValue(text.as_ref().to_owned())) }
}

fn text(key: &str, value: &str) -> Attribute {
    Attribute { key: key.to_owned(), value: Some(any(value)) }
}
