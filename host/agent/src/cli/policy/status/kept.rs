//! The last good bundle in the data folder, and what is remembered beside it.

use std::fs;
use std::path::Path;

use host_policy::bundle::{self, Opened, PublicKey, Refused, Trust};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ago;
use crate::cli::policy::build::{self, day};
use crate::native::now;

/// The folder in the data folder.
const FOLDER: &str = "policy";
const ARCHIVE: &str = "bundle.tar.gz";
const STATE: &str = "state.toml";

/// What the settings say of bundles.
pub(super) struct Named {
    /// Where they come from.
    pub(super) from: String,
    keys: Vec<PublicKey>,
    audience: Option<String>,
}

/// What lies in the data folder.
pub(super) struct Kept {
    opened: Option<Result<Opened, Refused>>,
    digest: Option<String>,
    refused: Option<String>,
}

#[derive(Deserialize)]
struct File {
    bundle: Option<Table>,
}

#[derive(Deserialize)]
struct Table {
    url: Option<String>,
    folder: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
    audience: Option<String>,
}

/// What is remembered; what is not known here is left out.
#[derive(Default, Deserialize)]
struct State {
    #[serde(default)]
    keys: Vec<String>,
    refused: Option<toml::Value>,
}

impl Named {
    /// Of a settings file.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let file: File = toml::from_str(&fs::read_to_string(path).ok()?).ok()?;
        let table = file.bundle?;
        let from = table.url.or(table.folder)?;
        Some(Self { from, keys: parsed(&table.keys), audience: table.audience })
    }
}

impl Kept {
    /// Of the data folder.
    pub(super) fn read(data: &Path, named: &Named) -> Self {
        let folder = data.join(FOLDER);
        let state: State = fs::read_to_string(folder.join(STATE))
            .ok()
            .and_then(|text| toml::from_str(&text).ok())
            .unwrap_or_default();
        let archive = build::archive(&folder.join(ARCHIVE)).ok();
        let mut keys = named.keys.clone();
        keys.extend(parsed(&state.keys));
        let opened = archive.as_ref().map(|archive| {
            let trust = Trust {
                keys: &keys,
                audience: named.audience.as_deref(),
                agent: env!("CARGO_PKG_VERSION"),
                newest: None,
                now: i64::try_from(now() / 1_000).unwrap_or(i64::MAX),
            };
            bundle::reopen(archive, &trust)
        });
        let refused = state.refused.map(|refused| match refused {
            toml::Value::String(code) => code,
            toml::Value::Table(table) => {
                let text = |name| table.get(name).and_then(toml::Value::as_str);
                let words: Vec<&str> = ["code", "message"].into_iter().filter_map(text).collect();
                words.join(": ")
            }
            other => other.to_string(),
        });
        Self { opened, digest: archive.as_deref().map(build::digest), refused }
    }

    fn good(&self) -> Option<&Opened> {
        self.opened.as_ref().and_then(|opened| opened.as_ref().ok())
    }

    /// Name and version.
    pub(super) fn name(&self) -> Option<String> {
        self.good().map(|opened| format!("{} {}", opened.manifest.name, opened.manifest.version))
    }

    /// Whether somebody should look.
    pub(super) fn is_wrong(&self) -> bool {
        self.refused.is_some() || self.good().is_none_or(|opened| opened.stale)
    }

    /// For people.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        match &self.opened {
            None => lines.push(("bundle", "none has arrived yet".to_owned())),
            Some(Err(refused)) => {
                lines.push(("bundle", format!("the kept one is not used, {}: {refused}", refused.code())))
            }
            Some(Ok(opened)) => {
                let manifest = &opened.manifest;
                let stale = if opened.stale { ": stale, the setting `expired` holds" } else { "" };
                lines.push((
                    "bundle",
                    format!("{} {}, signed by key {}", manifest.name, manifest.version, opened.key),
                ));
                lines.push(("issued", ago(manifest.issued)));
                lines.push(("expires", format!("{}{stale}", day(manifest.expires))));
            }
        }
        lines.extend(self.digest.clone().map(|digest| ("digest", digest)));
        lines.extend(
            self.refused.clone().map(|refused| ("refused", format!("the last one that came: {refused}"))),
        );
        lines
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let fault = self.opened.as_ref().and_then(|opened| opened.as_ref().err());
        let manifest = self.good().map(|opened| &opened.manifest);
        json!({
            "name": manifest.map(|manifest| &manifest.name),
            "version": manifest.map(|manifest| manifest.version),
            "issued": manifest.map(|manifest| manifest.issued),
            "expires": manifest.map(|manifest| manifest.expires),
            "monitor": manifest.map(|manifest| manifest.monitor),
            "stale": self.good().map(|opened| opened.stale),
            "key_id": self.good().map(|opened| &opened.key),
            "digest": self.digest,
            "not_used": fault.map(Refused::code),
            "last_refused": self.refused,
        })
    }
}

fn parsed(texts: &[String]) -> Vec<PublicKey> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}
