//! Rows as the encoder reads them, for its training: `host_classify` cuts the text, so that what is trained is what runs.
//!
//! Lines of JSON: `{"source", "split", "truth": [1 | 0 | -1 for each topic], "belief", "length", "linear": {FOLD: [log odds]},
//! "windows": [{"pieces", "ends"}]}`, where `linear` is what a linear model says that was trained without the families of the fold.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context, Result};
use host_classify::encoder::{WordPiece, windows};
use host_classify::linear::{self, Model, plain, weigh};
use serde_json::json;

use crate::fit::{Settings, family, fit};
use crate::reading::Reading;
use crate::row::{Row, Truth};
use crate::{calibrate, data, written};

/// Most windows of a row.
const MOST: usize = 40;

/// Families that a fold leaves out together; `train/encoder/rows.py` has the same.
const FOLDS: [(&str, &[&str]); 2] = [
    (
        "one",
        &[
            "s-labs",
            "cysecbench",
            "advbench-behaviors",
            "gptfuzz-questions",
            "cyberseceval-instruct-benign-coding",
        ],
    ),
    ("two", &["neuralchemy", "templates", "awesome-chatgpt-prompts"]),
];

/// Benign sources that no fold trains on.
const ALWAYS: [&str; 5] = ["arena-hard-v0.1", "self-instruct-seed", "mt-bench", "vicuna-bench", "banking77"];

/// The file of a linear model that knows neither the families of a fold nor the benign sources.
fn without(rows: &[Row], readings: &[Reading], families: &[&str]) -> Vec<u8> {
    let is_out = |row: &Row| families.contains(&family(&row.source));
    let is_always = |row: &Row| ALWAYS.contains(&family(&row.source));
    let train = rows.iter().zip(readings).filter(|(row, _)| !is_out(row) && !is_always(row));
    let (train, readings): (Vec<&Row>, Vec<&Reading>) = train.unzip();
    let fitted = fit(&train, &readings, &Settings::default());
    let calibration: Vec<&Row> = rows.iter().filter(|row| is_always(row)).collect();
    calibrate::file(&fitted, &fitted, &calibration)
}

/// Writes all rows under `folder` and the written ones to `to`.
///
/// # Errors
/// When a file cannot be read or written, or the vocabulary is none.
pub fn write(folder: &Path, vocabulary: &Path, to: &Path) -> Result<()> {
    let sets = data::read(folder)?;
    let vocabulary = fs::read_to_string(vocabulary).with_context(|| vocabulary.display().to_string())?;
    let words = WordPiece::new(&vocabulary).context("the vocabulary lacks [UNK] or [CLS]")?;
    let splits = [("train", sets.train), ("tune", sets.tune), ("written", written::rows()?)];
    let rows: Vec<Row> = splits.iter().flat_map(|(_, rows)| rows).cloned().collect();
    let readings: Vec<Reading> = rows.iter().map(|row| Reading::of(&row.text)).collect();
    let files = FOLDS.map(|(name, families)| (name, without(&rows, &readings, families)));
    let mut models = vec![("none", linear::builtin()?)];
    for (name, file) in &files {
        models.push((name, Model::parse(file)?));
    }
    let mut file = BufWriter::new(fs::File::create(to).with_context(|| to.display().to_string())?);
    let mut put = |split: &str, row: &Row| -> Result<()> {
        let mut read = Vec::new();
        windows(&words, &plain(&row.text), |window| {
            read.push(json!({"pieces": window.pieces, "ends": window.ends}));
            read.len() < MOST
        });
        let truth = row.truth.map(|truth| match truth {
            Truth::Yes => 1,
            Truth::No => 0,
            Truth::Unknown => -1,
        });
        let linear: BTreeMap<&str, Vec<f32>> =
            models.iter().map(|(name, model)| (*name, odds(model, &row.text))).collect();
        let line = json!({
            "linear": linear,
            "source": row.source, "split": split, "truth": truth, "belief": row.belief,
            "length": row.text.chars().count(), "windows": read,
        });
        writeln!(file, "{line}").context("cannot write")
    };
    for (split, rows) in &splits {
        rows.iter().try_for_each(|row| put(split, row))?;
    }
    Ok(file.flush()?)
}

/// The log odds of each topic; far below nothing where there is nothing to weigh.
fn odds(model: &Model<'_>, text: &str) -> Vec<f32> {
    let heads = model.heads().iter().zip(weigh(model, text));
    heads.map(|(head, weight)| (weight * head.slope + head.offset).max(-30.0)).collect()
}
