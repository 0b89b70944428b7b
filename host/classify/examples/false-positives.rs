//! Counts what is found in the text files under a folder, by label: in real code nearly all of it is false.
//!
//! `cargo run --release -p host-classify --example false-positives -- DIR… [--show LABEL] [--family secret.]`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use host_classify::Engine;
use shared_protocol::{Operation, Part, PartKind, Prompt};

/// Longest file, in bytes: what is larger is no code.
const LONGEST: u64 = 2_000_000;
/// How much of the line around a finding `--show` prints, in characters.
const AROUND: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut folders, mut show, mut family) = (Vec::new(), None, String::from("secret."));
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--show" => show = words.next(),
            "--family" => family = words.next().unwrap_or_default(),
            _ => folders.push(PathBuf::from(word)),
        }
    }
    let engine = Engine::builtin()?.without_encoder(host_classify::encoder::EncoderError::Foreign);
    let mut files = Vec::new();
    folders.iter().for_each(|folder| below(folder, &mut files));
    files.sort();
    let (mut bytes, mut counts, mut seconds, mut flagged) = (0, BTreeMap::new(), 0.0, 0);
    for file in &files {
        let Ok(text) = fs::read_to_string(file) else { continue };
        bytes += text.len();
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.as_str().into() });
        let start = Instant::now();
        let findings = engine.classify(&prompt).findings;
        seconds += start.elapsed().as_secs_f64();
        let findings: Vec<_> =
            findings.iter().filter(|finding| finding.label.as_str().starts_with(&family)).collect();
        flagged += usize::from(!findings.is_empty());
        for finding in findings {
            *counts.entry(finding.label.as_str().to_owned()).or_insert(0) += 1;
            if show.as_deref() == Some(finding.label.as_str()) {
                let around = text.chars().skip(finding.start.saturating_sub(AROUND));
                let around: String =
                    around.take(finding.end - finding.start + 2 * AROUND).take(240).collect();
                println!("{}: {}", file.display(), around.replace('\n', "⏎"));
            }
        }
    }
    for (label, count) in &counts {
        println!("{count:>7} {label}");
    }
    let total: usize = counts.values().sum();
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{total:>7} in {flagged} of {} files, {megabytes:.1} MB, {:.1} MB/s",
        files.len(),
        megabytes / seconds
    );
    Ok(())
}

/// Files below `path`; links are not followed.
fn below(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        match entry.metadata() {
            Ok(kind) if kind.is_dir() => below(&entry.path(), files),
            Ok(kind) if kind.is_file() && kind.len() <= LONGEST => files.push(entry.path()),
            _ => {}
        }
    }
}
