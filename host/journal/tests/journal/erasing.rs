//! What is erased or pruned is in no file any more, and the record is still whole.

use host_journal::{
    Audit, Beat, By, Change, Checking, Entry, Erasing, Heartbeat, JournalError, NewRow, Roots, Shown,
    SiteWord, Verified, prune,
};
use host_store::{Filter, Scrubbing, bytes_on_disk};
use shared_protocol::{Browser, PolicySource};

use crate::sample::{Ids, Journal, answer, event, found, line, open_line, row, turn};

const GONE: &str = "erin.canary";

fn whole(journal: &Journal) -> Verified {
    let verified: Result<_, JournalError> = journal.store.read(|view| {
        let roots = Roots::read(view, open_line)?;
        Checking { roots, ..Checking::default() }.verify(view)
    });
    let verified = verified.unwrap();
    assert_eq!(verified.bad, None);
    verified
}

fn machine(entry: Entry) -> NewRow {
    NewRow { event: None, app: None, person: String::new(), ..row(900, "claude", entry) }
}

fn of(person: &str, row: NewRow) -> NewRow {
    NewRow { person: person.to_owned(), ..row }
}

fn audit(whose: &str) -> NewRow {
    let mut audit = Audit::new(Change::RiskReset, By::User(SiteWord::from("admin")));
    audit.whose = Some(SiteWord::from(whose));
    machine(Entry::Audit(audit))
}

/// Rows of two people, of nobody, of the machine.
fn filled() -> Journal {
    let journal = Journal::new();
    journal.begin(line(1, 1_700_000_000_000)).unwrap();
    let beat = Heartbeat {
        beat: Beat::Alive,
        browser: Browser::Chromium,
        extension: SiteWord::from("1"),
        host: SiteWord::from("1"),
        source: PolicySource::BuiltinEnforce,
    };
    for number in 1..200 {
        let ids = Ids {
            conversation: Some("conversation-canary"),
            message: Some("message-canary"),
            ..Ids::default()
        };
        let mut sent = of(GONE, found(3 * number));
        sent.sealed.first_mut().unwrap().blob = "BLOBcanary".repeat(40);
        journal
            .append(&[
                sent,
                // Of the same event, and nobody's.
                of(
                    "",
                    NewRow { event: Some(event(3 * number)), ..row(0, "app-canary", Entry::Shown(Shown {})) },
                ),
                of(GONE, answer(3 * number, "chatgpt", ids)),
                of(
                    "joe",
                    turn(3 * number + 1, "claude", Ids { conversation: Some("kept"), ..Ids::default() }),
                ),
                machine(Entry::Heartbeat(beat.clone())),
            ])
            .unwrap();
    }
    journal.append(&[audit(GONE), audit("joe")]).unwrap();
    journal
}

fn erase(journal: &Journal, person: &str) -> u64 {
    let mut erasing = Erasing::default();
    while !erasing.is_done() {
        erasing = journal.store.write(|tx| erasing.step(tx, person)).unwrap();
    }
    erasing.rows
}

/// Which of these words stand in any of the record's files.
fn standing<'a>(journal: &Journal, words: &[&'a str]) -> Vec<&'a str> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(journal.folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let stands = |word: &&&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    words.iter().filter(stands).copied().collect()
}

#[test]
fn an_erased_person_is_in_no_file() {
    let words = [GONE, "conversation-canary", "message-canary", "BLOBcanary", "app-canary"];
    let journal = filled();
    let rows = whole(&journal).rows;
    assert_eq!(standing(&journal, &words), words);
    let joes = Filter { person: Some("joe".to_owned()), ..Filter::default() };
    assert_eq!(journal.store.read(|view| view.count(&joes)).unwrap(), 199);

    assert_eq!(erase(&journal, GONE), 3 * 199 + 1);
    // Pages were filled anew while rows moved on, and hold copies.
    assert_eq!(standing(&journal, &words), [GONE]);
    let mut scrubbing = Scrubbing::default();
    while !scrubbing.is_done() {
        scrubbing = journal.store.scrub(scrubbing).unwrap();
    }
    assert!(journal.store.sweep());
    assert_eq!(standing(&journal, &words), [""; 0]);
    let verified = whole(&journal);
    assert_eq!((verified.rows, verified.erased, verified.sealed), (rows, 3 * 199 + 1, rows));
    // Nobody else lost anything.
    assert_eq!(journal.store.read(|view| view.count(&joes)).unwrap(), 199);
    let last = journal.store.read(|view| view.row(rows)).unwrap().unwrap();
    assert!(last.body.unwrap().contains("joe"));
    // Again: nothing is left to do. And the record goes on.
    assert_eq!(erase(&journal, GONE), 0);
    journal.append(&[turn(9_000, "claude", Ids::default())]).unwrap();
    assert_eq!(whole(&journal).rows, rows + 1);
}

#[test]
fn what_is_pruned_goes_oldest_first_and_gives_room_back() {
    let journal = filled();
    let rows = whole(&journal).rows;
    assert!(journal.store.sweep());
    let before = bytes_on_disk(journal.folder.path()).unwrap();
    assert_eq!(journal.store.write(|tx| prune(tx, 1_700_000_000_000, 5)), Ok(0));
    let mut pruned = 0;
    let mut last = 0;
    loop {
        let some = journal.store.write(|tx| prune(tx, 1_700_000_000_003 + 3 * 150, 20)).unwrap();
        if some == 0 {
            break;
        }
        pruned += some;
        let newest = "SELECT max(at) FROM record WHERE body IS NULL";
        let newest: i64 = journal.raw().query_row(newest, [], |row| row.get(0)).unwrap();
        assert!(newest >= last);
        last = newest;
    }
    assert!(pruned > 500, "{pruned}");
    let verified = whole(&journal);
    assert_eq!((verified.rows, verified.erased, verified.sealed), (rows, pruned, rows));
    let size = journal.store.read(|view| view.size()).unwrap();
    assert!(size.free > 0);
    journal.store.write(|tx| tx.shrink(100_000)).unwrap();
    assert!(journal.store.sweep());
    assert_eq!(journal.store.read(|view| view.size()).unwrap().free, 0);
    let after = bytes_on_disk(journal.folder.path()).unwrap();
    assert!(after < before, "{after} of {before}");
    // Everything that can go: keys and audits stay.
    while journal.store.write(|tx| prune(tx, u64::MAX, 200)).unwrap() > 0 {}
    let kept = "SELECT group_concat(kind) FROM (SELECT DISTINCT kind FROM record WHERE body IS NOT NULL ORDER BY kind)";
    let kept: String = journal.raw().query_row(kept, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "audit,epoch");
    assert_eq!(whole(&journal).sealed, rows);
}
