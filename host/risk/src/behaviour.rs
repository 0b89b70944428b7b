//! A behaviour: which signs it is about, how much each counts, and the words that a reason uses for it.
//!
//! One file in `behaviours/`, named by the behaviour's id:
//!
//! ```toml
//! words = "credentials in a prompt"        # reads well in "risk rose to medium: …"
//! level = "medium"                         # the level that it means in mode `max`
//! weight = 25                              # points each time, 0 to 100; without it those of its level
//! most = 75                                # points of all times together; without it the weight
//! piles = true                             # false: happening again only makes it fresh
//! holds = false                            # true: its level stays until somebody resets it
//! [sign]
//! of = "prompt"                            # the kind of sign; any of the conditions below suffices
//! topics = ["content.credentials"]
//! from = "medium"                          # a topic counts from this level; so does a posture
//! labels = ["secret."]                     # what labels begin with
//! at_least = 1                             # so many findings together
//! times = 1                                # only when it was seen so often
//! within_s = 0                             # within so many seconds
//! ```
//! An organisation's settings change level, weight and whether it counts ([`Override`]).

use serde::Deserialize;
use shared_protocol::{Level, Topic};

use crate::sign::{Sign, SignKind};

/// Most points of a score.
pub(crate) const MOST: u32 = 100;
/// Most times within a window that are counted.
const MOST_TIMES: usize = 1_000;

/// A behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// Its name.
    pub id: String,
    /// What a reason calls it.
    pub words: String,
    /// Whether it counts.
    pub enabled: bool,
    /// What it means in mode `max`.
    pub level: Level,
    /// Points each time.
    pub weight: u32,
    /// Points of all times together.
    pub most: u32,
    /// Whether points of several times add up.
    pub piles: bool,
    /// Whether its level stays until somebody resets it.
    pub holds: bool,
    pub(crate) asks: Asks,
}

/// Which signs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asks {
    of: SignKind,
    #[serde(default)]
    topics: Vec<Topic>,
    #[serde(default = "low")]
    from: Level,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default = "one")]
    at_least: u64,
    #[serde(default = "once")]
    pub(crate) times: usize,
    #[serde(default)]
    pub(crate) within_s: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    words: String,
    level: Level,
    weight: Option<u32>,
    most: Option<u32>,
    #[serde(default = "yes")]
    piles: bool,
    #[serde(default)]
    holds: bool,
    sign: Asks,
}

/// What settings change of a behaviour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Whether it counts.
    pub enabled: Option<bool>,
    /// What it means in mode `max`; without a weight also how much it counts.
    pub level: Option<Level>,
    /// Points each time.
    pub weight: Option<u32>,
    /// Whether its level stays until somebody resets it.
    pub holds: Option<bool>,
}

/// What is wrong with a behaviour, or with what settings say of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BehaviourError {
    /// Not the form above.
    #[error("behaviour `{id}`: {what}")]
    Malformed {
        /// Which.
        id: String,
        /// What is wrong, with its place.
        what: String,
    },
    /// No such behaviour.
    #[error("`{id}` is no behaviour; write one of {known}")]
    Unknown {
        /// What was written.
        id: String,
        /// Those that are.
        known: String,
    },
}

fn low() -> Level {
    Level::Low
}

fn one() -> u64 {
    1
}

fn once() -> usize {
    1
}

fn yes() -> bool {
    true
}

/// Points that lift somebody without a history to this level.
fn weight_of(level: Level) -> u32 {
    match level {
        Level::None => 0,
        Level::Low => 12,
        Level::Medium => 45,
        Level::High => 85,
    }
}

impl Behaviour {
    /// Reads one file.
    ///
    /// # Errors
    /// With its place, when it is not of the form above.
    pub fn parse(id: &str, text: &str) -> Result<Self, BehaviourError> {
        let malformed = |what: String| BehaviourError::Malformed { id: id.to_owned(), what };
        let written: Written =
            toml::from_str(text).map_err(|fault| malformed(fault.to_string().trim().to_owned()))?;
        let weight = written.weight.unwrap_or_else(|| weight_of(written.level));
        let most = written.most.unwrap_or(weight);
        if weight > MOST || most > MOST {
            return Err(malformed(format!("points are 0 to {MOST}")));
        }
        if !(1..=MOST_TIMES).contains(&written.sign.times) {
            return Err(malformed(format!("`times` is 1 to {MOST_TIMES}")));
        }
        Ok(Self {
            id: id.to_owned(),
            words: written.words,
            enabled: true,
            level: written.level,
            weight,
            most: most.max(weight),
            piles: written.piles,
            holds: written.holds,
            asks: written.sign,
        })
    }

    /// As the settings want it.
    #[must_use]
    pub fn changed(mut self, by: &Override) -> Self {
        self.enabled = by.enabled.unwrap_or(self.enabled);
        self.holds = by.holds.unwrap_or(self.holds);
        if let Some(level) = by.level {
            self.level = level;
            self.weight = weight_of(level);
        }
        self.weight = by.weight.unwrap_or(self.weight).min(MOST);
        self.most = self.most.max(self.weight);
        self
    }

    /// Whether the sign is one of its kind, seen once.
    pub(crate) fn is_about(&self, sign: &Sign) -> bool {
        if !self.enabled || self.asks.of != sign.kind() {
            return false;
        }
        match sign {
            Sign::Prompt { topics, labels } => {
                let is_topic = self
                    .asks
                    .topics
                    .iter()
                    .any(|topic| topics.get(topic).is_some_and(|of| *of >= self.asks.from));
                let begins = |label: &str| self.asks.labels.iter().any(|begin| label.starts_with(begin));
                let found = labels.iter().filter(|(label, _)| begins(label.as_str()));
                let found = found.fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
                is_topic || (!self.asks.labels.is_empty() && found >= self.asks.at_least.max(1))
            }
            Sign::Posture(level) | Sign::ThirdParty(level) => *level >= self.asks.from,
            Sign::Override
            | Sign::Unprotected
            | Sign::BrokenOff
            | Sign::Tampered
            | Sign::ClockBack
            | Sign::NewDevice
            | Sign::OtherPerson
            | Sign::Travel
            | Sign::OtherDevice
            | Sign::RemoteControl => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Behaviour, BehaviourError, Override};
    use shared_protocol::Level;

    #[test]
    fn a_file_says_where_it_is_wrong() {
        let wrong =
            Behaviour::parse("x", "words = \"w\"\nlevel = \"hihg\"\n[sign]\nof = \"travel\"").unwrap_err();
        let BehaviourError::Malformed { id, what } = wrong else { panic!("{wrong}") };
        assert_eq!(id, "x");
        assert!(what.contains("line 2"), "{what}");
        for text in [
            "words = \"w\"\nlevel = \"low\"\nweight = 101\n[sign]\nof = \"travel\"",
            "words = \"w\"\nlevel = \"low\"\n[sign]\nof = \"travel\"\ntimes = 0",
            "words = \"w\"\nlevel = \"low\"",
        ] {
            assert!(Behaviour::parse("x", text).is_err(), "{text}");
        }
    }

    #[test]
    fn settings_change_level_weight_and_whether_it_counts() {
        let plain = Behaviour::parse("x", "words = \"w\"\nlevel = \"low\"\n[sign]\nof = \"travel\"").unwrap();
        assert_eq!((plain.weight, plain.most, plain.enabled), (12, 12, true));
        let high = plain.clone().changed(&Override { level: Some(Level::High), ..Override::default() });
        assert_eq!((high.level, high.weight, high.most), (Level::High, 85, 85));
        let off = plain.changed(&Override { enabled: Some(false), weight: Some(3), ..Override::default() });
        assert_eq!((off.enabled, off.weight), (false, 3));
    }
}
