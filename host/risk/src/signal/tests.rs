//! What is believed, and every way in which a token is none.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shared_protocol::Level;

use super::{Event, Keys, KeysError, MOST_TOKEN, Match, OLDEST, Refusal, Subject, Told, Trust, poll, read};

const NOW: u64 = 1_760_500_000_000;
const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";

struct Transmitter {
    pair: KeyPair,
}

impl Transmitter {
    fn new() -> Self {
        Self { pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    fn jwk(&self, kid: &str) -> Value {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "RSA", "kid": kid,
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        })
    }

    fn keys(&self) -> Keys {
        Keys::parse(json!({"keys": [self.jwk("k1")]}).to_string().as_bytes()).unwrap()
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        self.raw(&header.to_string(), &claims.to_string())
    }

    fn raw(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "secevent+jwt"})
}

fn claims(kind: &str, event: Value) -> Value {
    json!({
        "iss": "https://idp.example", "aud": "https://receiver.example", "iat": NOW / 1000, "jti": "756e69717565",
        "txn": "8675309", "sub_id": {"format": "email", "email": "jane.doe@example.com"}, "events": {kind: event},
    })
}

fn high() -> Value {
    claims(
        &format!("{CAEP}risk-level-change"),
        json!({"principal": "USER", "current_level": "HIGH", "event_timestamp": NOW / 1000 - 5}),
    )
}

fn jane() -> Subject {
    Subject::Email("jane.doe@example.com".to_owned())
}

fn trusted(token: &str, keys: &Keys, subject: &Subject) -> Result<Told, Refusal> {
    let trust = Trust {
        issuer: "https://idp.example",
        audience: "https://receiver.example",
        subject,
        ours: Some("https://ssf.host.example"),
    };
    read(token, keys, &trust, NOW)
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

#[test]
fn a_token_of_the_transmitter_about_this_person_is_believed() {
    let idp = Transmitter::new();
    let told = trusted(&idp.token(&header(), &high()), &idp.keys(), &jane()).unwrap();
    let wanted = Told {
        jti: "756e69717565".to_owned(),
        txn: Some("8675309".to_owned()),
        at: NOW - 5_000,
        event: Event::Risk(Level::High),
        about: Match::Person,
        device: None,
        ours: false,
    };
    assert_eq!(told, wanted);
    // RFC 7515, section 4.1.9: a media type may be written whole. RFC 7519, section 4.1.3: several audiences.
    let whole = with(header(), "typ", json!("application/SecEvent+JWT"));
    let many = with(high(), "aud", json!(["https://other.example", "https://receiver.example"]));
    assert_eq!(trusted(&idp.token(&whole, &many), &idp.keys(), &jane()).unwrap(), wanted);
}

/// Events as their standards show them, and what they say.
#[test]
fn events_of_the_standards_are_understood() {
    let idp = Transmitter::new();
    let session = vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
    for (kind, event, wanted) in [
        (
            format!("{CAEP}session-revoked"),
            json!({"event_timestamp": 1_615_304_991}),
            Ok(Event::SessionRevoked),
        ),
        (
            format!("{CAEP}device-compliance-change"),
            json!({"current_status": "not-compliant", "previous_status": "compliant"}),
            Ok(Event::NotCompliant),
        ),
        (
            format!("{CAEP}device-compliance-change"),
            json!({"current_status": "compliant", "previous_status": "not-compliant"}),
            Ok(Event::Other),
        ),
        (
            format!("{CAEP}session-established"),
            json!({"ips": ["192.0.2.1", "2001:db8::1", "not an address"], "fp_ua": "abb0b6e7da81a42233f8f2b1a8ddb1b9a4c81611"}),
            Ok(Event::Session(session)),
        ),
        (
            format!("{CAEP}credential-change"),
            json!({"credential_type": "fido2-roaming", "change_type": "create"}),
            Ok(Event::Other),
        ),
        (
            format!("{CAEP}risk-level-change"),
            json!({"principal": "DEVICE", "current_level": "HIGH"}),
            Ok(Event::Other),
        ),
        (
            format!("{CAEP}risk-level-change"),
            json!({"principal": "USER", "current_level": "LOW"}),
            Ok(Event::Risk(Level::Low)),
        ),
        (format!("{CAEP}risk-level-change"), json!({"principal": "USER", "current_level": "worse"}), Err(())),
        (format!("{CAEP}risk-level-change"), json!({"current_level": "HIGH"}), Err(())),
        (
            format!("{RISC}credential-compromise"),
            json!({"credential_type": "password"}),
            Ok(Event::Compromised),
        ),
        (format!("{RISC}credential-compromise"), json!({}), Err(())),
        (format!("{RISC}account-disabled"), json!({"reason": "hijacking"}), Ok(Event::Disabled)),
        (format!("{RISC}account-purged"), json!({}), Ok(Event::Other)),
        (
            "https://schemas.okta.com/secevent/okta/event-type/user-risk-change".to_owned(),
            json!({"current_level": "medium", "previous_level": "low"}),
            Ok(Event::Risk(Level::Medium)),
        ),
        ("https://vendor.example/event".to_owned(), json!({"x": 1}), Ok(Event::Other)),
    ] {
        let told = trusted(&idp.token(&header(), &claims(&kind, event)), &idp.keys(), &jane());
        assert_eq!(told.map(|told| told.event).map_err(|_| ()), wanted, "{kind}");
    }
    let stream = with(
        claims("https://schemas.openid.net/secevent/ssf/event-type/verification", json!({"state": "x"})),
        "sub_id",
        json!({"format": "opaque", "id": "stream"}),
    );
    assert_eq!(trusted(&idp.token(&header(), &stream), &idp.keys(), &jane()).unwrap().about, Match::Stream);
}

#[test]
fn what_is_not_a_token_of_the_transmitter_for_this_receiver_is_refused() {
    let (idp, stranger) = (Transmitter::new(), Transmitter::new());
    let good = idp.token(&header(), &high());
    let parts: Vec<&str> = good.split('.').collect();
    let other = idp.token(&header(), &with(high(), "jti", json!("b")));
    let swapped = format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2]);
    let sha512 = {
        let head = with(header(), "alg", json!("RS512")).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), parts[1]);
        let mut signature = vec![0; 256];
        idp.pair.sign(&RSA_PKCS1_SHA512, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let none = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1","typ":"secevent+jwt"}"#),
        parts[1]
    );
    let events = |events: Value| idp.token(&header(), &with(high(), "events", events));
    let claim = |name: &str, value: Value| idp.token(&header(), &with(high(), name, value));
    let head = |name: &str, value: Value| idp.token(&with(header(), name, value), &high());
    let twice = r#"{"alg":"none","alg":"RS256","kid":"k1","typ":"secevent+jwt"}"#;
    let second = json!({format!("{CAEP}session-revoked"): {}, format!("{RISC}account-disabled"): {}});
    for (what, token, wanted) in [
        ("another key", stranger.token(&header(), &high()), "authentication_failed"),
        ("other claims under a signature", swapped, "authentication_failed"),
        ("no signature", format!("{}.{}.", parts[0], parts[1]), "authentication_failed"),
        ("alg none", none, "invalid_request"),
        ("alg HS256", head("alg", json!("HS256")), "invalid_request"),
        ("alg RS512", sha512, "invalid_request"),
        ("alg twice", idp.raw(twice, &high().to_string()), "invalid_request"),
        ("crit", head("crit", json!(["b64"])), "invalid_request"),
        ("no typ", head("typ", Value::Null), "invalid_request"),
        ("an ID token's typ", head("typ", json!("JWT")), "invalid_request"),
        ("no kid", head("kid", Value::Null), "invalid_request"),
        ("an unknown kid", head("kid", json!("k2")), "invalid_key"),
        ("another issuer", claim("iss", json!("https://evil.example")), "invalid_issuer"),
        ("no issuer", claim("iss", Value::Null), "invalid_issuer"),
        ("another audience", claim("aud", json!("https://other.example")), "invalid_audience"),
        ("no audience", claim("aud", Value::Null), "invalid_audience"),
        ("exp", claim("exp", json!(NOW / 1000 + 60)), "invalid_request"),
        ("sub", claim("sub", json!("jane")), "invalid_request"),
        ("no jti", claim("jti", Value::Null), "invalid_request"),
        ("a jti without end", claim("jti", json!("x".repeat(257))), "invalid_request"),
        ("no iat", claim("iat", Value::Null), "invalid_request"),
        ("too old", claim("iat", json!((NOW - OLDEST) / 1000 - 1)), "invalid_request"),
        ("milliseconds", claim("iat", json!(NOW)), "invalid_request"),
        ("no subject", claim("sub_id", Value::Null), "invalid_request"),
        ("no events", events(json!({})), "invalid_request"),
        ("events in a list", events(json!([])), "invalid_request"),
        ("two events", events(second), "invalid_request"),
        ("no object", idp.raw(&header().to_string(), "[]"), "invalid_request"),
        ("huge", "x".repeat(MOST_TOKEN + 1), "invalid_request"),
        ("a huge one that is signed", claim("x", json!("x".repeat(MOST_TOKEN))), "invalid_request"),
        ("nothing", String::new(), "invalid_request"),
        ("two parts", format!("{}.{}", parts[0], parts[1]), "invalid_request"),
        ("four parts", format!("{good}.x"), "invalid_request"),
        ("with padding", format!("{good}="), "invalid_request"),
        ("with a line's end", format!("{good}\n"), "invalid_request"),
    ] {
        let refused = trusted(&token, &idp.keys(), &jane()).unwrap_err();
        assert_eq!(refused.code(), wanted, "{what}: {refused}");
        assert!(!refused.to_string().contains("jane"), "{refused}");
    }
    // Cut anywhere: nothing of it is believed.
    for at in 0..good.len() {
        assert!(trusted(&good[..at], &idp.keys(), &jane()).is_err(), "{at}");
    }
    // Two clocks that differ a little, and much.
    let ahead = |seconds: u64| claim("iat", json!(NOW / 1000 + seconds));
    assert_eq!(trusted(&ahead(60), &idp.keys(), &jane()).unwrap().at, NOW - 5_000);
    assert_eq!(trusted(&ahead(600), &idp.keys(), &jane()), Err(Refusal::Future));
    assert!(Refusal::Future.may_pass() && Refusal::Key.may_pass() && !Refusal::Signature.may_pass());
}

#[test]
fn a_subject_is_this_person_or_nobody() {
    let idp = Transmitter::new();
    let of = |subject: &Value, mine: &Subject| {
        let token = idp.token(&header(), &with(high(), "sub_id", subject.clone()));
        trusted(&token, &idp.keys(), mine).unwrap().about == Match::Person
    };
    let iss_sub = Subject::IssSub { iss: "https://idp.example".to_owned(), sub: "00u1".to_owned() };
    let email = json!({"format": "email", "email": "Jane.Doe@Example.com"});
    for (subject, mine, wanted) in [
        (email.clone(), jane(), true),
        (json!({"format": "email", "email": "jane.doe@example.com.evil.example"}), jane(), false),
        (json!({"format": "account", "uri": "acct:jane.doe@example.com"}), jane(), true),
        (json!({"format": "iss_sub", "iss": "https://idp.example", "sub": "00u1"}), iss_sub.clone(), true),
        (json!({"format": "iss_sub", "iss": "https://other.example", "sub": "00u1"}), iss_sub.clone(), false),
        // By an address alone, when the settings ask for the provider's name.
        (email.clone(), iss_sub, false),
        (json!({"format": "opaque", "id": "u7"}), Subject::Opaque("u7".to_owned()), true),
        (
            json!({"format": "complex", "user": email, "device": {"format": "opaque", "id": "d"}}),
            jane(),
            true,
        ),
        (json!({"format": "aliases", "identifiers": [{"format": "opaque", "id": "d"}, email]}), jane(), true),
        (json!({"user": email}), jane(), true),
        (json!({"format": "complex", "tenant": email}), jane(), false),
        (json!({"format": "phone_number", "phone_number": "jane.doe@example.com"}), jane(), false),
        (json!("jane.doe@example.com"), jane(), false),
    ] {
        assert_eq!(of(&subject, &mine), wanted, "{subject}");
    }
    let deep = (0..40).fold(email, |inner, _| json!({"format": "complex", "user": inner}));
    assert!(!of(&deep, &jane()));
}

#[test]
fn our_own_are_known() {
    let idp = Transmitter::new();
    let ours = idp.token(&header(), &with(high(), "iss", json!("https://ssf.host.example")));
    assert!(trusted(&ours, &idp.keys(), &jane()).unwrap().ours);
}

#[test]
fn a_set_of_keys_has_what_can_be_used_and_no_name_twice() {
    let idp = Transmitter::new();
    let parse = |keys: Value| Keys::parse(json!({"keys": keys}).to_string().as_bytes());
    let short = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::PublicKeyX509Der<'_> = short.public_key().as_der().unwrap();
    assert!(!der.as_ref().is_empty());
    let good = idp.jwk("k1");
    assert!(parse(json!([good, {"kty": "EC", "kid": "k2"}])).is_ok());
    assert_eq!(parse(json!([good, good])), Err(KeysError::Twice));
    for other in [
        with(good.clone(), "kty", json!("oct")),
        with(good.clone(), "use", json!("enc")),
        with(good.clone(), "alg", json!("RS512")),
        with(good.clone(), "kid", Value::Null),
        with(good.clone(), "n", json!(URL_SAFE_NO_PAD.encode([0xff; 128]))),
    ] {
        assert_eq!(parse(json!([other])), Err(KeysError::Empty), "{other}");
    }
    for text in ["", "{}", "[]", r#"{"keys": 1}"#, "{\"keys\": ["] {
        assert_eq!(Keys::parse(text.as_bytes()), Err(KeysError::Malformed), "{text}");
    }
}

/// RFC 8936, section 2: the requests and answers that its figures show.
#[test]
fn a_poll_asks_and_acknowledges_as_rfc_8936_says() {
    let mut dealt = poll::Dealt::default();
    assert_eq!(poll::request(16, &dealt), json!({"maxEvents": 16, "returnImmediately": true}));
    dealt.taken.push("4d3559ec67504aaba65d40b0363faad8".to_owned());
    dealt.refused.insert("3d0c3cf797584bd193bd0fb1bd4e7d30".to_owned(), Refusal::Audience);
    let asked = poll::request(0, &dealt);
    assert_eq!(asked["ack"], json!(["4d3559ec67504aaba65d40b0363faad8"]));
    assert_eq!(asked["setErrs"]["3d0c3cf797584bd193bd0fb1bd4e7d30"]["err"], "invalid_audience");
    let given = poll::answer(br#"{"sets": {"a": "x.y.z", "b": "x"}, "moreAvailable": true}"#).unwrap();
    assert_eq!((given.sets.len(), given.more), (2, true));
    assert_eq!(poll::answer(br#"{"sets": {}}"#).unwrap().more, false);
    let many: serde_json::Map<String, Value> = (0..99).map(|at| (at.to_string(), json!("x"))).collect();
    let many = poll::answer(json!({"sets": many}).to_string().as_bytes()).unwrap();
    assert_eq!((many.sets.len(), many.more), (poll::MOST_SETS, true));
    for text in [
        "",
        "{}",
        "[]",
        r#"{"sets": []}"#,
        r#"{"sets": {"a": 1}}"#,
        r#"{"sets": {"": "x"}}"#,
        r#"{"sets": {"a": "x"#,
    ] {
        assert!(poll::answer(text.as_bytes()).is_err(), "{text}");
    }
}
