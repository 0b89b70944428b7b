//! Comma-separated values (RFC 4180): a line of names, then a line for each row.
//!
//! INVARIANT: a spreadsheet runs nothing of it: a text that begins like a formula (`=`, `+`, `-`, `@`, a tab or a
//! carriage return) gets an apostrophe before it.
//! <https://owasp.org/www-community/attacks/CSV_Injection>

use super::Outgoing;
use super::table::{COLUMNS, Of};

/// The line of names, with its end.
#[must_use]
pub fn csv_head() -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    format!("{}\r\n", names.join(","))
}

/// A row's line, with its end.
#[must_use]
pub fn csv_line(row: &Outgoing) -> String {
    let cells = COLUMNS.iter().map(|column| match column.of {
        Of::Text(text) => text(row).map(|text| quoted(&guarded(text))).unwrap_or_default(),
        Of::Number(number) => number(row).to_string(),
        Of::Time(_) => row.time(),
        Of::Flag(flag) => flag(row).to_string(),
    });
    format!("{}\r\n", cells.collect::<Vec<_>>().join(","))
}

fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
