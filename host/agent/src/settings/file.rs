//! `settings.toml`: what may stand in it, and errors that say where and what to write instead.
//!
//! It deliberately reads no file itself.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;

use host_policy::FailOverrides;
use serde::Deserialize;
use shared_protocol::{Capture, FailSettings, PolicySource, Preview, Settings};
use toml::Spanned;

use super::bundle::{self, BundleSettings};
use super::identity::{self, IdentitySettings};
use super::pictures::{self, PicturesSettings};
use super::risk::{self, RiskSettings};
use super::signal::{self, SignalSettings};
use super::sink::{self, SinkSettings};
use super::ssf::{self, SsfSettings};
use crate::retention::Keep;

/// Why a settings file is not followed. Carries words of the file, which holds no prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileError {
    /// It is there and cannot be read.
    Unreadable(String),
    /// It says something that is not understood.
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        what: String,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(out, "cannot be read ({why}); make it readable for this user"),
            Self::Syntax { line, column, what } => {
                write!(out, "line {line}, column {column}: {what}; correct it or remove the line")
            }
        }
    }
}

/// A file, understood.
#[derive(Debug)]
pub(super) struct File {
    pub(super) settings: Settings,
    pub(super) recipients: Vec<String>,
    /// What was to be kept, where nobody is named who could open it.
    pub(super) unsealable: Option<Capture>,
    pub(super) keep: Keep,
    pub(super) extensions: Vec<String>,
    pub(super) identity: Option<IdentitySettings>,
    pub(super) sinks: Vec<SinkSettings>,
    pub(super) pictures: Option<PicturesSettings>,
    pub(super) bundle: Option<BundleSettings>,
    pub(super) developer: Option<PathBuf>,
    pub(super) risk: RiskSettings,
    pub(super) ssf: Option<SsfSettings>,
    pub(super) signals: Vec<SignalSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    policy: Option<Spanned<Builtin>>,
    capture: Option<Capture>,
    preview: Option<Preview>,
    /// From before there could be several.
    recipient: Option<String>,
    retention_days: Option<NonZeroU32>,
    max_bytes: Option<u64>,
    #[serde(default)]
    recipients: Vec<String>,
    #[serde(default)]
    fail: FailOverrides,
    #[serde(default)]
    developer: Developer,
    identity: Option<identity::Written>,
    #[serde(default)]
    risk: risk::Written,
    #[serde(default)]
    signal: Vec<signal::Written>,
    #[serde(default)]
    sink: Vec<sink::Written>,
    pictures: Option<pictures::Written>,
    bundle: Option<Spanned<bundle::Written>>,
    ssf: Option<ssf::Written>,
}

/// The policies a file can name.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Builtin {
    BuiltinMonitor,
    BuiltinEnforce,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Developer {
    #[serde(default)]
    extensions: Vec<String>,
    bundle: Option<Spanned<PathBuf>>,
}

/// Reads the text of a file.
pub(super) fn parse(text: &str, managed: bool) -> Result<File, FileError> {
    let written: Written = toml::from_str(text).map_err(|fault| syntax(text, &fault))?;
    one_policy(&written).map_err(|(start, what)| at(text, start, what))?;
    let identity = written.identity.map(identity::Written::understood).transpose();
    let identity = identity.map_err(|(start, what)| at(text, start, what))?;
    let risk = risk::understood(written.risk).map_err(|(start, what)| at(text, start, what))?;
    let sinks = sink::understood(written.sink).map_err(|(start, what)| at(text, start, what))?;
    let pictures = written.pictures.map(pictures::understood).transpose();
    let pictures = pictures.map_err(|(start, what)| at(text, start, what))?;
    let ssf = written.ssf.map(ssf::understood).transpose();
    let ssf = ssf.map_err(|(start, what)| at(text, start, what))?;
    let ours = ssf.as_ref().map(|ssf| ssf.issuer.as_str());
    let signals = signal::understood(written.signal, ours);
    let signals = signals.map_err(|(start, what)| at(text, start, what))?;
    let bundle = written.bundle.map(bundle::understood).transpose();
    let bundle = bundle.map_err(|(start, what)| at(text, start, what))?;
    let developer = written.developer.bundle.as_ref().map(bundle::developer).transpose();
    let developer = developer.map_err(|(start, what)| at(text, start, what))?;
    // Whoever names a bundle wants nothing else, and is closed until it is there.
    let bundled = bundle.is_some() || developer.is_some();
    let base = if managed || bundled { Settings::MANAGED } else { Settings::TRIAL };
    let source = written.policy.map_or(base.source, |policy| match policy.into_inner() {
        Builtin::BuiltinMonitor => PolicySource::BuiltinMonitor,
        Builtin::BuiltinEnforce => PolicySource::BuiltinEnforce,
    });
    // Whoever enforces, or manages, gets the closed fail settings where the file is silent.
    let closed = managed || bundled || source == PolicySource::BuiltinEnforce;
    let fail = written.fail.over(if closed { FailSettings::CLOSED } else { FailSettings::OPEN });
    // An organisation chooses to keep text; a trial is the person's own.
    let chosen = written.capture.unwrap_or(base.capture);
    let recipients: Vec<String> = written.recipient.into_iter().chain(written.recipients).collect();
    // Of an organisation's machine nobody but the organisation opens text: without a key of it none is kept.
    let capture =
        if (managed || bundle.is_some()) && recipients.is_empty() { Capture::Metadata } else { chosen };
    let unsealable = (capture != chosen).then_some(chosen);
    let preview = written.preview.unwrap_or(base.preview);
    Ok(File {
        settings: Settings { source, managed, fail, preview, capture, policy: None },
        recipients,
        unsealable,
        keep: Keep { days: written.retention_days.map(NonZeroU32::get), bytes: written.max_bytes },
        extensions: written.developer.extensions,
        identity,
        sinks,
        pictures,
        bundle,
        developer,
        risk,
        ssf,
        signals,
    })
}

/// Policies come from one place: of two the looser one must not win by accident.
fn one_policy(written: &Written) -> Result<(), sink::Wrong> {
    let places = [
        ("`policy`", written.policy.as_ref().map(Spanned::span)),
        ("`[bundle]`", written.bundle.as_ref().map(Spanned::span)),
        ("`[developer] bundle`", written.developer.bundle.as_ref().map(Spanned::span)),
    ];
    let mut said = places.into_iter().filter_map(|(name, span)| Some((name, span?)));
    match (said.next(), said.next()) {
        (Some((first, _)), Some((second, span))) => {
            Err((span.start, format!("{first} and {second} both say which policy holds: keep one of them")))
        }
        _ => Ok(()),
    }
}

fn syntax(text: &str, fault: &toml::de::Error) -> FileError {
    let what = fault.message().lines().collect::<Vec<_>>().join(", ");
    at(text, fault.span().map_or(0, |span| span.start), what)
}

/// With line and column in place of bytes.
fn at(text: &str, start: usize, what: String) -> FileError {
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    FileError::Syntax { line, column, what }
}
