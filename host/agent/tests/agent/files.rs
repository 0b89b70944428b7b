//! Attached files: each format by a case, bombs and broken files, and the way of a file from a browser to the record.
//!
//! A case is a file in `cases/files` with what `scan FILE --json` says of it beside; `UPDATE_EXPECT=1` writes that anew.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use shared_protocol::{
    Action, App, Attachment, Code, FileFault, FileId, Operation, Outcome, PIECE_BYTES, Part, PartKind,
    Prompt, Reading, Text, ToExtension, ToHost, Verdict,
};

use crate::browser::{AT, Browser, event, judge};
use crate::home::{Home, holds, json_lines};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/files")
}

fn scan(home: &Home, path: &Path) -> Value {
    let output = home.run(&["scan", path.to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    json_lines(&output).remove(0)
}

/// What of it is compared: what it is, what was not read, what was found and where, and what is done.
fn outline(said: &Value) -> Value {
    let file = &said["files"][0];
    let labels = said["findings"].as_array().unwrap().iter().map(|finding| &finding["label"]);
    let at = said["places"].as_array().into_iter().flatten().map(|place| {
        let mut place = place.clone();
        place.as_object_mut().unwrap().remove("file");
        place
    });
    let found: Vec<Value> = labels.zip(at).map(|(label, at)| json!([label, at])).collect();
    json!({ "kind": file["kind"], "unread": file["unread"], "found": found, "action": said["action"] })
}

#[test]
fn every_format_is_read_to_its_places() {
    let home = Home::enforcing();
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut seen = 0;
    let mut paths: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_none_or(|ending| ending != "expected"));
    paths.sort();
    for path in paths {
        let said = outline(&scan(&home, &path));
        let beside = PathBuf::from(format!("{}.expected", path.display()));
        if update {
            fs::write(&beside, serde_json::to_string_pretty(&said).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_str(&fs::read_to_string(&beside).unwrap()).unwrap();
        assert_eq!(said, expected, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 28, "{seen}");
}

fn written(home: &Home, name: &str, bytes: &[u8]) -> PathBuf {
    let path = home.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn unread(home: &Home, name: &str, bytes: &[u8]) -> Value {
    scan(home, &written(home, name, bytes))["files"][0]["unread"].clone()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

#[test]
fn bombs_end_the_reading_and_not_the_program() {
    let home = Home::enforcing();
    // A gigabyte of zeros: members of one stream stand one behind the other.
    let gigabyte = gzip(&vec![0; 16 << 20]).repeat(64);
    assert_eq!(unread(&home, "zeros.gz", &gigabyte), json!(["too-large"]));
    // In itself, many times.
    let mut nested = b"card 4111 1111 1111 1111".to_vec();
    for _ in 0..40 {
        nested = gzip(&nested);
    }
    assert_eq!(unread(&home, "nested.gz", &nested), json!(["too-large"]));
    // Deeper than a stack.
    let deep = format!("%PDF-1.4\n1 0 obj\n{}\nendobj\ntrailer<</Root 1 0 R>>", "[".repeat(5_000_000));
    let why = unread(&home, "deep.pdf", deep.as_bytes());
    assert!(why == json!(["damaged"]) || why == json!(["exhausted"]), "{why}");
    let why = unread(&home, "deep.rtf", format!("{{\\rtf1 {}", "{".repeat(5_000_000)).as_bytes());
    assert_eq!(why, json!(["damaged"]));
}

#[test]
fn cut_off_anywhere_it_is_told() {
    let home = Home::enforcing();
    for name in ["words.docx", "sheets.xlsx", "slides.pptx", "text.odt", "nested.zip", "locked.docx"] {
        let bytes = fs::read(folder().join(name)).unwrap();
        for part in [3, 10] {
            let why = unread(&home, name, &bytes[..bytes.len() * part / 11]);
            assert!(why.as_array().is_some_and(|why| !why.is_empty()), "{name} {part}/11: {why}");
        }
    }
}

pub(crate) fn file(number: u32) -> FileId {
    FileId::try_from(format!("00000000-0000-4000-9000-{number:012}")).unwrap()
}

pub(crate) fn upload(browser: &mut Browser, id: &FileId, name: &str, bytes: &[u8]) {
    let (app, name) = (App::new("chatgpt"), Some(Text::new(name)));
    let size = Some(bytes.len() as u64);
    browser.send(&ToHost::FileBegin { file: id.clone(), app, name, media_type: None, size });
    for (at, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
        let offset = (at * PIECE_BYTES) as u64;
        let piece = Text::new(STANDARD.encode(piece));
        browser.send(&ToHost::FilePiece { file: id.clone(), offset, bytes: piece });
    }
    browser.send(&ToHost::FileEnd { file: id.clone(), size: bytes.len() as u64 });
    browser.wait(|message| match message {
        ToExtension::FileTaken { file, up_to } => (file == id && *up_to == bytes.len() as u64).then_some(()),
        _ => None,
    });
}

pub(crate) fn carrying(operation: Operation, text: &str, attachment: Attachment) -> Reading {
    let mut prompt = Prompt::new(operation);
    if !text.is_empty() {
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    }
    prompt.attachments.push(attachment);
    Reading::Prompt(prompt)
}

fn judged(browser: &mut Browser, number: u32, reading: Reading) -> Verdict {
    let mut ask = judge(&event(number), reading);
    ask.app = App::new("chatgpt");
    browser.send(&ToHost::Judge(Box::new(ask)));
    browser.verdict(&event(number))
}

#[test]
fn a_file_is_judged_with_its_text_and_known_by_its_name_afterwards() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let bytes = fs::read(folder().join("sheets.xlsx")).unwrap();
    upload(&mut browser, &file(1), "people.xlsx", &bytes);
    let name = || Some("people.xlsx".into());
    let reading = || {
        let attachment = Attachment { file: Some(file(1)), name: name(), ..Attachment::default() };
        carrying(Operation::UploadFile, "", attachment)
    };
    let verdict = judged(&mut browser, 1, reading());
    assert!(verdict.action >= Action::Warn, "{verdict:?}");
    assert!(verdict.edits.is_empty(), "a file is not redacted");
    let card = verdict.card.unwrap();
    assert_eq!(card.files.len(), 1);
    assert_eq!((card.files[0].name.clone(), card.files[0].found), (name(), true));
    let place = serde_json::to_value(&card.findings[0].places[0]).unwrap();
    assert_eq!(place["spot"]["sheet"], "Pay");
    assert!(!card.may_redact);

    // The site's own id of it, in a prompt that says nothing else.
    browser.send(&ToHost::FileNamed { file: file(1), id: "file-abc".to_owned() });
    let attachment = Attachment { id: Some("file-abc".to_owned()), ..Attachment::default() };
    let verdict = judged(&mut browser, 2, carrying(Operation::SendPrompt, "sum this up", attachment));
    assert!(verdict.action >= Action::Warn, "{verdict:?}");
    let card = verdict.card.unwrap();
    assert_eq!(serde_json::to_value(&card.findings[0].places[0]).unwrap()["spot"]["sheet"], "Pay");

    assert!(browser.close().0.success());
    for number in [1, 2] {
        let note = home.rows(event(number).as_str())[0]["files"][0].clone();
        assert_eq!((note["kind"].as_str(), note["size"].as_u64()), (Some("xlsx"), Some(bytes.len() as u64)));
        assert_eq!(note["hash"].as_str().map(str::len), Some(64));
        assert!(note["labels"].as_object().is_some_and(|labels| !labels.is_empty()), "{note}");
    }
    // Its name and its text are on the disk nowhere but sealed.
    let disk = home.bytes();
    assert!(!holds(&disk, "people.xlsx") && !holds(&disk, "4111 1111"));
}

#[test]
fn what_cannot_be_read_follows_its_setting() {
    for (setting, outcome) in
        [("allow", Outcome::Release), ("justify", Outcome::Ask), ("block", Outcome::Refuse)]
    {
        let home = Home::with("builtin-enforce", &format!("unread_file = \"{setting}\""));
        let mut browser = Browser::start(&home);
        upload(&mut browser, &file(1), "locked.docx", &fs::read(folder().join("locked.docx")).unwrap());
        let of =
            |id| carrying(Operation::UploadFile, "", Attachment { file: Some(id), ..Attachment::default() });
        let verdict = judged(&mut browser, 1, of(file(1)));
        assert_eq!((verdict.outcome, verdict.fault), (outcome, Some(Code::UnreadFile)), "{setting}");
        // Bytes that never came, as when the host was started anew meanwhile.
        let verdict = judged(&mut browser, 2, of(file(2)));
        assert_eq!((verdict.outcome, verdict.fault), (outcome, Some(Code::UnreadFile)), "{setting}");
        assert!(browser.close().0.success());
    }
}

#[test]
fn what_is_said_while_a_judgement_waits_comes_after_it() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    let (app, id) = (App::new("chatgpt"), file(1));
    browser.send(&ToHost::FileBegin { file: id.clone(), app, name: None, media_type: None, size: None });
    let reading =
        carrying(Operation::UploadFile, "", Attachment { file: Some(id.clone()), ..Attachment::default() });
    browser.send(&ToHost::Judge(Box::new(judge(&event(1), reading))));
    let reason = shared_protocol::RefusedReason::Aborted;
    browser.send(&ToHost::Refused { event: event(1), reason, at: AT });
    // A prompt without files goes ahead of it.
    assert_eq!(browser.judge(&event(2), "hello").outcome, Outcome::Release);
    browser.send(&ToHost::FileGone { file: id.clone() });
    browser.wait(|message| match message {
        ToExtension::Noted { event: of } => (*of == event(1)).then_some(()),
        _ => None,
    });
    let piece = ToHost::FilePiece { file: id.clone(), offset: 0, bytes: "QUJD".into() };
    browser.send(&piece);
    let told = browser.wait(|message| match message {
        ToExtension::FileFault { file, code } => (*file == id).then_some(*code),
        _ => None,
    });
    assert_eq!(told, FileFault::Unknown);
    assert!(browser.close().0.success());
}

#[test]
fn outlook_messages_are_read_with_what_is_attached() {
    let home = Home::enforcing();
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut made = cfb::CompoundFile::create(&mut bytes).unwrap();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    made.create_storage("/__attach_version1.0_#00000000").unwrap();
    let streams = [
        ("/__properties_version1.0", vec![0; 32]),
        ("/__substg1.0_0037001F", wide("about pay")),
        ("/__substg1.0_1000001F", wide("first\ncard 4111 1111 1111 1111")),
        ("/__attach_version1.0_#00000000/__substg1.0_3707001F", wide("list.csv")),
        (
            "/__attach_version1.0_#00000000/__substg1.0_37010102",
            b"name,mail\njane,jane.doe@example.com".to_vec(),
        ),
    ];
    for (path, content) in streams {
        made.create_stream(path).unwrap().write_all(&content).unwrap();
    }
    made.flush().unwrap();
    drop(made);
    let said = outline(&scan(&home, &written(&home, "letter.msg", &bytes.into_inner())));
    assert_eq!(said["kind"], "msg");
    let found = said["found"].as_array().unwrap();
    assert_eq!(found[0][1], json!({ "spot": { "at": "line", "line": 2 } }), "{said}");
    assert_eq!(found[1][1], json!({ "inside": "list.csv", "spot": { "at": "line", "line": 2 } }), "{said}");
}
