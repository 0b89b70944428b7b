//! What the program itself reads: a browser's side of native messaging, lines of questions, a settings file.

use std::io::Cursor;

use host_agent::foreign;
use shared_protocol::{Settings, Topic};

/// Bytes as a browser would send them, and the same text framed as it should be: what is whole comes out, and reading ends.
pub(crate) fn frames(bytes: &[u8]) {
    let (messages, dropped) = foreign::native_messages(Cursor::new(bytes));
    // A frame has four bytes of length at least.
    assert!(messages.len() + dropped <= bytes.len() / 4 + 1, "more came out than went in");
    let text = String::from_utf8_lossy(bytes);
    let is_piece = text.trim_start().starts_with("{\"chunk\"");
    let Ok(length) = u32::try_from(text.len()) else { return };
    if is_piece || text.is_empty() {
        return;
    }
    // Twice, so that the second is read from where the first ended.
    let one = [&length.to_ne_bytes()[..], text.as_bytes()].concat();
    let (messages, dropped) = foreign::native_messages(Cursor::new(one.repeat(2)));
    assert!(dropped == 2 || messages == [&*text, &*text], "a frame that is not what was framed");
}

/// Each line is answered with all topics and an action, or has a column.
pub(crate) fn questions(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        match foreign::question(line) {
            Ok(told) => {
                let topics = told.get("topics").and_then(|topics| topics.as_object());
                let all = Topic::BUILTIN.map(String::from);
                assert!(
                    topics.is_some_and(|topics| all.iter().all(|topic| topics.contains_key(topic))),
                    "a topic is missing"
                );
                assert!(told.get("action").is_some_and(|action| action.is_string()), "no action");
            }
            Err(column) => assert!(column <= line.len() + 1, "a column outside the line"),
        }
    }
}

/// A managed machine keeps no text without a key that could open it, whatever its file says; an error has a place.
pub(crate) fn settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for managed in [false, true] {
        match foreign::settings_file(&text, managed) {
            Ok(settings) => {
                assert_eq!(settings.managed, managed);
                let silent = text.contains("policy") || text.contains("bundle");
                assert!(silent || settings.source == base(managed).source, "a policy that nobody named");
                let named = text.contains("recipient");
                assert!(
                    !managed || named || settings.capture == base(true).capture,
                    "text is kept that nobody could open"
                );
            }
            Err(told) => {
                assert!(told.contains("line ") && told.contains("column "), "an error without a place")
            }
        }
    }
}

fn base(managed: bool) -> Settings {
    if managed { Settings::MANAGED } else { Settings::TRIAL }
}
