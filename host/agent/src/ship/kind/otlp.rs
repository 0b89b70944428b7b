//! OpenTelemetry logs over HTTP, in JSON. <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
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
    takes: &[Key::Ca, Key::Proxy, Key::TokenFile, Key::Timeout],
    check: web::check,
    open,
};

fn open(settings: &SinkSettings) -> Result<Box<dyn Transport>> {
    Ok(Box::new(Otlp { web: Web::open(settings, "Bearer")?, format: settings.format }))
}

struct Otlp {
    web: Web,
    format: Format,
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

impl Transport for Otlp {
    fn send(&mut self, parcel: &Parcel<'_>) -> Sent {
        let body = match envelope::otlp(parcel, &self.format, &PRODUCER) {
            Ok(body) => body,
            Err(fault) => return Sent::Refused(fault.to_string()),
        };
        let answer = match self.web.post("application/json", &body) {
            Ok(answer) => answer,
            Err(sent) => return sent,
        };
        if answer.body.is_empty() {
            return Sent::Taken;
        }
        let Ok(response) = serde_json::from_slice::<Response>(&answer.body) else {
            let said = web::said(&answer);
            return Sent::Later(
                format!("it answers {} and no OTLP{said}: check `address`", answer.status),
                None,
            );
        };
        let Some(partial) = response.partial_success else { return Sent::Taken };
        let refused = match partial.rejected_log_records {
            Some(Number::Plain(number)) => number,
            Some(Number::Text(text)) => text.parse().unwrap_or(0),
            None => 0,
        };
        if refused == 0 {
            return Sent::Taken;
        }
        let why = partial.error_message.unwrap_or_default();
        Sent::TakenBut(refused, format!("it took these rows but {refused} of them ({why})"))
    }
}
