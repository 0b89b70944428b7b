//! Lines as the body of a request, for whatever takes them so.

use anyhow::Result;
use host_journal::sink::{Format, Parcel, envelope};

use super::{JSONL, Key, Kind, Sent, Transport};
use crate::settings::SinkSettings;
use crate::ship::PRODUCER;
use crate::ship::web::{self, Web};

pub(super) const KIND: Kind = Kind {
    name: "http",
    format: JSONL,
    takes: &[Key::Ca, Key::Proxy, Key::TokenFile, Key::Timeout, Key::Compression],
    check: web::check,
    open,
};

fn open(settings: &SinkSettings) -> Result<Box<dyn Transport>> {
    Ok(Box::new(Http { web: Web::open(settings, "Bearer")?, format: settings.format }))
}

struct Http {
    web: Web,
    format: Format,
}

impl Transport for Http {
    fn send(&mut self, parcel: &Parcel<'_>) -> Sent {
        let content_type =
            if self.format.is_json { "application/x-ndjson" } else { "text/plain; charset=utf-8" };
        match envelope::lines(parcel, &self.format, &PRODUCER) {
            Ok(text) => {
                self.web.post(content_type, text.as_bytes()).map_or_else(|sent| sent, |_| Sent::Taken)
            }
            Err(fault) => Sent::Refused(fault.to_string()),
        }
    }
}
