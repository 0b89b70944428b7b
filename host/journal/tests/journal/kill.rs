//! A process that is killed loses nothing it acknowledged; processes that write at once share one chain.
//!
//! The writers are this test binary, started again with only the test `writer`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use host_journal::{Entry, JournalError, Released, append, event as rows_of, verify};
use host_store::Store;
use tempfile::TempDir;

use crate::sample::{DEVICE, Ids, event, row, turn};

const FOLDER: &str = "PROMPTGATE_TEST_FOLDER";
const FIRST: &str = "PROMPTGATE_TEST_FIRST";
const COUNT: &str = "PROMPTGATE_TEST_COUNT";

/// Appends a judgement and its release, says so, and goes on. By itself: three times, in a folder of its own.
#[test]
fn writer() {
    let own = TempDir::new().unwrap();
    let number = |name, otherwise| std::env::var(name).map_or(otherwise, |number| number.parse().unwrap());
    let (first, count): (u64, u64) = (number(FIRST, 0), number(COUNT, 3));
    let folder = std::env::var_os(FOLDER).map_or(own.path().to_owned(), PathBuf::from);
    let store = Store::open(&folder, std::time::Duration::from_secs(60)).unwrap();
    let mut out = std::io::stdout().lock();
    for at in first..first + count {
        let rows = [
            turn(at, "claude", Ids::default()),
            row(at, "claude", Entry::Released(Released { edited: false })),
        ];
        let places = store.write::<_, JournalError>(|tx| append(tx, DEVICE, &rows)).unwrap();
        assert_eq!(places[1].seq, places[0].seq + 1);
        // "ack" starts a line of its own: the test runner prints on this stream too.
        writeln!(out, "\nack {at}").unwrap();
        out.flush().unwrap();
    }
    let last = event(first + count - 1);
    assert_eq!(store.read(|view| rows_of(view, &last)).unwrap().len(), 2);
}

fn start(folder: &Path, first: u64, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writer", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(FIRST, first.to_string())
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn acknowledged(line: &str) -> Option<u64> {
    line.strip_prefix("ack ").and_then(|number| number.parse().ok())
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    const ROUNDS: u64 = 24;
    let folder = TempDir::new().unwrap();
    let mut acks = Vec::new();
    for round in 0..ROUNDS {
        let first = round * 100_000;
        let mut child = start(folder.path(), first, 100_000);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // A different number of rows each round; then some microseconds into the next transaction.
        let wanted = 1 + (round * 7) % 23;
        let mut seen = 0;
        while seen < wanted {
            let ack = acknowledged(&lines.next().expect("the writer goes on until killed").unwrap());
            seen += u64::from(ack.is_some());
            acks.extend(ack);
        }
        let pause = std::time::Instant::now();
        while pause.elapsed().as_micros() < u128::from(round * 137 % 2_000) {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        // What it still said before it died counts too.
        acks.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)));
        assert!(!child.wait().unwrap().success());
    }
    let store = Store::open(folder.path(), Store::BUSY).unwrap();
    store.check().unwrap();
    let checked = store.read(verify).unwrap();
    assert_eq!(checked.bad, None);
    assert!(acks.len() as u64 >= ROUNDS && checked.rows >= 2 * acks.len() as u64);
    // Judgement and release are one transaction: never one without the other.
    assert_eq!(checked.rows % 2, 0);
    for ack in &acks {
        assert_eq!(store.read(|view| rows_of(view, &event(*ack))).unwrap().len(), 2, "{ack}");
    }
}

#[test]
fn four_processes_make_one_chain() {
    let folder = TempDir::new().unwrap();
    // All four also race to make folder, file and schema.
    let data = folder.path().join("data");
    let children: Vec<Child> = (0..4).map(|writer| start(&data, writer * 1_000, 100)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.lines().filter_map(acknowledged).count(), 100);
    }
    let store = Store::existing(&data, Store::BUSY).unwrap();
    let checked = store.read(verify).unwrap();
    assert_eq!((checked.rows, checked.bad), (800, None));
    assert_eq!(checked.head.unwrap().seq, 800);
    for writer in 0..4 {
        for at in 0..100 {
            let rows = store.read(|view| rows_of(view, &event(writer * 1_000 + at))).unwrap();
            assert_eq!(rows.len(), 2, "{writer} {at}");
            assert_eq!(rows[1].seq, rows[0].seq + 1);
        }
    }
}
