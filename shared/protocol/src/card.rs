//! What the card beside the composer shows. Drawn in a frame that the page cannot read.

use serde::{Deserialize, Serialize};

use crate::{Action, FilePlace, Label, Text, UnreadFile};

/// How loud a policy's message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Low,
    /// Worth a stop.
    #[default]
    Medium,
    /// Serious.
    High,
}

/// A policy that took part in the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPolicy {
    /// Its `@id`.
    pub id: String,
    /// Its `@message`, written by the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Its `@link`, https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Its `@severity`.
    #[serde(default)]
    pub severity: Severity,
}

/// A group of equal findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFinding {
    /// What it is.
    pub label: Label,
    /// How often.
    pub count: usize,
    /// The masks of the first few.
    pub masks: Vec<String>,
    /// The places of the first few that are in attached files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<FilePlace>,
}

/// An attached file that the decision is about: something was found in it, or it could not be read. A file is not
/// redacted; it is taken away, or the request goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFile {
    /// Its name; absent when the request does not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Why it, or a part of it, could not be read; absent when it was read whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<UnreadFile>,
    /// Something was found in it.
    #[serde(default)]
    pub found: bool,
}

/// The card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The decision's label.
    pub action: Action,
    /// Why: the determining policies, loudest first. Empty when a fail setting decided.
    pub policies: Vec<CardPolicy>,
    /// What was found.
    pub findings: Vec<CardFinding>,
    /// The answers the verdict permits.
    pub may_edit: bool,
    /// Redact and send.
    pub may_redact: bool,
    /// Justify and send; with `may_redact`, a reason goes with the redacted text.
    pub may_justify: bool,
    /// Send anyway.
    pub may_send: bool,
    /// A one-time code that the organisation signed is taken; beside `block`, the question is asked for its sake.
    #[serde(default)]
    pub may_code: bool,
    /// The host takes the report that this verdict is a mistake.
    #[serde(default)]
    pub may_report: bool,
    /// The attached files that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<CardFile>,
}
