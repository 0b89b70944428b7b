//! How a request and an interaction ended, as the extension says it.

use serde::{Deserialize, Serialize};

/// Why the extension ended a request itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedReason {
    /// The redacted text could not be put back.
    EditFailed,
    /// The page took its request back.
    Aborted,
    /// The tab was closed or left.
    Closed,
    /// Machine time ran out in the extension.
    Deadline,
}

/// How an interaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// A terminal event was seen.
    Complete,
    /// The page or person stopped it.
    Aborted,
    /// The stream stopped without a terminal event.
    Incomplete,
    /// The network failed.
    Network,
    /// The tab was closed or left.
    Closed,
    /// The site refused it (a status of 400 or above).
    SiteRefused,
    /// The operation has no answer.
    NoAnswer,
}
