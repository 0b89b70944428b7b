//! How well the findings agree with spans that somebody marked, and how many harmless prompts are told as personal.
//!
//! `cargo run --release -p host-classify --example spans -- --data DIR`, where DIR holds `train/` and `tune/` with one
//! `data.jsonl` a source: lines of `{"text", "spans": [[start, end, kind]]}` in code points. Nothing of it is kept.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use host_classify::Engine;
use serde::Deserialize;
use shared_protocol::{Finding, Level, Operation, Part, PartKind, Prompt, Topic};

#[derive(Deserialize)]
struct Row {
    text: String,
    #[serde(default)]
    spans: Vec<(usize, usize, String)>,
}

/// A kind of span, and the labels that mean the same.
const KINDS: [(&str, &[&str]); 9] = [
    ("PERSON", &["pii.name"]),
    ("ADDRESS", &["pii.postal-address"]),
    ("CREDIT_CARD", &["pii.payment-card"]),
    ("PHONE_NUMBER", &["pii.phone"]),
    ("EMAIL_ADDRESS", &["pii.email"]),
    ("US_SSN", &["pii.us-ssn"]),
    ("IBAN_CODE", &["pii.iban"]),
    ("US_DRIVER_LICENSE", &["pii.driving-licence"]),
    ("IP_ADDRESS", &["pii.ip-address"]),
];

/// Sources of prompts without anything personal in them, or next to nothing.
const HARMLESS: [&str; 7] = [
    "train/arena-hard-v0.1",
    "train/self-instruct-seed",
    "train/awesome-chatgpt-prompts",
    "train/banking77-train",
    "train/cyberseceval-instruct-benign-coding",
    "tune/mt-bench",
    "tune/vicuna-bench",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--data").skip(1);
    let data = arguments.next().ok_or("name the folder with --data DIR")?;
    let shown = std::env::args().any(|argument| argument == "--show");
    let engine = Engine::builtin()?.without_encoder(host_classify::encoder::EncoderError::Foreign);
    let rows = read(&Path::new(&data).join("train/presidio-generated-large"))?;
    println!(
        "{:>18} {:>6} {:>9} {:>7} {:>7}   (a span counts as found where a finding overlaps it)",
        "kind", "spans", "precision", "recall", "F1"
    );
    let mut scores: BTreeMap<&str, [u32; 4]> = BTreeMap::new();
    for row in &rows {
        let found = classify(&engine, &row.text).0;
        for (kind, labels) in KINDS {
            let mine: Vec<&Finding> =
                found.iter().filter(|one| labels.contains(&one.label.as_str())).collect();
            let spans: Vec<_> = row.spans.iter().filter(|(.., other)| is(kind, other)).collect();
            let score = scores.entry(kind).or_default();
            let overlaps = |finding: &Finding, span: &(usize, usize, String)| {
                finding.start < span.1 && span.0 < finding.end
            };
            let hit = spans.iter().filter(|span| mine.iter().any(|finding| overlaps(finding, span))).count();
            let right =
                mine.iter().filter(|finding| spans.iter().any(|span| overlaps(finding, span))).count();
            for (total, more) in score.iter_mut().zip([spans.len(), hit, mine.len(), right]) {
                *total += u32::try_from(more)?;
            }
        }
    }
    for (kind, [spans, hit, told, right]) in scores {
        let part = |one: u32, of: u32| if of == 0 { 0.0 } else { f64::from(one) / f64::from(of) };
        let (precision, recall) = (part(right, told), part(hit, spans));
        let f1 =
            if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        println!("{kind:>18} {spans:>6} {precision:>9.3} {recall:>7.3} {f1:>7.3}");
    }
    println!();
    println!(
        "{:>42} {:>6}  rows at medium or above, by topic; rows with any finding",
        "harmless source", "rows"
    );
    for source in HARMLESS {
        let rows = read(&Path::new(&data).join(source))?;
        let (mut raised, mut any) = (BTreeMap::<String, u32>::new(), 0);
        for row in &rows {
            let (found, levels) = classify(&engine, &row.text);
            any += u32::from(!found.is_empty());
            for topic in &levels {
                *raised.entry(String::from(topic.clone())).or_default() += 1;
            }
            if shown && !levels.is_empty() {
                let labels: Vec<&str> = found.iter().map(|finding| finding.label.as_str()).collect();
                println!("    {labels:?}");
            }
        }
        let told: Vec<String> = raised.iter().map(|(topic, count)| format!("{topic} {count}")).collect();
        println!("{source:>42} {:>6}  {}; {any}", rows.len(), told.join(", "));
    }
    Ok(())
}

/// Addresses are marked in pieces, towns among them.
fn is(kind: &str, other: &str) -> bool {
    kind == other
}

fn read(folder: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let text = fs::read_to_string(folder.join("data.jsonl"))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn classify(engine: &Engine, text: &str) -> (Vec<Finding>, Vec<Topic>) {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    let found = engine.classify(&prompt);
    let raised =
        found.topics.into_iter().filter(|score| score.level >= Level::Medium).map(|score| score.topic);
    (found.findings, raised.collect())
}
