//! Splunk's HTTP Event Collector. <https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector>

use anyhow::Result;
use host_journal::sink::{Format, Parcel, envelope};
use serde::Deserialize;

use super::{JSONL, Key, Kind, Sent, Transport};
use crate::settings::SinkSettings;
use crate::ship::PRODUCER;
use crate::ship::web::{self, Web};

pub(super) const KIND: Kind = Kind {
    name: "splunk-hec",
    format: JSONL,
    takes: &[Key::Ca, Key::Proxy, Key::TokenFile, Key::Timeout, Key::Compression],
    check: web::check,
    open,
};

/// Codes with status 400 that are about the index or the channel and not about an event.
const SETTINGS: [u16; 3] = [7, 10, 11];

fn open(settings: &SinkSettings) -> Result<Box<dyn Transport>> {
    Ok(Box::new(Hec { web: Web::open(settings, "Splunk")?, format: settings.format }))
}

struct Hec {
    web: Web,
    format: Format,
}

#[derive(Deserialize)]
struct Response {
    code: u16,
}

impl Transport for Hec {
    fn send(&mut self, parcel: &Parcel<'_>) -> Sent {
        let body = match envelope::splunk_hec(parcel, &self.format, &PRODUCER) {
            Ok(body) => body,
            Err(fault) => return Sent::Refused(fault.to_string()),
        };
        match self.web.post("application/json", body.as_bytes()) {
            Ok(answer) => match serde_json::from_slice(&answer.body) {
                Ok(Response { code: 0 }) => Sent::Taken,
                Ok(Response { .. }) | Err(_) => {
                    let said = web::said(&answer);
                    Sent::Later(
                        format!("it answers {} and no success{said}: check `address`", answer.status),
                        None,
                    )
                }
            },
            Err(Sent::Refused(said)) if is_settings(&said) => {
                Sent::Later(format!("{said}: check the token's index and channel"), None)
            }
            Err(sent) => sent,
        }
    }
}

fn is_settings(said: &str) -> bool {
    let json = said.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map(|(json, _)| json);
    let code = json.and_then(|json| serde_json::from_str::<Response>(json).ok());
    code.is_some_and(|response| SETTINGS.contains(&response.code))
}
