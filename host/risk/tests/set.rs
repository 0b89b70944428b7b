//! Tokens: claims as the documents write them, signatures as somebody else checks them.
//!
//! The checking here is written from RFC 7515 and RFC 8017 on AWS-LC's primitive and shares nothing with the crate's signing.

#![cfg(test)]

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use host_risk::set::key::{self, KeyError, SigningKey, thumbprint};
use host_risk::set::{Envelope, Profile, Told, check, claims};
use host_risk::{Points, Reason};
use serde_json::{Value, json};
use shared_protocol::Level;

const AT: u64 = 1_760_499_995_123;

fn envelope() -> Envelope<'static> {
    Envelope {
        issuer: "https://ssf.host.example",
        audience: "https://customer.okta.com",
        jti: "00000000-0000-4000-8000-000000000001",
        txn: "00000000-0000-4000-8000-000000000002",
        made: 1_760_500_000_999,
    }
}

fn reasons() -> Vec<Reason> {
    let reason = |behaviour: &str, words: &str, count| Reason {
        behaviour: behaviour.to_owned(),
        words: words.to_owned(),
        count,
        points: Points::of(1),
        signals: Vec::new(),
    };
    vec![
        reason("credentials-pasted", "credentials in a prompt", 3),
        reason("data-loss", "sensitive data in a prompt", 5),
    ]
}

fn told(reasons: &[Reason]) -> Told<'_> {
    Told {
        email: "jane.doe@example.com",
        from: Some(Level::Low),
        to: Level::High,
        cause: "evidence",
        reasons,
        at: AT,
    }
}

#[test]
fn okta_gets_what_its_description_asks_for() {
    let reasons = reasons();
    let made = claims(Profile::Okta, &envelope(), &told(&reasons));
    let wanted = json!({
        "iss": "https://ssf.host.example",
        "aud": "https://customer.okta.com",
        "iat": 1_760_500_000,
        "jti": "00000000-0000-4000-8000-000000000001",
        "txn": "00000000-0000-4000-8000-000000000002",
        "sub_id": {"format": "complex", "user": {"format": "email", "email": "jane.doe@example.com"}},
        "events": {"https://schemas.okta.com/secevent/okta/event-type/user-risk-change": {
            "subject": {"user": {"format": "email", "email": "jane.doe@example.com"}},
            "current_level": "high",
            "previous_level": "low",
            "event_timestamp": 1_760_499_995,
            "initiating_entity": "policy",
            "reason_admin": {"en": "The risk in the use of AI assistants went from low to high: credentials in a prompt (3), sensitive data in a prompt (5)."},
            "reason_user": {"en": "Your risk level in the use of AI assistants is high, mostly for credentials in a prompt."},
        }},
    });
    assert_eq!(made, wanted);
    check(Profile::Okta, &made).unwrap();
    let event = |told| claims(Profile::Okta, &envelope(), &told)["events"][Profile::Okta.event()].clone();
    let first = event(Told { from: None, ..told(&reasons) });
    assert_eq!(first["previous_level"], "none");
    let reset = event(Told { from: Some(Level::High), to: Level::None, cause: "reset", ..told(&reasons) });
    assert_eq!((&reset["current_level"], &reset["initiating_entity"]), (&json!("low"), &json!("user")));
    assert_eq!(
        reset["reason_admin"]["en"],
        "The risk in the use of AI assistants was set back on the device from high to none."
    );
    let dismissed = event(Told { to: Level::Low, cause: "dismissed", ..told(&reasons) });
    let words = dismissed["reason_admin"]["en"].as_str().unwrap();
    assert!(dismissed["initiating_entity"] == "user" && !words.contains("administrator"), "{dismissed}");
    let decay = event(Told { from: Some(Level::High), to: Level::Medium, cause: "decay", ..told(&reasons) });
    assert_eq!((&decay["current_level"], &decay["initiating_entity"]), (&json!("medium"), &json!("system")));
}

#[test]
fn caep_gets_upper_case_and_its_own_subject() {
    let reasons = reasons();
    let made = claims(Profile::Caep, &envelope(), &told(&reasons));
    assert_eq!(made["sub_id"], json!({"format": "email", "email": "jane.doe@example.com"}));
    let event = &made["events"]["https://schemas.openid.net/secevent/caep/event-type/risk-level-change"];
    for (name, value) in [
        ("principal", "USER"),
        ("current_level", "HIGH"),
        ("previous_level", "LOW"),
        ("risk_reason", "CREDENTIALS_PASTED"),
        ("initiating_entity", "policy"),
    ] {
        assert_eq!(event[name], value, "{name}");
    }
    assert_eq!(event["event_timestamp"], 1_760_499_995);
    assert_eq!(event.get("subject"), None);
    check(Profile::Caep, &made).unwrap();
    let first = claims(Profile::Caep, &envelope(), &Told { from: None, ..told(&reasons) });
    assert_eq!(first["events"][Profile::Caep.event()].get("previous_level"), None);
    check(Profile::Caep, &first).unwrap();
}

/// Each change makes a good token one that a receiver refuses, or drops, or that the documents forbid.
#[test]
fn what_would_be_refused_is_not_sent() {
    let reasons = reasons();
    type Spoil = fn(&mut Value);
    fn event(claims: &mut Value) -> &mut Value {
        claims["events"].as_object_mut().unwrap().values_mut().next().unwrap()
    }
    let spoils: [(&str, Spoil); 12] = [
        ("`exp`", |claims| claims["exp"] = json!(1_760_500_600)),
        ("`sub`", |claims| claims["sub"] = json!("jane")),
        ("`sub_id`", |claims| drop(claims.as_object_mut().unwrap().remove("sub_id"))),
        ("`iat`", |claims| claims["iat"] = json!(1_760_500_000.5)),
        ("`jti`", |claims| claims["jti"] = json!("")),
        ("one event", |claims| {
            claims["events"]["https://schemas.openid.net/secevent/caep/event-type/session-revoked"] =
                json!({})
        }),
        ("one event", |claims| claims["events"] = json!({})),
        // As one of Okta's own pages shows it: without the wrapper.
        ("`events`", |claims| {
            let inner = claims["events"].take();
            claims.as_object_mut().unwrap().remove("events");
            let kind = Profile::Okta.event();
            claims[kind] = inner[kind].clone();
        }),
        ("milliseconds", |claims| event(claims)["event_timestamp"] = json!(1_615_304_991_643_u64)),
        ("`previous_level`", |claims| drop(event(claims).as_object_mut().unwrap().remove("previous_level"))),
        ("`current_level`", |claims| event(claims)["current_level"] = json!("HIGH")),
        ("`reason_admin`", |claims| {
            event(claims)["reason_admin"] = json!({"de": "x"});
            event(claims).as_object_mut().unwrap().remove("reason_user");
        }),
    ];
    for (what, spoil) in spoils {
        let mut made = claims(Profile::Okta, &envelope(), &told(&reasons));
        spoil(&mut made);
        let fault = check(Profile::Okta, &made).unwrap_err().to_string();
        assert!(fault.contains(what), "{what}: {fault}");
        assert!(!fault.contains("jane"), "{fault}");
    }
    // The other one's event is none of its own.
    let caep = claims(Profile::Caep, &envelope(), &told(&reasons));
    assert!(check(Profile::Okta, &caep).unwrap_err().to_string().contains("six types"));
    assert!(check(Profile::Caep, &claims(Profile::Okta, &envelope(), &told(&reasons))).is_err());
}

/// RFC 7638, section 3.1.
#[test]
fn the_thumbprint_is_that_of_the_standard() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3ok\
             njhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6\
             qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awa\
             pJzKnqDKgw";
    assert_eq!(thumbprint(n, "AQAB"), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

/// The parts of a compact token whose signature this public key made (RFC 7515, section 5.2).
fn verified(token: &str, jwk: &Value) -> Option<(Value, Value)> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return None };
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let number = |name: &str| bytes(jwk[name].as_str()?);
    let key = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
    let message = format!("{header}.{payload}");
    key.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &bytes(signature)?).ok()?;
    let json = |part: &str| serde_json::from_slice::<Value>(&bytes(part)?).ok();
    Some((json(header)?, json(payload)?))
}

#[test]
fn another_reader_verifies_our_tokens() {
    let text = key::generate().unwrap();
    let signing = SigningKey::from_pem(&text).unwrap();
    let made = claims(Profile::Okta, &envelope(), &told(&reasons()));
    let token = signing.sign(&made).unwrap();
    let jwk = signing.jwk();
    let (header, payload) = verified(&token, &jwk).unwrap();
    assert_eq!(header, json!({"alg": "RS256", "kid": signing.kid(), "typ": "secevent+jwt"}));
    assert_eq!(payload, made);
    // The same claims are the same bytes, so that a second try is the same token.
    assert_eq!(signing.sign(&made).unwrap(), token);
    let other = SigningKey::from_pem(&key::generate().unwrap()).unwrap();
    assert!(verified(&token, &other.jwk()).is_none());
    assert!(verified(&token.replacen('.', ".e", 1), &jwk).is_none());
    // What is hosted has nothing private.
    let hosted = key::jwks(&[signing, other]).to_string();
    for private in ["\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"qi\""] {
        assert!(!hosted.contains(private), "{private}");
    }
    assert_eq!(jwk["alg"], "RS256");
    assert_eq!((&jwk["kty"], &jwk["use"], &jwk["e"]), (&json!("RSA"), &json!("sig"), &json!("AQAB")));
}

#[test]
fn keys_of_no_use_say_so_and_show_nothing() {
    let pem = |der: &[u8]| {
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
    };
    assert_eq!(SigningKey::from_pem("").unwrap_err(), KeyError::Malformed);
    assert_eq!(SigningKey::from_pem(&pem(b"\x30\x03nothing")).unwrap_err(), KeyError::NotRsa);
    let good = key::generate().unwrap();
    let half = good.get(..good.len() / 2).unwrap();
    assert_eq!(SigningKey::from_pem(half).unwrap_err(), KeyError::Malformed);
    let signing = SigningKey::from_pem(&good).unwrap();
    assert_eq!(format!("{signing:?}"), format!("SigningKey({})", signing.kid()));
}

#[test]
fn metadata_stands_between_host_and_path() {
    for (issuer, address) in [
        ("https://ssf.example.com", "https://ssf.example.com/.well-known/ssf-configuration"),
        ("https://ssf.example.com/", "https://ssf.example.com/.well-known/ssf-configuration"),
        ("https://example.com/a/b", "https://example.com/.well-known/ssf-configuration/a/b"),
    ] {
        assert_eq!(key::well_known_address(issuer), address);
    }
    let told = key::well_known("https://ssf.example.com", "https://ssf.example.com/jwks.json");
    assert_eq!(
        (&told["issuer"], &told["jwks_uri"]),
        (&json!("https://ssf.example.com"), &json!("https://ssf.example.com/jwks.json"))
    );
}
