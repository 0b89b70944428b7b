//! Power cuts: whatever was acknowledged is there when the machine starts again, and the record is whole.
//!
//! `PROMPTGATE_CUTS` says how many cuts, 300 by itself. Each has its own number, from which everything in it follows.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests")]

mod disk;
mod vfs;

use std::path::Path;
use std::sync::Mutex;

use host_journal::{
    ChainKey, Checking, Entry, JournalError, Judged, NewLine, NewRow, Released, Roots, Salt, Sealed, append,
    begin, close, event as rows_of, prune,
};
use host_store::{OutboxRow, OutboxState, Scrubbing, Store};
use shared_protocol::{Action, App, Capture, EventId, Mode, Operation, Outcome, PolicySource, Prompt};
use tempfile::TempDir;

use disk::{Dice, Disk};

const DEVICE: &str = "device";
const START: u64 = 1_700_000_000_000;

fn event(number: u64) -> EventId {
    EventId::try_from(format!("01890a5d-ac96-474b-bcce-{number:012x}")).unwrap()
}

/// A judgement with its release, which are one transaction.
fn rows(number: u64, at: u64) -> [NewRow; 2] {
    let judged =
        Judged::new(Action::Allow, Outcome::Release, Mode::Enforce, PolicySource::Bundle, Capture::Full)
            .about(&Prompt::new(Operation::SendPrompt));
    let row = |entry, sealed| NewRow {
        at,
        event: Some(event(number)),
        app: Some(App::new("chatgpt")),
        person: "jane".to_owned(),
        entry,
        sealed,
        salt: Salt::new([7; 32]),
    };
    let text =
        Sealed { key_id: "k".to_owned(), blob: "A".repeat(usize::try_from(number * 977 % 6_000).unwrap()) };
    [
        row(Entry::Judged(Box::new(judged)), vec![text]),
        row(Entry::Released(Released { edited: false }), vec![]),
    ]
}

/// What the event makes somebody tell others, written in the transaction of its rows.
fn message(number: u64) -> OutboxRow {
    OutboxRow {
        id: 0,
        jti: event(number).as_str().to_owned(),
        txn: "txn".to_owned(),
        receiver: "okta".to_owned(),
        person: "jane".to_owned(),
        event: "risk".to_owned(),
        at: START,
        before: 0,
        after: 1,
        cause: "evidence".to_owned(),
        reasons: "[]".to_owned(),
        claims: None,
        state: OutboxState::Waiting,
        attempts: 0,
        key_refusals: 0,
        retry_at: 0,
        fault: None,
        done_at: None,
    }
}

/// The rows of an event and its message, together or not at all.
fn written(store: &Store, number: u64, at: u64) -> Result<(), JournalError> {
    let rows = rows(number, at);
    store.write(|tx| {
        append(tx, DEVICE, &rows)?;
        Ok(tx.add_outbox(&message(number))?)
    })
}

fn line() -> NewLine {
    let sealed = vec![Sealed { key_id: "k".to_owned(), blob: "line".to_owned() }];
    NewLine { at: START, key: ChainKey::new([9; 32]), sealed, salt: Salt::new([1; 32]) }
}

/// What a run came to.
#[derive(Default)]
struct Run {
    /// Events whose rows were acknowledged.
    acknowledged: Vec<u64>,
    /// Messages that were written down as they go out.
    frozen: Vec<u64>,
    /// Rows of the last day may be pruned away here, but never lost.
    pruned: bool,
}

/// Writes until the power goes or there is nothing left to write.
fn write(folder: &Path, dice: &mut Dice) -> Run {
    let run = Mutex::new(Run::default());
    let mut at = START;
    let mut number = 0;
    for _ in 0..1 + dice.below(3) {
        let Ok(store) = Store::open(folder, Store::BUSY) else { break };
        if store.write(|tx| begin(tx, DEVICE, line())).is_err() {
            break;
        }
        for _ in 0..2 + dice.below(6) {
            // Sometimes the next epoch, whose key takes the place of the one before; sometimes several at once.
            at += [1, 1, 20 * 60_000][usize::try_from(dice.below(3)).unwrap()];
            let callers = [1, 1, 1, 3][usize::try_from(dice.below(4)).unwrap()];
            std::thread::scope(|scope| {
                for caller in number..number + callers {
                    let (store, run) = (&store, &run);
                    scope.spawn(move || {
                        if written(store, caller, at).is_ok() {
                            // A message that goes out is written down as it does.
                            let sent =
                                OutboxRow { attempts: 1, claims: Some("{}".to_owned()), ..message(caller) };
                            let is_sent = store.write(|tx| tx.put_outbox(&sent)).is_ok();
                            let mut run = run.lock().unwrap();
                            if is_sent {
                                run.frozen.push(caller);
                            }
                            run.acknowledged.push(caller);
                        }
                    });
                }
            });
            number += callers;
            if dice.below(8) == 0 {
                run.lock().unwrap().pruned = true;
                // What it does not come to now it comes to another time.
                let _pruned = store.write(|tx| prune(tx, START + 1 + dice.below(100), 3));
                let _room = store.write(|tx| tx.shrink(8));
                let mut scrubbing = Scrubbing::default();
                while let Ok(further) = store.scrub(scrubbing)
                    && !scrubbing.is_done()
                {
                    scrubbing = further;
                }
            }
        }
        // The browser goes, in order.
        let _closed = store.write(|tx| close(tx, at));
        if vfs::with(folder, |disk| disk.is_off()) {
            break;
        }
    }
    run.into_inner().unwrap()
}

/// One cut; how many events were acknowledged, or which of them are lost.
fn cut(number: u64, lies: bool) -> Result<usize, String> {
    let mut dice = Dice(number);
    let folder = TempDir::new().unwrap();
    let left = 1 + dice.below(400);
    vfs::watch(Disk::new(folder.path(), left, lies));
    let run = write(folder.path(), &mut dice);
    let found = vfs::with(folder.path(), |disk| disk.after(&mut dice));
    vfs::unwatch(folder.path());

    let again = TempDir::new().unwrap();
    for (path, bytes) in found {
        std::fs::write(again.path().join(path.file_name().unwrap()), bytes).unwrap();
    }
    let lost = |what: String| format!("cut {number} after {left} operations: {what}");
    let store = Store::open(again.path(), Store::BUSY).map_err(|fault| lost(fault.to_string()))?;
    store.check().map_err(|fault| lost(fault.to_string()))?;
    is_whole(&store).map_err(lost)?;
    for one in &run.acknowledged {
        let rows = store.read(|view| rows_of(view, &event(*one))).map_err(|fault| lost(fault.to_string()))?;
        if rows.len() != 2 || (!run.pruned && rows.iter().any(|row| row.entry.is_none())) {
            return Err(lost(format!("event {one} has {} rows", rows.len())));
        }
    }
    // Nothing that is to be told is lost, nothing is told that did not happen, and what went out stays as it was.
    let messages = store.read(|view| view.outbox(10_000)).map_err(|fault| lost(fault.to_string()))?;
    for one in &run.acknowledged {
        let found = messages.iter().find(|row| row.jti == event(*one).as_str());
        let Some(found) = found else { return Err(lost(format!("the message of event {one} is gone"))) };
        if run.frozen.contains(one) && (found.attempts != 1 || found.claims.is_none()) {
            return Err(lost(format!("the message of event {one} forgot that it went out")));
        }
    }
    for row in &messages {
        let id = EventId::try_from(row.jti.clone()).map_err(|fault| lost(fault.to_string()))?;
        let rows = store.read(|view| rows_of(view, &id)).map_err(|fault| lost(fault.to_string()))?;
        if rows.is_empty() {
            return Err(lost(format!("the message {id:?} is about nothing")));
        }
    }
    // It goes on from there.
    let next = rows(1_000_000, START + 40 * 60_000);
    store.write(|tx| begin(tx, DEVICE, line())).map_err(|fault| lost(fault.to_string()))?;
    store
        .write::<_, JournalError>(|tx| append(tx, DEVICE, &next))
        .map_err(|fault| lost(fault.to_string()))?;
    is_whole(&store).map_err(lost)?;
    Ok(run.acknowledged.len())
}

/// Chain and seals.
fn is_whole(store: &Store) -> Result<(), String> {
    let verified: Result<_, JournalError> = store.read(|view| {
        let roots = Roots::read(view, |_| Some(ChainKey::new([9; 32])))?;
        Checking { roots, ..Checking::default() }.verify(view)
    });
    let verified = verified.map_err(|fault| fault.to_string())?;
    match verified.bad {
        Some(bad) => Err(format!("row {}: {}", bad.seq, bad.fault)),
        None if verified.sealed != verified.rows => Err("rows without a seal".to_owned()),
        None => Ok(()),
    }
}

#[test]
fn no_power_cut_loses_what_was_acknowledged() {
    let cuts: u64 = std::env::var("PROMPTGATE_CUTS").map_or(300, |cuts| cuts.parse().unwrap());
    let threads = 4;
    let lost = Mutex::new(Vec::new());
    let acknowledged = Mutex::new(0);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let (lost, acknowledged) = (&lost, &acknowledged);
            scope.spawn(move || {
                for number in (first..cuts).step_by(4) {
                    match cut(number, false) {
                        Ok(some) => *acknowledged.lock().unwrap() += some,
                        Err(what) => lost.lock().unwrap().push(what),
                    }
                }
            });
        }
    });
    let (lost, acknowledged) = (lost.into_inner().unwrap(), acknowledged.into_inner().unwrap());
    println!("{cuts} power cuts, {acknowledged} acknowledged events, {} losses", lost.len());
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(acknowledged as u64 > cuts / 2);
}

/// The disk of these tests does lose things: where flushing is a lie, so is every promise.
#[test]
fn a_disk_that_lies_about_flushing_is_found_out() {
    let lost = (0..40).filter(|number| cut(*number, true).is_err()).count();
    assert!(lost > 10, "{lost}");
}
