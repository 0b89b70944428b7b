//! `policy/source.toml`: how the place answered that bundles come from. For people; nothing is decided by it.

use serde::{Deserialize, Serialize};

/// How it answered last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// Address or file.
    pub(crate) from: String,
    /// When, in seconds since 1970.
    pub(crate) at: i64,
    /// What it said, or what is wrong with it.
    pub(crate) answer: String,
    /// Tries in a row that came to nothing; 0 when it was reached.
    pub(crate) failures: u32,
    /// Whether it tells of a new bundle at once.
    #[serde(default)]
    pub(crate) waits: bool,
}
