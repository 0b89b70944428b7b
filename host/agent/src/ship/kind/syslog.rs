//! Syslog over TCP (`tcp://HOST:PORT`, RFC 6587) and TLS (`tls://HOST:PORT`, RFC 5425): a connection for each batch.
//!
//! Syslog has no receipts. INVARIANT: with `receipt` (the default) rows count as taken when the receiver closed in
//! order after the end of ours, which it does once it has read all; without it when the system took them for sending,
//! for receivers that do not close.

use anyhow::Result;
use host_journal::sink::{Format, Parcel, envelope};
use host_net::{NetError, Reach, Stream, Tls};

use super::{JSONL, Key, Kind, Sent, Transport};
use crate::settings::SinkSettings;
use crate::ship::PRODUCER;

pub(super) const KIND: Kind =
    Kind { name: "syslog", format: JSONL, takes: &[Key::Ca, Key::Receipt, Key::Timeout], check, open };

const WRONG: &str = "the address is tls://HOST:PORT, or tcp://HOST:PORT without encryption";

fn check(address: &str) -> Result<(), &'static str> {
    split(address).map(drop).ok_or(WRONG)
}

/// Whether under TLS, host and port.
fn split(address: &str) -> Option<(bool, String, u16)> {
    let (secure, rest) = match address.strip_prefix("tls://") {
        Some(rest) => (true, rest),
        None => (false, address.strip_prefix("tcp://")?),
    };
    let (host, port) = rest.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_host = !host.is_empty() && !host.contains(['/', '@', ' ']);
    is_host.then_some((secure, host.to_owned(), port.parse().ok()?))
}

fn open(settings: &SinkSettings) -> Result<Box<dyn Transport>> {
    let (secure, host, port) = split(&settings.address).ok_or_else(|| anyhow::anyhow!(WRONG))?;
    let timeout = settings.timeout;
    let connect = timeout.min(Reach::default().connect);
    let reach = Reach { ca: settings.ca.clone(), connect, total: timeout, ..Reach::default() };
    let tls = if secure { Some(Tls::new(&reach)?) } else { None };
    Ok(Box::new(Syslog { host, port, reach, tls, format: settings.format, receipt: settings.receipt }))
}

struct Syslog {
    host: String,
    port: u16,
    reach: Reach,
    tls: Option<Tls>,
    format: Format,
    receipt: bool,
}

impl Transport for Syslog {
    fn send(&mut self, parcel: &Parcel<'_>) -> Sent {
        let text = match envelope::syslog(parcel, &self.format, &PRODUCER) {
            Ok(text) => text,
            Err(fault) => return Sent::Refused(fault.to_string()),
        };
        match self.stream(text.as_bytes()) {
            Ok(()) => Sent::Taken,
            Err(fault) => Sent::Later(fault.to_string(), None),
        }
    }
}

impl Syslog {
    fn stream(&self, bytes: &[u8]) -> Result<(), NetError> {
        let mut stream = Stream::connect(&self.host, self.port, self.tls.as_ref(), &self.reach)?;
        stream.send(bytes)?;
        if self.receipt { stream.finish() } else { stream.leave() }
    }
}
