//! Each format says what a row says, and keeps to the rules of who made it.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a reader of the tests, over text of the tests"
)]

use std::collections::BTreeMap;

use host_journal::sink::{
    FORMATS, Imported, Line, Most, Outgoing, Parcel, Producer, csv_head, csv_line, envelope, format, heads,
    import, outgoing, read_line,
};
use host_journal::{Entry, Released, SignedHead, head, verify};
use host_store::Store;
use serde_json::{Value, json};

use crate::sample::{DEVICE, Ids, Journal, ended, event, found, row, turn};

const PRODUCER: Producer<'static> = Producer { version: "0.1.0" };

/// A prompt with a find, its release, its end, and one without; the last row but one erased.
fn sample() -> (Journal, Vec<Outgoing>) {
    let journal = Journal::new();
    let released = row(1, "chatgpt", Entry::Released(Released { edited: true }));
    let mut odd = turn(2, "claude", Ids { conversation: Some("=1+1|\"x\"\\"), ..Ids::default() });
    odd.person = "a=b|c\\d, \"e\"".to_owned();
    journal.append(&[found(1), released, ended(1, "chatgpt"), odd]).unwrap();
    journal
        .raw()
        .execute_batch(
            "UPDATE record SET salt = NULL, body = NULL, app = NULL, person = NULL, operation = NULL, action = NULL, \
             conversation = NULL, parent = NULL, message = NULL, matched = 0 WHERE seq = 3",
        )
        .unwrap();
    let most = Most { rows: 100, bytes: 1 << 20 };
    let rows = journal.store.read(|view| outgoing(view, 0, most)).unwrap();
    assert_eq!(rows.len(), 4);
    (journal, rows)
}

fn json(name: &str, row: &Outgoing) -> Value {
    serde_json::from_str(&format(name).unwrap().line(row, &PRODUCER).unwrap()).unwrap()
}

#[test]
fn every_line_is_one_line_with_device_sequence_hash_and_sealed_text() {
    let (_journal, rows) = sample();
    for format in FORMATS {
        for row in &rows {
            let line = format.line(row, &PRODUCER).unwrap();
            assert!(!line.contains(['\n', '\r']), "{line}");
            assert_eq!(serde_json::from_str::<Value>(&line).is_ok(), format.is_json, "{}", format.name);
            let hash: String = row.row.hash.iter().map(|byte| format!("{byte:02x}")).collect();
            for needed in [DEVICE, &hash] {
                assert!(line.contains(needed), "{}: {line}", format.name);
            }
            for one in &row.sealed {
                assert!(line.contains(&one.blob) && line.contains(&one.key_id), "{}: {line}", format.name);
            }
            assert_eq!(line.to_lowercase().contains("erased"), row.is_erased(), "{}: {line}", format.name);
        }
    }
}

#[test]
fn what_the_records_own_line_says_is_read_back_and_verifies() {
    let (journal, rows) = sample();
    let other = Store::in_memory().unwrap();
    for row in &rows {
        let text = format("jsonl").unwrap().line(row, &PRODUCER).unwrap();
        let Line::Row(read) = read_line(&text).unwrap() else { panic!("{text}") };
        assert_eq!(read.row, row.row);
        assert_eq!(other.write(|tx| import(tx, &read)).unwrap(), Imported::New);
        assert_eq!(other.write(|tx| import(tx, &read)).unwrap(), Imported::Again);
        let mut changed = read.clone();
        changed.row.hash[0] ^= 1;
        assert_eq!(other.write(|tx| import(tx, &changed)).unwrap(), Imported::Other);
    }
    let checked = other.read(verify).unwrap();
    assert_eq!((checked.rows, checked.erased, checked.bad), (4, 1, None));
    assert_eq!(checked.head, journal.store.read(|view| view.head()).unwrap());
    for text in ["", "{}", "[]", "{\"v\":1}", "{\"v\":2}", "{\"v\":1,\"seq\":true}", "x"] {
        assert!(read_line(text).is_err(), "{text}");
    }
}

#[test]
fn a_line_cut_anywhere_is_no_row() {
    let (_journal, rows) = sample();
    let text = format("jsonl").unwrap().line(&rows[0], &PRODUCER).unwrap();
    for end in 0..text.len() {
        assert!(read_line(&text[..end]).is_err(), "{end}");
    }
}

#[test]
fn ecs_has_the_names_of_its_schema() {
    let (_journal, rows) = sample();
    let event = json("ecs", &rows[0]);
    assert_eq!(event["@timestamp"], "2023-11-14T22:13:20.001Z");
    assert_eq!(event["event"]["kind"], "alert");
    assert_eq!(event["event"]["action"], "send-prompt");
    assert_eq!(event["promptgate"]["labels"]["pii.email"], 2);
    for row in &rows {
        let event = json("ecs", row);
        // Allowed values: https://www.elastic.co/guide/en/ecs/current/ecs-category-field-values-reference.html
        assert_eq!(event["event"]["category"], json!(["session"]));
        assert!(["start", "end", "info"].contains(&event["event"]["type"][0].as_str().unwrap()));
        assert!(["success", "failure", "unknown"].contains(&event["event"]["outcome"].as_str().unwrap()));
        assert!(["alert", "event"].contains(&event["event"]["kind"].as_str().unwrap()));
    }
}

/// A reader of CEF by its description: header and extension.
fn cef(line: &str) -> (Vec<String>, BTreeMap<String, String>) {
    let mut fields = vec![String::new()];
    let mut chars = line.strip_prefix("CEF:").unwrap().chars();
    while fields.len() < 8 {
        match chars.next().unwrap() {
            '\\' => fields.last_mut().unwrap().push(chars.next().unwrap()),
            '|' => fields.push(String::new()),
            char => fields.last_mut().unwrap().push(char),
        }
    }
    let rest: String = chars.collect();
    let mut extension = BTreeMap::new();
    let mut keys: Vec<(usize, usize)> = Vec::new();
    let bytes = rest.as_bytes();
    for at in 0..bytes.len() {
        if bytes[at] == b'=' && (at == 0 || bytes[at - 1] != b'\\') {
            let start = rest[..at].rfind(' ').map_or(0, |space| space + 1);
            keys.push((start, at));
        }
    }
    for (place, &(start, equals)) in keys.iter().enumerate() {
        let end = keys.get(place + 1).map_or(rest.len(), |next| next.0 - 1);
        let value = rest[equals + 1..end].replace("\\=", "=").replace("\\n", "\n").replace("\\\\", "\\");
        extension.insert(rest[start..equals].to_owned(), value);
    }
    fields.pop();
    (fields, extension)
}

#[test]
fn cef_is_read_back_by_its_description() {
    let (_journal, rows) = sample();
    let line = |row| format("cef").unwrap().line(row, &PRODUCER).unwrap();
    let (header, extension) = cef(&line(&rows[0]));
    assert_eq!(header[..3], ["0", "Promptgate", "promptgate"]);
    assert_eq!(header[6], "3");
    assert_eq!((extension["act"].as_str(), extension["cs6"].as_str()), ("coach", "pii.email:2"));
    assert_eq!(extension["promptgateKey1"], "8899aabbccddeeff");
    let (_, odd) = cef(&line(&rows[3]));
    assert_eq!(odd["suser"], "a=b|c\\d, \"e\"");
    assert_eq!(odd["cs3"], "=1+1|\"x\"\\");
}

#[test]
fn csv_guards_formulas_and_quotes() {
    let (_journal, rows) = sample();
    assert!(csv_head().starts_with("seq,time,device,"));
    let line = csv_line(&rows[3]);
    assert!(line.contains("\"a=b|c\\d, \"\"e\"\"\"") && line.contains("\"'=1+1|\"\"x\"\"\\\""), "{line}");
    assert!(line.ends_with("\r\n"));
}

#[test]
fn envelopes_carry_every_line_and_then_the_head() {
    let (journal, rows) = sample();
    let head = head_of(&journal);
    let parcel = Parcel { rows: &rows, head: Some(&head) };
    let ecs = format("ecs").unwrap();
    let mut lines: Vec<String> = rows.iter().map(|row| ecs.line(row, &PRODUCER).unwrap()).collect();
    lines.push(ecs.head_line(&head, &PRODUCER).unwrap());
    assert_eq!(envelope::lines(&parcel, &ecs, &PRODUCER).unwrap(), format!("{}\n", lines.join("\n")));

    let hec = envelope::splunk_hec(&parcel, &ecs, &PRODUCER).unwrap();
    assert_eq!(hec.lines().count(), lines.len());
    for (line, text) in lines.iter().zip(hec.lines()) {
        let event: Value = serde_json::from_str(text).unwrap();
        assert_eq!(event["event"], serde_json::from_str::<Value>(line).unwrap());
        assert_eq!((&event["host"], &event["sourcetype"]), (&json!(DEVICE), &json!("promptgate:ecs")));
    }
    assert!(hec.contains("\"time\":1700000000.001,"), "{hec}");

    let otlp: Value =
        serde_json::from_str(&envelope::otlp(&parcel, &ecs, &PRODUCER).unwrap().json().unwrap()).unwrap();
    let records = otlp["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap();
    let bodies: Vec<&str> = records.iter().map(|one| one["body"]["stringValue"].as_str().unwrap()).collect();
    assert_eq!(bodies, lines);
    assert_eq!(records[0]["timeUnixNano"], "1700000000001000000");
    // The same in protobuf: field 1 of each message down to the first record's time, a fixed64 in its first nine bytes.
    let bytes = envelope::otlp(&parcel, &ecs, &PRODUCER).unwrap().protobuf();
    let time = [&[0x09][..], &1_700_000_000_001_000_000_u64.to_le_bytes()].concat();
    assert!(bytes.windows(9).any(|nine| nine == time));
    for line in &lines {
        assert!(bytes.windows(line.len()).any(|window| window == line.as_bytes()));
    }

    let mut syslog = envelope::syslog(&parcel, &ecs, &PRODUCER).unwrap();
    let places = rows.iter().map(|row| (row.row.kind.as_str(), row.row.seq)).chain([("head", 4)]);
    for (line, (kind, seq)) in lines.iter().zip(places) {
        let (length, rest) = syslog.split_once(' ').unwrap();
        let (message, left) = rest.split_at(length.parse().unwrap());
        let head = format!(" {DEVICE} promptgate - {kind} [meta sequenceId=\"{seq}\"] \u{feff}");
        assert!(message.starts_with('<') && message.contains(&head) && message.ends_with(line), "{message}");
        syslog = left.to_owned();
    }
    assert_eq!(syslog, "");
    assert_eq!(event(1).as_str(), rows[0].row.event.as_deref().unwrap());
}

#[test]
fn what_a_collector_answers_in_protobuf_is_read() {
    // Field 1, of 5 bytes: field 1 (7), field 2 ("ab" as its bytes say).
    let partial = [0x0a, 6, 0x08, 7, 0x12, 2, b'a', b'b'];
    assert_eq!(envelope::otlp_refused(&partial), Some((7, "ab".to_owned())));
    // Nothing, and a field that is not known to us.
    assert_eq!(envelope::otlp_refused(&[]), Some((0, String::new())));
    assert_eq!(envelope::otlp_refused(&[0x18, 1]), Some((0, String::new())));
    // A number that is no count.
    let below = [0x0a, 11, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    assert_eq!(envelope::otlp_refused(&below), Some((0, String::new())));
    for cut in 1..partial.len() {
        assert_eq!(envelope::otlp_refused(&partial[..cut]), None, "{cut}");
    }
    assert_eq!(envelope::otlp_refused(b"<html>no collector</html>"), None);
}

fn head_of(journal: &Journal) -> SignedHead {
    journal.store.read(|view| head(view, DEVICE, 1_700_000_009_000)).unwrap().unwrap()
}

#[test]
fn a_head_is_found_in_whatever_a_receiver_kept() {
    let (journal, rows) = sample();
    let head = head_of(&journal);
    let parcel = Parcel { rows: &rows, head: Some(&head) };
    for format in FORMATS {
        let line = format.head_line(&head, &PRODUCER).unwrap();
        assert!(!line.contains(['\n', '\r']), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).is_ok(), format.is_json, "{}", format.name);
        for kept in [
            envelope::lines(&parcel, &format, &PRODUCER).unwrap(),
            envelope::otlp(&parcel, &format, &PRODUCER).unwrap().json().unwrap(),
            envelope::splunk_hec(&parcel, &format, &PRODUCER).unwrap(),
            envelope::syslog(&parcel, &format, &PRODUCER).unwrap(),
        ] {
            let found: Vec<SignedHead> = kept.lines().flat_map(heads).collect();
            assert_eq!(found, std::slice::from_ref(&head), "{}: {kept}", format.name);
        }
        for row in &rows {
            assert_eq!(heads(&format.line(row, &PRODUCER).unwrap()), [], "a row of {}", format.name);
        }
    }
    assert_eq!(heads(&head.to_json().unwrap()), std::slice::from_ref(&head));
    let line = format("jsonl").unwrap().head_line(&head, &PRODUCER).unwrap();
    assert_eq!(read_line(&line), Ok(Line::Signed(head)));
    for end in 0..line.len() {
        assert!(read_line(&line[..end]).is_err(), "{end}");
        // The head itself is whole when only what ends the line is gone.
        assert_eq!(heads(&line[..end]).is_empty(), end + 1 < line.len(), "{end}");
    }
    assert!(read_line("{\"v\":1,\"signed_head\":{\"v\":2}}").is_err());
}

#[test]
fn a_first_row_larger_than_asked_for_comes_alone() {
    let (journal, _) = sample();
    let rows = journal.store.read(|view| outgoing(view, 0, Most { rows: 9, bytes: 1 })).unwrap();
    assert_eq!(rows.len(), 1);
    let none = journal.store.read(|view| outgoing(view, 4, Most { rows: 9, bytes: 1 })).unwrap();
    assert!(none.is_empty());
}
