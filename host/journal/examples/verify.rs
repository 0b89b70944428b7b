//! How long checking a long record takes.
//!
//! `cargo run --release -p host-journal --example verify -- FOLDER [ROWS]` fills a record with as many rows, where there
//! are fewer, and checks it: the chain only, then with the keys of its seals. It asserts nothing.

#![expect(clippy::print_stdout, reason = "prints its figures")]

use std::path::PathBuf;
use std::time::Instant;

use host_journal::{
    ChainKey, Checking, Entry, FactsJson, JournalError, Judged, NewLine, NewRow, Released, Roots, Salt,
    Sealed, append, begin,
};
use host_store::Store;
use shared_protocol::{Action, App, Capture, EventId, Mode, Operation, Outcome, PolicySource, Prompt};

type Done<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Done<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map(PathBuf::from).ok_or("name a folder for the record")?;
    let rows: u64 = arguments.next().and_then(|rows| rows.to_str()?.parse().ok()).unwrap_or(1_000_000);
    let store = Store::open(&folder, Store::BUSY)?;
    let sealed = vec![Sealed { key_id: "0011223344556677".to_owned(), blob: "A".repeat(200) }];
    let line = NewLine { at: 0, key: ChainKey::new([9; 32]), sealed, salt: Salt::new([7; 32]) };
    store.write::<_, JournalError>(|tx| begin(tx, "bench", line))?;
    let mut there = store.read::<_, host_store::StoreError>(|view| view.head())?.map_or(0, |head| head.seq);
    while there < rows {
        let some = (there..there + 2_000).step_by(2).map(pair).collect::<Done<Vec<_>>>()?.concat();
        store.write::<_, JournalError>(|tx| append(tx, "bench", &some))?;
        there += 2_000;
    }
    for open in [false, true] {
        let start = Instant::now();
        let verified: Result<_, JournalError> = store.read(|view| {
            let roots = Roots::read(view, |_| open.then(|| ChainKey::new([9; 32])))?;
            Checking { roots, ..Checking::default() }.verify(view)
        });
        let verified = verified?;
        println!(
            "{} rows, {} seals checked, {} bad: {:.1} s",
            verified.rows,
            verified.sealed,
            usize::from(verified.bad.is_some()),
            start.elapsed().as_secs_f64()
        );
    }
    let bytes = host_store::bytes_on_disk(&folder)?;
    println!("{} bytes a row", bytes / there.max(1));
    Ok(())
}

/// A judged prompt with its sealed text, and its release.
fn pair(number: u64) -> Done<Vec<NewRow>> {
    let event = EventId::try_from(format!("01890a5d-ac96-474b-bcce-{number:012x}"))?;
    let mut judged =
        Judged::new(Action::Allow, Outcome::Release, Mode::Enforce, PolicySource::Bundle, Capture::Full);
    judged.facts = Some(FactsJson::new(format!("{{\"labels\":\"{}\"}}", "x".repeat(600)).as_bytes())?);
    let row = |entry, sealed| NewRow {
        // A prompt in two minutes.
        at: 1_700_000_000_000 + number * 60_000,
        event: Some(event.clone()),
        app: Some(App::new("chatgpt")),
        person: "local:1000".to_owned(),
        entry,
        sealed,
        salt: Salt::new([7; 32]),
    };
    let text = Sealed { key_id: "0011223344556677".to_owned(), blob: "A".repeat(600) };
    let judged = judged.about(&Prompt::new(Operation::SendPrompt));
    Ok(vec![
        row(Entry::Judged(Box::new(judged)), vec![text]),
        row(Entry::Released(Released { edited: false }), Vec::new()),
    ])
}
