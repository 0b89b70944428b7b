//! What comes twice is known, and stands once, whoever asks.

use host_journal::{
    Answered, Entry, JournalError, Known, NewRow, Refused, RefusedBy, Released, Shown, State, known,
};
use host_store::StoreError;
use shared_protocol::{Action, Choice, Mode, Obligation, Outcome, Prompt, RefusedReason, Text};

use crate::sample::{Ids, Journal, answer, ended, event, judged, row};

fn look(journal: &Journal) -> Known {
    journal.store.read(|view| known(view, &event(1))).unwrap()
}

fn asked() -> NewRow {
    let mut judged = judged(&Prompt::new(shared_protocol::Operation::SendPrompt));
    judged.action = Action::Redact;
    judged.outcome = Outcome::Ask;
    judged.obligations = vec![Obligation::Justify, Obligation::Redact];
    judged.edits = 2;
    row(1, "claude", Entry::Judged(Box::new(judged)))
}

#[test]
fn an_interaction_is_known_at_every_step() {
    let journal = Journal::new();
    assert_eq!(look(&journal).state(), State::New);

    journal.append(&[asked()]).unwrap();
    let verdict = look(&journal).judged.unwrap();
    assert_eq!(look(&journal).state(), State::Asked);
    assert_eq!(
        (verdict.outcome, verdict.action, verdict.mode),
        (Outcome::Ask, Action::Redact, Mode::Enforce)
    );
    assert_eq!((verdict.obligations.len(), verdict.edits, verdict.fault), (2, 2, None));

    journal.append(&[row(1, "claude", Entry::Shown(Shown {}))]).unwrap();
    assert!(look(&journal).shown);

    let choice = Answered::from(&Choice::Redact { reason: Some(Text::new("because")) });
    let released = Released { edited: true };
    journal
        .append(&[row(1, "claude", Entry::Answered(choice)), row(1, "claude", Entry::Released(released))])
        .unwrap();
    assert_eq!(look(&journal).answered, Some(choice));
    assert_eq!(choice.reason_bytes, 7);
    assert_eq!(look(&journal).state(), State::Released(released));

    journal.append(&[answer(1, "claude", Ids::default()), ended(1, "claude")]).unwrap();
    assert!(look(&journal).response && look(&journal).ended);

    let refused = Refused { by: RefusedBy::Extension(RefusedReason::EditFailed) };
    journal.append(&[row(1, "claude", Entry::Refused(refused))]).unwrap();
    assert_eq!(look(&journal).state(), State::Refused(refused));
}

#[test]
fn the_second_of_what_stands_once_is_refused_with_its_whole_transaction() {
    let journal = Journal::new();
    journal.append(&[asked()]).unwrap();
    let twice = journal.append(&[row(1, "claude", Entry::Shown(Shown {})), asked()]);
    assert_eq!(twice, Err(JournalError::Store(StoreError::Duplicate)));
    assert!(!look(&journal).shown);
    assert_eq!(journal.store.read(|view| view.head()).unwrap().unwrap().seq, 1);
}

#[test]
fn two_that_judge_the_same_event_at_once_write_one_row() {
    let journal = Journal::new();
    let judge = || {
        journal.store.write(|tx| {
            if known(tx, &event(1))?.state() != State::New {
                return Ok::<bool, JournalError>(false);
            }
            host_journal::append(tx, crate::sample::DEVICE, &[asked()])?;
            Ok(true)
        })
    };
    let wrote: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(judge)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
    });
    assert_eq!(wrote.iter().filter(|wrote| **wrote).count(), 1);
}
