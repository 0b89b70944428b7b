//! What a table of a million cells costs on this machine: time to make and to read it, bytes, resident memory, and how long a
//! text takes beside the classifier without it.
//!
//! `cargo run --release -p host-classify --example exact`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::time::Instant;

use host_classify::Engine;
use host_classify::exact::{Column, EXACT, Grades, Key, Kind, TableSpec, Weak, build, pieces};
use shared_protocol::{Operation, Part, PartKind, Prompt, Topic};

const ROWS: u64 = 250_000;
const BYTES: usize = 100_000;
const RUNS: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let csv = csv();
    let column = |name: &str, kind, alone| Column { name: name.to_owned(), kind, alone, least: None };
    let spec = TableSpec {
        words: "customer data".to_owned(),
        topics: vec![Topic::Custom("customers".to_owned())],
        levels: Grades { low: None, medium: Some(1), high: Some(5) },
        columns: vec![
            column("no", Kind::Number, true),
            column("name", Kind::Name, false),
            column("city", Kind::Text, false),
            column("mail", Kind::Email, true),
        ],
        pairs: vec![([1, 2], 80)],
        separator: None,
        weak: Weak::Skip,
    };
    let start = Instant::now();
    let built = build(&spec, &csv, &Key::of_sources([csv.as_bytes()]))
        .map_err(|problems| problems.first().map_or_else(String::new, |one| one.message.clone()))?;
    println!("{} rows, {} cells: {:.2} s to make", built.rows, built.cells, start.elapsed().as_secs_f64());
    println!("{:.2} MB in the bundle", mega(built.bytes.len()));
    drop(csv);
    let plain = Engine::builtin()?;
    let before = resident();
    let start = Instant::now();
    let files = pieces(EXACT, "customers", &built.bytes);
    let files = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    let with = Engine::builtin()?.with_exact(files)?;
    println!(
        "read in {:.1} ms, resident before {before}, after {}",
        1e3 * start.elapsed().as_secs_f64(),
        resident()
    );
    let prose =
        "Please rewrite this paragraph for the board, and keep the order of the 3 arguments (see page 12). ";
    let mixed =
        "Ask jane.doe@example.com or +1 415-555-0132 about invoice 2024-000123 of 12.05.2024, 4,500.00 EUR. ";
    for (name, piece) in
        [("prose", prose), ("with findings", mixed), ("one name again and again", "Ada Berg Husum ")]
    {
        for size in [1_000, BYTES] {
            let mut prompt = Prompt::new(Operation::SendPrompt);
            let text = piece.repeat(size / piece.len());
            prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
            println!(
                "{name:>25}, {size:>6} bytes: {:8.3} ms without, {:8.3} ms with",
                best(&plain, &prompt),
                best(&with, &prompt)
            );
        }
    }
    Ok(())
}

fn best(engine: &Engine, prompt: &Prompt) -> f64 {
    let run = |_| {
        let start = Instant::now();
        let _found = engine.classify(prompt);
        1e3 * start.elapsed().as_secs_f64()
    };
    (0..RUNS).map(run).fold(f64::MAX, f64::min)
}

/// Invented customers: four cells a row.
fn csv() -> String {
    let firsts = ["Ada", "Ben", "Ines", "Jorge", "Mei", "Olu", "Pia", "Tomas", "Uma", "Yara"];
    let lasts = ["Berg", "Costa", "Diallo", "Eriksen", "Fuchs", "Garcia", "Haas", "Ito", "Kaya", "Lindqvist"];
    let cities = ["Husum", "Porto", "Lyon", "Bergen", "Graz", "Osaka", "Leeds", "Gent", "Kiel", "Turku"];
    let mut state = 7_u64;
    let mut next = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % most).unwrap_or_default()
    };
    let mut csv = String::from("no,name,city,mail\n");
    for row in 0..ROWS {
        let mut word = |words: &[&'static str]| words.get(next(10)).copied().unwrap_or_default();
        let (first, last, city) = (word(&firsts), word(&lasts), word(&cities));
        let number = 1_000_000_000 + next(900_000_000);
        csv.push_str(&format!("HX-{number},{first} {last}{row},{city},{first}.{last}{row}@heron.example\n"));
    }
    csv
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// What the kernel says of this process; Linux only.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}
