//! Peers of another age: what an older one writes is read, and what it is sent holds nothing that it must know.

use std::collections::BTreeSet;

use serde_json::json;
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
