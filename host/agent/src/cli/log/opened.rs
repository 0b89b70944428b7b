//! Sealed text, opened with the keys at hand.
//!
//! INVARIANT: a text that says it belongs to another event is not shown as this one's.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use host_journal::{Content, Plain, Record, Sealed};
use host_store::Store;
use serde_json::{Value, json};
use shared_seal::{OpenError, PrivateKey};

use zeroize::Zeroizing;

use super::filter::shown;
use crate::keys;

/// Private keys by the short names of their public halves.
pub(super) struct Keys(BTreeMap<String, PrivateKey>);

/// A sealed text and what became of it.
pub(super) struct Text {
    seq: u64,
    kind: &'static str,
    at: u64,
    keys: Vec<String>,
    plain: Result<Plain, Closed>,
}

/// Why a text stays closed.
#[derive(Clone, Copy, Debug)]
enum Closed {
    NoKey,
    Fault(OpenError),
    Foreign,
}

impl Keys {
    /// Those on this machine, and the one in `file`.
    pub(super) fn load(data: &Path, file: Option<&Path>) -> Result<Self> {
        let mut all = keys::private_keys(data)?;
        if let Some(file) = file {
            all.push(keys::read(file)?.with_context(|| format!("there is no file {}", file.display()))?);
        }
        Ok(Self(all.into_iter().map(|key| (key.public().id().to_string(), key)).collect()))
    }

    /// What was sealed to one of these keys, if any of them opens it.
    pub(super) fn open(&self, sealed: &[Sealed]) -> Option<Zeroizing<Vec<u8>>> {
        sealed.iter().find_map(|one| shared_seal::open(self.0.get(&one.key_id)?, &one.blob).ok())
    }
}

/// The sealed texts of some rows, in their order.
pub(super) fn texts(store: &Store, records: &[Record], keys: &Keys) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for record in records.iter().filter(|record| !record.sealed.is_empty()) {
        let sealed = super::read(store, |view| host_journal::sealed(view, record.seq))?;
        let mut plain = Err(Closed::NoKey);
        for one in &sealed {
            let Some(key) = keys.0.get(&one.key_id) else { continue };
            plain = match shared_seal::open(key, &one.blob) {
                Ok(bytes) => Plain::from_bytes(&bytes)
                    .filter(|plain| Some(&plain.event) == record.event.as_ref())
                    .ok_or(Closed::Foreign),
                Err(fault) => Err(Closed::Fault(fault)),
            };
            if plain.is_ok() {
                break;
            }
        }
        texts.push(Text {
            seq: record.seq,
            kind: record.kind.as_str(),
            at: record.at,
            keys: sealed.into_iter().map(|one| one.key_id).collect(),
            plain,
        });
    }
    Ok(texts)
}

impl Text {
    pub(super) fn is_open(&self) -> bool {
        self.plain.is_ok()
    }

    /// For programs: the text as it was.
    pub(super) fn json(&self) -> Value {
        let mut told = json!({ "seq": self.seq, "kind": self.kind, "at": self.at, "keys": self.keys });
        let (name, value) = match &self.plain {
            Err(why) => ("closed", json!(why.to_string())),
            Ok(plain) => match &plain.content {
                Content::Prompt(prompt) => ("prompt", json!(prompt)),
                Content::Answer(text) => ("answer", json!(text)),
                Content::Reason(text) => ("reason", json!(text)),
            },
        };
        if let Some(told) = told.as_object_mut() {
            told.insert(name.to_owned(), value);
        }
        told
    }

    /// For people: control characters but line breaks and tabs are replaced.
    pub(super) fn lines(&self) -> Vec<String> {
        let (what, text) = match &self.plain {
            Err(why) => ("sealed", format!("{why} (to key {})", self.keys.join(", "))),
            Ok(plain) => match &plain.content {
                Content::Prompt(prompt) => {
                    let parts = prompt.parts.iter().map(|part| part.text.expose());
                    let files = prompt.attachments.iter().map(|name| format!("[file {}]", name.expose()));
                    let all: Vec<String> = parts.map(str::to_owned).chain(files).collect();
                    ("prompt", all.join("\n"))
                }
                Content::Answer(text) => ("answer", text.expose().to_owned()),
                Content::Reason(text) => ("reason", text.expose().to_owned()),
            },
        };
        let harmless = |line: &str| {
            let shown = line.chars().map(|char| match char {
                '\t' => '\t',
                char if char.is_control() => '\u{fffd}',
                char => char,
            });
            shown.collect::<String>()
        };
        let head = format!("--- {what}, {}, row {}", shown(self.at), self.seq);
        std::iter::once(head).chain(text.lines().map(harmless)).collect()
    }
}

impl std::fmt::Display for Closed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoKey => out.write_str("no key here opens it; name one with --key FILE"),
            Self::Fault(fault) => write!(out, "{fault}"),
            Self::Foreign => out.write_str("it says that it belongs to another interaction"),
        }
    }
}
