//! Risk at the edge: which rules are in force, what a row of the record means for them, and the clock.
//!
//! INVARIANT: pure but for [`start`]: what is seen is read out of rows that carry no text.

mod signs;
mod watch;

use host_risk::Rules;

use crate::settings::Configured;
pub(crate) use signs::{broke_off, signs};
pub(crate) use watch::start;

/// How risk is scored now, and who is told of it.
#[derive(Clone)]
pub(crate) struct Scoring {
    /// The rules.
    pub(crate) rules: Rules,
    /// The receivers, by name.
    pub(crate) receivers: Vec<String>,
}

impl Scoring {
    /// Of the settings; none where it is switched off.
    pub(crate) fn of(configured: &Configured) -> Option<Self> {
        let rules = configured.risk.rules.clone()?;
        let named = configured.ssf.iter().flat_map(|ssf| &ssf.receivers);
        Some(Self { rules, receivers: named.map(|receiver| receiver.name.clone()).collect() })
    }
}
