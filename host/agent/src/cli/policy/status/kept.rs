//! The last good bundle in the data folder, what is remembered beside it, and how the place answered that bundles come from.

use std::path::Path;

use serde_json::{Value, json};

use super::ago;
use crate::bundles::{self, Keep, NotUsed, Standing};
use crate::cli::policy::build::{self, day};
use crate::native::now;
use crate::settings::BundleSettings;

/// What lies in the data folder.
pub(super) struct Kept {
    kept: bundles::Kept,
    digest: Option<String>,
    standing: Option<Standing>,
}

impl Kept {
    /// Of the data folder.
    pub(super) fn read(data: &Path, settings: &BundleSettings) -> Self {
        let keep = Keep::of(data);
        let at = i64::try_from(now() / 1_000).unwrap_or(i64::MAX);
        let kept = bundles::Kept::read(&keep, settings, at);
        let digest = keep.archive().ok().flatten().as_deref().map(build::digest);
        let from = settings.from.to_string();
        // Of another place nothing is to be said.
        let standing = keep.standing().filter(|standing| standing.from == from);
        Self { kept, digest, standing }
    }

    /// Name and version.
    pub(super) fn name(&self) -> Option<String> {
        self.kept.good().map(|opened| format!("{} {}", opened.manifest.name, opened.manifest.version))
    }

    /// Whether somebody should look.
    pub(super) fn is_wrong(&self) -> bool {
        let is_broken = self.standing.as_ref().is_some_and(|standing| standing.failures > 0);
        let is_good = self.kept.good().is_some_and(|opened| !opened.stale);
        self.kept.state.refused.is_some() || is_broken || !is_good
    }

    /// For people.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let state = &self.kept.state;
        match &self.kept.bundle {
            Ok(None) => lines.push(("bundle", "none has arrived yet".to_owned())),
            Err(why) => {
                lines.push(("bundle", format!("the kept one is not used, {}: {why}", why.code())));
            }
            Ok(Some(opened)) => {
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
        lines.extend(state.fetched.as_ref().map(|fetched| ("fetched", ago(fetched.at))));
        lines.extend(self.digest.clone().map(|digest| ("digest", digest)));
        lines.extend(state.refused.as_ref().map(|refused| {
            let when = ago(refused.fetched.at);
            ("refused", format!("{}, {when}: {}", refused.code, refused.reason))
        }));
        lines.extend(self.standing.as_ref().map(|standing| {
            let tries = match standing.failures {
                0 => String::new(),
                tries => format!("; {tries} tries in a row came to nothing"),
            };
            ("answer", format!("{}, {}{tries}", standing.answer, ago(standing.at)))
        }));
        lines
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let state = &self.kept.state;
        let good = self.kept.good();
        let manifest = good.map(|opened| &opened.manifest);
        json!({
            "name": manifest.map(|manifest| &manifest.name),
            "version": manifest.map(|manifest| manifest.version),
            "issued": manifest.map(|manifest| manifest.issued),
            "expires": manifest.map(|manifest| manifest.expires),
            "monitor": manifest.map(|manifest| manifest.monitor),
            "stale": good.map(|opened| opened.stale),
            "key_id": good.map(|opened| &opened.key),
            "trusted": self.kept.eras.now().iter().map(|key| key.id()).collect::<Vec<_>>(),
            "digest": self.digest,
            "fetched": state.fetched.as_ref().map(|fetched| fetched.at),
            "etag": state.fetched.as_ref().and_then(|fetched| fetched.tag.clone()),
            "not_used": self.kept.bundle.as_ref().err().map(NotUsed::code),
            "last_refused": state.refused.as_ref().map(|refused| json!({
                "code": refused.code, "reason": refused.reason, "at": refused.fetched.at,
                "etag": refused.fetched.tag,
            })),
            "answer": self.standing.as_ref().map(|standing| json!({
                "said": standing.answer, "at": standing.at, "failures": standing.failures,
                "waits": standing.waits,
            })),
        })
    }
}
