//! Peers of another age: what an older one writes is read, and what it is sent holds nothing that it must know.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared_protocol::{
    Browser, Card, CodeFault, Hello, PROTOCOL, PolicyState, Settings, ToExtension, ToHost, Welcome,
};

#[test]
fn what_an_older_peer_writes_is_read() {
    let hello =
        json!({"kind": "hello", "protocol": {"min": 1, "max": 1}, "extension": "0.1.0", "browser": "chrome"});
    let ToHost::Hello(hello) = serde_json::from_value(hello).unwrap() else { panic!() };
    assert_eq!(hello.language, None);
    let card = json!({
        "action": "warn", "policies": [], "findings": [],
        "may_edit": true, "may_redact": false, "may_justify": false, "may_send": true,
    });
    let card: Card = serde_json::from_value(card).unwrap();
    assert!(!card.may_code && !card.may_report);
    let mut settings = serde_json::to_value(Settings::TRIAL).unwrap();
    settings.as_object_mut().unwrap().remove("policy");
    assert_eq!(serde_json::from_value::<Settings>(settings).unwrap(), Settings::TRIAL);
    let policy: PolicyState = serde_json::from_value(json!({"name": "acme", "version": 4})).unwrap();
    assert_eq!(policy, PolicyState { name: "acme".to_owned(), version: 4, ..PolicyState::default() });
}

/// Without a bundle and without a language everything is as it was before there were any.
#[test]
fn an_older_peer_is_sent_what_it_knows() {
    let welcome = Welcome { protocol: 1, host: "0.2.0".to_owned(), settings: Settings::TRIAL };
    let welcome = serde_json::to_value(ToExtension::Welcome(welcome)).unwrap();
    // In the order of the alphabet, whatever order the maps of this build keep.
    let keys: BTreeSet<&String> = welcome["settings"].as_object().unwrap().keys().collect();
    assert!(keys.into_iter().eq(["capture", "fail", "managed", "preview", "source"]));
    let (extension, browser) = ("0.2.0".to_owned(), Browser::Firefox);
    let hello = Hello { protocol: PROTOCOL, extension, browser, language: None };
    let hello = serde_json::to_value(ToHost::Hello(hello)).unwrap();
    assert_eq!(hello.as_object().unwrap().len(), 4);
    // Nothing refuses a word more: that is how an older peer passes over them.
    let policy = Some(PolicyState::default());
    let mut newer = serde_json::to_value(Settings { policy, ..Settings::MANAGED }).unwrap();
    newer["policy"]["word"] = json!("of a later age");
    newer["other"] = json!(true);
    assert!(serde_json::from_value::<Settings>(newer).unwrap().policy.is_some());
}

#[test]
fn words_of_refused_codes_go_round_and_an_unknown_one_has_a_meaning() {
    for fault in CodeFault::ALL {
        let word = serde_json::to_value(fault).unwrap();
        assert_eq!(word, fault.as_str());
        assert_eq!(serde_json::from_value::<CodeFault>(word).unwrap(), fault);
    }
    assert_eq!(serde_json::from_value::<CodeFault>(json!("of-a-later-age")).unwrap(), CodeFault::Other);
}

/// Every message that a released version wrote, one in a line. INVARIANT: a line is never changed or taken away; a version
/// that says something new gets a folder of its own.
#[test]
fn what_every_earlier_version_wrote_is_read() {
    let mut ages = 0;
    for age in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/ages")).unwrap() {
        let age = age.unwrap().path();
        read_all::<ToHost>(&age.join("to-host.jsonl"), 22);
        read_all::<ToExtension>(&age.join("to-extension.jsonl"), 16);
        ages += 1;
    }
    assert!(ages > 0);
}

/// Reads each line, and finds in it all that the line says.
fn read_all<Message: DeserializeOwned + Serialize>(path: &Path, kinds: usize) {
    let mut seen = BTreeSet::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        let written: Value = serde_json::from_str(line).unwrap();
        let message: Message =
            serde_json::from_str(line).unwrap_or_else(|fault| panic!("{}: {line}: {fault}", path.display()));
        let again = serde_json::to_value(message).unwrap();
        assert!(holds(&again, &written), "{}: of {line} is left: {again}", path.display());
        seen.insert(written["kind"].to_string());
    }
    assert!(seen.len() >= kinds, "{}: a kind of message is missing: {seen:?}", path.display());
}

/// Whether all that `less` says is in `more`.
fn holds(more: &Value, less: &Value) -> bool {
    match (more, less) {
        (Value::Object(more), Value::Object(less)) => {
            less.iter().all(|(name, value)| more.get(name).is_some_and(|found| holds(found, value)))
        }
        (Value::Array(more), Value::Array(less)) => {
            more.len() == less.len() && more.iter().zip(less).all(|(more, less)| holds(more, less))
        }
        _ => more == less,
    }
}
