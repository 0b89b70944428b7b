//! What is noticed by rows that go by no event has a row of its own, which changes of risk name.

use host_journal::{Beat, Change, Entry, Filter, Heartbeat, Order, Page, SiteWord};
use host_risk::{Rules, keep};
use shared_protocol::{Browser, EventId, PolicySource};

use super::super::Recorder;
use crate::native::now;
use crate::risk::Scoring;

const MINUTE: u64 = 60_000;

fn recorder(folder: &std::path::Path) -> Recorder {
    let recorder = Recorder::new(Some(folder.join("data")), "jane".to_owned(), Box::new(|| None));
    recorder.scoring(Box::new(|| {
        Some(Scoring { rules: Rules::builtin().unwrap(), receivers: Vec::new(), profiles: Vec::new() })
    }))
}

fn beat(recorder: &Recorder, beat: Beat, at: u64) {
    let row = Heartbeat {
        beat,
        browser: Browser::Firefox,
        extension: SiteWord::from("0.1.0"),
        host: SiteWord::from("0.1.0"),
        source: PolicySource::BuiltinEnforce,
    };
    recorder.note(None, at, Entry::Heartbeat(row)).unwrap();
}

/// Names and events of the rows about what was noticed, the oldest first.
fn noticed(recorder: &Recorder) -> Vec<(String, EventId)> {
    let page = Page { order: Order::Oldest, after: None, limit: 100 };
    let rows =
        recorder.look(|view| Ok(host_journal::list(view, &Filter::default(), &page).unwrap())).unwrap();
    let seen = rows.into_iter().filter_map(|row| match row.entry {
        Some(Entry::Audit(audit)) if audit.what == Change::DeviceSeen => {
            Some((audit.name.unwrap().as_str().to_owned(), row.event.unwrap()))
        }
        _ => None,
    });
    seen.collect()
}

#[test]
fn connections_that_broke_off_and_a_new_person_name_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = recorder(folder.path());
    let start = now() - 300 * MINUTE;
    // A farewell is no break, and one that comes back soon neither.
    for (kind, minute) in [
        (Beat::Connected, 0),
        (Beat::Ended, 1),
        (Beat::Connected, 60),
        (Beat::Connected, 61),
        (Beat::Connected, 120),
        (Beat::Connected, 180),
        (Beat::Connected, 240),
    ] {
        beat(&recorder, kind, start + minute * MINUTE);
    }
    let rows = noticed(&recorder);
    let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["person", "protection-stopped", "protection-stopped", "protection-stopped"]);
    let rules = Rules::builtin().unwrap();
    let standing = recorder.look(|view| keep::standing(view, "jane", &rules, now())).unwrap().unwrap();
    let told = format!("{standing:?}");
    for (name, event) in &rows {
        assert!(told.contains(event.as_str()), "{name}: {told}");
    }
}
