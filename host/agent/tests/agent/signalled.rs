//! What another transmitter tells of the person at this machine, from the answer to a poll (RFC 8936) to the next decision: a
//! stand-in of a transmitter, and the host as a browser starts it.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host_risk::set::key::{self, SigningKey};
use serde_json::{Value, json};
use shared_protocol::Outcome;

use crate::browser::{Browser, event};
use crate::home::{Home, PATIENT, account, json_lines};
use crate::policy::write;
use crate::receiver::{Receiver, Reply, Request, until};
use crate::sharing::{judge, now};

const ISSUER: &str = "https://idp.example";
const AUDIENCE: &str = "https://receiver.example";
const TOKEN: &str = "a-token-to-poll-with";
const PROMPT: &str = "what a fine day";

/// Who is a high risk sends nothing.
const POLICY: &str = "@id(\"high-risk-stops\") @action(\"block\") @message(\"Talk to the service desk first.\")\n\
    forbid (principal, action in [Action::\"send\"], resource) when { principal.risk >= 3 };\n";

/// What a transmitter has for this machine, and what it was told of it.
#[derive(Default)]
struct Stream {
    keys: Vec<Value>,
    /// Kept until they are dealt with.
    sets: BTreeMap<String, String>,
    acknowledged: Vec<String>,
    /// `err` by the id of what was refused.
    refused: BTreeMap<String, String>,
}

impl Stream {
    fn answer(&mut self, request: &Request) -> Reply {
        if request.line.starts_with("GET /jwks.json ") {
            return said(&json!({"keys": self.keys}));
        }
        if request.header("authorization").is_none_or(|sent| sent != format!("Bearer {TOKEN}")) {
            return Reply::Status(401, "");
        }
        let asked: Value = serde_json::from_str(&request.body).unwrap();
        for jti in asked["ack"].as_array().into_iter().flatten() {
            let jti = jti.as_str().unwrap();
            self.sets.remove(jti);
            self.acknowledged.push(jti.to_owned());
        }
        for (jti, told) in asked["setErrs"].as_object().into_iter().flatten() {
            self.sets.remove(jti);
            self.refused.insert(jti.clone(), told["err"].as_str().unwrap().to_owned());
        }
        let most = usize::try_from(asked["maxEvents"].as_u64().unwrap()).unwrap();
        let given: BTreeMap<_, _> = self.sets.iter().take(most).collect();
        said(&json!({"sets": given, "moreAvailable": self.sets.len() > given.len()}))
    }
}

fn said(body: &Value) -> Reply {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Reply::Raw([head, body].concat().into_bytes())
}

struct Transmitter {
    key: SigningKey,
    stream: Arc<Mutex<Stream>>,
    receiver: Receiver,
}

impl Transmitter {
    fn start() -> Self {
        let key = SigningKey::from_pem(&key::generate().unwrap()).unwrap();
        let stream = Arc::new(Mutex::new(Stream { keys: vec![key.jwk()], ..Stream::default() }));
        let inside = Arc::clone(&stream);
        let receiver = Receiver::start(move |_, request| inside.lock().unwrap().answer(request));
        Self { key, stream, receiver }
    }

    /// A token that says which level of risk this person is.
    fn token(&self, jti: &str, email: &str, level: &str) -> String {
        let kind = "https://schemas.openid.net/secevent/caep/event-type/risk-level-change";
        let event = json!({"principal": "USER", "current_level": level, "risk_reason": "PASSWORD_FOUND"});
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "iat": now() / 1_000, "jti": jti, "txn": format!("txn-{jti}"),
            "sub_id": {"format": "email", "email": email}, "events": {kind: event},
        });
        self.key.sign(&claims).unwrap()
    }

    fn put(&self, jti: &str, token: String) {
        self.stream.lock().unwrap().sets.insert(jti.to_owned(), token);
    }

    fn until_dealt_with(&self) {
        until("all that it has is dealt with", || self.stream.lock().unwrap().sets.is_empty());
    }
}

/// A home whose policy looks at risk, and whose settings name a transmitter on this port.
fn asking(port: u16) -> Home {
    let home = Home::new();
    let (root, token, key) =
        (home.path().join("acme"), home.path().join("idp.token"), home.path().join("ssf.key"));
    write(&root, "bundle.toml", "name = \"acme\"\n");
    write(&root, "policy/start.cedar", POLICY);
    fs::write(&token, TOKEN).unwrap();
    home.settings(&format!(
        "[developer]\nbundle = {root:?}\n[fail]\n{PATIENT}\n\
         [ssf]\nissuer = \"https://ssf.host.example\"\nkey_file = {key:?}\nperson = \"jane.doe@example.com\"\n\
         [[signal]]\nname = \"idp\"\nissuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\ntoken_file = {token:?}\n\
         address = \"http://127.0.0.1:{port}/poll\"\njwks_uri = \"http://127.0.0.1:{port}/jwks.json\"\n\
         every_s = 5\ntimeout_s = 5\n"
    ));
    home
}

/// What the next decision was, and the level of risk that it saw.
fn judged(home: &Home, browser: &mut Browser, number: u32) -> (Outcome, Value) {
    let outcome = judge(browser, number, PROMPT).outcome;
    (outcome, home.rows(event(number).as_str())[0]["facts"]["user"]["risk"].clone())
}

#[test]
fn a_warning_of_another_transmitter_stops_the_next_prompt_and_stands_in_the_record() {
    let idp = Transmitter::start();
    let home = asking(idp.receiver.port);
    let mut browser = Browser::start(&home);
    assert_eq!(judged(&home, &mut browser, 1), (Outcome::Release, json!("none")));

    let high = idp.token("a", "jane.doe@example.com", "HIGH");
    let unsigned = {
        let claims = high.split('.').nth(1).unwrap();
        format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"secevent+jwt"}"#))
    };
    // Of somebody else, and one that nobody signed: neither moves anything.
    idp.put("of-joe", idp.token("of-joe", "joe@example.com", "HIGH"));
    idp.put("unsigned", unsigned);
    idp.until_dealt_with();
    assert_eq!(judged(&home, &mut browser, 2), (Outcome::Release, json!("none")));

    idp.put("a", high.clone());
    idp.until_dealt_with();
    assert_eq!(judged(&home, &mut browser, 3), (Outcome::Refuse, json!("high")));
    let card = judge(&mut browser, 4, PROMPT).card.unwrap();
    assert!(card.policies.iter().any(|policy| policy.id == "high-risk-stops"), "{card:?}");
    // A level that another one calls low takes nothing back here.
    idp.put("b", idp.token("b", "jane.doe@example.com", "LOW"));
    idp.until_dealt_with();
    assert_eq!(judged(&home, &mut browser, 5), (Outcome::Refuse, json!("high")));

    // The row about the token, and the change of the level, which names both.
    let of = |what: &str| -> Vec<Value> {
        let rows = home.audits().into_iter().rev();
        rows.filter(|row| row["what"] == what).collect()
    };
    let received = of("signal-received");
    let named = |row: &Value| (row["name"].clone(), row["whose"].clone(), row["version"].clone());
    assert_eq!(
        received.iter().map(named).collect::<Vec<_>>(),
        ["a", "b"].map(|jti| (json!("idp"), json!(account()), json!(jti)))
    );
    assert_eq!((&received[0]["count"], &received[1]["count"]), (&json!(3), &json!(1)));
    let refused = of("signal-refused");
    assert_eq!((refused.len(), &refused[0]["version"]), (1, &json!("unsigned")));
    let change = home.lines(&["risk", "history", "--json"]).pop().unwrap();
    assert_eq!((&change["from"], &change["to"]), (&json!("none"), &json!("high")));
    assert!(change["events"].as_array().unwrap().contains(&received[0]["event"]), "{change}");
    // Whatever else was noticed, that somebody is new here for one, is in it beside.
    let warned = |reason: &&Value| reason["behaviour"].as_str().unwrap().starts_with("third-party");
    let reasons: Vec<&Value> = change["reasons"].as_array().unwrap().iter().filter(warned).collect();
    let token = json!([{"issuer": ISSUER, "jti": "a"}]);
    assert!(reasons.len() == 2 && reasons.iter().all(|reason| reason["signals"] == token), "{change}");
    {
        let stream = idp.stream.lock().unwrap();
        assert_eq!(stream.acknowledged, ["of-joe", "a", "b"]);
        let refused = BTreeMap::from([("unsigned".to_owned(), "invalid_request".to_owned())]);
        assert_eq!(stream.refused, refused);
    }

    // Given again to a process that knows nothing of it, as after a crash before it was acknowledged: once is once.
    browser.kill();
    idp.put("a", high);
    let mut browser = Browser::start(&home);
    idp.until_dealt_with();
    assert_eq!(of("signal-received").len(), 2);
    assert_eq!(judged(&home, &mut browser, 6), (Outcome::Refuse, json!("high")));
    // Set back by a person, the same prompt goes.
    assert!(home.run(&["risk", "reset", "--note", "a password was changed"]).status.success());
    assert_eq!(judged(&home, &mut browser, 7), (Outcome::Release, json!("none")));
    assert!(browser.close().0.success());
}

#[test]
fn a_transmitter_that_fails_holds_up_no_prompt_and_is_told() {
    let broken = Receiver::start(|_, _| Reply::Status(503, ""));
    let home = asking(broken.port);
    let mut browser = Browser::start(&home);
    assert_eq!(judged(&home, &mut browser, 1), (Outcome::Release, json!("none")));
    until("it was asked again", || broken.requests().len() >= 2);
    assert_eq!(judged(&home, &mut browser, 2), (Outcome::Release, json!("none")));
    let (status, told) = browser.close();
    let fault = "its keys cannot be fetched";
    assert!(status.success());
    // Once, however often it fails.
    assert_eq!(told.matches(&format!("signals of idp: {fault}")).count(), 1, "{told}");
    let polled = home.run(&["ssf", "poll", "--json"]);
    let said = json_lines(&polled).remove(0);
    assert_eq!((polled.status.code(), &said["counted"]), (Some(1), &json!(0)));
    assert!(said["fault"].as_str().unwrap().contains(fault), "{said}");
}
