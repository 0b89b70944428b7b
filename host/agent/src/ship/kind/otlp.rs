//! OpenTelemetry logs over HTTP, in JSON or protobuf. <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
//!
//! A partial success is not tried again, as the specification says: the receiver has the rows but so many, and does not
//! say which.

use anyhow::Result;
use host_journal::sink::{Format, Parcel, envelope};
use serde::Deserialize;

use super::{JSONL, Key, Kind, Sent, Transport};
use crate::settings::SinkSettings;
use crate::ship::PRODUCER;
use crate::ship::web::{self, Web};

pub(super) const KIND: Kind = Kind {
    name: "otlp",
    format: JSONL,
    takes: &[Key::Ca, Key::Proxy, Key::TokenFile, Key::Timeout, Key::Compression, Key::Protocol],
    check: web::check,
    open,
};

fn open(settings: &SinkSettings) -> Result<Box<dyn Transport>> {
    Ok(Box::new(Otlp {
        web: Web::open(settings, "Bearer")?,
        format: settings.format,
        protobuf: settings.protobuf,
    }))
}

struct Otlp {
    web: Web,
    format: Format,
    protobuf: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Response {
    partial_success: Option<Partial>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Partial {
    rejected_log_records: Option<Number>,
    error_message: Option<String>,
}

/// Protobuf's JSON writes 64-bit integers as strings, and readers take both.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(u64),
    Text(String),
}

impl Otlp {
    /// The records that were refused for good, and why; else what became of them all.
    fn post(&self, body: &envelope::Otlp) -> Result<(u64, String), Sent> {
        let (answer, read) = if self.protobuf {
            let answer = self.web.post("application/x-protobuf", &body.protobuf())?;
            let read = envelope::otlp_refused(&answer.body);
            (answer, read)
        } else {
            let json = body.json().map_err(|fault| Sent::Refused(fault.to_string()))?;
            let answer = self.web.post("application/json", json.as_bytes())?;
            let read = refused(&answer.body);
            (answer, read)
        };
        read.ok_or_else(|| {
            let said = web::said(&answer);
            Sent::Later(format!("it answers {} and no OTLP{said}: check `address`", answer.status), None)
        })
    }
}

impl Transport for Otlp {
    fn send(&mut self, parcel: &Parcel<'_>) -> Sent {
        let body = match envelope::otlp(parcel, &self.format, &PRODUCER) {
            Ok(body) => body,
            Err(fault) => return Sent::Refused(fault.to_string()),
        };
        match self.post(&body) {
            Ok((0, _)) => Sent::Taken,
            Ok((refused, why)) => {
                Sent::TakenBut(refused, format!("it took these rows but {refused} of them ({why})"))
            }
            Err(sent) => sent,
        }
    }
}

/// As an answer in JSON says.
fn refused(answer: &[u8]) -> Option<(u64, String)> {
    if answer.is_empty() {
        return Some((0, String::new()));
    }
    let partial = serde_json::from_slice::<Response>(answer).ok()?.partial_success.unwrap_or_default();
    let refused = match partial.rejected_log_records {
        Some(Number::Plain(number)) => number,
        Some(Number::Text(text)) => text.parse().unwrap_or(0),
        None => 0,
    };
    Some((refused, partial.error_message.unwrap_or_default()))
}
