//! `cargo run --release -p models-train -- --data DIR [--out FILE]`: trains the linear model and writes its file.
//!
//! `--write DIR` writes the written examples as JSON lines instead; `--data DIR --pieces VOCABULARY FILE` what the encoder's training
//! in `train/encoder` reads; `--background FILE` what custom topics are told from.

#![expect(clippy::print_stdout, reason = "a command prints")]

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use models_train::fit::{Settings, fit};
use models_train::reading::Reading;
use models_train::row::{Row, TOPICS, Truth};
use models_train::{background, calibrate, data, pieces, written};

fn main() -> Result<()> {
    let (mut folder, mut out) = (None, PathBuf::from("models/active/linear.bin"));
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut path = || words.next().map(PathBuf::from).with_context(|| format!("{word} wants a path"));
        match word.as_str() {
            "--data" => folder = Some(path()?),
            "--out" => out = path()?,
            "--write" => return write(&path()?),
            "--background" => return background::write(&path()?),
            "--pieces" => {
                let (vocabulary, to) = (path()?, path()?);
                let folder = folder.context("--data DIR comes before --pieces")?;
                return pieces::write(&folder, &vocabulary, &to);
            }
            other => bail!(
                "`{other}` is none of --data DIR, --out FILE, --write DIR, --pieces VOCABULARY FILE, --background FILE"
            ),
        }
    }
    let folder =
        folder.context("--data DIR: where `train` and `tune` are; models/README.md lists the sets")?;
    let sets = data::read(&folder)?;
    let rows: Vec<Row> = [sets.train, written::rows()?].concat();
    let readings: Vec<Reading> = rows.iter().map(|row| Reading::of(&row.text)).collect();
    let train = |is_in: &dyn Fn(&Row) -> bool| {
        let both = rows.iter().zip(&readings).filter(|(row, _)| is_in(row));
        let (rows, readings): (Vec<&Row>, Vec<&Reading>) = both.unzip();
        fit(&rows, &readings, &Settings::default())
    };
    println!("{} rows", rows.len());
    let is_kept_out = |row: &Row| calibrate::KEPT_OUT.contains(&row.source.as_str());
    let calibration: Vec<&Row> = rows.iter().filter(|row| is_kept_out(row)).chain(&sets.tune).collect();
    let bytes = calibrate::file(&train(&|_| true), &train(&|row| !is_kept_out(row)), &calibration);
    fs::write(&out, &bytes).with_context(|| out.display().to_string())?;
    println!("{}: {} bytes", out.display(), bytes.len());
    Ok(())
}

/// The written examples, for a reader.
fn write(folder: &std::path::Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut lines = String::new();
    for row in written::rows()? {
        let topics = TOPICS.into_iter().zip(row.truth).filter(|(_, truth)| *truth == Truth::Yes);
        let topics: Vec<String> = topics.map(|(topic, _)| topic.into()).collect();
        let line = serde_json::json!({"source": row.source, "topics": topics, "text": row.text});
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    fs::write(folder.join("written.jsonl"), lines)?;
    for (source, count) in written::counts()? {
        println!("{count:6} {source}");
    }
    Ok(())
}
