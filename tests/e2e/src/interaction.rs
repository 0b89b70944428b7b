//! One interaction as the record tells it.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The rows of one interaction, oldest first: `promptgate log show EVENT --json`.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Its event id.
    pub event: String,
    rows: Vec<Value>,
}

impl Interaction {
    /// From the command's rows.
    pub fn new(event: &str, rows: Vec<Value>) -> Self {
        Self { event: event.to_owned(), rows }
    }

    /// Its rows, oldest first.
    pub fn rows(&self) -> &[Value] {
        &self.rows
    }

    /// The row of this kind.
    pub fn row(&self, kind: &str) -> Option<&Value> {
        self.rows.iter().find(|row| row["kind"] == kind)
    }

    /// Whether it has a row of each of these kinds.
    pub fn has(&self, kinds: &[&str]) -> bool {
        kinds.iter().all(|kind| self.row(kind).is_some())
    }

    /// The judged row.
    pub fn judged(&self) -> Result<&Value> {
        self.row("judged").context("no judged row")
    }

    /// The conversation: the answer knows it best, since a first prompt has none yet.
    pub fn conversation(&self) -> Option<String> {
        let rows = [self.row("response"), self.row("judged")];
        rows.into_iter().flatten().find_map(|row| Some(row["conversation"].as_str()?.to_owned()))
    }

    /// Fails unless the decision was `action`.
    pub fn expect_action(&self, action: &str) -> Result<()> {
        let judged = self.judged()?;
        ensure!(judged["action"] == action, "the action is not {action}: {judged}");
        Ok(())
    }
}
