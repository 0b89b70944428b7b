//! OpenTelemetry logs over HTTP in JSON: the body of a request to `v1/logs` (OTLP 1.x, opentelemetry-proto's
//! `ExportLogsServiceRequest`; 64-bit integers are strings, keys are in lower camel case).
//!
//! The device is the resource, the line is the body of the log record, and what a collector sorts by are attributes.

use serde_json::{Value, json};

use super::{Format, Parcel, Piece, Producer, pieces};
use crate::JournalError;

/// The body of a request.
///
/// # Errors
/// When a row cannot be said in the format.
pub fn otlp(parcel: &Parcel<'_>, format: &Format, producer: &Producer<'_>) -> Result<String, JournalError> {
    let mut resources: Vec<(&str, Vec<Value>)> = Vec::new();
    for piece in pieces(parcel, format, producer)? {
        let (of, record) = (piece.device, record(&piece));
        match resources.last_mut() {
            Some((device, records)) if *device == of => records.push(record),
            _ => resources.push((of, vec![record])),
        }
    }
    let resources: Vec<Value> = resources
        .into_iter()
        .map(|(device, records)| {
            json!({
                "resource": { "attributes": [
                    text("service.name", "promptgate"),
                    text("service.version", producer.version),
                    text("host.id", device),
                ]},
                "scopeLogs": [{
                    "scope": { "name": "promptgate.record", "version": producer.version },
                    "logRecords": records,
                }],
            })
        })
        .collect();
    serde_json::to_string(&json!({ "resourceLogs": resources })).map_err(|_| JournalError::Encoding)
}

fn record(piece: &Piece<'_>) -> Value {
    let (number, word) = piece.severity.otlp();
    let mut attributes = vec![
        text("log.record.uid", &piece.uid),
        json!({ "key": "promptgate.seq", "value": { "intValue": piece.seq.to_string() } }),
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
            let ids: Vec<Value> = row.key_ids().into_iter().map(|id| json!({ "stringValue": id })).collect();
            attributes
                .push(json!({ "key": "promptgate.key_ids", "value": { "arrayValue": { "values": ids } } }));
        }
    }
    let nanos = u128::from(piece.at) * 1_000_000;
    json!({
        "timeUnixNano": nanos.to_string(),
        "observedTimeUnixNano": nanos.to_string(),
        "severityNumber": number,
        "severityText": word,
        "eventName": format!("promptgate.{}", piece.kind),
        "body": { "stringValue": piece.line },
        "attributes": attributes,
    })
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}
