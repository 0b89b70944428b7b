//! Ids, and a file that comes back.

use std::collections::BTreeSet;

use host_journal::{Drifted, Entry};
use shared_protocol::{Drift, DriftKind, EventId};

use super::{Recorder, uuid};

mod noticed;

#[test]
fn ids_are_random_and_shaped_as_rfc_9562_says() {
    let ids: BTreeSet<String> = (0..200).map(|_| uuid().unwrap()).collect();
    assert_eq!(ids.len(), 200);
    for id in ids {
        let bytes = id.as_bytes();
        assert_eq!(bytes[14], b'4', "{id}");
        assert!(b"89ab".contains(&bytes[19]), "{id}");
        assert!(EventId::try_from(id).is_ok());
    }
}

#[test]
fn a_file_that_was_damaged_and_is_repaired_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("promptgate");
    let recorder = Recorder::new(Some(data.clone()), "jane".to_owned(), Box::new(|| None));
    let note = || {
        let drift = Drift {
            what: DriftKind::Endpoint,
            operation: None,
            path: "POST /x".to_owned(),
            place: None,
            size: None,
        };
        recorder.note(None, 1, Entry::Drift(Drifted { drift }))
    };
    note().unwrap();
    assert_eq!(recorder.counts(0).unwrap(), (1, 1, 0));
    assert_eq!(recorder.counts(2).unwrap(), (1, 0, 0));

    std::fs::remove_dir_all(&data).unwrap();
    std::fs::create_dir_all(data.join("journal.sqlite3")).unwrap();
    *recorder.opened.lock().unwrap() = None;
    assert!(note().is_err());
    std::fs::remove_dir_all(&data).unwrap();
    note().unwrap();
    // And a row about what was.
    assert_eq!(recorder.counts(0).unwrap(), (2, 1, 0));
    assert!(Recorder::new(None, "jane".to_owned(), Box::new(|| None)).open().is_err());
}
