//! The stand-in itself: it takes each of the six types of event as Okta's API description (2026.06.3) has them, refuses each
//! wrong one with the word that is documented, and takes what this program makes for it. The examples are the description's.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host_risk::set::{self, Envelope, Kind, Profile, Said, Told};
use serde_json::{Value, json};
use shared_protocol::Level;

use super::{AUDIENCE, ISSUER, Org, PATH};
use crate::receiver::{Reply, Request};

const USER: &str = "https://schemas.okta.com/secevent/okta/event-type/user-risk-change";
const DEVICE: &str = "https://schemas.okta.com/secevent/okta/event-type/device-risk-change";
const IP: &str = "https://schemas.okta.com/secevent/okta/event-type/ip-change";
const SESSION: &str = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
const COMPLIANCE: &str = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
const IDENTIFIER: &str = "https://schemas.openid.net/secevent/risc/event-type/identifier-changed";

/// A transmitter that is registered there.
struct Registered {
    org: Org,
    key: KeyPair,
    count: u32,
}

impl Registered {
    fn new() -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let public = key.public_key();
        let jwk = json!({
            "kty": "RSA", "kid": "k1",
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        });
        Self { org: Org { keys: vec![jwk], ..Org::default() }, key, count: 0 }
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What it answers to a request: nothing to what it takes, else `err` and `description`.
    fn answer(&mut self, request: &Request) -> Option<(String, String)> {
        let bytes = match self.org.answer(request) {
            Reply::Status(202, "") => return None,
            Reply::Status(400, "") => return Some((String::new(), String::new())),
            Reply::Raw(bytes) => bytes,
            other => panic!("{other:?}"),
        };
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 400 ") && head.contains("application/json"), "{head}");
        let body: Value = serde_json::from_str(body).unwrap();
        let word = |name: &str| body[name].as_str().unwrap().to_owned();
        // `SecurityEventTokenError` has these and no others.
        let known = ["authentication_failed", "invalid_audience", "invalid_issuer", "invalid_key"];
        assert!(word("err") == "invalid_request" || known.contains(&word("err").as_str()), "{body}");
        Some((word("err"), word("description")))
    }

    fn tell(&mut self, header: &Value, claims: &Value) -> Option<(String, String)> {
        let token = self.signed(header, claims);
        self.answer(&request(token))
    }

    /// An event of this type, in an envelope that is in order and has an id of its own.
    fn event(&mut self, kind: &str, event: Value) -> Option<(String, String)> {
        self.count += 1;
        let claims = claims(&format!("id-{}", self.count), kind, event);
        self.tell(&header(), &claims)
    }
}

fn request(body: String) -> Request {
    let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Request {
        line: format!("POST {PATH} HTTP/1.1"),
        headers: vec![of("content-type", "application/secevent+jwt"), of("accept", "application/json")],
        body,
    }
}

fn header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "secevent+jwt"})
}

fn claims(jti: &str, kind: &str, event: Value) -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "iat": 1_702_448_550, "jti": jti,
        "sub_id": {"format": "complex", "user": {"format": "email", "email": "john@doe.net"}},
        "events": {kind: event},
    })
}

fn user() -> Value {
    json!({"user": {"format": "email", "email": "john@doe.net"}})
}

fn device() -> Value {
    json!({"device": {"format": "opaque", "id": "device-identifier-001"}})
}

/// A type, an event of it with all its members, and which of them are required, beside how errors call them.
type Example = (&'static str, Value, &'static [(&'static str, &'static str)]);

/// One of each type.
fn examples() -> [Example; 6] {
    let with = |members: Value| {
        let mut event = json!({
            "event_timestamp": 1_702_448_550, "initiating_entity": "admin",
            "subject": {"user": user()["user"], "device": device()["device"]},
            "reason_admin": {"en": "Event message example"}, "reason_user": {"en": "Event message example"},
        });
        event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        event
    };
    let levels: &[_] = &[
        ("event_timestamp", "eventTimestamp"),
        ("subject", "subject"),
        ("current_level", "currentLevel"),
        ("previous_level", "previousLevel"),
    ];
    [
        (USER, with(json!({"current_level": "low", "previous_level": "medium"})), levels),
        (DEVICE, with(json!({"current_level": "low", "previous_level": "medium"})), levels),
        (
            IP,
            with(json!({"current_ip_address": "123.4.5.6", "previous_ip_address": "123.45.67.8"})),
            &[
                ("event_timestamp", "eventTimestamp"),
                ("subject", "subject"),
                ("current_ip_address", "currentIpAddress"),
                ("previous_ip_address", "previousIpAddress"),
            ],
        ),
        (
            SESSION,
            with(json!({
                "current_ip": "123.4.5.6", "last_known_ip": "123.4.5.6",
                "current_user_agent": "CurrentUserAgent", "last_known_user_agent": "LastUserAgent",
            })),
            &[("event_timestamp", "eventTimestamp"), ("subject", "subject")],
        ),
        (
            COMPLIANCE,
            with(json!({"current_status": "not-compliant", "previous_status": "compliant"})),
            &[
                ("event_timestamp", "eventTimestamp"),
                ("subject", "subject"),
                ("current_status", "currentStatus"),
                ("previous_status", "previousStatus"),
            ],
        ),
        (
            IDENTIFIER,
            json!({
                "event_timestamp": 1_702_448_550, "subject": user(), "new-value": "new.email@okta.example.com",
            }),
            &[("event_timestamp", "eventTimestamp"), ("subject", "subject")],
        ),
    ]
}

fn without(mut event: Value, names: &[&str]) -> Value {
    event.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
    event
}

fn with(mut event: Value, name: &str, value: Value) -> Value {
    event[name] = value;
    event
}

#[test]
fn each_of_the_six_types_is_taken_with_all_its_members_and_with_no_more_than_it_needs() {
    let mut registered = Registered::new();
    for (kind, event, required) in examples() {
        assert_eq!(registered.event(kind, event.clone()), None, "{kind}");
        // One reason is enough where one is asked for, and a member that it does not know is passed over.
        let mut bare = with(event, "unknown", json!(1));
        bare.as_object_mut().unwrap().retain(|name, _| {
            name == "reason_user" || name == "unknown" || required.iter().any(|(other, _)| other == name)
        });
        assert_eq!(registered.event(kind, bare), None, "{kind}");
    }
    let kinds: Vec<&str> = registered.org.taken.iter().map(|one| one.kind.as_str()).collect();
    let twice = [USER, DEVICE, IP, SESSION, COMPLIANCE, IDENTIFIER].map(|kind| [kind, kind]);
    assert_eq!(kinds, twice.concat());
    let changes = registered.org.taken.iter().map(|one| (one.from.as_str(), one.to.as_str())).step_by(2);
    let wanted = [
        ("medium", "low"),
        ("medium", "low"),
        ("123.45.67.8", "123.4.5.6"),
        ("", ""),
        ("compliant", "not-compliant"),
        ("", ""),
    ];
    assert!(changes.eq(wanted));
    assert!(registered.org.refused.is_empty());
}

#[test]
fn a_member_that_is_missing_or_wrong_is_named() {
    let mut registered = Registered::new();
    let mut refused = |kind: &str, event: Value, member: &str| {
        let (err, description) = registered.event(kind, event.clone()).unwrap_or_else(|| panic!("{event}"));
        assert_eq!(err, "invalid_request", "{event}");
        assert!(
            description.ends_with(&format!(".{member}': The field cannot be left blank")),
            "{description}"
        );
        assert!(description.starts_with("Failed claim validation in security event token. 'events."));
        assert!(!description.contains("doe.net"), "{description}");
    };
    for (kind, event, required) in examples() {
        for &(name, told) in required {
            refused(kind, without(event.clone(), &[name]), told);
            refused(kind, with(event.clone(), name, json!(null)), told);
            refused(kind, with(event.clone(), name, json!("another")), told);
        }
        if kind != IDENTIFIER {
            refused(kind, without(event.clone(), &["reason_admin", "reason_user"]), "reasonAdmin");
            refused(kind, with(event.clone(), "reason_admin", json!({"de": "x"})), "reasonAdmin");
            refused(kind, with(event.clone(), "reason_user", json!("x")), "reasonUser");
            refused(kind, with(event.clone(), "initiating_entity", json!("nobody")), "initiatingEntity");
        }
        // Forms of a subject: one member at least, each with its format, each in a form that is known, none flat.
        for subject in [
            json!({}),
            json!({"tenant": {"format": "opaque", "id": "t"}}),
            user()["user"].clone(),
            json!({"user": "john@doe.net", "device": device()["device"]}),
            json!({"user": {"email": "john@doe.net"}, "device": device()["device"]}),
            json!({"user": {"format": "email"}, "device": device()["device"]}),
            json!({"user": user()["user"], "device": {"format": "serial", "id": "1"}}),
            json!({"user": {"format": "iss_sub", "sub": "00u1"}, "device": device()["device"]}),
        ] {
            refused(kind, with(event.clone(), "subject", subject), "subject");
        }
    }
    let [(_, person, _), (_, machine, _), (_, address, _), (_, session, _), (_, state, _), (_, name, _)] =
        examples();
    for (kind, event, name, value, told) in [
        // CAEP's way of writing a level.
        (USER, &person, "current_level", json!("HIGH"), "currentLevel"),
        (USER, &person, "event_timestamp", json!(1_702_448_550.5), "eventTimestamp"),
        // Whose level it is has to be said.
        (USER, &person, "subject", device(), "subject"),
        (DEVICE, &machine, "subject", user(), "subject"),
        (IP, &address, "current_ip_address", json!("123.4.5"), "currentIpAddress"),
        (SESSION, &session, "current_ip", json!(7), "currentIp"),
        (SESSION, &session, "last_known_user_agent", json!(["x"]), "lastKnownUserAgent"),
        // As the description's own example has it, beside a list that does not.
        (COMPLIANCE, &state, "current_status", json!("non-compliant"), "currentStatus"),
        (IDENTIFIER, &name, "new-value", json!(7), "newValue"),
    ] {
        refused(kind, with(event.clone(), name, value), told);
    }
    assert!(registered.org.taken.is_empty());
}

#[test]
fn what_is_around_an_event_is_refused_with_its_own_word_and_a_repeat_is_dropped() {
    let mut registered = Registered::new();
    let [(_, event, _), ..] = examples();
    let good = claims("a", USER, event.clone());
    let of = |name: &str, value: Value| with(good.clone(), name, value);
    let caep = "https://schemas.openid.net/secevent/caep/event-type/risk-level-change";
    // As one of Okta's own pages shows it: without the wrapper.
    let bare = with(without(good.clone(), &["events"]), USER, event.clone());
    for (what, claims, err) in [
        ("an unknown issuer", of("iss", json!("https://unknown.example")), ""),
        ("another audience", of("aud", json!("https://other.okta.com")), "invalid_audience"),
        ("no audience", without(good.clone(), &["aud"]), "invalid_audience"),
        ("no id", without(good.clone(), &["jti"]), "invalid_request"),
        ("a fraction", of("iat", json!(1_702_448_550.5)), "invalid_request"),
        ("no subject", without(good.clone(), &["sub_id"]), "invalid_request"),
        ("exp", of("exp", json!(1_702_449_550)), "invalid_request"),
        ("sub", of("sub", json!("john")), "invalid_request"),
        ("no events", without(good.clone(), &["events"]), "invalid_request"),
        ("none in it", of("events", json!({})), "invalid_request"),
        ("two", of("events", json!({USER: event, SESSION: event})), "invalid_request"),
        ("no wrapper", bare, "invalid_request"),
        ("a type that it does not take", of("events", json!({caep: event})), "invalid_request"),
    ] {
        assert_eq!(registered.tell(&header(), &claims).unwrap().0, err, "{what}");
    }
    for (name, value, err) in [
        ("typ", json!("JWT"), "invalid_request"),
        ("alg", json!("RS512"), "invalid_request"),
        ("kid", json!("k2"), "invalid_key"),
    ] {
        assert_eq!(registered.tell(&with(header(), name, value), &good).unwrap().0, err, "{name}");
    }
    let token = registered.signed(&header(), &good);
    let parts: Vec<&str> = token.split('.').collect();
    let other = registered.signed(&header(), &of("jti", json!("b")));
    let swapped = format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2]);
    assert_eq!(registered.answer(&request(swapped)).unwrap().0, "authentication_failed");
    // In quotes, as somebody sends it.
    for body in [format!("\"{token}\""), format!("{}.{}", parts[0], parts[1]), String::new()] {
        assert_eq!(registered.answer(&request(body)).unwrap().0, "invalid_request");
    }
    let typed = |kind: &str| {
        let mut request = request(token.clone());
        request.headers[0].1 = kind.to_owned();
        request
    };
    assert_eq!(registered.answer(&typed("application/json")).unwrap().0, "invalid_request");
    assert!(registered.org.taken.is_empty());
    // The same id again is taken and not applied.
    assert_eq!(
        [registered.answer(&request(token.clone())), registered.answer(&request(token))],
        [None, None]
    );
    assert_eq!((registered.org.taken.len(), registered.org.repeats.as_slice()), (1, &["a".to_owned()][..]));
}

/// Whatever this program tells an Okta is one of the six, and in order there.
#[test]
fn what_this_program_makes_for_an_okta_is_taken() {
    let mut registered = Registered::new();
    let made = 1_760_500_000_000;
    let said = Said { device: Some("d7".to_owned()), ..Said::default() };
    let mut taken = 0;
    for kind in [Kind::Risk, Kind::SessionRevoked, Kind::DeviceCompliance, Kind::Assurance] {
        for holds in [false, true] {
            let jti = format!("{}-{holds}", kind.as_str());
            let envelope = Envelope { issuer: ISSUER, audience: AUDIENCE, jti: &jti, txn: "t", made };
            let email = "jane.doe@example.com";
            let claims = if kind == Kind::Risk {
                let to = if holds { Level::None } else { Level::High };
                let told = Told { email, from: None, to, cause: "evidence", reasons: &[], at: made };
                Some(set::claims(Profile::Okta, &envelope, &told))
            } else {
                set::other_claims(Profile::Okta, &envelope, kind, email, &said, holds, made)
            };
            assert_eq!(claims.is_none(), kind.event(Profile::Okta).is_none(), "{kind:?}");
            if let Some(claims) = claims {
                assert_eq!(registered.tell(&header(), &claims), None, "{claims}");
                taken += 1;
            }
        }
    }
    assert_eq!((taken, registered.org.taken.len()), (6, 6));
}
