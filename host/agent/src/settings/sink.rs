//! `[[sink]]` in the settings: where the record's rows go besides this machine.
//!
//! ```toml
//! [[sink]]
//! name = "siem"                                   # its cursor goes by this name
//! kind = "splunk-hec"                             # file, http, otlp, splunk-hec, syslog
//! format = "ocsf"                                 # jsonl, ecs, cef, ocsf
//! address = "https://siem.example:8088/services/collector/event"
//! ca = "/etc/promptgate/siem-ca.pem"
//! token_file = "/etc/promptgate/siem.token"
//! compression = "gzip"                            # or none
//! ```
//! INVARIANT: what is said here and does not fit the kind is an error with its place, not passed over.

use std::path::PathBuf;
use std::time::Duration;

use host_journal::sink::{FORMATS, Format, format};
use serde::Deserialize;
use toml::Spanned;

use crate::ship::{KINDS, Key, Kind};

/// Rotation of files.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const MAX_FILES: u32 = 8;
/// For one batch.
const TIMEOUT_S: u64 = 30;

/// A sink, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SinkSettings {
    /// Its cursor goes by this name.
    pub(crate) name: String,
    /// How rows travel.
    pub(crate) kind: &'static Kind,
    /// How a row is written.
    pub(crate) format: Format,
    /// Where to; what that means is the kind's.
    pub(crate) address: String,
    /// A PEM file of the authorities that count.
    pub(crate) ca: Option<PathBuf>,
    /// Whether bodies travel compressed.
    pub(crate) gzip: bool,
    /// Whether OpenTelemetry's messages go as protobuf.
    pub(crate) protobuf: bool,
    /// An HTTP proxy.
    pub(crate) proxy: Option<String>,
    /// A file that holds the receiver's token.
    pub(crate) token_file: Option<PathBuf>,
    /// A file is full at this size.
    pub(crate) max_bytes: u64,
    /// Most full files beside the one that grows.
    pub(crate) max_files: u32,
    /// Whether a syslog receiver's orderly close is waited for.
    pub(crate) receipt: bool,
    /// Most time for one batch, connecting included.
    pub(crate) timeout: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    name: Spanned<String>,
    kind: Spanned<String>,
    format: Option<Spanned<String>>,
    address: Spanned<String>,
    ca: Option<Spanned<PathBuf>>,
    compression: Option<Spanned<String>>,
    protocol: Option<Spanned<String>>,
    proxy: Option<Spanned<String>>,
    token_file: Option<Spanned<PathBuf>>,
    max_bytes: Option<Spanned<u64>>,
    max_files: Option<Spanned<u32>>,
    receipt: Option<Spanned<bool>>,
    timeout_s: Option<Spanned<u64>>,
}

/// Where in the file, in bytes, and what is wrong there.
pub(super) type Wrong = (usize, String);

/// What was written, understood.
pub(super) fn understood(written: Vec<Written>) -> Result<Vec<SinkSettings>, Wrong> {
    let mut sinks: Vec<SinkSettings> = Vec::new();
    for one in written {
        let place = one.name.span().start;
        let sink = one.understood()?;
        if sinks.iter().any(|other| other.name == sink.name) {
            return Err((
                place,
                format!("two sinks are called `{}`: give each a name of its own", sink.name),
            ));
        }
        sinks.push(sink);
    }
    Ok(sinks)
}

impl Written {
    fn understood(self) -> Result<SinkSettings, Wrong> {
        let at = |spanned: &Spanned<String>, what: String| (spanned.span().start, what);
        let name = self.name.get_ref();
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
            let what = "a sink's name has 1 to 64 letters, digits, `-`, `_` or `.`".to_owned();
            return Err(at(&self.name, what));
        }
        let Some(kind) = KINDS.iter().find(|kind| kind.name == self.kind.get_ref()) else {
            let known: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            let what = format!("`{}` is no kind of sink; write {}", self.kind.get_ref(), known.join(", "));
            return Err(at(&self.kind, what));
        };
        self.fits(kind)?;
        (kind.check)(self.address.get_ref()).map_err(|what| at(&self.address, what.to_owned()))?;
        let format = match &self.format {
            None => kind.format,
            Some(word) => format(word.get_ref()).ok_or_else(|| {
                let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
                at(word, format!("`{}` is no format; write {}", word.get_ref(), known.join(", ")))
            })?,
        };
        let gzip = one_of("compression", self.compression.as_ref(), ["none", "gzip"])?;
        let protobuf = one_of("protocol", self.protocol.as_ref(), ["http/json", "http/protobuf"])?;
        Ok(SinkSettings {
            name: name.clone(),
            kind,
            format,
            address: self.address.into_inner(),
            ca: self.ca.map(Spanned::into_inner),
            gzip,
            protobuf,
            proxy: self.proxy.map(Spanned::into_inner),
            token_file: self.token_file.map(Spanned::into_inner),
            max_bytes: self.max_bytes.map_or(MAX_BYTES, Spanned::into_inner).max(1),
            max_files: self.max_files.map_or(MAX_FILES, Spanned::into_inner),
            receipt: self.receipt.is_none_or(Spanned::into_inner),
            timeout: Duration::from_secs(self.timeout_s.map_or(TIMEOUT_S, Spanned::into_inner).clamp(1, 600)),
        })
    }

    /// Every key is one that the kind takes.
    fn fits(&self, kind: &Kind) -> Result<(), Wrong> {
        let keys = [
            (Key::Ca, "ca", self.ca.as_ref().map(Spanned::span)),
            (Key::Compression, "compression", self.compression.as_ref().map(Spanned::span)),
            (Key::Protocol, "protocol", self.protocol.as_ref().map(Spanned::span)),
            (Key::Proxy, "proxy", self.proxy.as_ref().map(Spanned::span)),
            (Key::TokenFile, "token_file", self.token_file.as_ref().map(Spanned::span)),
            (Key::MaxBytes, "max_bytes", self.max_bytes.as_ref().map(Spanned::span)),
            (Key::MaxFiles, "max_files", self.max_files.as_ref().map(Spanned::span)),
            (Key::Timeout, "timeout_s", self.timeout_s.as_ref().map(Spanned::span)),
            (Key::Receipt, "receipt", self.receipt.as_ref().map(Spanned::span)),
        ];
        for (key, name, span) in keys {
            if let Some(span) = span
                && !kind.takes.contains(&key)
            {
                return Err((span.start, format!("a sink of kind `{}` takes no `{name}`", kind.name)));
            }
        }
        Ok(())
    }
}

/// Whether the second of two words is written; without any it is the first.
fn one_of(key: &str, word: Option<&Spanned<String>>, words: [&str; 2]) -> Result<bool, Wrong> {
    let Some(word) = word else { return Ok(false) };
    let place = words.iter().position(|one| one == word.get_ref());
    let [first, second] = words;
    let what = || format!("`{}` is no {key}; write {first} or {second}", word.get_ref());
    place.map(|place| place == 1).ok_or_else(|| (word.span().start, what()))
}

fn is_plain(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.')
}
