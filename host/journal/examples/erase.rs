//! How long erasing a person takes in a long record, and how long a judgement's append waits meanwhile.
//!
//! `cargo run --release -p host-journal --example erase -- FOLDER [ROWS] [OTHER]` fills a record with as many rows of fifty
//! people, where there are fewer, and erases one of them: rows, then what was left in pages, then the write-ahead log, while
//! another connection appends. With the word `reindex` or `vacuum` for OTHER it then times that statement of SQLite's
//! over the same file, for comparison. It asserts nothing.

#![expect(clippy::print_stdout, reason = "prints its figures")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use host_journal::{
    ChainKey, Checking, Entry, Erasing, FactsJson, JournalError, Judged, NewLine, NewRow, Released, Roots,
    Salt, Sealed, append, begin,
};
use host_store::{Scrubbing, Store, StoreError};
use shared_protocol::{Action, App, Capture, EventId, Mode, Operation, Outcome, PolicySource, Prompt};

type Done<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Done<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map(PathBuf::from).ok_or("name a folder for the record")?;
    let rows: u64 = arguments.next().and_then(|rows| rows.to_str()?.parse().ok()).unwrap_or(1_000_000);
    let other = arguments.next().and_then(|word| word.into_string().ok());
    let store = Store::open(&folder, Store::BUSY)?;
    let sealed = vec![Sealed { key_id: "0011223344556677".to_owned(), blob: "A".repeat(200) }];
    let line = NewLine { at: 0, key: ChainKey::new([9; 32]), sealed, salt: Salt::new([7; 32]) };
    store.write::<_, JournalError>(|tx| begin(tx, "bench", line))?;
    let mut there = store.read::<_, StoreError>(|view| view.head())?.map_or(0, |head| head.seq);
    while there < rows {
        let some = (there..there + 2_000).step_by(2).map(pair).collect::<Done<Vec<_>>>()?.concat();
        store.write::<_, JournalError>(|tx| append(tx, "bench", &some))?;
        there += 2_000;
    }
    let bytes = host_store::bytes_on_disk(&folder)?;
    println!("{there} rows, {} MB, {} bytes a row", bytes / 1_000_000, bytes / there.max(1));
    check(&store)?;

    let over = AtomicBool::new(false);
    let waited = std::thread::scope(|scope| {
        let (over, folder) = (&over, &folder);
        let beside = scope.spawn(move || append_until(folder, there, over));
        let erased = erase(&store);
        over.store(true, Ordering::Relaxed);
        erased.and(beside.join().unwrap_or_else(|_| Err("the appender panicked".into())))
    })?;
    percentiles("appends meanwhile", waited);
    check(&store)?;
    drop(store);
    if let Some(word) = other {
        let connection = rusqlite::Connection::open(folder.join(host_store::FILE))?;
        let statement = match word.as_str() {
            "vacuum" => "VACUUM".to_owned(),
            _ => {
                let mut names = connection
                    .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")?;
                let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
                names.iter().map(|name| format!("REINDEX {name};")).collect()
            }
        };
        let start = Instant::now();
        connection.execute_batch(&statement)?;
        println!("{word}: {:.1} s", start.elapsed().as_secs_f64());
    }
    Ok(())
}

fn check(store: &Store) -> Done<()> {
    for open in [false, true] {
        let start = Instant::now();
        let verified: Result<_, JournalError> = store.read(|view| {
            let roots = Roots::read(view, |_| open.then(|| ChainKey::new([9; 32])))?;
            Checking { roots, ..Checking::default() }.verify(view)
        });
        let verified = verified?;
        let bad = usize::from(verified.bad.is_some());
        let seconds = start.elapsed().as_secs_f64();
        println!("{} rows, {} seals checked, {bad} bad: {seconds:.1} s", verified.rows, verified.sealed);
    }
    Ok(())
}

/// As `log erase` does it.
fn erase(store: &Store) -> Done<()> {
    let start = Instant::now();
    let (mut erasing, mut steps) = (Erasing::default(), Vec::new());
    while !erasing.is_done() {
        let step = Instant::now();
        erasing = store.write(|tx| erasing.step(tx, "person-7"))?;
        steps.push(step.elapsed().as_micros());
    }
    println!("{} rows emptied in {:.1} s", erasing.rows, start.elapsed().as_secs_f64());
    percentiles("steps of emptying", steps);
    let start = Instant::now();
    let (mut scrubbing, mut steps) = (Scrubbing::default(), Vec::new());
    while !scrubbing.is_done() {
        let step = Instant::now();
        scrubbing = store.scrub(scrubbing)?;
        steps.push(step.elapsed().as_micros());
    }
    println!("{} pages cleaned in {:.1} s", scrubbing.pages, start.elapsed().as_secs_f64());
    percentiles("steps of cleaning", steps);
    let start = Instant::now();
    while !store.sweep() {
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("write-ahead log emptied in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn append_until(folder: &Path, from: u64, over: &AtomicBool) -> Done<Vec<u128>> {
    let store = Store::open(folder, Store::BUSY)?;
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let rows = pair(from + 2 * took.len() as u64)?;
        let start = Instant::now();
        store.write::<_, JournalError>(|tx| append(tx, "bench", &rows))?;
        took.push(start.elapsed().as_micros());
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(took)
}

fn percentiles(what: &str, mut took: Vec<u128>) {
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1)));
    let [half, most, nearly, all] = [50, 95, 99, 100].map(|percent| at(percent).copied().unwrap_or_default());
    println!("{what}: n {}, p50 {half} us, p95 {most} us, p99 {nearly} us, most {all} us", took.len());
}

/// A judged prompt with its sealed text, and its release; ids that land anywhere in an index.
fn pair(number: u64) -> Done<Vec<NewRow>> {
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    let event = EventId::try_from(format!("01890a5d-ac96-474b-bcce-{scattered:012x}"))?;
    let mut judged =
        Judged::new(Action::Allow, Outcome::Release, Mode::Enforce, PolicySource::Bundle, Capture::Full);
    judged.facts = Some(FactsJson::new(format!("{{\"labels\":\"{}\"}}", "x".repeat(600)).as_bytes())?);
    let row = |entry, sealed| NewRow {
        // A prompt in two minutes.
        at: 1_700_000_000_000 + number * 60_000,
        event: Some(event.clone()),
        app: Some(App::new("chatgpt")),
        person: format!("person-{}", scattered % 50),
        entry,
        sealed,
        salt: Salt::new([7; 32]),
    };
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.conversation_id = Some(format!("{:016x}", scattered / 6));
    prompt.message_id = Some(format!("{scattered:016x}"));
    let text = Sealed { key_id: "0011223344556677".to_owned(), blob: "A".repeat(600) };
    Ok(vec![
        row(Entry::Judged(Box::new(judged.about(&prompt))), vec![text]),
        row(Entry::Released(Released { edited: false }), Vec::new()),
    ])
}
