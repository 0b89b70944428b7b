//! A transmitter as RFC 8936 describes one: what it tells counts once, what is hostile counts never.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use host_journal::{Entry, Filter, Kind, Order, Page};
use host_risk::set::key::{self, SigningKey};
use host_risk::{Rules, keep};
use serde_json::{Value, json};
use shared_protocol::Level;

mod ending;
mod named;

use super::{Inbox, Polled, Whose};
use crate::record::Recorder;
use crate::risk::Scoring;
use crate::settings::{Named, SignalSettings};

const DAY: u64 = 24 * 3_600_000;
const NOW: u64 = 20_000 * DAY;
const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";

/// What the transmitter has, and what it was told.
#[derive(Default)]
struct Stream {
    keys: Vec<Value>,
    sets: BTreeMap<String, String>,
    asked: Vec<Value>,
    /// The next answers are cut off after so many bytes.
    cut: Option<usize>,
    status: Option<u16>,
}

struct Transmitter {
    stream: Arc<Mutex<Stream>>,
    key: SigningKey,
    port: u16,
}

impl Transmitter {
    fn start() -> Self {
        let key = SigningKey::from_pem(&key::generate().unwrap()).unwrap();
        let stream = Arc::new(Mutex::new(Stream { keys: vec![key.jwk()], ..Stream::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&stream);
        thread::spawn(move || {
            for one in listener.incoming() {
                let mut one = BufReader::new(one.unwrap());
                let (mut first, mut length) = (String::new(), 0);
                one.read_line(&mut first).unwrap();
                loop {
                    let mut line = String::new();
                    one.read_line(&mut line).unwrap();
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                one.read_exact(&mut body).unwrap();
                let (status, answer) = shared.lock().unwrap().answer(&first, &body);
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    answer.len()
                );
                let _gone = one.get_mut().write_all(head.as_bytes());
                let _gone = one.get_mut().write_all(&answer);
            }
        });
        Self { stream, key, port }
    }

    fn inbox(&self) -> Inbox {
        let at = |path: &str| format!("http://127.0.0.1:{}/{path}", self.port);
        Inbox::new(SignalSettings {
            name: "idp".to_owned(),
            issuer: "https://idp.example".to_owned(),
            audience: "https://receiver.example".to_owned(),
            address: at("poll"),
            jwks_uri: at("jwks.json"),
            by: Named::Email,
            token_file: None,
            ca: None,
            proxy: None,
            every: Duration::from_secs(60),
            timeout: Duration::from_secs(20),
        })
    }

    fn claims(jti: &str, kind: &str, event: Value) -> Value {
        json!({
            "iss": "https://idp.example", "aud": "https://receiver.example", "iat": NOW / 1000, "jti": jti,
            "sub_id": {"format": "email", "email": "jane.doe@example.com"}, "events": {format!("{CAEP}{kind}"): event},
        })
    }

    fn put(&self, jti: &str, token: String) {
        self.stream.lock().unwrap().sets.insert(jti.to_owned(), token);
    }

    fn tell(&self, claims: &Value) {
        self.put(claims["jti"].as_str().unwrap(), self.key.sign(claims).unwrap());
    }

    fn high(&self, jti: &str) {
        self.tell(&Self::claims(
            jti,
            "risk-level-change",
            json!({"principal": "USER", "current_level": "HIGH"}),
        ));
    }

    fn left(&self) -> Vec<String> {
        self.stream.lock().unwrap().sets.keys().cloned().collect()
    }
}

impl Stream {
    fn answer(&mut self, first: &str, body: &[u8]) -> (u16, Vec<u8>) {
        if first.starts_with("GET /jwks.json") {
            return (200, json!({"keys": self.keys}).to_string().into_bytes());
        }
        if let Some(status) = self.status {
            return (status, Vec::new());
        }
        let asked: Value = serde_json::from_slice(body).unwrap();
        let most = usize::try_from(asked["maxEvents"].as_u64().unwrap()).unwrap();
        for jti in asked["ack"].as_array().into_iter().flatten() {
            self.sets.remove(jti.as_str().unwrap());
        }
        for jti in asked["setErrs"].as_object().into_iter().flatten().map(|(jti, _)| jti) {
            self.sets.remove(jti);
        }
        self.asked.push(asked);
        let given: BTreeMap<_, _> = self.sets.iter().take(most).collect();
        let more = self.sets.len() > given.len();
        let mut answer = json!({"sets": given, "moreAvailable": more}).to_string().into_bytes();
        if let Some(cut) = self.cut.filter(|_| most > 1) {
            answer.truncate(cut);
        }
        (200, answer)
    }
}

struct Machine {
    folder: tempfile::TempDir,
    recorder: Recorder,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Self::open(folder.path());
        Self { folder, recorder }
    }

    fn open(folder: &std::path::Path) -> Recorder {
        let recorder = Recorder::new(Some(folder.join("data")), "jane".to_owned(), Box::new(|| None));
        let scores = || {
            Some(Scoring { rules: Rules::builtin().unwrap(), receivers: Vec::new(), profiles: Vec::new() })
        };
        recorder.scoring(Box::new(scores))
    }

    fn whose(&self) -> Whose {
        Whose {
            person: "jane".to_owned(),
            email: Some("jane.doe@example.com".to_owned()),
            session: None,
            identity: None,
            ours: Some("https://ssf.host.example".to_owned()),
            travel: None,
            data: self.folder.path().join("data"),
        }
    }

    fn round(&self, inbox: &mut Inbox, at: u64) -> Polled {
        inbox.round(&self.recorder, &self.whose(), at).unwrap()
    }

    fn level(&self) -> Level {
        let rules = Rules::builtin().unwrap();
        let standing = self.recorder.look(|view| keep::standing(view, "jane", &rules, NOW)).unwrap();
        standing.map_or(Level::None, |standing| standing.level)
    }

    /// The record's audit rows, oldest first.
    fn rows(&self) -> Vec<host_journal::Record> {
        let filter = Filter { kinds: vec![Kind::Audit], ..Filter::default() };
        let page = Page { order: Order::Oldest, after: None, limit: 1_000 };
        self.recorder.in_record(|tx, _| host_journal::list(tx, &filter, &page)).unwrap()
    }

    fn audits(&self) -> Vec<&'static str> {
        let word = |row: host_journal::Record| match row.entry {
            Some(Entry::Audit(audit)) => Some(audit.what.as_str()),
            _ => None,
        };
        self.rows().into_iter().filter_map(word).collect()
    }
}

#[test]
fn what_another_transmitter_tells_of_this_person_counts_once() {
    let (idp, machine) = (Transmitter::start(), Machine::new());
    idp.high("a");
    let mut other =
        Transmitter::claims("b", "risk-level-change", json!({"principal": "USER", "current_level": "HIGH"}));
    other["sub_id"]["email"] = json!("joe@example.com");
    idp.tell(&other);
    let mut ours =
        Transmitter::claims("c", "risk-level-change", json!({"principal": "USER", "current_level": "HIGH"}));
    ours["iss"] = json!("https://ssf.host.example");
    idp.tell(&ours);
    let mut inbox = idp.inbox();
    assert_eq!(machine.round(&mut inbox, NOW), Polled { counted: 1, passed: 2, ..Polled::default() });
    assert_eq!((machine.level(), machine.audits()), (Level::High, vec!["signal-received"]));
    // What the level rests on: the token, and the row about it.
    let change = machine.recorder.look(|view| view.risk_changes("jane", 1)).unwrap().remove(0);
    let reasons: Value = serde_json::from_str(&change.reasons).unwrap();
    assert_eq!(reasons[0]["signals"], json!([{"issuer": "https://idp.example", "jti": "a"}]));
    let events: Vec<String> = serde_json::from_str(&change.events).unwrap();
    let rows: Vec<String> =
        machine.rows().into_iter().filter_map(|row| row.event.map(String::from)).collect();
    assert_eq!(events, rows);
    // All of them are acknowledged, the last ones with a question for nothing.
    assert_eq!(idp.left(), Vec::<String>::new());
    let asked = idp.stream.lock().unwrap().asked.clone();
    assert_eq!(asked[0], json!({"maxEvents": 16, "returnImmediately": true}));
    assert_eq!((&asked[1]["ack"], &asked[1]["maxEvents"]), (&json!(["a", "b", "c"]), &json!(0)));
    assert_eq!(machine.round(&mut inbox, NOW), Polled::default());

    // A process that died after it counted and before it acknowledged: told again, and not counted again.
    let before = machine.recorder.look(|view| view.risk("jane")).unwrap();
    idp.high("a");
    let again = Machine { recorder: Machine::open(machine.folder.path()), ..machine };
    assert_eq!(again.round(&mut idp.inbox(), NOW), Polled { passed: 1, ..Polled::default() });
    assert_eq!(again.recorder.look(|view| view.risk("jane")).unwrap(), before);
    assert_eq!((idp.left().len(), again.audits().len()), (0, 1));
}

#[test]
fn hostile_tokens_are_refused_by_their_ids_and_count_for_nothing() {
    let (idp, machine) = (Transmitter::start(), Machine::new());
    let stranger = SigningKey::from_pem(&key::generate().unwrap()).unwrap();
    let high = |jti: &str| {
        Transmitter::claims(jti, "risk-level-change", json!({"principal": "USER", "current_level": "HIGH"}))
    };
    let with = |jti: &str, name: &str, value: Value| {
        let mut claims = high(jti);
        claims[name] = value;
        idp.key.sign(&claims).unwrap()
    };
    let good = idp.key.sign(&high("x")).unwrap();
    idp.put("issuer", with("issuer", "iss", json!("https://evil.example")));
    idp.put("audience", with("audience", "aud", json!("https://other.example")));
    idp.put("exp", with("exp", "exp", json!(NOW)));
    idp.put("other-id", good.clone());
    idp.put("cut", good.get(..good.len() - 9).unwrap().to_owned());
    idp.put("huge", "x".repeat(70_000));
    idp.put("none", format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).unwrap()));
    // Signed by a stranger, who has no key in the set: waited for, then refused.
    idp.put("stranger", stranger.sign(&high("stranger")).unwrap());
    let mut inbox = idp.inbox();
    let polled = machine.round(&mut inbox, NOW);
    assert_eq!((polled.refused, polled.left, polled.counted), (7, 1, 0));
    assert_eq!(idp.left(), ["stranger"]);
    assert_eq!(machine.round(&mut inbox, NOW + 50 * 60_000).left, 1);
    let polled = machine.round(&mut inbox, NOW + 61 * 60_000);
    assert_eq!((polled.refused, polled.left), (1, 0));
    assert_eq!((machine.level(), idp.left().len()), (Level::None, 0));
    let asked = idp.stream.lock().unwrap().asked.clone();
    let told: BTreeMap<String, String> = asked
        .iter()
        .filter_map(|asked| asked["setErrs"].as_object())
        .flatten()
        .map(|(jti, told)| (jti.clone(), told["err"].as_str().unwrap().to_owned()))
        .collect();
    let wanted = [
        ("audience", "invalid_audience"),
        ("cut", "invalid_request"),
        ("exp", "invalid_request"),
        ("huge", "invalid_request"),
        ("issuer", "invalid_issuer"),
        ("none", "invalid_request"),
        ("other-id", "invalid_request"),
        ("stranger", "invalid_key"),
    ];
    let told: Vec<(&str, &str)> = told.iter().map(|(jti, err)| (jti.as_str(), err.as_str())).collect();
    // A signature that is cut is either no base64 or one that does not hold.
    let told: Vec<_> = told
        .into_iter()
        .map(|(jti, err)| (jti, if jti == "cut" { "invalid_request" } else { err }))
        .collect();
    assert_eq!(told, wanted);
    assert_eq!(machine.audits(), ["signal-refused"; 8]);
}

#[test]
fn a_key_that_is_rotated_mid_flight_is_fetched() {
    let (mut idp, machine) = (Transmitter::start(), Machine::new());
    let mut inbox = idp.inbox();
    assert_eq!(machine.round(&mut inbox, NOW), Polled::default());
    idp.key = SigningKey::from_pem(&key::generate().unwrap()).unwrap();
    idp.high("a");
    // The new key signs before it is hosted: the token waits.
    assert_eq!([1, 7, 14].map(|at| machine.round(&mut inbox, NOW + at * 60_000).left), [1, 1, 1]);
    let jwk = idp.key.jwk();
    idp.stream.lock().unwrap().keys.push(jwk);
    assert_eq!(machine.round(&mut inbox, NOW + 20 * 60_000).counted, 1);
    assert_eq!(machine.level(), Level::High);
}

#[test]
fn an_answer_that_is_cut_off_is_asked_for_in_pieces() {
    let (idp, machine) = (Transmitter::start(), Machine::new());
    for number in 0..20 {
        idp.high(&format!("{number:02}"));
    }
    idp.stream.lock().unwrap().cut = Some(500);
    let mut inbox = idp.inbox();
    let fault = inbox.round(&machine.recorder, &machine.whose(), NOW).unwrap_err();
    assert!(fault.to_string().contains("RFC 8936"), "{fault}");
    assert_eq!(machine.round(&mut inbox, NOW).counted, 20);
    assert_eq!(idp.left().len(), 0);
    // And one that refuses the question says what to look at.
    idp.stream.lock().unwrap().status = Some(401);
    let fault = inbox.round(&machine.recorder, &machine.whose(), NOW).unwrap_err();
    assert!(fault.to_string().contains("token_file"), "{fault}");
}

#[test]
fn a_clock_that_is_wrong_loses_nothing() {
    let (idp, machine) = (Transmitter::start(), Machine::new());
    idp.high("a");
    let mut inbox = idp.inbox();
    // This machine's clock is a day behind: the token is one of the future.
    let polled = machine.round(&mut inbox, NOW - DAY);
    assert_eq!((polled.left, polled.counted, polled.refused), (1, 0, 0));
    assert!(polled.fault.unwrap().contains("clock"));
    assert_eq!((machine.round(&mut inbox, NOW).counted, idp.left().len()), (1, 0));
}
