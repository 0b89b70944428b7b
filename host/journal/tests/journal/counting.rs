//! Counts over time, and what became of each policy's cards.

use host_journal::{
    Answered, ChoiceWord, Column, Entry, Filter, Mistaken, NewRow, PolicyUse, Refused, RefusedBy, Released,
    Shown, figures, policies, words,
};
use shared_protocol::{Action, Mode, Operation, Prompt};

use crate::sample::{Journal, judged, row};

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// An interaction that `p` decided, with its answer.
fn asked(number: u64, choice: ChoiceWord) -> Vec<NewRow> {
    let mut asked = judged(&Prompt::new(Operation::SendPrompt));
    asked.action = Action::Warn;
    asked.policies = vec![PolicyUse { id: "p".to_owned(), action: Action::Warn, mode: Mode::Enforce }];
    let gone = matches!(choice, ChoiceWord::SendAnyway | ChoiceWord::Redact | ChoiceWord::Justify);
    let end = if gone {
        Entry::Released(Released { edited: choice == ChoiceWord::Redact })
    } else {
        Entry::Refused(Refused { by: RefusedBy::Person })
    };
    let answered = Entry::Answered(Answered { choice, reason_bytes: 0 });
    [Entry::Judged(Box::new(asked)), Entry::Shown(Shown {}), answered, end]
        .map(|entry| row(number, "claude", entry))
        .into()
}

fn interactions() -> Filter {
    Filter { kinds: Filter::INTERACTIONS.to_vec(), ..Filter::default() }
}

#[test]
fn each_answer_is_counted_where_it_belongs() {
    let journal = Journal::new();
    let choices = [
        ChoiceWord::SendAnyway,
        ChoiceWord::Justify,
        ChoiceWord::Redact,
        ChoiceWord::Edit,
        ChoiceWord::None,
        ChoiceWord::SendAnyway,
    ];
    for (number, choice) in (1..).zip(choices) {
        journal.append(&asked(number, choice)).unwrap();
    }
    journal.append(&[row(2, "claude", Entry::Mistake(Mistaken {}))]).unwrap();
    let all = journal.store.read(|view| policies(view, &interactions())).unwrap();
    let p = &all["p"];
    assert_eq!((all.len(), p.matched, p.shown), (1, 6, 6));
    assert_eq!(p.mistakes, 1);
    assert_eq!((p.overridden, p.redacted, p.edited, p.unanswered, p.refused), (3, 1, 1, 1, 2));
    let none = Filter { user: Some("nobody".to_owned()), ..interactions() };
    assert!(journal.store.read(|view| policies(view, &none)).unwrap().is_empty());
    let people = journal.store.read(|view| words(view, &interactions(), Column::Person)).unwrap();
    assert_eq!(people, [("local:1000".to_owned(), 6)]);
}

#[test]
fn stretches_begin_with_the_days_of_a_time_zone_and_hold_every_row_once() {
    let journal = Journal::new();
    let midnight = 1_700_006_400_000;
    for (number, at) in [(1, midnight - 2 * HOUR), (2, midnight + HOUR), (3, midnight + 30 * DAY)] {
        let judged = judged(&Prompt::new(Operation::SendPrompt));
        let new = NewRow { at, ..row(number, "claude", Entry::Judged(Box::new(judged))) };
        journal.append(&[new]).unwrap();
    }
    for (offset, first) in [(0, 1), (2 * HOUR as i64, 2), (-5 * HOUR as i64, 2)] {
        let told = journal.store.read(|view| figures(view, &interactions(), offset)).unwrap();
        let allowed = &told.actions["allow"];
        assert_eq!((told.width, allowed.iter().sum::<u64>()), (DAY, 3), "{offset}");
        assert_eq!((told.from as i64 + offset) % DAY as i64, 0, "{offset}");
        assert_eq!((allowed.len(), allowed[0]), (told.stretches, first), "{offset}");
        assert_eq!(allowed.last(), Some(&1));
    }
    let since = Filter { since: Some(midnight), until: Some(midnight + 2 * HOUR), ..interactions() };
    let told = journal.store.read(|view| figures(view, &since, 0)).unwrap();
    assert_eq!((told.from, told.actions["allow"].iter().sum::<u64>()), (midnight, 1));
    let none = Filter { user: Some("nobody".to_owned()), ..interactions() };
    let told = journal.store.read(|view| figures(view, &none, 0)).unwrap();
    assert_eq!(told, host_journal::Figures::default());
}
