//! How long the durable append of a judgement and its release takes, on the disk of a given folder.
//!
//! `cargo run --release -p host-journal --example append -- [FOLDER] [COUNT] [CALLERS] [PRUNE]` prints percentiles in
//! microseconds for callers that append at the same time, and what a row takes on the disk. With the word `prune`
//! another connection empties old rows meanwhile. It asserts nothing.

#![expect(clippy::print_stdout, reason = "prints its figures")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use host_journal::{
    ChainKey, Entry, FactsJson, JournalError, Judged, NewLine, NewRow, Released, Salt, Sealed, append, begin,
    prune,
};
use host_store::Store;
use shared_protocol::{Action, App, Capture, EventId, Mode, Operation, Outcome, PolicySource, Prompt};

/// Base64 of a sealed prompt of 1,000 characters.
const BLOB: usize = 1_600;

type Done<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Done<()> {
    let mut arguments = std::env::args_os().skip(1);
    let scratch = std::env::temp_dir().join(format!("promptgate-append-{}", std::process::id()));
    let folder = arguments.next().map_or_else(|| scratch.clone(), PathBuf::from);
    let mut number =
        |otherwise: u64| arguments.next().and_then(|it| it.to_str()?.parse().ok()).unwrap_or(otherwise);
    let (count, callers) = (number(1_000), number(1).max(1));
    let store = Store::open(&folder, Store::BUSY)?;
    let sealed = vec![Sealed { key_id: "0011223344556677".to_owned(), blob: "A".repeat(200) }];
    let line = NewLine { at: 0, key: ChainKey::new([9; 32]), sealed, salt: Salt::new([7; 32]) };
    store.write::<_, JournalError>(|tx| begin(tx, "bench", line))?;
    let start = Instant::now();
    let each = |caller: u64| -> Done<Vec<u128>> {
        let mut took = Vec::new();
        for number in 0..count / callers {
            let rows = rows(caller * 1_000_000_000 + number)?;
            let start = Instant::now();
            store.write::<_, JournalError>(|tx| append(tx, "bench", &rows))?;
            took.push(start.elapsed().as_micros());
        }
        Ok(took)
    };
    let pruning = std::env::args().nth(4).is_some_and(|word| word == "prune");
    let over = AtomicBool::new(false);
    let done: Vec<Done<Vec<u128>>> = std::thread::scope(|scope| {
        let (each, over, folder) = (&each, &over, &folder);
        if pruning {
            scope.spawn(move || prune_until(folder, over));
        }
        let all: Vec<_> = (0..callers).map(|caller| scope.spawn(move || each(caller))).collect();
        let done = all.into_iter().map(|one| one.join().unwrap_or_else(|_| Err("a caller panicked".into())));
        let done = done.collect();
        over.store(true, Ordering::Relaxed);
        done
    });
    let seconds = start.elapsed().as_secs_f64();
    let mut took = Vec::new();
    for one in done {
        took.extend(one?);
    }
    took.sort_unstable();
    let percentile =
        |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1))).copied();
    println!(
        "{callers} callers: p50 {} us, p95 {} us, p99 {} us, most {} us; {:.0} appends a second",
        percentile(50).unwrap_or_default(),
        percentile(95).unwrap_or_default(),
        percentile(99).unwrap_or_default(),
        percentile(100).unwrap_or_default(),
        took.len() as f64 / seconds,
    );
    drop(store);
    let bytes = std::fs::metadata(folder.join(host_store::FILE))?.len();
    println!("{} appends of two rows, {} bytes each on the disk", took.len(), bytes / count.max(1));
    if folder == scratch {
        std::fs::remove_dir_all(scratch)?;
    }
    Ok(())
}

/// As the host does in the background: few rows, then some pages, then a pause.
fn prune_until(folder: &Path, over: &AtomicBool) -> Option<()> {
    let store = Store::open(folder, Duration::from_millis(5)).ok()?;
    let (mut rows, mut steps) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        steps += 1;
        // Busy: it comes back.
        rows += store.write(|tx| prune(tx, u64::MAX, 16)).unwrap_or(0);
        let _room = store.write(|tx| tx.shrink(64));
        std::thread::sleep(Duration::from_millis(25));
    }
    println!("pruned {rows} rows meanwhile in {steps} steps");
    Some(())
}

fn rows(number: u64) -> Done<[NewRow; 2]> {
    // Other ids in every run, so that a folder can be used again.
    let event = EventId::try_from(format!("{:08x}-0000-4000-8000-{number:012x}", std::process::id()))?;
    let mut judged =
        Judged::new(Action::Allow, Outcome::Release, Mode::Enforce, PolicySource::Bundle, Capture::Full);
    judged.facts = Some(FactsJson::new(format!("{{\"labels\":\"{}\"}}", "x".repeat(600)).as_bytes())?);
    let row = |entry, sealed| NewRow {
        at: 1_700_000_000_000 + number % 1_000_000,
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
