//! Reads the public sets: `DIR/train/<name>/data.jsonl` and `DIR/tune/<name>/data.jsonl`.
//!
//! The rows are nobody's to commit. What is committed are weights, written examples and measured figures.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::relabel::relabel;
use crate::row::Row;

/// Most characters of a text that are looked at.
const MOST: usize = 6_000;

/// A row as the sets have it.
#[derive(Debug, Deserialize)]
pub struct Given {
    /// The text.
    pub text: String,
    /// Its topics in the sets' own words.
    #[serde(default)]
    pub topics: Vec<String>,
    /// What the set calls its kind.
    #[serde(default)]
    pub category: Option<String>,
    /// The file it was in.
    #[serde(default)]
    pub file: Option<String>,
}

/// Rows to learn from and rows to set thresholds by.
#[derive(Debug, Default)]
pub struct Sets {
    /// `train`.
    pub train: Vec<Row>,
    /// `tune`.
    pub tune: Vec<Row>,
}

/// Reads all sets under `folder`; each text once, and none in `train` that stands in `tune`.
///
/// # Errors
/// When the folder is not there or a row is none.
pub fn read(folder: &Path) -> Result<Sets> {
    let mut seen = BTreeSet::new();
    let tune = read_split(&folder.join("tune"), &mut seen)?;
    let train = read_split(&folder.join("train"), &mut seen)?;
    Ok(Sets { train, tune })
}

fn read_split(folder: &Path, seen: &mut BTreeSet<String>) -> Result<Vec<Row>> {
    let wanted = || format!("{}: the sets are expected here", folder.display());
    let mut sets = Vec::new();
    for entry in fs::read_dir(folder).with_context(wanted)? {
        sets.push(entry.with_context(wanted)?.path());
    }
    sets.sort();
    let mut rows = Vec::new();
    for set in sets {
        let file = set.join("data.jsonl");
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let source = set.file_name().unwrap_or_default().to_string_lossy();
        for (number, line) in text.lines().enumerate() {
            let given: Given = serde_json::from_str(line)
                .with_context(|| format!("{}:{}: no row", file.display(), number + 1))?;
            // These come from a collection whose licence is not one of ours.
            if given.file.as_ref().is_some_and(|file| file.to_lowercase().contains("pliny")) {
                continue;
            }
            let given = Given { text: given.text.chars().take(MOST).collect(), ..given };
            let row = relabel(&source, given);
            let key: String = row.text.chars().filter(|char| char.is_alphanumeric()).take(200).collect();
            if seen.insert(key.to_lowercase()) {
                rows.push(row);
            }
        }
    }
    Ok(rows)
}
