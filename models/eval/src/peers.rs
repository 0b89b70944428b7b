//! Detectors that others wrote, beside ours, in the same run on the same rows.
//!
//! They are installed into a folder outside the work tree (`--tools DIR`, which `cargo xtask eval` gives): a Python environment
//! from `models/eval/peers/requirements.txt` and a package for Node.js. One that cannot be installed or does not run stands in
//! the tables as such, and the rest goes on.

mod asks;
mod install;
mod ours;
mod personal;
mod process;
mod rows;
mod secrets;

use std::path::Path;

use anyhow::{Context, Result};
use models_train::written;

use crate::metrics::{Scored, at, auc, recall_at};
use crate::table::{Table, figure};
use process::Answer;

/// Everything about the peers, or `only` what is of `asks`, `personal` or `secrets`; without `data` there are rows only of
/// what is made here.
pub(crate) fn tables(data: Option<&Path>, tools: &Path, only: Option<&str>) -> Result<Vec<Table>> {
    let peers = install::install(tools)?;
    let is_wanted = |kind| only.is_none_or(|only| only == kind);
    let mut tables = Vec::new();
    if let Some(folder) = data.filter(|_| is_wanted("asks")) {
        let sets = models_train::data::read(folder)?;
        let written = written::rows()?;
        tables.extend(asks::tables(&peers, &sets, &written)?);
    }
    if is_wanted("personal") {
        tables.extend(personal::tables(&peers, data)?);
    }
    if is_wanted("secrets") {
        tables.extend(secrets::tables(&peers)?);
    }
    Ok(tables)
}

/// Names of the columns of [`cells`].
const COLUMNS: [&str; 11] = [
    "who",
    "positives",
    "negatives",
    "AUC",
    "recall at 1 %",
    "recall at 5 %",
    "precision",
    "recall",
    "flagged negatives",
    "p50 ms",
    "p95 ms",
];

/// A line of a table: how well `answers` tell the rows apart, by their scores and at their own threshold.
fn cells(who: &str, answers: &[Answer], truth: &[bool]) -> Vec<String> {
    let scored: Vec<Scored> = answers.iter().map(|answer| answer.score).zip(truth.iter().copied()).collect();
    let flag = |answer: &Answer| if answer.flagged { 1.0 } else { 0.0 };
    let flagged: Vec<Scored> = answers.iter().map(flag).zip(truth.iter().copied()).collect();
    let (precision, recall, false_alarms) = at(&flagged, 0.5);
    let positives = truth.iter().filter(|yes| **yes).count();
    let mut cells = vec![who.to_owned(), positives.to_string(), (truth.len() - positives).to_string()];
    cells.extend([auc(&scored), recall_at(&scored, 0.01), recall_at(&scored, 0.05)].map(figure));
    cells.extend([precision, recall, false_alarms].map(|value| figure(Some(value))));
    cells.extend([50, 95].map(|share| time(answers, share)));
    cells
}

/// A line for who could not be asked.
fn missing(who: &str, why: &str, columns: usize) -> Vec<String> {
    let mut cells = vec![who.to_owned(), format!("not run: {why}")];
    cells.resize(columns, "-".to_owned());
    cells
}

/// The time within which so many in a hundred answers came.
fn time(answers: &[Answer], share: usize) -> String {
    let mut times: Vec<f64> = answers.iter().map(|answer| answer.ms).collect();
    times.sort_by(f64::total_cmp);
    let time = times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    time.map_or_else(|| "-".to_owned(), |time| format!("{time:.2}"))
}

/// Rows as a helper program writes them, a line of JSON each.
fn lines<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    let read =
        |(number, line)| serde_json::from_str(line).with_context(|| format!("line {} is no row", number + 1));
    text.lines().enumerate().map(read).collect()
}
