//! Ordinary sentences, against which it is told how much a text is like the examples of a custom topic.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use host_classify::encoder::{Background, builtin};
use host_classify::linear::plain;

use crate::random::Random;
use crate::row::Truth;
use crate::written;

/// How many: one in a hundred of them is four.
const MANY: usize = 400;

/// Longest sentence, in characters.
const LONGEST: usize = 240;

/// Written examples of no topic, the same ones every time.
///
/// # Errors
/// When a grammar does not parse.
pub fn sentences() -> Result<Vec<String>> {
    let is_plain = |truth: &[Truth]| truth.iter().all(|truth| *truth == Truth::No);
    let rows = written::rows()?.into_iter();
    let mut plain: Vec<String> = rows
        .filter(|row| is_plain(&row.truth) && row.text.chars().count() < LONGEST)
        .map(|row| row.text)
        .collect();
    Random::named("background").shuffle(&mut plain);
    plain.truncate(MANY);
    Ok(plain)
}

/// Writes where they lie by the committed encoder.
///
/// # Errors
/// When the encoder cannot be used or the file cannot be written.
pub fn write(to: &Path) -> Result<()> {
    let encoder = builtin()?;
    let mut vectors = Vec::new();
    for sentence in sentences()? {
        vectors.extend(encoder.embed(&plain(&sentence)));
    }
    fs::write(to, Background::file(&vectors)).with_context(|| to.display().to_string())
}
