//! What is on record about whoever asks, as the extension's own pages show it.
//!
//! INVARIANT: metadata of the person at the keyboard only; no text, no mask.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Action, App, Label, Millis, Operation, Topic};

/// The newest interactions of a person, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    /// How many there are in all.
    pub total: u64,
    /// The newest of them.
    pub items: Vec<MineItem>,
}

/// One interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MineItem {
    /// When.
    pub at: Millis,
    /// Which site.
    pub app: App,
    /// What the person did; absent where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// What was decided; absent where nobody judged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The rules only watched: whatever they would have decided, nothing was stopped.
    #[serde(default)]
    pub watched: bool,
    /// What it is surely about, or asks for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub topics: BTreeSet<Topic>,
    /// What was found, and how often.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Label, u64>,
    /// What became of it.
    pub end: MineEnd,
    /// Something of its text is kept, sealed.
    #[serde(default)]
    pub kept: bool,
    /// How often somebody opened that text.
    #[serde(default)]
    pub opened: u64,
}

/// What became of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MineEnd {
    /// It was sent.
    Sent,
    /// It was sent without what was found.
    Edited,
    /// It was not sent.
    Stopped,
    /// Nobody has answered.
    Open,
}
