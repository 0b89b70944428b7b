//! Lists: every filter alone, together, and in pages.

use host_journal::{
    Drifted, Entry, Filter, Kind, Late, NewRow, Order, Page, Record, Shown, count, event as rows_of, list,
    sealed, verify,
};
use shared_protocol::{Action, App, Drift, DriftKind, Operation, Prompt, Topic};

use crate::sample::{DEVICE, Ids, Journal, answer, event, found, judged, row, turn};

fn numbers(journal: &Journal, filter: &Filter, page: &Page) -> Vec<u64> {
    let records = journal.store.read(|view| list(view, filter, page)).unwrap();
    let total = journal.store.read(|view| count(view, filter)).unwrap();
    if page.after.is_none() && records.len() < page.limit as usize {
        assert_eq!(total, records.len() as u64);
    }
    records.iter().map(|record| record.seq).collect()
}

/// 1 found, sealed | 2 shown | 3 claude share, warned | 4 its answer, in conversation c | 5 drift | 6 late.
fn filled() -> Journal {
    let journal = Journal::new();
    let mut share = judged(&Prompt::new(Operation::ShareConversation));
    share.action = Action::Warn;
    let mut other = row(3, "claude", Entry::Judged(Box::new(share)));
    other.person = "local:2000".to_owned();
    let drift = Drift {
        what: DriftKind::Endpoint,
        operation: None,
        path: "POST /backend-api/{}".to_owned(),
        place: None,
        size: Some(10),
    };
    let mut alone = row(5, "gemini", Entry::Drift(Drifted { drift }));
    alone.event = None;
    let late = Late { operation: Some(Operation::SendPrompt), released: true, text_bytes: 5 };
    let rows: [NewRow; 6] = [
        found(1),
        NewRow { event: Some(event(1)), ..row(2, "chatgpt", Entry::Shown(Shown {})) },
        other,
        answer(3, "claude", Ids { conversation: Some("c"), ..Ids::default() }),
        alone,
        row(6, "gemini", Entry::Late(late)),
    ];
    let places = journal.append(&rows).unwrap();
    assert_eq!(places.iter().map(|place| place.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    journal
}

#[test]
fn every_filter_finds_its_rows() {
    let journal = filled();
    let page = Page { order: Order::Oldest, ..Page::default() };
    let cases: Vec<(&str, Filter, &[u64])> = vec![
        ("all", Filter::default(), &[1, 2, 3, 4, 5, 6]),
        ("kinds", Filter { kinds: Filter::INTERACTIONS.to_vec(), ..Filter::default() }, &[1, 3, 6]),
        ("kind", Filter { kinds: vec![Kind::Drift], ..Filter::default() }, &[5]),
        ("app", Filter { app: Some(App::new("claude")), ..Filter::default() }, &[3, 4]),
        ("user", Filter { user: Some("local:2000".to_owned()), ..Filter::default() }, &[3]),
        ("topic", Filter { topic: Some(Topic::ContentPii), ..Filter::default() }, &[1]),
        ("no such topic", Filter { topic: Some(Topic::IntentPii), ..Filter::default() }, &[]),
        ("operation", Filter { operation: Some(Operation::SendPrompt), ..Filter::default() }, &[1, 6]),
        ("action", Filter { action: Some(Action::Warn), ..Filter::default() }, &[3]),
        ("conversation", Filter { conversation: Some("c".to_owned()), ..Filter::default() }, &[3, 4]),
        ("since", Filter { since: Some(1_700_000_000_005), ..Filter::default() }, &[5, 6]),
        ("until", Filter { until: Some(1_700_000_000_002), ..Filter::default() }, &[1]),
        ("captured", Filter { captured: Some(true), ..Filter::default() }, &[1, 2]),
        ("not captured", Filter { captured: Some(false), ..Filter::default() }, &[3, 4, 5, 6]),
        ("matched", Filter { matched: Some(true), ..Filter::default() }, &[1]),
        ("not matched", Filter { matched: Some(false), ..Filter::default() }, &[2, 3, 4, 5, 6]),
        (
            "together",
            Filter {
                kinds: vec![Kind::Judged],
                app: Some(App::new("chatgpt")),
                user: Some("local:1000".to_owned()),
                topic: Some(Topic::ContentPii),
                operation: Some(Operation::SendPrompt),
                action: Some(Action::Coach),
                conversation: None,
                since: Some(1_700_000_000_000),
                until: Some(1_800_000_000_000),
                captured: Some(true),
                matched: Some(true),
            },
            &[1],
        ),
        ("a quote", Filter { user: Some("' OR 1=1 --".to_owned()), ..Filter::default() }, &[]),
    ];
    for (name, filter, expected) in cases {
        assert_eq!(numbers(&journal, &filter, &page), expected, "{name}");
    }
}

#[test]
fn pages_meet_without_gap_or_double() {
    let journal = Journal::new();
    let rows: Vec<NewRow> = (1..=53).map(|number| turn(number, "claude", Ids::default())).collect();
    journal.append(&rows).unwrap();
    for order in [Order::Newest, Order::Oldest] {
        let mut all = Vec::new();
        let mut page = Page { order, after: None, limit: 10 };
        loop {
            let some = numbers(&journal, &Filter::default(), &page);
            page.after = some.last().copied();
            if some.is_empty() {
                break;
            }
            all.extend(some);
        }
        if order == Order::Newest {
            all.reverse();
        }
        assert_eq!(all, (1..=53).collect::<Vec<_>>());
    }
}

#[test]
fn a_row_comes_back_as_it_went_in() {
    let journal = Journal::new();
    let row = found(7);
    journal.append(std::slice::from_ref(&row)).unwrap();
    let records = journal.store.read(|view| rows_of(view, &event(7))).unwrap();
    let [record] = records.as_slice() else { panic!("one row") };
    let Record { seq, device, at, event, kind, app, person, entry, sealed: notes, hash: _ } = record.clone();
    assert_eq!((seq, device.as_str(), at, kind), (1, DEVICE, row.at, Kind::Judged));
    assert_eq!((event, app, person), (row.event, row.app, Some(row.person)));
    assert_eq!(entry, Some(row.entry));
    assert_eq!(notes.iter().map(|note| note.bytes).collect::<Vec<_>>(), [120, 120]);
    assert_eq!(journal.store.read(|view| sealed(view, 1)).unwrap(), row.sealed);
    assert_eq!(journal.store.read(verify).unwrap().bad, None);
}

#[test]
fn the_device_is_named_once() {
    let journal = Journal::new();
    let name = |fresh: &str| journal.store.write(|tx| host_journal::device(tx, fresh)).unwrap();
    assert_eq!(name("first"), "first");
    assert_eq!(name("second"), "first");
}
