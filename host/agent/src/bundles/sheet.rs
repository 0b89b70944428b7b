//! `bundle.toml`: how a folder becomes a bundle.
//!
//! ```toml
//! name = "acme"                    # what people call it
//! version = 7                      # or `build --version`; never goes back
//! audience = "acme"                # machines whose settings name another one refuse it
//! expires_days = 90
//! agent = "0.1.0"                  # least version of Promptgate that takes it
//! keys = ["ed25519:…"]             # who signs from the next one on; without it as before
//! monitor = false                  # true: nothing acts, all is recorded as it would be
//! ```
//! INVARIANT: what is written and not understood is an error with its place.

use std::ops::Range;

use host_policy::bundle::{Manifest, PublicKey};
use host_policy::{Problem, Weight};
use serde::Deserialize;
use toml::Spanned;

use super::folder::SHEET;

/// Days, where the sheet is silent.
const EXPIRES_DAYS: i64 = 90;
/// More would be no expiry.
const MOST_DAYS: i64 = 3_650;
/// Longest name and audience, in characters.
const LONGEST: usize = 64;
const DAY: i64 = 24 * 60 * 60;

/// The sheet, read.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) version: Option<u64>,
    pub(crate) audience: Option<String>,
    pub(crate) expires_days: i64,
    pub(crate) agent: Option<String>,
    pub(crate) keys: Vec<PublicKey>,
    pub(crate) monitor: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    version: Option<Spanned<u64>>,
    audience: Option<Spanned<String>>,
    expires_days: Option<Spanned<i64>>,
    agent: Option<Spanned<String>>,
    #[serde(default)]
    keys: Vec<Spanned<String>>,
    #[serde(default)]
    monitor: bool,
}

impl Sheet {
    /// Reads the text.
    pub(crate) fn read(text: &str) -> Result<Self, Vec<Problem>> {
        let written: Written = toml::from_str(text).map_err(|fault| {
            let message = fault.message().lines().collect::<Vec<_>>().join(", ");
            let help = "known are name, version, audience, expires_days, agent, keys, monitor";
            vec![wrong(text, fault.span().unwrap_or(0..0), message, help)]
        })?;
        let mut problems = Vec::new();
        let mut bad = |span: Range<usize>, message: &str, help: &str| {
            problems.push(wrong(text, span, message.to_owned(), help));
        };
        for (what, word) in [("name", Some(&written.name)), ("audience", written.audience.as_ref())] {
            if let Some(word) = word.filter(|word| !is_plain(word.get_ref())) {
                let message = format!("this is no {what}");
                bad(word.span(), &message, "write 1 to 64 letters, digits, `-`, `_`, `.` or spaces");
            }
        }
        if let Some(version) = written.version.as_ref().filter(|version| *version.get_ref() == 0) {
            bad(version.span(), "versions begin at 1", "write the number after that of the last bundle");
        }
        if let Some(days) = &written.expires_days
            && !(1..=MOST_DAYS).contains(days.get_ref())
        {
            bad(
                days.span(),
                "a bundle holds for 1 to 3650 days",
                "write how long it may be used without a new one",
            );
        }
        if let Some(agent) = written.agent.as_ref().filter(|agent| !is_version(agent.get_ref())) {
            bad(agent.span(), "this is no version of Promptgate", "write it as `0.1.0`");
        }
        let keys: Vec<Option<PublicKey>> = written
            .keys
            .iter()
            .map(|key| {
                let read = key.get_ref().parse();
                if read.is_err() {
                    bad(
                        key.span(),
                        "this is no public key",
                        "write the line that `policy keygen` prints: `ed25519:…` or `p256:…`",
                    );
                }
                read.ok()
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            name: written.name.into_inner(),
            version: written.version.map(Spanned::into_inner),
            audience: written.audience.map(Spanned::into_inner),
            expires_days: written.expires_days.map_or(EXPIRES_DAYS, Spanned::into_inner),
            agent: written.agent.map(Spanned::into_inner),
            keys: keys.into_iter().flatten().collect(),
            monitor: written.monitor,
        })
    }

    /// What the bundle says of itself. `issued` is in unix seconds.
    pub(crate) fn manifest(self, version: u64, issued: i64) -> Manifest {
        Manifest {
            name: self.name,
            version,
            audience: self.audience,
            issued,
            expires: issued.saturating_add(self.expires_days.saturating_mul(DAY)),
            agent: self.agent,
            keys: self.keys,
            monitor: self.monitor,
        }
    }
}

fn wrong(text: &str, span: Range<usize>, message: impl Into<String>, help: &str) -> Problem {
    Problem::at(text, span, Weight::Error, message).in_file(SHEET).help(help)
}

fn is_plain(word: &str) -> bool {
    let plain = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.' | ' ');
    (1..=LONGEST).contains(&word.chars().count()) && word.trim() == word && word.chars().all(plain)
}

fn is_version(word: &str) -> bool {
    let numbers: Vec<&str> = word.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok())
}
