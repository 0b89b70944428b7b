//! A table that a terminal and a program can read.

use std::fmt;

use serde_json::{Value, json};

/// Rows under a title.
#[derive(Debug)]
pub(crate) struct Table {
    /// What it shows.
    pub(crate) title: String,
    /// Names of the columns.
    pub(crate) columns: Vec<&'static str>,
    /// The cells, as shown.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// The table for a program.
    pub(crate) fn json(&self) -> Value {
        let row = |row: &Vec<String>| -> Value {
            let cells = self.columns.iter().zip(row);
            cells
                .map(|(name, cell)| ((*name).to_owned(), Value::from(cell.as_str())))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        json!({ "title": self.title, "rows": self.rows.iter().map(row).collect::<Vec<_>>() })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}\n", self.title)?;
        writeln!(out, "| {} |", self.columns.join(" | "))?;
        writeln!(out, "|{}", " --- |".repeat(self.columns.len()))?;
        for row in &self.rows {
            writeln!(out, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// A figure with three places, or that there is none.
pub(crate) fn figure(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}
