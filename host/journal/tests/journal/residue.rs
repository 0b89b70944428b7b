//! Of an erased person nothing is left in any byte of the record's files, whatever was filled, moved and emptied before.
//!
//! Every value that can be erased carries its person's mark, several times where it is long, so that a piece of it is
//! found too. Rows move because pages are filled from all sides: ids in the middle of indexes, values that need pages of
//! their own, rows that shrink, pages that are given back.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use host_journal::{
    Audit, By, Change, Checking, Entry, Erasing, JournalError, NewRow, Roots, Shown, SiteWord, prune,
};
use host_store::{
    DeadLetter, OutboxRow, OutboxState, RiskChangeRow, RiskRow, Scrubbing, SinkState, Store, StoreError, Tx,
    View, bytes_on_disk,
};
use proptest::prelude::*;

use crate::sample::{Ids, Journal, answer, event, found, line, open_line, row, turn};

/// In every value of a person, and in nothing else.
fn mark(person: u64) -> String {
    format!("zq{person:02}xk")
}

fn name(person: u64) -> String {
    format!("{0}@{0}.example", mark(person))
}

/// A number that looks like chance: ids land anywhere in an index.
fn scattered(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

fn of(person: u64, row: NewRow) -> NewRow {
    NewRow { person: name(person), ..row }
}

/// What a person does: a prompt with its text, what nobody's row says of it, and the answer.
fn turns(person: u64, number: u64) -> Vec<NewRow> {
    let mark = mark(person);
    let ids = |place: u64| format!("{:08x}-{mark}", scattered(number * 4 + place) & 0xffff_ffff);
    let (conversation, parent, message) = (ids(0), ids(1), ids(2));
    let ids = Ids { conversation: Some(&conversation), parent: Some(&parent), message: Some(&message) };
    let mut sent = of(person, turn(number, &format!("app-{mark}"), ids));
    sent.sealed = found(number).sealed;
    let blob = mark.repeat(usize::try_from(scattered(number) % 40).unwrap().pow(2) + 1);
    sent.sealed.iter_mut().for_each(|sealed| sealed.blob.clone_from(&blob));
    let shown =
        NewRow { event: Some(event(number)), ..row(number, &format!("app-{mark}"), Entry::Shown(Shown {})) };
    vec![sent, NewRow { person: String::new(), ..shown }, of(person, answer(number, "chatgpt", ids))]
}

fn audit(person: u64, number: u64) -> NewRow {
    let mut audit = Audit::new(Change::RiskReset, By::User(SiteWord::from("admin")));
    audit.whose = Some(SiteWord::from(name(person).as_str()));
    NewRow { event: None, app: None, person: String::new(), ..row(number, "claude", Entry::Audit(audit)) }
}

fn put_risk(store: &Store, person: u64, numbers: Range<u64>) {
    let put = |tx: &Tx<'_>| numbers.clone().try_for_each(|number| put_one_risk(tx, person, number));
    store.write::<_, StoreError>(put).unwrap();
}

fn put_one_risk(tx: &Tx<'_>, person: u64, number: u64) -> Result<(), StoreError> {
    let (who, mark) = (name(person), mark(person));
    let long = format!("{{\"of\":\"{}\"}}", mark.repeat(usize::try_from(number % 90).unwrap()));
    let (jti, at) = (format!("{:016x}-{mark}", scattered(number)), 1_700_000_000_000 + number);
    let message = OutboxRow {
        id: 0,
        jti: jti.clone(),
        txn: jti,
        receiver: if number.is_multiple_of(2) { "okta" } else { "caep" }.to_owned(),
        person: who.clone(),
        event: "risk".to_owned(),
        at,
        before: 0,
        after: 2,
        cause: "evidence".to_owned(),
        reasons: long.clone(),
        claims: None,
        state: OutboxState::Waiting,
        attempts: 0,
        key_refusals: 0,
        retry_at: 0,
        fault: None,
        done_at: None,
    };
    tx.put_risk(&RiskRow { person: who.clone(), at, seen: at, level: 2, score: number, body: long.clone() })?;
    tx.add_risk_change(&RiskChangeRow {
        id: 0,
        person: who.clone(),
        at,
        before: 0,
        after: 2,
        score: number,
        cause: "reset".to_owned(),
        reasons: long.clone(),
        events: format!("[\"{mark}\"]"),
        by: Some(who),
        note: Some(long.clone()),
    })?;
    tx.add_outbox(&message)?;
    tx.put_outbox(&OutboxRow {
        claims: Some(long.repeat(2)),
        state: if number.is_multiple_of(3) { OutboxState::Sent } else { OutboxState::Parked },
        fault: Some(long),
        done_at: Some(at),
        ..message
    })
}

/// What a receiver says of rows can repeat what stands in them.
fn echo(store: &Store, person: u64, last: u64) {
    let reason = format!("no such person: {}", name(person));
    store
        .write::<_, StoreError>(|tx| {
            let (name, fault) = ("siem".to_owned(), Some(reason.clone()));
            tx.put_sink(&SinkState { name, fault, ..SinkState::default() })?;
            tx.set_aside(&DeadLetter { sink: "siem".to_owned(), first: 1, last, rows: 1, at: 1, reason })
        })
        .unwrap();
}

#[derive(Clone, Debug)]
enum Step {
    Turns { person: u64, count: u64 },
    Audit { person: u64 },
    Risk { person: u64, count: u64 },
    Echo { person: u64 },
    Machine,
    NextEpoch,
    Prune { rows: u32 },
    Trim,
    Shrink { pages: u32 },
    Erase { person: u64, whole: bool },
}

const PERSONS: u64 = 4;

fn step() -> impl Strategy<Value = Step> {
    let person = || 0..PERSONS;
    prop_oneof![
        10 => (person(), 1..60_u64).prop_map(|(person, count)| Step::Turns { person, count }),
        2 => person().prop_map(|person| Step::Audit { person }),
        5 => (person(), 1..30_u64).prop_map(|(person, count)| Step::Risk { person, count }),
        1 => person().prop_map(|person| Step::Echo { person }),
        1 => Just(Step::Machine),
        1 => Just(Step::NextEpoch),
        2 => (1..60_u32).prop_map(|rows| Step::Prune { rows }),
        1 => Just(Step::Trim),
        2 => (1..50_u32).prop_map(|pages| Step::Shrink { pages }),
        2 => (person(), any::<bool>()).prop_map(|(person, whole)| Step::Erase { person, whole }),
    ]
}

/// A record and what was done to it.
struct Filled {
    journal: Journal,
    next: u64,
    late: u64,
}

impl Filled {
    fn new() -> Self {
        let journal = Journal::new();
        journal.begin(line(1, 1_700_000_000_000)).unwrap();
        Self { journal, next: 0, late: 0 }
    }

    fn append(&self, mut rows: Vec<NewRow>) {
        for row in &mut rows {
            row.at += self.late;
        }
        self.journal.append(&rows).unwrap();
    }

    fn run(&mut self, step: &Step) {
        let store = &self.journal.store;
        match *step {
            Step::Turns { person, count } => {
                let all = self.next..self.next + count;
                self.append(all.flat_map(|number| turns(person, number)).collect());
                self.next += count;
            }
            Step::Audit { person } => self.append(vec![audit(person, self.next)]),
            Step::Risk { person, count } => {
                put_risk(store, person, self.next..self.next + count);
                self.next += count;
            }
            Step::Echo { person } => {
                let last = store.read::<_, StoreError>(|view| view.head()).unwrap().unwrap().seq;
                echo(store, person, last);
            }
            Step::Machine => {
                let mut rotated = Audit::new(Change::KeyRotated, By::Host);
                rotated.count = Some(self.next);
                let entry = Entry::Audit(rotated);
                self.append(vec![NewRow {
                    person: String::new(),
                    event: None,
                    ..row(self.next, "claude", entry)
                }]);
            }
            Step::NextEpoch => self.late += 16 * 60_000,
            Step::Prune { rows } => drop(store.write(|tx| prune(tx, u64::MAX, rows)).unwrap()),
            Step::Trim => store
                .write::<_, StoreError>(|tx| {
                    tx.trim_outbox(1_700_000_000_000 + self.next / 2)?;
                    tx.trim_risk(1_700_000_000_000 + self.next / 3).map(drop)
                })
                .unwrap(),
            Step::Shrink { pages } => store.write(|tx| tx.shrink(pages)).unwrap(),
            Step::Erase { person, whole } => {
                empty(store, person);
                if whole {
                    scrub(store);
                }
            }
        }
    }

    /// The marks of persons that stand in any of the record's files.
    fn marks(&self) -> BTreeSet<u64> {
        marks(self.journal.folder.path())
    }

    fn is_whole(&self) {
        let verified: Result<_, JournalError> = self.journal.store.read(|view| {
            let roots = Roots::read(view, open_line)?;
            Checking { roots, ..Checking::default() }.verify(view)
        });
        let verified = verified.unwrap();
        assert_eq!((verified.bad, verified.sealed), (None, verified.rows));
        let said: String =
            self.journal.raw().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(said, "ok");
    }
}

/// Empties a person's rows, as far as the store's own statements do.
fn empty(store: &Store, person: u64) {
    let mut erasing = Erasing::default();
    while !erasing.is_done() {
        erasing = store.write(|tx| erasing.step(tx, &name(person))).unwrap();
    }
}

/// What is taken away to see that these tests can fail.
fn scrub(store: &Store) -> u64 {
    let mut scrubbing = Scrubbing::default();
    while !scrubbing.is_done() {
        scrubbing = store.scrub(scrubbing).unwrap();
    }
    assert!(!store.owes_scrub().unwrap());
    assert!(store.sweep());
    scrubbing.pages
}

fn marks(folder: &Path) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let marked = bytes.windows(6).filter(|six| six.starts_with(b"zq") && six.ends_with(b"xk"));
        found.extend(marked.filter_map(|six| std::str::from_utf8(six.get(2..4)?).ok()?.parse::<u64>().ok()));
    }
    found
}

/// Two people and the machine in turns, many rows that have much in common: emptying those of one of them moves those
/// beside them.
fn in_turns(filled: &mut Filled, person: u64, other: u64, count: u64) {
    let mark = mark(person);
    let (conversation, message) = (format!("conversation-{mark}"), format!("message-{mark}"));
    let ids = Ids { conversation: Some(&conversation), message: Some(&message), ..Ids::default() };
    for number in filled.next..filled.next + count {
        let nobodys = NewRow { person: String::new(), ..row(number, &mark, Entry::Shown(Shown {})) };
        let mut sent = of(person, found(number));
        sent.sealed.iter_mut().for_each(|sealed| sealed.blob = mark.repeat(60));
        let machine = audit(PERSONS, number);
        filled.append(vec![sent, nobodys, of(person, answer(number, "chatgpt", ids))]);
        let theirs = turn(
            number + 500_000,
            "claude",
            Ids { conversation: Some(&self::mark(other)), ..Ids::default() },
        );
        filled.append(vec![of(other, theirs), machine]);
    }
    filled.next += count;
}

#[test]
fn pages_keep_copies_of_the_emptied_until_they_are_gone_through() {
    let mut filled = Filled::new();
    in_turns(&mut filled, 0, 1, 200);
    let store = &filled.journal.store;
    let rows = store.read::<_, StoreError>(|view| view.head()).unwrap().unwrap().seq;
    let bytes = bytes_on_disk(filled.journal.folder.path()).unwrap();
    empty(store, 0);
    assert!(store.sweep());
    assert!(store.owes_scrub().unwrap());
    // This is what it is for. Should SQLite stop leaving copies one day, this line says so.
    assert!(filled.marks().contains(&0), "nothing was left, so this test shows nothing");
    let pages = scrub(store);
    println!("{rows} rows, {bytes} bytes: copies were left, {pages} pages cleaned");
    assert!(!filled.marks().contains(&0));
    assert!(filled.marks().contains(&1));
    filled.is_whole();
    // Nothing is left to find, and the record goes on.
    assert_eq!(scrub(store), 0);
    filled.append(turns(1, 900_000));
    filled.is_whole();
}

#[test]
fn another_process_and_its_cache_take_part() {
    let mut filled = Filled::new();
    in_turns(&mut filled, 3, 1, 100);
    for person in 0..PERSONS {
        filled.run(&Step::Risk { person, count: 20 });
    }
    // Open before, with old pages in its memory: what it writes later must not bring them back.
    let other = Store::open(filled.journal.folder.path(), Store::BUSY).unwrap();
    let count = |store: &Store| store.read::<_, StoreError>(|view| view.risks()).unwrap().len();
    assert_eq!(count(&other), 4);
    put_risk(&other, 2, 800_000..800_001);
    empty(&filled.journal.store, 3);
    let mut scrubbing = Scrubbing::default();
    let mut number = 700_000;
    while !scrubbing.is_done() {
        scrubbing = filled.journal.store.scrub(scrubbing).unwrap();
        put_risk(&other, 2, number..number + 1);
        number += 1;
    }
    drop(other);
    assert!(filled.journal.store.sweep());
    assert!(!filled.marks().contains(&3));
    assert!(filled.marks().contains(&2));
    filled.run(&Step::Risk { person: 2, count: 50 });
    assert!(!filled.marks().contains(&3));
    filled.is_whole();
}

/// A request is on its way while its person is erased: the answer comes when no row of theirs is left.
#[test]
fn what_a_receiver_says_too_late_is_gone_by_the_next_time() {
    let mut filled = Filled::new();
    in_turns(&mut filled, 1, 2, 4);
    filled.run(&Step::Erase { person: 1, whole: true });
    filled.run(&Step::Echo { person: 1 });
    let said = |filled: &Filled| {
        let read = |view: &View<'_>| Ok((view.sink("siem")?.unwrap().fault, view.dead_letters("siem", 1)?));
        let (fault, letters) = filled.journal.store.read::<_, StoreError>(read).unwrap();
        (fault.unwrap(), letters[0].reason.clone())
    };
    // Rows that were emptied are among those which it is about.
    assert!(!said(&filled).1.contains(&mark(1)));
    filled.run(&Step::Erase { person: 1, whole: true });
    assert!(!said(&filled).0.contains(&mark(1)));
    assert!(!filled.marks().contains(&1));
    filled.is_whole();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_done_before_an_erased_person_is_nowhere(
        steps in prop::collection::vec(step(), 20..60),
        person in 0..PERSONS,
    ) {
        let mut filled = Filled::new();
        in_turns(&mut filled, person, (person + 1) % PERSONS, 120);
        for step in &steps {
            filled.run(step);
        }
        filled.run(&Step::Erase { person, whole: true });
        prop_assert!(!filled.marks().contains(&person));
        filled.is_whole();
    }
}

/// `PROPTEST_CASES`, where it is said.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").map_or(8, |cases| cases.parse().unwrap())
}
