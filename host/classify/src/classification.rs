//! What the engine says of one prompt.

use serde::{Deserialize, Serialize};
use shared_protocol::{Finding, Label, TopicScore};

/// A finding in the name of a file. A name is text too (`jane.doe@example.com.pdf`), but it is no part's text, so
/// there is no span that an edit could replace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameFinding {
    /// What it is.
    pub label: Label,
    /// 0 to 1.
    pub confidence: f32,
    /// Its mask.
    pub mask: String,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// In the text of the parts, sorted by part and start, not overlapping.
    pub findings: Vec<Finding>,
    /// In the names of files, each name once.
    pub names: Vec<NameFinding>,
    /// The eight built-in topics, in the order of the vocabulary.
    pub topics: Vec<TopicScore>,
    /// Which engines answered.
    pub engines: Vec<String>,
}
