//! `stories/*.toml`: what must come out for whom, so that a change of a policy that changes it is seen.
//!
//! It classifies no prompt: whoever runs a story with one hands in the facts that its text gives.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use shared_protocol::{Action, Capture, Label, Obligation, Text, Topic};

pub(super) use read::{Known, read};

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
    /// What must come out.
    pub expect: Expect,
}

/// What a story begins with. With a prompt, `text_bytes` of the facts is its length.
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
    /// A part of the message of the loudest policy, in the language of the facts.
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
        let expect = &story.expect;
        let matched: BTreeSet<&str> = decision.policies.iter().map(|policy| policy.id.as_str()).collect();
        let excepted = decision.excepted.iter().map(|one| one.policy.as_str());
        let touched = matched.iter().copied().chain(excepted).map(str::to_owned).collect();
        let mut differences = Vec::new();
        let mut compare = |what, expected: String, got: String| {
            if expected != got {
                differences.push(Difference { what, expected, got });
            }
        };
        compare("action", word(expect.action), word(decision.action));
        if let Some(expected) = &expect.obligations {
            compare(
                "obligations",
                list(expected.iter().map(word)),
                list(decision.obligations.iter().map(word)),
            );
        }
        if let Some(expected) = &expect.policies {
            compare("policies", list(expected), list(&matched));
        }
        if let Some(expected) = expect.would {
            compare("would", word(expected), decision.would.map_or_else(none, word));
        }
        if let Some(expected) = expect.capture {
            compare("capture", word(expected), word(decision.capture(Capture::Full)));
        }
        if let Some(expected) = &expect.exceptions {
            let applied: BTreeSet<&String> = decision.excepted.iter().map(|one| &one.by).collect();
            compare("exceptions", list(expected), list(applied));
        }
        if let Some(expected) = &expect.message {
            let loudest = decision.policies.first();
            let said = loudest.and_then(|policy| self.message(policy, story.facts.language.as_deref()));
            if !said.is_some_and(|said| said.contains(expected.as_str())) {
                let got = said.map_or_else(none, str::to_owned);
                differences.push(Difference { what: "message", expected: expected.clone(), got });
            }
        }
        Told { differences, touched }
    }

    /// The policies that none of `told` touches, sorted.
    #[must_use]
    pub fn untouched<'a>(&self, told: impl IntoIterator<Item = &'a Told>) -> Vec<&str> {
        let touched: BTreeSet<&str> =
            told.into_iter().flat_map(|told| &told.touched).map(String::as_str).collect();
        self.policy.ids().filter(|id| !touched.contains(id)).collect()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: expected {}, got {}", self.what, self.expected, self.got)
    }
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

fn list<T: AsRef<str>>(members: impl IntoIterator<Item = T>) -> String {
    let members: Vec<String> = members.into_iter().map(|member| member.as_ref().to_owned()).collect();
    if members.is_empty() { none() } else { members.join(", ") }
}

fn none() -> String {
    "none".to_owned()
}
