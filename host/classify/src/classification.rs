//! What the engine says of one prompt.

use serde::{Deserialize, Serialize};
use shared_protocol::{Finding, Label, TopicScore};

use crate::saying::Sayings;

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// In the text of the parts, sorted by part and start. Those of the rules do not overlap each other; one of an
    /// organisation's own values or documents, or the end of a value that began in the prompt before, may lie over them
    /// ([`merged`]).
    pub findings: Vec<Finding>,
    /// In the names of files, each name once.
    pub names: Vec<NameFinding>,
    /// The eight built-in topics, in the order of the vocabulary.
    pub topics: Vec<TopicScore>,
    /// Which engines answered.
    pub engines: Vec<String>,
    /// What the models said of it, for [`Classification::correct`] and to be kept where it was wrong.
    #[serde(skip)]
    pub said: Sayings,
}

/// `findings` (sorted by part and start) without overlaps: where some lie over each other there is one over all of them,
/// called as the longest is.
#[must_use]
pub fn merged<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Finding> {
    let mut merged: Vec<(usize, Finding)> = Vec::new();
    for one in findings {
        let length = one.end.saturating_sub(one.start);
        match merged.last_mut() {
            Some((longest, last)) if last.part == one.part && one.start < last.end => {
                let (start, end) = (last.start, last.end.max(one.end));
                if length > *longest {
                    (*longest, *last) = (length, one.clone());
                }
                (last.start, last.end) = (start, end);
            }
            _ => merged.push((length, one.clone())),
        }
    }
    merged.into_iter().map(|(_, one)| one).collect()
}
