//! The standards' own examples of security event tokens, and what is made of each here: one file each under `cases/`.
//!
//! A case has its `source`; whom this machine trusts and who is at it (`issuer`, `audience`, `now`, `person`); and of the example
//! the `claims`, which are signed here as SSF 1.0 asks, the `token` as it is printed, or the `answer` to a poll. It ends in
//! `[told]` or in `[refused]`, compared whole.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host_risk::set::key::{self, SigningKey};
use host_risk::signal::{Event, Keys, Match, Refusal, Subject, Told, Trust, poll, read};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Where it is printed, for the reader.
    #[serde(rename = "source")]
    _source: String,
    issuer: String,
    audience: String,
    /// This machine's clock, unix seconds.
    now: u64,
    /// The person of this machine (RFC 9493).
    person: Value,
    claims: Option<String>,
    token: Option<String>,
    answer: Option<String>,
    told: Option<Expected>,
    refused: Option<Refused>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    jti: String,
    txn: Option<String>,
    /// Unix seconds.
    at: u64,
    event: String,
    about: String,
    device: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    err: String,
    why: String,
}

impl Case {
    /// The tokens of the example, and the id under which each is given where the example says one.
    fn tokens(&self, signing: &SigningKey) -> Vec<(Option<String>, String)> {
        let claims = self.claims.as_ref().map(|text| serde_json::from_str::<Value>(text).unwrap());
        match (&self.answer, &self.token, claims) {
            (Some(answer), None, None) => {
                let given = poll::answer(answer.as_bytes()).unwrap();
                assert!(!given.more);
                given.sets.into_iter().map(|(jti, token)| (Some(jti), token)).collect()
            }
            (None, Some(token), Some(claims)) => {
                assert_eq!(payload(token), claims);
                vec![(None, token.clone())]
            }
            (None, None, Some(claims)) => vec![(None, signing.sign(&claims).unwrap())],
            _ => panic!("an example is an answer, a token with its claims, or claims"),
        }
    }

    fn subject(&self) -> Subject {
        let text = |name: &str| self.person[name].as_str().unwrap().to_owned();
        match text("format").as_str() {
            "email" => Subject::Email(text("email")),
            "iss_sub" => Subject::IssSub { iss: text("iss"), sub: text("sub") },
            "opaque" => Subject::Opaque(text("id")),
            other => panic!("{other}"),
        }
    }
}

fn payload(token: &str) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

fn expected(told: &Told) -> Expected {
    assert!(!told.ours);
    let event = match &told.event {
        Event::Risk(level) => format!("risk {level:?}").to_lowercase(),
        Event::Compromised => "compromised".to_owned(),
        Event::SessionRevoked => "session revoked".to_owned(),
        Event::Disabled => "disabled".to_owned(),
        Event::NotCompliant => "not compliant".to_owned(),
        Event::Session(addresses) => format!("session {addresses:?}"),
        Event::Verification => "verification".to_owned(),
        Event::Other => "other".to_owned(),
    };
    let about = match told.about {
        Match::Person => "person",
        Match::Other => "other",
        Match::Stream => "stream",
    };
    Expected {
        jti: told.jti.clone(),
        txn: told.txn.clone(),
        at: told.at / 1_000,
        event,
        about: about.to_owned(),
        device: told.device.clone(),
    }
}

fn refused(refusal: Refusal) -> Refused {
    Refused { err: refusal.code().to_owned(), why: refusal.to_string() }
}

#[test]
fn every_example_of_the_standards_is_read_as_its_case_says() {
    let signing = SigningKey::from_pem(&key::generate().unwrap()).unwrap();
    let set = key::jwks(std::slice::from_ref(&signing)).to_string();
    let keys = Keys::parse(set.as_bytes()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 27, "examples are missing");
    let mut seen = BTreeSet::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = toml::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(case.told.is_some() != case.refused.is_some(), "{name}");
        let (subject, now) = (case.subject(), case.now * 1_000);
        let trust = Trust { issuer: &case.issuer, audience: &case.audience, subject: &subject, ours: None };
        let tokens = case.tokens(&signing);
        assert!(!tokens.is_empty(), "{name}");
        for (jti, token) in tokens {
            assert!(jti.is_none_or(|jti| payload(&token)["jti"] == jti.as_str()), "{name}");
            let made = read(&token, &keys, &trust, now);
            let told = made.as_ref().ok().map(expected);
            let why = made.err().map(refused);
            assert_eq!((&told, &why), (&case.told, &case.refused), "{name}");
            let Some(told) = told else { continue };
            // Of what is told, nothing is told to somebody else or by somebody else.
            let other = Trust { audience: "https://other.example", ..trust };
            assert_eq!(read(&token, &keys, &other, now), Err(Refusal::Audience), "{name}");
            let other = Trust { issuer: "https://other.example", ..trust };
            assert_eq!(read(&token, &keys, &other, now), Err(Refusal::Issuer), "{name}");
            seen.insert((told.event, told.about));
        }
    }
    for (event, about) in [
        ("risk low", "person"),
        ("session revoked", "person"),
        ("disabled", "person"),
        ("compromised", "person"),
        ("session []", "person"),
        ("verification", "stream"),
        // What would count, of somebody else.
        ("disabled", "other"),
        ("session revoked", "other"),
        ("not compliant", "other"),
    ] {
        assert!(seen.contains(&(event.to_owned(), about.to_owned())), "{event} {about}");
    }
}
