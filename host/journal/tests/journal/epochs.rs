//! Keys that are gone are gone, and who has today's key can change nothing of yesterday.

use host_journal::{
    Bad, Checking, Fault, HeadFault, JournalError, Kind, Roots, SignedHead, Verified, begin, close, encoding,
    head,
};

use crate::sample::{DEVICE, Ids, Journal, found, line, open_line, turn};

const MINUTE: u64 = 60_000;

/// Rows `from..to`, one in ten minutes: two in an epoch.
fn append(journal: &Journal, from: u64, to: u64) {
    for number in from..to {
        let mut row = turn(number, "claude", Ids::default());
        row.at = 1_700_000_000_000 + number * 10 * MINUTE;
        journal.append(&[row]).unwrap();
    }
}

/// A record with a row from before there were keys, then row 2 that begins them, then rows to 9: epochs
/// 0 (2, 3), 1 (4, 5), 2 (6, 7), 3 (8, 9).
fn filled() -> Journal {
    let journal = Journal::new();
    append(&journal, 0, 1);
    journal.begin(line(1, 1_700_000_000_000)).unwrap();
    append(&journal, 1, 8);
    journal
}

fn check(journal: &Journal) -> Verified {
    check_with(journal, Vec::new())
}

fn check_with(journal: &Journal, heads: Vec<SignedHead>) -> Verified {
    let verified: Result<_, JournalError> = journal.store.read(|view| {
        let roots = Roots::read(view, open_line)?;
        Checking { roots, heads, ..Checking::default() }.verify(view)
    });
    verified.unwrap()
}

fn bad(verified: &Verified) -> Option<(u64, Fault)> {
    verified.bad.clone().map(|Bad { seq, fault }| (seq, fault))
}

fn current_key(journal: &Journal) -> (u64, [u8; 32]) {
    let sql = "SELECT epoch, key FROM epoch_key";
    journal.raw().query_row(sql, [], |row| Ok((row.get::<_, u32>(0)?.into(), row.get(1)?))).unwrap()
}

/// The files in which these bytes stand.
fn files_with(journal: &Journal, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(journal.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}

#[test]
fn every_row_is_sealed_with_the_key_of_its_time() {
    let journal = filled();
    let verified = check(&journal);
    assert_eq!((verified.rows, verified.sealed, verified.bad), (9, 8, None));
    let epochs: Vec<Option<u64>> =
        (1..=9).map(|seq| journal.store.read(|view| view.row(seq)).unwrap().unwrap().epoch).collect();
    let of = |epoch| Some(epoch);
    assert_eq!(epochs, [None, of(0), of(0), of(1), of(1), of(2), of(2), of(3), of(3)]);
    // Without the key the chain is all there is.
    let chain = journal.store.read(host_journal::verify).unwrap();
    assert_eq!((chain.rows, chain.sealed, chain.bad), (9, 0, None));
}

#[test]
fn a_key_that_was_replaced_stands_in_no_file() {
    let journal = Journal::new();
    journal.begin(line(1, 1_700_000_000_000)).unwrap();
    let mut old: Vec<[u8; 32]> = Vec::new();
    for number in 0..12 {
        append(&journal, number, number + 1);
        let (_, key) = current_key(&journal);
        // The search finds what is there.
        assert_ne!(files_with(&journal, &key), [""; 0], "{number}");
        if old.last() != Some(&key) {
            old.push(key);
        }
    }
    let (epoch, current) = current_key(&journal);
    assert_eq!((epoch, old.pop(), old.len()), (5, Some(current), 5));
    for key in &old {
        assert_eq!(files_with(&journal, key), [""; 0]);
    }
    // The browser went: the last epoch is closed without a row.
    journal.store.write(|tx| close(tx, 1_700_000_000_000 + 120 * MINUTE)).unwrap();
    assert_eq!(files_with(&journal, &current), [""; 0]);
    assert_eq!(current_key(&journal).0, 6);
    append(&journal, 12, 14);
    assert_eq!(bad(&check(&journal)), None);
}

#[test]
fn a_key_that_somebody_still_reads_beside_is_gone_after_the_next_write() {
    let journal = filled();
    let (_, key) = current_key(&journal);
    let reader = journal.raw();
    reader.execute_batch("BEGIN; SELECT * FROM record").unwrap();
    append(&journal, 8, 10);
    assert_ne!(files_with(&journal, &key), [""; 0]);
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    append(&journal, 10, 11);
    assert_eq!(files_with(&journal, &key), [""; 0]);
}

#[test]
fn what_fails_in_the_middle_leaves_the_epoch_as_it_was() {
    let journal = filled();
    let before = current_key(&journal);
    let mut late = turn(100, "claude", Ids::default());
    late.at += 100 * MINUTE;
    let failed: Result<(), JournalError> = journal.store.write(|tx| {
        host_journal::append(tx, DEVICE, std::slice::from_ref(&late))?;
        Err(JournalError::Encoding)
    });
    assert_eq!(failed, Err(JournalError::Encoding));
    assert_eq!(current_key(&journal), before);
    journal.append(&[late]).unwrap();
    assert_eq!(current_key(&journal).0, before.0 + 1);
    assert_eq!(bad(&check(&journal)), None);
}

#[test]
fn many_rows_end_an_epoch_too() {
    let journal = Journal::new();
    journal.begin(line(1, 1_700_000_000_000)).unwrap();
    let rows: Vec<_> = (0..2_100).map(|number| turn(number, "claude", Ids::default())).collect();
    journal.append(&rows).unwrap();
    assert_eq!(current_key(&journal).0, 2);
    let verified = check(&journal);
    assert_eq!((verified.sealed, verified.bad), (2_101, None));
}

#[test]
fn a_clock_that_goes_back_ends_an_epoch_and_breaks_nothing() {
    let journal = filled();
    let mut early = turn(50, "claude", Ids::default());
    early.at = 5;
    journal.append(&[early]).unwrap();
    append(&journal, 20, 22);
    let verified = check(&journal);
    assert_eq!((verified.rows, verified.sealed, verified.bad), (12, 11, None));
}

#[test]
fn other_recipients_begin_a_line_of_their_own() {
    let journal = filled();
    assert!(!journal.begin(line(1, 1_700_000_000_000)).unwrap());
    assert!(journal.begin(line(2, 1_700_000_000_000 + 90 * MINUTE)).unwrap());
    append(&journal, 10, 14);
    let verified = check(&journal);
    assert_eq!((verified.rows, verified.sealed, verified.bad), (14, 13, None));
    // Whoever has the first key only knows the rows of the first line.
    let verified: Verified = journal
        .store
        .read(|view| {
            let roots =
                Roots::read(view, |sealed| open_line(sealed).filter(|_| sealed[0].blob.ends_with('1')))?;
            assert_eq!(roots.count(), (2, 1));
            let made = head(view, DEVICE, 7)?.unwrap();
            Checking { roots, heads: vec![made], ..Checking::default() }.verify(view)
        })
        .unwrap();
    assert_eq!((verified.rows, verified.sealed, verified.bad, verified.strange), (14, 8, None, vec![]));
}

#[test]
fn two_that_begin_at_once_begin_one_line() {
    let journal = Journal::new();
    let began: Vec<bool> = std::thread::scope(|scope| {
        let start = || journal.store.write(|tx| begin(tx, DEVICE, line(1, 5))).unwrap();
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(began.iter().filter(|began| **began).count(), 1);
    assert_eq!(check(&journal).rows, 1);
}

/// Writes hashes and chain anew from `seq` on, as somebody would who can write the file.
fn chain_anew(journal: &Journal, seq: u64) {
    let raw = journal.raw();
    for at in seq.. {
        let Some(row) = journal.store.read(|view| view.row(at)).unwrap() else { break };
        let previous = journal.store.read(|view| view.row(at - 1)).unwrap().unwrap().hash;
        let commitments = match (&row.body, &row.salt) {
            (Some(body), Some(salt)) => encoding::Fields::parse(body).unwrap().commitments(salt),
            _ => row.commitments.clone(),
        };
        let header = encoding::Header {
            previous,
            seq: at,
            device: &row.device,
            at: row.at,
            kind: Kind::parse(&row.kind).unwrap().number(),
            event: row.event.as_deref().unwrap_or_default(),
        };
        let hash = encoding::hash(&header, &commitments).unwrap();
        let sql = "UPDATE record SET previous = ?, commitments = ?, hash = ? WHERE seq = ?";
        raw.execute(sql, rusqlite::params![previous, commitments, hash, at as i64]).unwrap();
    }
}

#[test]
fn who_has_todays_key_changes_nothing_of_yesterday() {
    let change = "UPDATE record SET body = replace(body, '\"action\":\"allow\"', '\"action\":\"block\"'), \
                  action = 'block' WHERE seq = ";
    for seq in [4, 5, 6, 7] {
        let journal = filled();
        journal.raw().execute_batch(&format!("{change}{seq}")).unwrap();
        chain_anew(&journal, seq);
        // The chain fits, and is all that can be looked at without the key.
        assert_eq!(journal.store.read(host_journal::verify).unwrap().bad, None);
        assert_eq!(bad(&check(&journal)), Some((seq, Fault::Seal)));
    }
}

#[test]
fn what_is_cut_off_and_grown_again_is_seen_from_the_epoch_before_on() {
    // (rows kept, what is found)
    let cases = [
        (8, None),
        (7, None),
        (6, Some((7, Fault::Closing))),
        (5, Some((6, Fault::Epochs))),
        (3, Some((4, Fault::Epochs))),
        (1, Some((2, Fault::Epochs))),
    ];
    for (kept, expected) in cases {
        let journal = filled();
        let signed = journal.store.read(|view| head(view, DEVICE, 7)).unwrap().unwrap();
        journal
            .raw()
            .execute_batch(&format!(
                "PRAGMA foreign_keys = OFF; DELETE FROM sealed WHERE seq > {kept}; \
                 DELETE FROM record WHERE seq > {kept}; \
                 UPDATE epoch_key SET first = min(first, {kept} + 1), since = 1700000060000000"
            ))
            .unwrap();
        // With the key of epoch 3 at hand the record goes on as if nothing had been.
        for number in 0..12 - kept {
            let mut row = turn(70 + number, "gemini", Ids::default());
            row.at = 1_700_000_060_000_000;
            journal.append(&[row]).unwrap();
        }
        // Numbers that do not follow each other are seen without it.
        let chain = journal.store.read(host_journal::verify).unwrap();
        assert_eq!(chain.rows, if kept >= 6 { 12 } else { kept });
        assert_eq!(bad(&check(&journal)), expected, "{kept}");
        // A head that was kept elsewhere shows it in any case.
        let with_head = check_with(&journal, vec![signed]);
        assert_eq!(bad(&with_head), Some(expected.unwrap_or((9, Fault::Head))), "{kept}");
    }
}

#[test]
fn a_seal_that_was_taken_away_or_put_on_another_row_is_seen() {
    let cases = [
        ("UPDATE record SET mac = NULL WHERE seq = 5", 5, Fault::Unsealed),
        ("UPDATE record SET mac = NULL, epoch = NULL WHERE seq >= 5", 5, Fault::Unsealed),
        ("UPDATE record SET mac = NULL, epoch = NULL WHERE seq = 2", 3, Fault::Epochs),
        ("UPDATE record SET mac = (SELECT mac FROM record WHERE seq = 3) WHERE seq = 5", 5, Fault::Seal),
        ("UPDATE record SET mac = substr(mac, 1, 32) WHERE seq = 4", 4, Fault::Epochs),
        (
            "UPDATE record SET mac = CAST(substr(mac, 1, 32) || zeroblob(32) AS BLOB) WHERE seq = 4",
            4,
            Fault::Closing,
        ),
        ("UPDATE record SET epoch = 2 WHERE seq = 5", 5, Fault::Epochs),
        ("UPDATE record SET epoch = 0 WHERE seq = 4", 4, Fault::Epochs),
    ];
    for (sql, seq, fault) in cases {
        let journal = filled();
        journal.raw().execute_batch(sql).unwrap();
        assert_eq!(bad(&check(&journal)), Some((seq, fault)), "{sql}");
    }
}

#[test]
fn a_kept_head_shows_a_record_that_was_cut_off() {
    let journal = filled();
    let kept = journal.store.read(|view| head(view, DEVICE, 99)).unwrap().unwrap();
    let kept = SignedHead::from_json(&kept.to_json().unwrap()).unwrap();
    append(&journal, 8, 12);
    assert_eq!(bad(&check_with(&journal, vec![kept.clone()])), None);
    let cut = "PRAGMA foreign_keys = OFF; DELETE FROM sealed WHERE seq > 6; DELETE FROM record WHERE seq > 6";
    journal.raw().execute_batch(cut).unwrap();
    assert_eq!(bad(&check(&journal)), None);
    assert_eq!(bad(&check_with(&journal, vec![kept.clone()])), Some((7, Fault::Cut(9))));
    // Also by the chain alone.
    let checking = Checking { heads: vec![kept.clone()], ..Checking::default() };
    let chain = journal.store.read(|view| checking.verify(view)).unwrap();
    assert_eq!(bad(&chain), Some((7, Fault::Cut(9))));
    // And of everything at once.
    let empty = Journal::new();
    assert_eq!(bad(&check_with(&empty, vec![kept])), Some((1, Fault::Cut(9))));
}

#[test]
fn a_head_that_says_nothing_is_named() {
    let journal = filled();
    let kept = journal.store.read(|view| head(view, DEVICE, 99)).unwrap().unwrap();
    let json = kept.to_json().unwrap();
    let changed = |from: &str, to: &str| {
        let other = json.replace(from, to);
        assert_ne!(other, json);
        SignedHead::from_json(&other).unwrap()
    };
    for (head, fault) in [
        (changed("\"seq\":9", "\"seq\":90"), HeadFault::Signature),
        (changed("\"at\":99", "\"at\":98"), HeadFault::Signature),
        (changed("\"epoch\":3", "\"epoch\":2"), HeadFault::Signature),
        (changed(DEVICE, "another"), HeadFault::Device),
    ] {
        let verified = check_with(&journal, vec![kept.clone(), head]);
        assert_eq!((verified.strange, verified.bad), (vec![(1, fault)], None));
    }
    for text in
        [json.replace("\"v\":1", "\"v\":2"), json.replace("\"hash\":\"", "\"hash\":\"x"), "{}".to_owned()]
    {
        assert_eq!(SignedHead::from_json(&text), None, "{text}");
    }
}

#[test]
fn the_copies_of_a_row_are_checked_in_every_batch() {
    let journal = Journal::new();
    journal.begin(line(1, 1_700_000_000_000)).unwrap();
    let rows: Vec<_> = (1..4_300)
        .map(|number| if number % 3 == 0 { found(number) } else { turn(number, "claude", Ids::default()) })
        .collect();
    journal.append(&rows).unwrap();
    journal.raw().execute_batch("UPDATE sealed SET blob = 'AwAA' WHERE seq > 4200").unwrap();
    // Number n stands at n + 1; the first multiple of three from 4200 on.
    assert_eq!(bad(&check(&journal)), Some((4_201, Fault::Sealed)));
}
