//! The sites and browsers that are known.

use serde::{Deserialize, Serialize};

/// A site of the data in `shared/sites`: `chatgpt`, `gemini`, `claude`, `perplexity`. An open set: a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct App(pub String);

impl App {
    /// The app with this id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Its id, as written in policies and records.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A browser the extension runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Browser {
    /// Brave.
    Brave,
    /// Google Chrome.
    Chrome,
    /// Chromium as a distribution packages it.
    Chromium,
    /// Microsoft Edge.
    Edge,
    /// Mozilla Firefox.
    Firefox,
}
