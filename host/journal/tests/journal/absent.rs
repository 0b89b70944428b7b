//! Rows that need not be there: what is there is checked as far as it goes, and nobody is accused for what is not.

use host_journal::{Absent, Bad, Checking, Fault, JournalError, Roots, SignedHead, Verified, head};
use proptest::prelude::*;

use crate::sample::{DEVICE, Ids, Journal, line, open_line, turn};

const MINUTE: u64 = 60_000;

/// Ten rows with a line of keys from row 1 on and another one from row 6 on.
fn filled() -> Journal {
    let journal = Journal::new();
    journal.begin(line(1, 1_700_000_000_000)).unwrap();
    append(&journal, 1, 5);
    journal.begin(line(2, 1_700_000_000_000 + 45 * MINUTE)).unwrap();
    append(&journal, 5, 9);
    journal
}

fn append(journal: &Journal, from: u64, to: u64) {
    for number in from..to {
        let mut row = turn(number, "claude", Ids::default());
        row.at = 1_700_000_000_000 + number * 10 * MINUTE;
        journal.append(&[row]).unwrap();
    }
}

fn check(journal: &Journal, absent: Absent, heads: Vec<SignedHead>) -> Verified {
    let verified: Result<_, JournalError> = journal.store.read(|view| {
        let roots = Roots::read(view, open_line)?;
        Checking { roots, heads, absent, progress: None }.verify(view)
    });
    verified.unwrap()
}

fn without(rows: &[u64]) -> Journal {
    let journal = filled();
    for row in rows {
        let sql = format!("PRAGMA foreign_keys = OFF; DELETE FROM record WHERE seq = {row}");
        journal.raw().execute_batch(&sql).unwrap();
    }
    journal
}

#[test]
fn a_beginning_may_be_absent_and_nothing_else() {
    let journal = without(&[1, 2, 3]);
    let checked = check(&journal, Absent::Beginning, Vec::new());
    assert_eq!((checked.bad, checked.first, checked.gaps, checked.rows), (None, Some(4), 1, 7));
    // Rows 4 and 5 are of a line whose beginning is not there; row 6 begins another.
    assert_eq!(checked.sealed, 5);
    assert_eq!(check(&journal, Absent::None, Vec::new()).bad, Some(Bad { seq: 1, fault: Fault::Missing }));
    let checked = check(&without(&[1, 5]), Absent::Beginning, Vec::new());
    assert_eq!(checked.bad, Some(Bad { seq: 5, fault: Fault::Missing }));
}

#[test]
fn the_row_that_begins_a_line_may_be_absent_too() {
    let checked = check(&without(&[6]), Absent::Any, Vec::new());
    // The rows after it are not accused, and not counted as sealed.
    assert_eq!((checked.bad, checked.gaps, checked.sealed), (None, 1, 5));
}

#[test]
fn a_head_shows_a_missing_end_but_where_filters_chose() {
    let journal = filled();
    let kept = journal.store.read(|view| head(view, DEVICE, 1)).unwrap().unwrap();
    journal
        .raw()
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM record WHERE seq IN (1, 10)")
        .unwrap();
    let checked = check(&journal, Absent::Beginning, vec![kept.clone()]);
    assert_eq!(checked.bad, Some(Bad { seq: 10, fault: Fault::Cut(10) }));
    assert_eq!(check(&journal, Absent::Any, vec![kept]).bad, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whichever_rows_are_chosen_the_others_are_whole_and_a_change_is_named(
        gone in prop::collection::btree_set(1_u64..=10, 0..9),
        changed in 1_u64..=10,
    ) {
        let gone: Vec<u64> = gone.into_iter().collect();
        let journal = without(&gone);
        let checked = check(&journal, Absent::Any, Vec::new());
        prop_assert_eq!(checked.bad, None);
        prop_assert_eq!(checked.rows, 10 - gone.len() as u64);
        if !gone.contains(&changed) {
            let sql = format!("UPDATE record SET at = at + 1 WHERE seq = {changed}");
            journal.raw().execute_batch(&sql).unwrap();
            let bad = check(&journal, Absent::Any, Vec::new()).bad;
            prop_assert_eq!(bad, Some(Bad { seq: changed, fault: Fault::Hash }));
        }
    }
}
