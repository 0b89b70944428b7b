//! How long the durable append of a judgement and its release takes, on the disk of a given folder.
//!
//! `cargo run --release -p host-journal --example append -- [FOLDER] [COUNT]` prints percentiles in microseconds
//! and what a row takes on the disk. It measures one writer; it asserts nothing.

#![expect(clippy::print_stdout, reason = "prints its figures")]

use std::path::PathBuf;
use std::time::Instant;

use host_journal::{Entry, FactsJson, JournalError, Judged, NewRow, Released, Salt, Sealed, append};
use host_store::Store;
use shared_protocol::{Action, App, Capture, EventId, Mode, Operation, Outcome, PolicySource, Prompt};

/// Base64 of a sealed prompt of 1,000 characters.
const BLOB: usize = 1_600;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let scratch = std::env::temp_dir().join(format!("promptgate-append-{}", std::process::id()));
    let folder = arguments.next().map_or_else(|| scratch.clone(), PathBuf::from);
    let count: u64 = arguments.next().and_then(|count| count.to_str()?.parse().ok()).unwrap_or(1_000);
    let store = Store::open(&folder, Store::BUSY)?;
    let mut took = Vec::new();
    for number in 0..count {
        let rows = rows(number)?;
        let start = Instant::now();
        store.write::<_, JournalError>(|tx| append(tx, "bench", &rows))?;
        took.push(start.elapsed().as_micros());
    }
    took.sort_unstable();
    for percent in [50, 95, 99, 100] {
        let place = (took.len() * percent / 100).min(took.len().saturating_sub(1));
        println!("p{percent}: {} us", took.get(place).copied().unwrap_or_default());
    }
    drop(store);
    let bytes = std::fs::metadata(folder.join(host_store::FILE))?.len();
    println!("{count} appends of two rows, {} bytes each on the disk", bytes / count.max(1));
    if folder == scratch {
        std::fs::remove_dir_all(scratch)?;
    }
    Ok(())
}

fn rows(number: u64) -> Result<[NewRow; 2], Box<dyn std::error::Error>> {
    // Other ids in every run, so that a folder can be used again.
    let event = EventId::try_from(format!("{:08x}-0000-4000-8000-{number:012x}", std::process::id()))?;
    let mut judged =
        Judged::new(Action::Allow, Outcome::Release, Mode::Enforce, PolicySource::Bundle, Capture::Full);
    judged.facts = Some(FactsJson::new(format!("{{\"labels\":\"{}\"}}", "x".repeat(600)).as_bytes())?);
    let row = |entry, sealed| NewRow {
        at: number,
        event: Some(event.clone()),
        app: Some(App::new("chatgpt")),
        person: "local:1000".to_owned(),
        entry,
        sealed,
        salt: Salt::new([7; 32]),
    };
    let sealed = Sealed { key_id: "0011223344556677".to_owned(), blob: "A".repeat(BLOB) };
    let judged = judged.about(&Prompt::new(Operation::SendPrompt));
    Ok([
        row(Entry::Judged(Box::new(judged)), vec![sealed]),
        row(Entry::Released(Released { edited: false }), Vec::new()),
    ])
}
