//! A process that is killed loses nothing it acknowledged; processes that write at once share one chain.
//!
//! The writers are this test binary, started again with only the test `writer`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use host_journal::{
    Checking, Entry, JournalError, Released, Roots, Verified, append, begin, event as rows_of, verify,
};
use host_store::Store;
use tempfile::TempDir;

use crate::sample::{DEVICE, Ids, event, line, open_line, row, turn};

const FOLDER: &str = "PROMPTGATE_TEST_FOLDER";
const FIRST: &str = "PROMPTGATE_TEST_FIRST";
const COUNT: &str = "PROMPTGATE_TEST_COUNT";

/// How many kills; 24 where nothing is said.
const KILLS: &str = "PROMPTGATE_KILLS";

/// Kills of one record; the next ones have a record of their own, so that each can be checked whole after every kill.
const EACH: u64 = 40;

/// Appends a judgement and its release, says so, and goes on: three threads at once. By itself: three times, in a folder
/// of its own.
#[test]
fn writer() {
    let named = std::env::var_os(FOLDER).map(PathBuf::from);
    // Only by itself: who is killed takes no folder away.
    let own = named.is_none().then(|| TempDir::new().unwrap());
    let number = |name, otherwise| std::env::var(name).map_or(otherwise, |number| number.parse().unwrap());
    let (first, count): (u64, u64) = (number(FIRST, 0), number(COUNT, 3));
    let folder = named.or_else(|| Some(own.as_ref()?.path().to_owned())).unwrap();
    let store = Store::open(&folder, std::time::Duration::from_secs(60)).unwrap();
    store.write(|tx| begin(tx, DEVICE, line(1, 1_700_000_000_000))).unwrap();
    let write = |thread: u64| {
        for at in (first..first + count).filter(|at| at % 3 == thread) {
            let mut rows = [
                turn(at, "claude", Ids::default()),
                row(at, "claude", Entry::Released(Released { edited: false })),
            ];
            for row in &mut rows {
                // Now and then the next epoch: a kill can meet a key that takes the place of the one before.
                row.at = 1_700_000_000_000 + at / 7 * 16 * 60_000;
            }
            let places = store.write::<_, JournalError>(|tx| append(tx, DEVICE, &rows)).unwrap();
            assert_eq!(places[1].seq, places[0].seq + 1);
            let mut out = std::io::stdout().lock();
            // "ack" starts a line of its own: the test runner prints on this stream too.
            writeln!(out, "\nack {at}").unwrap();
            out.flush().unwrap();
        }
    };
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let write = &write;
            scope.spawn(move || write(thread));
        }
    });
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

fn acknowledged_in(line: &str) -> Option<u64> {
    line.strip_prefix("ack ").and_then(|number| number.parse().ok())
}

/// What became of a record: chain, seals, and every acknowledged row.
fn check(folder: &Path, acks: &[u64]) -> u64 {
    let store = Store::open(folder, Store::BUSY).unwrap();
    store.check().unwrap();
    let checked: Result<Verified, JournalError> = store.read(|view| {
        let roots = Roots::read(view, open_line)?;
        Checking { roots, ..Checking::default() }.verify(view)
    });
    let checked = checked.unwrap();
    assert_eq!((checked.bad, checked.sealed), (None, checked.rows));
    // Judgement and release are one transaction: never one without the other. The first row is the key's.
    assert_eq!(checked.rows % 2, 1);
    for ack in acks {
        assert_eq!(store.read(|view| rows_of(view, &event(*ack))).unwrap().len(), 2, "{ack}");
    }
    checked.rows
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let rounds: u64 = std::env::var(KILLS).map_or(24, |rounds| rounds.parse().unwrap());
    let (mut acknowledged, mut rows) = (0, 0);
    for batch in 0..rounds.div_ceil(EACH) {
        let folder = TempDir::new().unwrap();
        let mut acks = Vec::new();
        for round in batch * EACH..rounds.min((batch + 1) * EACH) {
            // Every fourth time two processes write, and both are killed.
            let writers = 1 + u64::from(round % 4 == 3);
            let start = |writer| start(folder.path(), (2 * round + writer) * 100_000, 99_999);
            let mut children: Vec<Child> = (0..writers).map(start).collect();
            // A different number of rows each round; then some microseconds into the next transaction.
            let wanted = (round * 7) % 23;
            let mut lines: Vec<_> = children
                .iter_mut()
                .map(|child| BufReader::new(child.stdout.take().unwrap()).lines())
                .collect();
            let mut seen = 0;
            while seen <= wanted {
                let ack = acknowledged_in(&lines[0].next().expect("it goes on until killed").unwrap());
                seen += u64::from(ack.is_some());
                acks.extend(ack);
            }
            let pause = std::time::Instant::now();
            while pause.elapsed().as_micros() < u128::from(round * 137 % 4_000) {
                std::hint::spin_loop();
            }
            for child in &mut children {
                child.kill().unwrap();
            }
            // What they still said before they died counts too.
            for lines in lines {
                acks.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged_in(&line)));
            }
            for mut child in children {
                assert!(!child.wait().unwrap().success());
            }
            // Without a long campaign only at the end: a check of everything is what takes the time.
            if rounds > EACH || round + 1 == rounds {
                rows = check(folder.path(), &acks);
            }
        }
        acknowledged += acks.len();
    }
    println!("{rounds} kills, {acknowledged} acknowledged events, none lost; {rows} rows in the last record");
    assert!(acknowledged as u64 >= rounds);
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
        assert_eq!(said.lines().filter_map(acknowledged_in).count(), 100);
    }
    let store = Store::existing(&data, Store::BUSY).unwrap();
    let checked = store.read(verify).unwrap();
    assert_eq!((checked.rows, checked.bad), (801, None));
    assert_eq!(checked.head.unwrap().seq, 801);
    for writer in 0..4 {
        for at in 0..100 {
            let rows = store.read(|view| rows_of(view, &event(writer * 1_000 + at))).unwrap();
            assert_eq!(rows.len(), 2, "{writer} {at}");
            assert_eq!(rows[1].seq, rows[0].seq + 1);
        }
    }
}
