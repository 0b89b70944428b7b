//! Grant codes: what they let through, and every way in which one is not taken.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host_policy::bundle::{PublicKey, Signer as _, Trust, open};
use host_policy::grant::{Grant, GrantError, GrantFor, MAX_LIFE, MAX_MATTERS, read, write};
use proptest::prelude::*;
use serde_json::json;
use shared_protocol::Topic;

use crate::raw::{self, Key};

fn grant(what: GrantFor) -> Grant {
    all(vec![what])
}

fn all(what: Vec<GrantFor>) -> Grant {
    Grant {
        id: "k3f9q2".to_owned(),
        person: "jane@acme.example".to_owned(),
        what,
        not_after: 2_000,
        reason: Some("migration of the test data".to_owned()),
    }
}

fn keys(key: &Key) -> Vec<PublicKey> {
    vec![key.key().clone()]
}

#[test]
fn a_code_is_read_as_it_was_granted() {
    for key in [Key::ed25519(1), Key::p256()] {
        for what in [
            GrantFor::Topic(Topic::ContentPii),
            GrantFor::Policy("no-keys".to_owned()),
            GrantFor::value("k3f9q2", "4111 1111 1111 1111"),
        ] {
            let grant = grant(what);
            let code = write(&grant, &key).unwrap();
            assert!(code.len() < 450 && code.bytes().all(|byte| byte.is_ascii_graphic()), "{code}");
            assert_eq!(read(&code, &keys(&key), "jane@acme.example", 1_000).unwrap(), grant);
            // As mail programs break lines.
            let (start, end) = code.split_at(60);
            let broken = format!("  {start}\r\n {end}\n");
            assert_eq!(read(&broken, &keys(&key), "jane@acme.example", 1_000).unwrap(), grant);
        }
    }
}

#[test]
fn one_code_may_be_for_several_things() {
    let key = Key::ed25519(1);
    let several = all(vec![
        GrantFor::Topic(Topic::ContentPii),
        GrantFor::Policy("no-keys".to_owned()),
        GrantFor::value("k3f9q2", "4111 1111 1111 1111"),
    ]);
    let code = write(&several, &key).unwrap();
    assert_eq!(read(&code, &keys(&key), "jane@acme.example", 1_000).unwrap(), several);
    assert!(several.covers_value("4111 1111 1111 1111") && !several.covers_value("4111"));
}

#[test]
fn a_value_is_the_exact_one_of_this_grant() {
    let grant = grant(GrantFor::value("k3f9q2", "4111 1111 1111 1111"));
    assert!(grant.covers_value("4111 1111 1111 1111"));
    assert!(!grant.covers_value("4111111111111111"));
    assert!(!Grant { id: "other".to_owned(), ..grant.clone() }.covers_value("4111 1111 1111 1111"));
    assert!(
        !Grant { what: vec![GrantFor::Topic(Topic::ContentPii)], ..grant }
            .covers_value("4111 1111 1111 1111")
    );
    // Where the id ends is part of it.
    assert_ne!(GrantFor::value("a", "bc"), GrantFor::value("ab", "c"));
}

#[test]
fn a_code_is_for_one_person_one_time_and_trusted_keys() {
    let key = Key::ed25519(1);
    let code = write(&grant(GrantFor::Topic(Topic::ContentPii)), &key).unwrap();
    let read = |keys: &[PublicKey], person: &str, now| read(&code, keys, person, now).unwrap_err();
    assert_eq!(read(&keys(&Key::ed25519(2)), "jane@acme.example", 1_000), GrantError::UnknownKey);
    assert_eq!(read(&[], "jane@acme.example", 1_000), GrantError::UnknownKey);
    for person in ["joe@acme.example", "", "jane", "JANE@acme.example", "jane@acme.example "] {
        assert_eq!(read(&keys(&key), person, 1_000), GrantError::Person, "{person}");
    }
    assert_eq!(read(&keys(&key), "jane@acme.example", 2_000), GrantError::Expired);
    assert_eq!(read(&keys(&key), "jane@acme.example", i64::MAX), GrantError::Expired);
    assert_eq!(read(&keys(&key), "jane@acme.example", 1_999 - MAX_LIFE), GrantError::TooLong);
    assert_eq!(read(&keys(&key), "jane@acme.example", i64::MIN), GrantError::TooLong);
}

#[test]
fn nothing_of_a_code_can_be_changed() {
    let key = Key::ed25519(1);
    let code = write(&grant(GrantFor::Policy("no-keys".to_owned())), &key).unwrap();
    for at in 0..code.len() {
        for other in ["A", "b", "-", ".", "!"] {
            let mut changed = code.clone();
            changed.replace_range(at..=at, other);
            assert!(
                changed == code || read(&changed, &keys(&key), "jane@acme.example", 1_000).is_err(),
                "{changed}"
            );
        }
        assert!(read(code.get(..at).unwrap(), &keys(&key), "jane@acme.example", 1_000).is_err(), "{at}");
    }
    assert!(read(&format!("{code}A"), &keys(&key), "jane@acme.example", 1_000).is_err());
    assert!(read(&format!("{code}.A"), &keys(&key), "jane@acme.example", 1_000).is_err());
    // Another person's name in the payload, under the old signature.
    let parts: Vec<&str> = code.split('.').collect();
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let payload = URL_SAFE_NO_PAD.encode(payload.replace("jane@", "joe@"));
    let stolen = [parts[0], &payload, parts[2]].join(".");
    assert_eq!(read(&stolen, &keys(&key), "joe@acme.example", 1_000), Err(GrantError::BadSignature));
}

/// A code over any payload, signed as `domain` says.
fn code(key: &Key, payload: &str, domain: &[u8]) -> String {
    let signature = key.sign(&[domain, payload.as_bytes()].concat()).unwrap();
    format!("pg1.{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn a_payload_that_says_more_or_less_is_no_code_though_it_is_signed() {
    let key = Key::ed25519(1);
    let plain = json!({
        "id": "a", "key": key.key().id(), "who": "jane", "what": { "topic": "content.pii" }, "end": 2_000,
    });
    let domain = b"\0promptgate grant 1\n";
    let at = |payload: &str, domain: &[u8]| read(&code(&key, payload, domain), &keys(&key), "jane", 1_000);
    assert!(at(&plain.to_string(), domain).is_ok());
    assert_eq!(at(&plain.to_string(), b""), Err(GrantError::BadSignature));
    for (member, value) in [
        ("more", json!(1)),
        ("id", json!("")),
        ("id", json!("a\nb")),
        ("end", json!("soon")),
        ("what", json!("everything")),
        ("what", json!([])),
        ("what", json!([{ "topic": "content.pii" }, "everything"])),
        ("what", json!([{ "topic": "content.pii" }, { "policy": "" }])),
        ("what", json!({ "topic": "*" })),
        ("what", json!({ "policy": "" })),
        ("what", json!({ "value": "00" })),
        ("what", json!({ "topic": "content.pii", "policy": "a" })),
        ("why", json!("a".repeat(301))),
    ] {
        let mut payload = plain.clone();
        payload[member] = value;
        assert_eq!(at(&payload.to_string(), domain), Err(GrantError::Malformed), "{payload}");
    }
    let twice = plain.to_string().replacen("\"id\":", "\"id\":\"b\",\"id\":", 1);
    assert_eq!(at(&twice, domain), Err(GrantError::Malformed));
}

/// One key signs both: neither can be taken for the other.
#[test]
fn a_grant_is_no_token_and_a_token_is_no_grant() {
    let key = Key::ed25519(1);
    let mut files = raw::files();
    files.insert(".manifest".to_owned(), raw::manifest().to_string().into_bytes());
    let claims = raw::claims(&files);
    let token = raw::token(&json!({ "alg": "EdDSA", "kid": key.key().id() }), &claims, |message| {
        key.sign(&[b"\0promptgate grant 1\n", message].concat()).unwrap()
    });
    let list = json!({ "signatures": [token] }).to_string();
    files.insert(".signatures.json".to_owned(), list.into_bytes());
    let trusted = keys(&key);
    let trust = Trust { keys: &trusted, audience: None, agent: "0.1.0", newest: None, now: 5_000 };
    assert_eq!(open(&raw::archive(&files), &trust).unwrap_err().code(), "bad-signature");
    let token = raw::signed(&key, &claims);
    assert_eq!(read(&token, &trusted, "jane", 1_000), Err(GrantError::Malformed));
}

#[test]
fn what_no_machine_would_take_is_not_written() {
    let key = Key::ed25519(1);
    let plain = grant(GrantFor::Topic(Topic::ContentPii));
    for wrong in [
        Grant { id: String::new(), ..plain.clone() },
        Grant { person: "a\u{0}".to_owned(), ..plain.clone() },
        Grant { reason: Some("a".repeat(301)), ..plain.clone() },
        Grant { what: vec![GrantFor::Policy(String::new())], ..plain.clone() },
        Grant { what: Vec::new(), ..plain.clone() },
        Grant { what: vec![GrantFor::Topic(Topic::ContentPii); MAX_MATTERS + 1], ..plain },
    ] {
        assert!(write(&wrong, &key).is_err(), "{wrong:?}");
    }
}

proptest! {
    #[test]
    fn any_grant_that_is_written_is_read(
        id in "[^\\pC]{1,40}", person in "[^\\pC]{1,40}", end in 1_001_i64..100_000, why in prop::option::of("[^\\pC]{1,80}"),
        several in 1..=MAX_MATTERS,
    ) {
        let key = Key::ed25519(1);
        let grant = Grant { id, person: person.clone(), what: vec![GrantFor::Topic(Topic::ContentPii); several], not_after: end, reason: why };
        let code = write(&grant, &key).unwrap();
        prop_assert_eq!(read(&code, &keys(&key), &person, 1_000).unwrap(), grant);
    }
}
