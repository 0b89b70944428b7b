//! The record as a test asks about it.

use serde_json::Value;

/// Rows of `promptgate log list --json`, oldest first.
pub struct Events {
    rows: Vec<Value>,
}

impl Events {
    /// From the command's rows.
    pub fn new(mut rows: Vec<Value>) -> Self {
        rows.sort_by_key(|row| row["seq"].as_u64());
        Self { rows }
    }

    /// Rows of this kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.rows.iter().filter(move |row| row["kind"] == kind)
    }

    /// The judged rows of prompts that were sent with Send.
    pub fn sends(&self) -> impl Iterator<Item = &Value> {
        self.of_kind("judged").filter(|row| row["operation"] == "send-prompt")
    }

    /// The event of the `n`th send, from 0.
    pub fn send(&self, n: usize) -> Option<&str> {
        self.sends().nth(n)?["event"].as_str()
    }

    /// The row of this kind of an event.
    pub fn row(&self, event: &str, kind: &str) -> Option<&Value> {
        self.rows.iter().find(|row| row["event"] == event && row["kind"] == kind)
    }

    /// Whether the `n`th send has a row of this kind.
    pub fn send_has(&self, n: usize, kind: &str) -> bool {
        self.send(n).is_some_and(|event| self.row(event, kind).is_some())
    }

    /// The rows, for messages of tests that failed.
    pub fn lines(&self) -> String {
        self.rows.iter().map(|row| format!("{row}\n")).collect()
    }
}
