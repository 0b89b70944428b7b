//! What the model says of sources it has not seen: trained anew without them, for each family of sources.
//!
//! A score inside a source says little. Benign sources of every fold are those that no fold trains on, besides the
//! negatives of the source that is left out.

use host_classify::linear::{HEADS, Model, weigh};
use models_train::calibrate;
use models_train::fit::{Settings, family, fit, to_f32};
use models_train::reading::Reading;
use models_train::row::{Row, TOPICS, Truth};

use crate::flags::excerpt;
use crate::metrics::{Scored, at, auc, recall_at};
use crate::table::{Table, figure};

/// Benign sources that no fold trains on.
const ALWAYS: [&str; 5] = ["arena-hard-v0.1", "self-instruct-seed", "mt-bench", "vicuna-bench", "banking77"];

/// Families that are left out, one at a time: the topic they are positives of, the family, and what goes with it.
const FOLDS: [(usize, &str, &[&str]); 8] = [
    (2, "templates", &["awesome-chatgpt-prompts"]),
    (2, "s-labs", &[]),
    (2, "neuralchemy", &[]),
    (2, "written", &[]),
    (1, "cysecbench", &["cyberseceval-instruct-benign-coding"]),
    (1, "advbench-behaviors", &["gptfuzz-questions", "cyberseceval-instruct-benign-coding"]),
    (1, "written", &[]),
    (0, "advbench-behaviors", &["gptfuzz-questions", "presidio-generated-large"]),
];

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Fold {
    /// The topic.
    pub(crate) topic: String,
    /// What was left out.
    pub(crate) family: &'static str,
    /// Positives and negatives.
    pub(crate) counts: (usize, usize),
    /// Of the model: area, recall at 1 % and at 5 %.
    pub(crate) figures: [Option<f64>; 3],
    /// Of the text's length alone: area.
    pub(crate) length: Option<f64>,
    /// Weight and truth of each row.
    pub(crate) scored: Vec<Scored>,
    /// Score and truth, by the calibration on the benign sources that no fold trains on.
    pub(crate) calibrated: Vec<Scored>,
    /// The positives that scored least.
    pub(crate) missed: Vec<String>,
    /// Recall at medium by that calibration.
    pub(crate) at_medium: f64,
}

/// Where a row belongs when families are left out.
fn home(row: &Row) -> &str {
    if row.source.starts_with("written") { "written" } else { family(&row.source) }
}

/// Trains without each family and scores it.
pub(crate) fn leave_out(
    rows: &[Row],
    readings: &[Reading],
    settings: &Settings,
    only: Option<&str>,
) -> Vec<Fold> {
    let mut folds = Vec::new();
    for (head, left_out, beside) in FOLDS {
        let topic = TOPICS.get(head).cloned().map(String::from).unwrap_or_default();
        if only.is_some_and(|only| only != left_out && only != topic) {
            continue;
        }
        let is_out = |row: &Row| home(row) == left_out || beside.contains(&home(row));
        let is_always = |row: &Row| ALWAYS.contains(&home(row));
        let train = rows.iter().zip(readings).filter(|(row, _)| !is_out(row) && !is_always(row));
        let (train_rows, train_readings): (Vec<&Row>, Vec<&Reading>) = train.unzip();
        let fitted = fit(&train_rows, &train_readings, settings);
        let calibration: Vec<&Row> = rows.iter().filter(|row| is_always(row)).collect();
        let bytes = calibrate::file(&fitted, &fitted, &calibration);
        let Ok(model) = Model::parse(&bytes) else { continue };
        // Of a large benign source every tenth row, so that it does not outweigh the others.
        let rows: Vec<&Row> = rows
            .iter()
            .enumerate()
            .filter(|(number, row)| {
                is_out(row) || (is_always(row) && (home(row) != "banking77" || number % 20 == 0))
            })
            .map(|(_, row)| row)
            .filter(|row| row.of(head) != Truth::Unknown)
            .collect();
        let score = |row: &&Row| {
            let weights = weigh(&model, &row.text);
            let of_head = |all: [f32; HEADS]| all.get(head).copied().unwrap_or_default();
            let yes = row.of(head) == Truth::Yes;
            ((of_head(weights), yes), (of_head(model.scores(&weights)), yes))
        };
        let (scored, calibrated): (Vec<Scored>, Vec<Scored>) = rows.iter().map(score).unzip();
        let length = |row: &&Row| (to_f32(row.text.chars().count()), row.of(head) == Truth::Yes);
        let lengths: Vec<Scored> = rows.iter().map(length).collect();
        let positives = scored.iter().filter(|(_, yes)| *yes).count();
        let mut missed: Vec<(f32, &str)> = scored
            .iter()
            .zip(&rows)
            .filter(|((_, yes), _)| *yes)
            .map(|((score, _), row)| (*score, row.text.as_str()))
            .collect();
        missed.sort_by(|one, other| one.0.total_cmp(&other.0));
        // Not the very last ones: those are often no text at all.
        let missed = missed.iter().skip(missed.len() / 20).step_by(missed.len() / 40 + 1).take(12);
        folds.push(Fold {
            missed: missed.map(|(_, text)| excerpt(text)).collect(),
            topic,
            family: left_out,
            counts: (positives, scored.len() - positives),
            figures: [auc(&scored), recall_at(&scored, 0.01), recall_at(&scored, 0.05)],
            length: auc(&lengths).map(|area| area.max(1.0 - area)),
            at_medium: at(&calibrated, 0.5).1,
            scored,
            calibrated,
        });
    }
    folds
}

/// The folds as a table.
pub(crate) fn table(folds: &[Fold]) -> Table {
    let row = |fold: &Fold| {
        let [area, one, five] = fold.figures.map(figure);
        let (positives, negatives) = fold.counts;
        let mut cells =
            vec![fold.topic.clone(), fold.family.to_owned(), positives.to_string(), negatives.to_string()];
        cells.extend([area, one, five, figure(Some(fold.at_medium)), figure(fold.length)]);
        cells
    };
    Table {
        title: "sources left out, each scored by a model that was trained without it".to_owned(),
        columns: vec![
            "topic",
            "left out",
            "positives",
            "negatives",
            "AUC",
            "recall at 1 %",
            "recall at 5 %",
            "recall at medium",
            "AUC of length",
        ],
        rows: folds.iter().map(row).collect(),
    }
}

/// Positives that a model which has not seen their source scores low.
pub(crate) fn missed(folds: &[Fold]) -> Table {
    let rows = folds.iter().flat_map(|fold| {
        fold.missed.iter().map(|text| vec![fold.topic.clone(), fold.family.to_owned(), text.clone()])
    });
    Table {
        title: "positives of sources left out that score low".to_owned(),
        columns: vec!["topic", "left out", "text"],
        rows: rows.collect(),
    }
}
