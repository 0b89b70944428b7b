//! How much program text is seen as such, and how often its language is told right: files of folders, cut into pieces of
//! 5 to 40 lines.
//!
//! `cargo run --release -p host-classify --example languages -- DIR…`. Nothing of the files is kept or printed.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use host_classify::Engine;
use shared_protocol::{Level, Operation, Part, PartKind, Prompt, Topic};

/// Endings of files, and the labels that are right for them.
const ENDINGS: [(&str, &[&str]); 32] = [
    ("py", &["code.python"]),
    ("rs", &["code.rust"]),
    ("js", &["code.javascript"]),
    ("mjs", &["code.javascript"]),
    ("ts", &["code.typescript", "code.javascript"]),
    ("tsx", &["code.typescript", "code.javascript"]),
    ("java", &["code.java"]),
    ("c", &["code.c"]),
    ("h", &["code.c", "code.cpp"]),
    ("cc", &["code.cpp"]),
    ("cpp", &["code.cpp"]),
    ("hpp", &["code.cpp"]),
    ("cs", &["code.csharp"]),
    ("go", &["code.go"]),
    ("rb", &["code.ruby"]),
    ("php", &["code.php"]),
    ("swift", &["code.swift"]),
    ("kt", &["code.kotlin"]),
    ("scala", &["code.scala"]),
    ("sql", &["code.sql"]),
    ("sh", &["code.shell"]),
    ("bash", &["code.shell"]),
    ("ps1", &["code.powershell"]),
    ("html", &["code.html"]),
    ("css", &["code.css"]),
    ("yml", &["code.yaml"]),
    ("yaml", &["code.yaml"]),
    ("tf", &["code.terraform"]),
    ("R", &["code.r"]),
    ("lua", &["code.lua"]),
    ("pl", &["code.perl"]),
    ("pm", &["code.perl"]),
];

/// Most pieces of one kind.
const MOST: usize = 1_500;

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::builtin()?.without_encoder(host_classify::encoder::EncoderError::Foreign);
    let mut pieces: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for folder in std::env::args().skip(1) {
        walk(Path::new(&folder), &mut pieces);
    }
    println!("{:>6} {:>7} {:>15} {:>15}  told as", "ending", "pieces", "seen as code", "right language");
    for (ending, pieces) in &pieces {
        let right = ENDINGS.iter().find(|(other, _)| other == ending).map_or(&[][..], |(_, right)| right);
        let (mut seen, mut told) = (0, BTreeMap::<String, usize>::new());
        for piece in pieces {
            let mut prompt = Prompt::new(Operation::SendPrompt);
            prompt.parts.push(Part { kind: PartKind::Text, name: None, text: piece.as_str().into() });
            let found = engine.classify(&prompt);
            let topic = found.topics.iter().find(|score| score.topic == Topic::ContentSourceCode);
            seen += usize::from(topic.is_some_and(|score| score.level >= Level::Medium));
            let label = found.findings.iter().find(|finding| finding.label.as_str().starts_with("code."));
            if let Some(label) = label {
                *told.entry(label.label.as_str().to_owned()).or_default() += 1;
            }
        }
        let correct: usize = right.iter().filter_map(|label| told.get(*label)).sum();
        let percent = |count: usize| 100.0 * count as f64 / pieces.len() as f64;
        let mut others: Vec<_> = told.iter().filter(|(label, _)| !right.contains(&label.as_str())).collect();
        others.sort_by_key(|(_, count)| usize::MAX - **count);
        let others: Vec<String> =
            others.iter().take(4).map(|(label, count)| format!("{label} {count}")).collect();
        println!(
            "{ending:>6} {:>7} {:>14.1}% {:>14.1}%  {}",
            pieces.len(),
            percent(seen),
            percent(correct),
            others.join(", ")
        );
    }
    Ok(())
}

fn walk(folder: &Path, pieces: &mut BTreeMap<&'static str, Vec<String>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.is_symlink() {
            walk(&path, pieces);
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let Some((ending, _)) = ENDINGS.iter().find(|(other, _)| *other == ending) else { continue };
        let mine = pieces.entry(ending).or_default();
        if mine.len() >= MOST {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let lines: Vec<&str> = text.lines().collect();
        // A few pieces of a file, of lengths that differ from file to file.
        for at in 0..3 {
            let length = 5 + (lines.len() * 7 + at * 13) % 36;
            let start = lines.len() * at / 3;
            let piece = lines.iter().skip(start).take(length).copied().collect::<Vec<_>>().join("\n");
            if piece.lines().filter(|line| !line.trim().is_empty()).count() >= 4 {
                mine.push(piece);
            }
        }
    }
}
