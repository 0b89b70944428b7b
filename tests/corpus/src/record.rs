//! What is read back from the record: rows, and the text that was sealed beside them. The file is the person's own, and
//! may have been written by anybody.

use host_journal::encoding::{Fields, split_commitments};
use host_journal::sink::{JSONL, Line, Outgoing, Producer, heads, read_line};
use host_journal::{Plain, Record};
use host_store::{Index, Row};

/// A row: a line with its kind, then its body. What can be read has that kind; a body's fields have one spelling.
pub(crate) fn row(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (kind, body) = text.split_once('\n').unwrap_or((&text, ""));
    if let Ok(record) = Record::try_from(unhashed(kind, body)) {
        assert_eq!(record.entry.map(|entry| entry.kind()), Some(record.kind), "a row of another kind");
    }
    let _any = split_commitments(bytes);
    let Ok(fields) = Fields::parse(body) else { return };
    let plain =
        |name: &str| name.len() <= 255 && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    if fields.iter().all(|(name, _)| plain(name)) {
        let spelt = fields.body();
        let again = Fields::parse(&spelt).map(|again| again.body());
        assert!(again.is_ok_and(|again| again == spelt), "a body that reads otherwise when written again");
        let commitments = fields.commitments(&[7; 32]);
        let split = split_commitments(&commitments).map(|all| all.len());
        assert_eq!(split, Some(fields.iter().count()), "a field without its commitment");
    }
}

/// A row that says this; its chain is no matter of what can be read.
pub(crate) fn unhashed(kind: &str, body: &str) -> Row {
    Row {
        seq: 1,
        device: String::new(),
        at: 0,
        event: None,
        kind: kind.to_owned(),
        salt: Some([7; 32]),
        body: Some(body.to_owned()),
        commitments: Vec::new(),
        previous: [0; 32],
        hash: [0; 32],
        epoch: None,
        mac: None,
        index: Index::default(),
    }
}

/// Text that was opened. What was read is written as something that reads the same.
pub(crate) fn text(bytes: &[u8]) {
    let Some(plain) = Plain::from_bytes(bytes) else { return };
    let again = plain.to_bytes().ok().and_then(|bytes| Plain::from_bytes(&bytes));
    assert!(again.as_ref() == Some(&plain), "a text that reads otherwise when written again");
}

/// A line of an export of another device, or of a sink. What was read is written as something that reads the same.
pub(crate) fn export(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for head in heads(text) {
        let line = JSONL.head_line(&head, &Producer { version: "0" }).unwrap_or_default();
        assert!(read_line(&line) == Ok(Line::Signed(head)), "a head that reads otherwise when written again");
    }
    let Ok(Line::Row(row)) = read_line(text) else { return };
    let outgoing = Outgoing::new(row.row.clone(), row.sealed.clone());
    let again = JSONL.line(&outgoing, &Producer { version: "0" }).ok().map(|line| read_line(&line));
    assert!(again == Some(Ok(Line::Row(row))), "a line that reads otherwise when written again");
}
