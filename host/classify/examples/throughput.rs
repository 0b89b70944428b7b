//! Megabytes a second on this machine, for ordinary text and for texts that are made to be slow; the best of some runs.
//!
//! `cargo run --release -p host-classify --example throughput`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::time::Instant;

use host_classify::{Engine, RuleError};
use shared_protocol::{Operation, Part, PartKind, Prompt};

const BYTES: usize = 1024 * 1024;
/// Seconds for each text, and runs at least: on a busy machine the best of many is nearest to the truth.
const SECONDS: f64 = 0.7;
const RUNS: usize = 3;

fn main() -> Result<(), RuleError> {
    let start = Instant::now();
    let engine = Engine::builtin()?.without_encoder(host_classify::encoder::EncoderError::Foreign);
    println!("engine built in {:.1} ms", start.elapsed().as_secs_f64() * 1_000.0);
    let prose =
        "Please rewrite this paragraph for the board, and keep the order of the 3 arguments (see page 12). ";
    let mixed =
        "Ask jane.doe@example.com or +1 415-555-0132 about invoice 2024-000123 of 12.05.2024, 4,500.00 EUR. ";
    let code = "let total = rows.iter().map(|row| row.price * 1.19).sum::<f64>(); // 0x7fff_ffff, v1.2.3\n";
    for (name, piece) in [
        ("prose", prose),
        ("with findings", mixed),
        ("code", code),
        ("digits", "4"),
        ("digits and spaces", "4 "),
        ("at signs", "a@"),
        ("key headers", "-----BEGIN PRIVATE KEY-----"),
        ("token beginnings", "eyJaaaaaaaaa-"),
    ] {
        let mut prompt = Prompt::new(Operation::SendPrompt);
        let text = piece.repeat(BYTES / piece.len());
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        let (mut seconds, mut findings) = (f64::MAX, 0);
        let (began, mut runs) = (Instant::now(), 0);
        while runs < RUNS || began.elapsed().as_secs_f64() < SECONDS {
            runs += 1;
            let start = Instant::now();
            findings = engine.classify(&prompt).findings.len();
            seconds = seconds.min(start.elapsed().as_secs_f64());
        }
        println!("{name:>18}: {:7.1} MB/s, {findings} findings", BYTES as f64 / 1e6 / seconds);
    }
    Ok(())
}
