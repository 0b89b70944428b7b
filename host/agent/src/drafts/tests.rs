//! For any order of drafts, sends and pauses: what is let go is on record, and nobody is counted twice or not at all.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use host_journal::Plain;
use proptest::prelude::*;
use shared_protocol::{Action, App, EventId, Label, Operation, Part, PartKind, Prompt};

use super::{Closing, Drafts, GROWTH, LONGEST, PAUSE, Said, Whose};

fn whose(page: u32) -> Whose {
    Whose { app: App::new("chatgpt"), page: Some(page), conversation: None }
}

fn event(number: u64) -> EventId {
    EventId::try_from(format!("00000000-0000-4000-8000-{number:012x}")).unwrap()
}

fn said(action: Action, labels: &[(&str, u64)], text_bytes: u64) -> Said {
    let label = |(name, count): &(&str, u64)| (Label::try_from((*name).to_owned()).unwrap(), *count);
    let released = action <= Action::Coach;
    Said { action, released, labels: labels.iter().map(label).collect(), text_bytes }
}

fn plain(text: &str) -> Plain {
    let mut prompt = Prompt::new(Operation::SendDraft);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    Plain::prompt(event(1), 7, App::new("chatgpt"), &prompt)
}

#[test]
fn a_typed_message_is_two_rows() {
    let (mut drafts, now) = (Drafts::default(), Instant::now());
    assert!(!drafts.count(&whose(1), &said(Action::Allow, &[], 3), 1, |_| None, now));
    drafts.recorded(whose(1), event(1), said(Action::Allow, &[], 3), 1, now);
    for bytes in 4..50 {
        let text = |_: &EventId| Some(plain(&"x".repeat(usize::try_from(bytes).unwrap())));
        assert!(drafts.count(&whose(1), &said(Action::Allow, &[], bytes), bytes, text, now));
    }
    assert!(drafts.due(now).is_empty());
    let closing = drafts.sent(&App::new("chatgpt"), Some(1));
    let [Closing { event: first, drafted, at, text, .. }] = &closing[..] else { panic!() };
    assert_eq!((first, *at), (&event(1), 49));
    assert_eq!((drafted.drafts, drafted.released, drafted.refused), (47, 47, 0));
    assert_eq!((drafted.action, drafted.text_bytes), (Action::Allow, 49));
    assert_eq!(text.as_ref().unwrap().to_bytes().unwrap(), plain(&"x".repeat(49)).to_bytes().unwrap());
    assert!(drafts.all().is_empty());
}

#[test]
fn what_the_record_does_not_say_yet_has_its_own_row() {
    let now = Instant::now();
    let first = said(Action::Coach, &[("pii.email", 1)], 100);
    let with_first = || {
        let mut drafts = Drafts::default();
        drafts.recorded(whose(1), event(1), first.clone(), 1, now);
        drafts
    };
    let counted = |said: Said| with_first().count(&whose(1), &said, 2, |_| None, now);
    assert!(counted(said(Action::Coach, &[("pii.email", 1)], 100 + GROWTH)));
    assert!(counted(said(Action::Allow, &[], 0)));
    for more in [
        said(Action::Coach, &[("pii.email", 2)], 100),
        said(Action::Coach, &[("pii.phone", 1)], 100),
        said(Action::Coach, &[], 101 + GROWTH),
        said(Action::Block, &[("pii.email", 1)], 100),
    ] {
        assert!(!counted(more.clone()), "{more:?}");
    }
    // Of another page, or another conversation.
    assert!(!with_first().count(&whose(2), &first, 2, |_| None, now));
    let elsewhere = Whose { conversation: Some("c".to_owned()), ..whose(1) };
    assert!(!with_first().count(&elsewhere, &first, 2, |_| None, now));
    // A refused one says nothing of those that are let go.
    let mut drafts = Drafts::default();
    drafts.recorded(whose(1), event(1), said(Action::Block, &[("pii.email", 1)], 100), 1, now);
    assert!(!drafts.count(&whose(1), &first, 2, |_| None, now));
    assert!(drafts.count(&whose(1), &said(Action::Redact, &[], 9_000), 2, |_| None, now));
}

#[test]
fn a_pause_and_a_long_message_are_closed_by_time() {
    let now = Instant::now();
    let mut drafts = Drafts::default();
    let harmless = said(Action::Allow, &[], 3);
    drafts.recorded(whose(1), event(1), harmless.clone(), 1, now);
    drafts.count(&whose(1), &harmless, 2, |_| None, now);
    assert!(drafts.due(now + PAUSE - Duration::from_millis(1)).is_empty());
    assert_eq!(drafts.due(now + PAUSE).len(), 1);
    drafts.recorded(whose(1), event(2), harmless.clone(), 1, now);
    for second in 0..LONGEST.as_secs() {
        assert!(drafts.due(now + Duration::from_secs(second)).is_empty());
        assert!(drafts.count(&whose(1), &harmless, 2, |_| None, now + Duration::from_secs(second)));
    }
    assert_eq!(drafts.due(now + LONGEST)[0].drafted.drafts, 1 + LONGEST.as_secs());
    // A message whose every draft has a row needs no other.
    drafts.recorded(whose(1), event(3), harmless, 1, now);
    assert!(drafts.all().is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    Draft(u32, Said),
    Sent(u32),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let action = prop::sample::select(vec![Action::Allow, Action::Coach, Action::Redact, Action::Block]);
    let labels =
        prop::collection::btree_map(prop::sample::select(vec!["pii.email", "pii.phone"]), 1..4_u64, 0..3);
    let draft = (0..40_u32, action, labels, 0..4_000_u64).prop_map(|(page, action, labels, bytes)| {
        // Mostly one page.
        let page = page.saturating_sub(30);
        Step::Draft(page, said(action, &labels.into_iter().collect::<Vec<_>>(), bytes))
    });
    prop_oneof![8 => draft, 1 => (0..3_u32).prop_map(Step::Sent), 1 => (0..150_u64).prop_map(Step::Pass)]
}

proptest! {
    #[test]
    fn whatever_goes_is_on_record_and_everything_is_counted(steps in prop::collection::vec(step(), 0..80)) {
        let (mut drafts, mut now) = (Drafts::default(), Instant::now());
        // What a reader of the record knows: rows by page, and the counts of closing rows.
        let mut rows: BTreeMap<u32, Vec<Said>> = BTreeMap::new();
        let (mut number, mut own, mut all) = (0, 0, 0);
        let mut closings = Vec::new();
        for step in steps {
            match step {
                Step::Draft(page, said) => {
                    all += 1;
                    if drafts.count(&whose(page), &said, 1, |_| None, now) {
                        let rows = rows.get(&page).map_or(&[][..], Vec::as_slice);
                        let same: Vec<_> = rows.iter().filter(|row| row.released == said.released).collect();
                        prop_assert!(same.iter().any(|row| row.action >= said.action), "looser rows only");
                        for (label, count) in &said.labels {
                            prop_assert!(same.iter().any(|row| row.labels.get(label) >= Some(count)));
                        }
                        let told = same.last().map_or(0, |row| row.text_bytes);
                        prop_assert!(!said.released || said.text_bytes <= told + GROWTH);
                    } else {
                        number += 1;
                        own += 1;
                        closings.extend(drafts.recorded(whose(page), event(number), said.clone(), 1, now));
                        rows.entry(page).or_default().push(said);
                    }
                }
                Step::Sent(page) => {
                    closings.extend(drafts.sent(&App::new("chatgpt"), Some(page)));
                    rows.remove(&page);
                }
                Step::Pass(seconds) => {
                    now += Duration::from_secs(seconds);
                    let due = drafts.due(now);
                    prop_assert!(due.iter().all(|closing| closing.drafted.drafts > 1));
                    closings.extend(due);
                }
            }
        }
        closings.extend(drafts.all());
        let counted: u64 = closings.iter().map(|closing| closing.drafted.drafts).sum();
        prop_assert!(counted <= all && all <= counted + own);
        for Closing { drafted, .. } in &closings {
            prop_assert_eq!(drafted.drafts, drafted.released + drafted.refused);
        }
    }
}
