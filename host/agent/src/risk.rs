//! Risk at the edge: which rules are in force, what a row of the record means for them, and the clock.
//!
//! INVARIANT: pure but for [`start`]: what is seen is read out of rows that carry no text.

mod device;
mod remote;
mod signs;
mod tells;
mod travel;
mod watch;

use host_risk::Rules;
use host_risk::set::{Kind, Profile};

use crate::identity::Known;
use crate::settings::Configured;
pub(crate) use signs::{broke_off, signs};
pub(crate) use tells::{EVERYWHERE, tells};
pub(crate) use travel::spot;
pub(crate) use watch::start;

/// How risk is scored now, and who is told of it.
#[derive(Clone)]
pub(crate) struct Scoring {
    /// The rules.
    pub(crate) rules: Rules,
    /// The receivers, by name.
    pub(crate) receivers: Vec<String>,
    /// What each of them understands.
    pub(crate) profiles: Vec<Profile>,
}

impl Scoring {
    /// Of the settings, and of who is at the keyboard; none where it is switched off.
    pub(crate) fn of(configured: &Configured, known: &Known) -> Option<Self> {
        let rules = Rules { nobody: known.nobody.clone(), ..configured.risk.rules.clone()? };
        let named = || configured.ssf.iter().flat_map(|ssf| &ssf.receivers);
        Some(Self {
            rules,
            receivers: named().map(|receiver| receiver.name.clone()).collect(),
            profiles: named().map(|receiver| receiver.profile).collect(),
        })
    }

    /// The receivers that take messages of this kind.
    pub(crate) fn takers(&self, kind: Kind) -> Vec<String> {
        let all = self.receivers.iter().zip(&self.profiles);
        all.filter(|(_, profile)| kind.event(**profile).is_some()).map(|(name, _)| name.clone()).collect()
    }
}
