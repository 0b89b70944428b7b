//! The kinds of sink: how rows travel. One file each; a new one is its file and its line in [`KINDS`].

mod file;
mod http;
mod otlp;
mod splunk_hec;
mod syslog;

use std::fmt;
use std::time::Duration;

use anyhow::Result;
use host_journal::sink::{Format, Parcel};

use crate::settings::SinkSettings;

/// A kind of sink.
pub(crate) struct Kind {
    /// Its name in the settings.
    pub(crate) name: &'static str,
    /// The format when none is named.
    pub(crate) format: Format,
    /// The keys it takes besides name, kind, format and address.
    pub(crate) takes: &'static [Key],
    /// Whether the address is one for it, and else what to write.
    pub(crate) check: fn(&str) -> Result<(), &'static str>,
    /// A way to the receiver.
    pub(crate) open: fn(&SinkSettings) -> Result<Box<dyn Transport>>,
}

/// Keys of the settings that not every kind takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Ca,
    Compression,
    Protocol,
    Proxy,
    TokenFile,
    MaxBytes,
    MaxFiles,
    Receipt,
    Timeout,
}

/// What became of some rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The receiver has them all.
    Taken,
    /// It has them but so many, which it refused for good without saying which.
    TakenBut(u64, String),
    /// It refused them for good.
    Refused(String),
    /// It did not take them now; not before so long when it says so.
    Later(String, Option<Duration>),
}

/// A way to a receiver.
pub(crate) trait Transport: Send {
    /// Sends rows in order, and the head after them. What is said of numbers is of the rows.
    fn send(&mut self, parcel: &Parcel<'_>) -> Sent;
}

/// Every kind.
pub(crate) static KINDS: [Kind; 5] = [file::KIND, http::KIND, otlp::KIND, splunk_hec::KIND, syslog::KIND];

const JSONL: Format = host_journal::sink::JSONL;

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}

impl fmt::Debug for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name)
    }
}
