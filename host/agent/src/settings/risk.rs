//! `[risk]` in the settings: how a person's risk is scored.
//!
//! ```toml
//! [risk]
//! enabled = true                                  # false: nothing is scored
//! mode = "decay"                                  # or max: the highest level seen, until a reset
//! half_life_hours = 48                            # in mode decay
//! verified_to = "medium"                          # a step-up takes a level down to this; high: it takes nothing down
//! posture_file = "/var/lib/edr/posture.json"      # what a security product says of this device
//! [risk.behaviours.credentials-pasted]
//! level = "high"                                  # none, low, medium, high
//! weight = 40                                     # 0 to 100
//! enabled = true
//! ```
//! It deliberately scores nothing itself.

use std::collections::BTreeMap;
use std::path::PathBuf;

use host_risk::{Mode, Override, Rules};
use serde::Deserialize;
use shared_protocol::Level;
use toml::Spanned;

use super::sink::Wrong;

/// How risk is scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RiskSettings {
    /// None where it is switched off.
    pub(crate) rules: Option<Rules>,
    /// What a security product says of this device.
    pub(crate) posture_file: Option<PathBuf>,
}

impl Default for RiskSettings {
    fn default() -> Self {
        // Compiled in, and parsed by its own test.
        Self { rules: Rules::builtin().ok(), posture_file: None }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    enabled: Option<bool>,
    mode: Option<Mode>,
    half_life_hours: Option<Spanned<u64>>,
    verified_to: Option<Level>,
    posture_file: Option<PathBuf>,
    #[serde(default)]
    behaviours: BTreeMap<Spanned<String>, Override>,
}

/// What was written, understood.
pub(super) fn understood(written: Written) -> Result<RiskSettings, Wrong> {
    if written.enabled == Some(false) {
        return Ok(RiskSettings { rules: None, posture_file: None });
    }
    let Written { mode, half_life_hours, verified_to, behaviours, posture_file, .. } = written;
    let rules = rules(Theirs { mode, half_life_hours, verified_to, behaviours })?;
    Ok(RiskSettings { rules: Some(rules), posture_file })
}

/// `risk.toml` of a bundle: what of `[risk]` is for every machine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theirs {
    mode: Option<Mode>,
    half_life_hours: Option<Spanned<u64>>,
    verified_to: Option<Level>,
    #[serde(default)]
    behaviours: BTreeMap<Spanned<String>, Override>,
}

/// The rules that the text of a bundle's `risk.toml` makes; else what is wrong, and where, in bytes.
pub(crate) fn in_bundle(text: &str) -> Result<Rules, Wrong> {
    let theirs = toml::from_str(text).map_err(|fault: toml::de::Error| {
        (fault.span().map_or(0, |span| span.start), fault.message().lines().collect::<Vec<_>>().join(", "))
    })?;
    rules(theirs)
}

fn rules(theirs: Theirs) -> Result<Rules, Wrong> {
    let mut rules = Rules::builtin().map_err(|fault| (0, fault.to_string()))?;
    rules.mode = theirs.mode.unwrap_or_default();
    rules.verified = theirs.verified_to.unwrap_or(rules.verified);
    if let Some(hours) = theirs.half_life_hours {
        if !(1..=24 * 365).contains(hours.get_ref()) {
            return Err((hours.span().start, "a half-life is 1 to 8760 hours".to_owned()));
        }
        rules.half_life = hours.into_inner() * 3_600_000;
    }
    for (id, change) in theirs.behaviours {
        let start = id.span().start;
        let one = BTreeMap::from([(id.into_inner(), change)]);
        rules = rules.changed(&one).map_err(|fault| (start, fault.to_string()))?;
    }
    Ok(rules)
}
