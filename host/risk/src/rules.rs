//! How a score is made: the mode, the times, the bands and the behaviours that are in force.

use std::collections::BTreeMap;

use serde::Deserialize;
use shared_protocol::{Level, Millis};

use crate::behaviour::{Behaviour, BehaviourError, Override};
use crate::builtin;
use crate::score::{Band, Points};

/// How behaviours come together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Points add up and fade; levels come from the sum.
    #[default]
    Decay,
    /// The highest level of any behaviour that was seen, until somebody resets it; nothing fades. As Cloudflare's user risk
    /// score works (its documentation, `users/risk-score`).
    Max,
}

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How behaviours come together.
    pub mode: Mode,
    /// After which time half of the points are left, milliseconds.
    pub half_life: Millis,
    /// What a fresh proof of who somebody is takes their level down to.
    pub verified: Level,
    /// The levels.
    pub bands: [Band; 3],
    /// The behaviours.
    pub behaviours: Vec<Behaviour>,
    /// By which name goes what is seen while nobody is known, where people sign in: no person has it. `None`: each name is
    /// a person's.
    pub nobody: Option<String>,
}

/// Half a week's work: what happened on Monday still counts on Wednesday, and is nearly gone after two weeks.
const HALF_LIFE: Millis = 48 * 3_600_000;

fn band(level: Level, up: u32, down: u32) -> Band {
    Band { level, up: Points::of(up), down: Points::of(down) }
}

impl Rules {
    /// The rules as they come.
    ///
    /// # Errors
    /// When a behaviour that is compiled in is not understood.
    pub fn builtin() -> Result<Self, BehaviourError> {
        Ok(Self {
            mode: Mode::Decay,
            half_life: HALF_LIFE,
            // That it is them says nothing of what they do: the rest fades by itself, or somebody looks.
            verified: Level::Medium,
            bands: [band(Level::Low, 10, 5), band(Level::Medium, 40, 25), band(Level::High, 80, 60)],
            behaviours: builtin::behaviours()?,
            nobody: None,
        })
    }

    /// With what settings change of behaviours.
    ///
    /// # Errors
    /// When they name one that does not exist.
    pub fn changed(mut self, by: &BTreeMap<String, Override>) -> Result<Self, BehaviourError> {
        for (id, change) in by {
            let Some(at) = self.behaviours.iter().position(|one| one.id == *id) else {
                let known: Vec<&str> = self.behaviours.iter().map(|one| one.id.as_str()).collect();
                return Err(BehaviourError::Unknown { id: id.clone(), known: known.join(", ") });
            };
            let one = self.behaviours.remove(at);
            self.behaviours.insert(at, one.changed(change));
        }
        Ok(self)
    }

    /// The most that a level is after a fresh proof of who somebody is. In mode `max` a proof takes nothing down.
    #[must_use]
    pub fn proves_to(&self) -> Level {
        match self.mode {
            Mode::Decay => self.verified,
            Mode::Max => Level::High,
        }
    }

    pub(crate) fn behaviour(&self, id: &str) -> Option<&Behaviour> {
        self.behaviours.iter().find(|one| one.id == id)
    }
}
