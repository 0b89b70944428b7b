//! `[bundle]` in the settings: where the organisation's bundles come from, and whose signature counts.
//!
//! ```toml
//! [bundle]
//! address = "https://policy.example/acme/bundle.tar.gz"   # or: folder = "/srv/policy"
//! keys = ["ed25519:…"]                                    # as `policy keygen` prints them
//! audience = "acme"                                       # only bundles for the same one are taken
//! poll_s = 60
//! ca = "/etc/promptgate/policy-ca.pem"
//! token_file = "/etc/promptgate/policy.token"
//! ```
//! From an S3-compatible store, in place of `address` and `token_file` above:
//!
//! ```toml
//! address = "s3://acme-policy/bundle.tar.gz"
//! credentials_file = "/etc/promptgate/policy.credentials"   # as tools for such stores keep them
//! region = "eu-central-1"
//! endpoint = "https://store.acme.example"                   # left out: that of AWS
//! ```
//!
//! INVARIANT: without a key nothing is ever taken, so a table without one is an error and no silent wait.

use std::path::{Path, PathBuf};
use std::time::Duration;

use host_policy::bundle::{MAX_NAME, PublicKey};
use serde::Deserialize;
use toml::Spanned;

use super::sink::Wrong;
use crate::bundles::store::{Object, SCHEME};
use crate::ship;

/// Between two questions, where the settings are silent.
const POLL_S: u64 = 60;
/// Longest time between two: a bundle that waits for a day longer is no push.
const MOST_POLL_S: u64 = 86_400;
/// The name of the archive in a watched folder, as `policy push` puts it there.
const ARCHIVE: &str = "bundle.tar.gz";

/// The table, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BundleSettings {
    /// Where bundles come from.
    pub(crate) from: From,
    /// Who may sign. At least one.
    pub(crate) keys: Vec<PublicKey>,
    /// Who this machine is.
    pub(crate) audience: Option<String>,
}

/// Where bundles come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// A web server, an S3-compatible store too.
    Web(Box<Web>),
    /// An archive in a folder that somebody fills.
    File(PathBuf),
}

/// A web server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Web {
    /// `https://…`, or `http://` to this machine; `s3://…` of what is in a store.
    pub(crate) address: String,
    /// The object in a store.
    pub(crate) stored: Option<Stored>,
    /// Between two questions, where the server does not let them wait.
    pub(crate) poll: Duration,
    /// A PEM file of the authorities that count.
    pub(crate) ca: Option<PathBuf>,
    /// An HTTP proxy.
    pub(crate) proxy: Option<String>,
    /// A file that holds the token that is shown.
    pub(crate) token_file: Option<PathBuf>,
}

/// An object in an S3-compatible store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Which.
    pub(crate) object: Object,
    /// A file that holds who may read it.
    pub(crate) credentials_file: PathBuf,
}

impl std::fmt::Display for From {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Web(web) => out.write_str(&web.address),
            Self::File(path) => write!(out, "{}", path.display()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    address: Option<Spanned<String>>,
    folder: Option<Spanned<PathBuf>>,
    keys: Option<Spanned<Vec<Spanned<String>>>>,
    audience: Option<Spanned<String>>,
    poll_s: Option<Spanned<u64>>,
    ca: Option<Spanned<PathBuf>>,
    proxy: Option<Spanned<String>>,
    token_file: Option<Spanned<PathBuf>>,
    credentials_file: Option<Spanned<PathBuf>>,
    endpoint: Option<Spanned<String>>,
    region: Option<Spanned<String>>,
}

/// What was written, understood.
pub(super) fn understood(written: Spanned<Written>) -> Result<BundleSettings, Wrong> {
    let start = written.span().start;
    let written = written.into_inner();
    let keys = keys(start, written.keys.as_ref())?;
    let audience = written.audience.as_ref().map(audience).transpose()?;
    let from = match (&written.address, &written.folder) {
        (Some(_), Some(folder)) => {
            let what = "bundles come from one place: keep `address` or `folder`, not both";
            return Err((folder.span().start, what.to_owned()));
        }
        (None, None) => {
            let what =
                "this says not where bundles come from: add `address = \"https://…\"` or `folder = \"/…\"`";
            return Err((start, what.to_owned()));
        }
        (Some(address), None) => From::Web(Box::new(written.web(address)?)),
        (None, Some(folder)) => From::File(written.file(folder)?),
    };
    Ok(BundleSettings { from, keys, audience })
}

/// A folder of guardrails that nobody signed.
pub(super) fn developer(folder: &Spanned<PathBuf>) -> Result<PathBuf, Wrong> {
    absolute(folder, "bundle").map(Path::to_path_buf)
}

impl Written {
    fn web(&self, address: &Spanned<String>) -> Result<Web, Wrong> {
        let stored = self.stored(address)?;
        if stored.is_none() {
            ship::check_address(address.get_ref()).map_err(|what| (address.span().start, what.to_owned()))?;
        }
        let poll_s = match &self.poll_s {
            None => POLL_S,
            Some(seconds) if (1..=MOST_POLL_S).contains(seconds.get_ref()) => *seconds.get_ref(),
            Some(seconds) => {
                let what = format!("`poll_s` is 1 to {MOST_POLL_S} seconds; write {POLL_S}");
                return Err((seconds.span().start, what));
            }
        };
        let file = |file: &Option<Spanned<PathBuf>>, name| {
            file.as_ref().map(|file| absolute(file, name).map(Path::to_path_buf)).transpose()
        };
        Ok(Web {
            address: address.get_ref().clone(),
            stored,
            poll: Duration::from_secs(poll_s),
            ca: file(&self.ca, "ca")?,
            proxy: self.proxy.as_ref().map(|proxy| proxy.get_ref().clone()),
            token_file: file(&self.token_file, "token_file")?,
        })
    }

    /// Of an address in a store; of any other, what is of a store only is a mistake.
    fn stored(&self, address: &Spanned<String>) -> Result<Option<Stored>, Wrong> {
        let start = address.span().start;
        if !address.get_ref().starts_with(SCHEME) {
            let of_store = [
                ("credentials_file", self.credentials_file.as_ref().map(Spanned::span)),
                ("endpoint", self.endpoint.as_ref().map(Spanned::span)),
                ("region", self.region.as_ref().map(Spanned::span)),
            ];
            return match of_store.into_iter().find_map(|(name, span)| Some((name, span?))) {
                Some((name, span)) => Err((
                    span.start,
                    format!("`{name}` goes with an `address` in a store, `s3://BUCKET/KEY`"),
                )),
                None => Ok(None),
            };
        }
        if let Some(token) = &self.token_file {
            let what = "a store knows no token: write `credentials_file` in place of `token_file`";
            return Err((token.span().start, what.to_owned()));
        }
        let Some(file) = &self.credentials_file else {
            let what = "a store wants credentials: add `credentials_file = \"/…\"`, with `aws_access_key_id = …` and \
                        `aws_secret_access_key = …` in it; an object that everybody may read has an `https://` address too";
            return Err((start, what.to_owned()));
        };
        let word = |word: &Option<Spanned<String>>| word.as_ref().map(|word| word.get_ref().clone());
        let (endpoint, region) = (word(&self.endpoint), word(&self.region));
        let object = Object::named(address.get_ref(), endpoint.as_deref(), region.as_deref())
            .map_err(|fault| (start, fault.to_string()))?;
        let credentials_file = absolute(file, "credentials_file")?.to_path_buf();
        Ok(Some(Stored { object, credentials_file }))
    }

    /// Only of a place that nothing is asked of.
    fn file(&self, folder: &Spanned<PathBuf>) -> Result<PathBuf, Wrong> {
        let of_web = [
            ("poll_s", self.poll_s.as_ref().map(Spanned::span)),
            ("ca", self.ca.as_ref().map(Spanned::span)),
            ("proxy", self.proxy.as_ref().map(Spanned::span)),
            ("token_file", self.token_file.as_ref().map(Spanned::span)),
            ("credentials_file", self.credentials_file.as_ref().map(Spanned::span)),
            ("endpoint", self.endpoint.as_ref().map(Spanned::span)),
            ("region", self.region.as_ref().map(Spanned::span)),
        ];
        if let Some((name, span)) = of_web.into_iter().find_map(|(name, span)| Some((name, span?))) {
            return Err((span.start, format!("`{name}` goes with `address`, and a `folder` takes none")));
        }
        let path = absolute(folder, "folder")?;
        let is_archive = path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".tar.gz"));
        Ok(if is_archive { path.to_owned() } else { path.join(ARCHIVE) })
    }
}

fn keys(start: usize, written: Option<&Spanned<Vec<Spanned<String>>>>) -> Result<Vec<PublicKey>, Wrong> {
    let none =
        "nobody is named who may sign: add `keys = [\"…\"]`, the line that `promptgate policy keygen` prints";
    let Some(written) = written else { return Err((start, none.to_owned())) };
    if written.get_ref().is_empty() {
        return Err((written.span().start, none.to_owned()));
    }
    let read = |key: &Spanned<String>| {
        key.get_ref()
            .parse()
            .map_err(|fault: host_policy::bundle::KeyError| (key.span().start, fault.to_string()))
    };
    written.get_ref().iter().map(read).collect()
}

fn audience(word: &Spanned<String>) -> Result<String, Wrong> {
    let text = word.get_ref();
    if text.is_empty() || text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
        let what = format!(
            "an audience has 1 to {MAX_NAME} characters; write that of the bundles, or remove the line to take all"
        );
        return Err((word.span().start, what));
    }
    Ok(text.clone())
}

/// The program runs in whatever folder a browser chose.
fn absolute<'a>(path: &'a Spanned<PathBuf>, name: &str) -> Result<&'a Path, Wrong> {
    if path.get_ref().is_absolute() {
        return Ok(path.get_ref());
    }
    Err((path.span().start, format!("`{name}` is a whole path, from the root on; write it as `/srv/policy`")))
}
