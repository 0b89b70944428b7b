//! Risk is scored from what was recorded, and told to a receiver: every change, in order, once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use shared_protocol::{Choice, Judge, Outcome, ToExtension, ToHost, Verdict};

use crate::browser::{Browser, ask, event};
use crate::home::{Home, PATIENT, account, holds, json_lines};
use crate::okta::{AUDIENCE, ISSUER, Okta, PATH};
use crate::receiver::{Receiver, Reply, until};

pub(crate) const TOKEN: &str = "use ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const PHONE: &str = "call me at +1 415-555-0132";

/// Now: what happened long ago does not count.
pub(crate) fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A home whose settings name this receiver, with a key.
pub(crate) fn shared(address: &str) -> Home {
    let home = Home::new();
    configure(&home, address, ISSUER, AUDIENCE);
    let made = home.run(&["ssf", "keygen"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    home
}

pub(crate) fn configure(home: &Home, address: &str, issuer: &str, audience: &str) {
    let key = home.path().join("ssf.key");
    home.settings(&format!(
        "policy = \"builtin-enforce\"\n[fail]\n{PATIENT}\n[ssf]\nissuer = \"{issuer}\"\nkey_file = {key:?}\n\
         person = \"jane.doe@example.com\"\njwks_uri = \"http://127.0.0.1:1/jwks.json\"\n\
         [[ssf.receiver]]\nname = \"okta\"\nprofile = \"okta\"\naddress = \"{address}\"\naudience = \"{audience}\"\n\
         timeout_s = 2\n"
    ));
}

pub(crate) fn keys(home: &Home) -> Vec<Value> {
    home.lines(&["ssf", "jwks", "--json"])[0]["keys"].as_array().unwrap().clone()
}

/// An Okta that knows this home's keys, and the home.
pub(crate) fn org() -> (Okta, Home) {
    let okta = Okta::start();
    let home = shared(&okta.address());
    okta.org.lock().unwrap().keys = keys(&home);
    (okta, home)
}

pub(crate) fn judge(browser: &mut Browser, number: u32, text: &str) -> Verdict {
    let event = event(number);
    browser.send(&ToHost::Judge(Box::new(Judge { at: now(), ..ask(&event, text) })));
    browser.verdict(&event)
}

pub(crate) fn outbox(home: &Home) -> Vec<Value> {
    let mut rows = home.lines(&["ssf", "outbox", "--limit", "10000", "--json"]);
    rows.reverse();
    rows
}

pub(crate) fn states(home: &Home) -> Vec<String> {
    outbox(home).iter().map(|row| row["state"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn words(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
}

#[test]
fn a_risky_prompt_reaches_the_receiver_and_the_next_decision() {
    let (okta, home) = org();
    let mut browser = Browser::start(&home);
    judge(&mut browser, 1, "good morning");
    assert_eq!(judge(&mut browser, 2, TOKEN).outcome, Outcome::Refuse);
    until("low is told", || okta.taken().len() == 1);
    judge(&mut browser, 3, TOKEN);
    judge(&mut browser, 4, TOKEN);
    judge(&mut browser, 5, "and now?");
    until("high is told", || okta.levels().last().is_some_and(|(_, to)| to == "high"));
    assert_eq!(okta.levels(), words(&[("none", "low"), ("low", "medium"), ("medium", "high")]));
    assert!(browser.close().0.success());

    // The level is a fact of the next decision.
    let risk = |number| home.rows(event(number).as_str())[0]["facts"]["user"]["risk"].clone();
    let risks: Vec<Value> = [1, 2, 3, 4, 5].into_iter().map(risk).collect();
    assert_eq!(risks, ["none", "none", "low", "medium", "high"]);

    // What was told names the person, the behaviours and no word of a prompt.
    let last = okta.taken().pop().unwrap();
    assert_eq!(last.claims["sub_id"]["user"]["email"], "jane.doe@example.com");
    let told = last.claims["events"].to_string();
    assert!(
        told.contains("credentials in a prompt (3)") && !told.contains("ghp_") && !told.contains("use ghp"),
        "{told}"
    );
    assert_eq!(outbox(&home).last().unwrap()["claims"], last.claims);
    assert!(!holds(last.token.as_bytes(), "ghp_"));
    let ids: Vec<Value> = outbox(&home).iter().map(|row| row["txn"].clone()).collect();
    assert_ne!(ids[0], ids[1]);

    // The person sees why, and with which interactions.
    let shown = home.lines(&["risk", "show", "--json"]).remove(0);
    assert_eq!((&shown["person"], &shown["level"]), (&json!(account()), &json!("high")));
    assert_eq!(shown["reasons"][0]["behaviour"], "credentials-pasted");
    assert_eq!(shown["reasons"][0]["events"], json!([event(2), event(3), event(4)]));
    let history = home.lines(&["risk", "history", "--json"]);
    assert_eq!(history.len(), 3);
    assert_eq!(
        (&history[0]["from"], &history[0]["to"], &history[0]["cause"]),
        (&json!("medium"), &json!("high"), &json!("evidence"))
    );
    let text = String::from_utf8(home.run(&["risk", "show"]).stdout).unwrap();
    assert!(text.contains("high, score") && text.contains("credentials-pasted"), "{text}");

    // A row when sharing began, and one for each message.
    let rows = home.lines(&["log", "list", "--kind", "audit", "--limit", "100", "--json"]);
    let what: Vec<&str> = rows.iter().filter_map(|row| row["what"].as_str()).collect();
    assert_eq!(what.iter().filter(|what| **what == "risk-shared").count(), 3, "{what:?}");
    assert_eq!(what.iter().filter(|what| **what == "sharing-on").count(), 1, "{what:?}");

    // Set back by name and with a note; the receiver hears of it.
    assert_eq!(home.run(&["risk", "reset"]).status.code(), Some(2));
    let reset = home.run(&["risk", "reset", "--note", "talked about it", "--by", "lee", "--json"]);
    assert_eq!(json_lines(&reset), [json!({"person": account(), "from": "high", "to": "none"})]);
    let newest = home.lines(&["risk", "history", "--json"]).remove(0);
    assert_eq!((&newest["by"], &newest["note"]), (&json!("lee"), &json!("talked about it")));
    let browser = Browser::start(&home);
    until("the reset is told", || okta.levels().len() == 4);
    assert_eq!(okta.levels().pop().unwrap(), ("high".to_owned(), "low".to_owned()));
    assert!(browser.close().0.success());
    assert!(okta.org.lock().unwrap().refused.is_empty());

    // Nobody's message, nobody's standing: what is erased is found here too.
    assert!(home.run(&["log", "erase", "--person", &account(), "--yes"]).status.success());
    assert_eq!(home.run(&["risk", "show"]).status.code(), Some(3));
    assert!(!holds(&home.bytes(), "jane.doe@example.com") && !holds(&home.bytes(), "talked about it"));
}

#[test]
fn overrides_again_and_again_are_a_behaviour_and_one_is_not() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    for number in 1..=3 {
        assert_eq!(judge(&mut browser, number, PHONE).outcome, Outcome::Ask);
        browser.send(&ToHost::Answered { event: event(number), choice: Choice::SendAnyway, at: now() });
        browser.wait(|message| matches!(message, ToExtension::Go { .. }).then_some(()));
        let shown = home.lines(&["risk", "show", "--json"]).remove(0);
        let named = |id: &str| shown["reasons"].as_array().unwrap().iter().any(|one| one["behaviour"] == id);
        assert_eq!(named("repeated-overrides"), number == 3, "{shown}");
    }
    // One that was a mistake is taken back; what is none says which there are.
    assert!(home.run(&["risk", "reset", "--behaviour", "overrides", "--note", "x"]).status.code() == Some(1));
    let told = home.run(&["risk", "reset", "--behaviour", "repeated-overrides", "--note", "a drill"]);
    assert!(told.status.success());
    assert_eq!(
        home.run(&["risk", "reset", "--behaviour", "jailbreak", "--note", "x"]).status.code(),
        Some(3)
    );
    assert_eq!(home.run(&["risk", "show", "--person", "nobody"]).status.code(), Some(3));
    assert!(browser.close().0.success());
}

#[test]
fn settings_switch_behaviours_modes_and_all_of_it() {
    let home = Home::new();
    let with =
        |more: &str| home.settings(&format!("policy = \"builtin-enforce\"\n[fail]\n{PATIENT}\n{more}"));
    with("[risk]\nmode = \"max\"\n[risk.behaviours.credentials-pasted]\nlevel = \"high\"\n");
    let mut browser = Browser::start(&home);
    judge(&mut browser, 1, TOKEN);
    assert_eq!(home.lines(&["risk", "show", "--json"])[0]["level"], "high");
    let rows = home.lines(&["risk", "behaviours", "--json"]);
    let one = rows.iter().find(|row| row["id"] == "credentials-pasted").unwrap();
    assert_eq!((&one["level"], &one["weight"]), (&json!("high"), &json!(85)));
    with("[risk]\nenabled = false\n");
    judge(&mut browser, 2, TOKEN);
    assert_eq!(home.rows(event(2).as_str())[0]["facts"]["user"]["risk"], "none");
    assert_eq!(home.run(&["risk", "show"]).status.code(), Some(1));
    assert!(browser.close().0.success());
    for (text, place, remedy) in [
        ("[risk.behaviours.credentials]\nlevel = \"low\"\n", "line 4, column 18", "credentials-pasted"),
        ("[risk]\nhalf_life_hours = 0\n", "line 5, column 19", "8760"),
        (
            "[ssf]\nissuer = \"http://x\"\nkey_file = \"/k\"\nperson = \"a@b.c\"\n",
            "line 5, column 10",
            "https://",
        ),
        (
            "[ssf]\nissuer = \"https://x\"\nkey_file = \"/k\"\nperson = \"jane\"\n",
            "line 7, column 10",
            "e-mail",
        ),
        (
            "[ssf]\nissuer = \"https://x\"\nkey_file = \"/k\"\nperson = \"a@b.c\"\n[[ssf.receiver]]\nname = \"o\"\n\
             profile = \"okta\"\naddress = \"https://o/\"\naudience = \"https://o.okta.com/\"\n",
            "line 12, column 12",
            "without `/`",
        ),
    ] {
        with(text);
        let said = String::from_utf8(home.run(&["doctor"]).stdout).unwrap();
        assert!(said.contains(place) && said.contains(remedy), "{text}\n{said}");
    }
}

/// Whatever became of the process under which it was switched on.
#[test]
fn sharing_that_is_switched_on_and_off_has_a_row_each_time() {
    let address = "http://127.0.0.1:1/";
    let home = shared(address);
    let off = || home.settings("policy = \"builtin-enforce\"\n");
    let rows = || -> Vec<String> {
        let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let rows = home.audits().into_iter().rev().filter(|row| word(row, "what").starts_with("sharing-"));
        rows.map(|row| [word(&row, "what"), word(&row, "name")].join(" ")).collect()
    };
    let mut wanted = vec!["sharing-on okta"];
    let mut browser = Browser::start(&home);
    // From here on there is a record.
    judge(&mut browser, 1, "good morning");
    until("it is on", || rows() == wanted);
    off();
    wanted.push("sharing-off okta");
    until("it is off", || rows() == wanted);
    configure(&home, address, ISSUER, AUDIENCE);
    wanted.push("sharing-on okta");
    until("it is on again", || rows() == wanted);
    assert!(browser.close().0.success());
    off();
    let browser = Browser::start(&home);
    wanted.push("sharing-off okta");
    until("the next process tells", || rows() == wanted);
    assert!(browser.close().0.success());
}

/// Every answer that is documented, and what becomes of the message and of the command.
#[test]
fn each_answer_has_its_end() {
    let cases = [
        (Reply::Status(202, ""), "sent", 0, "accepted"),
        (
            Reply::Status(400, r#"{"err":"authentication_failed","description":"d"}"#),
            "parked",
            1,
            "ssf status",
        ),
        (Reply::Status(400, r#"{"err":"invalid_audience"}"#), "parked", 1, "`audience`"),
        (Reply::Status(400, r#"{"err":"invalid_issuer"}"#), "parked", 1, "`issuer`"),
        (Reply::Status(400, r#"{"err":"invalid_key"}"#), "waiting", 1, "asked again within hours"),
        (Reply::Status(400, r#"{"err":"invalid_request"}"#), "parked", 1, "`profile`"),
        (Reply::Status(400, r#"{"err":"access_denied"}"#), "parked", 1, "registration"),
        (Reply::Status(400, ""), "parked", 1, "no reason"),
        (Reply::Status(401, ""), "parked", 1, "`token_file`"),
        (Reply::Status(404, ""), "parked", 1, "`address`"),
        (Reply::With(302, "location: https://elsewhere.example/".to_owned()), "parked", 1, "`address`"),
        (Reply::With(429, "retry-after: 1800".to_owned()), "waiting", 1, "answers 429"),
        (
            Reply::With(429, format!("x-rate-limit-reset: {}", now() / 1_000 + 1_700)),
            "waiting",
            1,
            "answers 429",
        ),
        (Reply::Status(500, ""), "waiting", 1, "answers 500"),
        (Reply::Status(503, "<html>"), "waiting", 1, "answers 503"),
        (Reply::Close, "waiting", 1, "broke off"),
        (Reply::Silence(Duration::from_secs(4)), "waiting", 1, "in time"),
        (Reply::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()), "waiting", 1, "broke off"),
    ];
    for (reply, state, code, says) in cases {
        let answer = reply.clone();
        let receiver = Receiver::start(move |_, _| answer.clone());
        let home = shared(&format!("http://127.0.0.1:{}{PATH}", receiver.port));
        let browser = Browser::start(&home);
        assert!(browser.close().0.success());
        let told = home.run(&["ssf", "send-test"]);
        let said = String::from_utf8(told.stdout).unwrap();
        assert_eq!(told.status.code(), Some(code), "{reply:?}: {said}");
        assert!(said.contains(says), "{reply:?}: {said}");
        let row = outbox(&home).pop().unwrap();
        assert_eq!(row["state"], state, "{reply:?}");
        if format!("{reply:?}").contains("1800") || format!("{reply:?}").contains("x-rate") {
            assert!(row["retry_at"].as_u64().unwrap() > now() + 1_500_000, "{row}");
        }
        let audits = home.audits();
        let is = |what: &str| audits.iter().any(|row| row["what"] == what);
        assert_eq!(
            (is("risk-shared"), is("risk-refused")),
            (state == "sent", state == "parked"),
            "{reply:?}"
        );
    }
}

#[test]
fn an_org_refuses_what_is_wrong_and_takes_it_once_it_is_right() {
    let (okta, home) = org();
    let browser = Browser::start(&home);
    assert!(browser.close().0.success());
    let test = || String::from_utf8(home.run(&["ssf", "send-test"]).stdout).unwrap();
    assert!(test().contains("accepted"));
    configure(&home, &okta.address(), ISSUER, "https://other.okta.com");
    assert!(test().contains("invalid_audience"));
    configure(&home, &okta.address(), "https://unknown.example", AUDIENCE);
    assert!(test().contains("no reason"));
    okta.org.lock().unwrap().keys.clear();
    configure(&home, &okta.address(), ISSUER, AUDIENCE);
    assert!(test().contains("invalid_key"));
    okta.org.lock().unwrap().keys = keys(&home);
    assert_eq!(states(&home), ["sent", "parked", "parked", "waiting"]);
    // The newest says all there is to say.
    assert!(home.run(&["ssf", "outbox", "--again"]).status.success());
    assert!(test().contains("accepted"));
    assert_eq!(states(&home), ["sent", "overtaken", "overtaken", "overtaken", "sent"]);
    assert_eq!(okta.taken().len(), 2);
}

/// Dropped connections and faults in between: the same bytes again until they are taken.
#[test]
fn what_is_tried_again_is_the_same_token() {
    let receiver = Receiver::start(|count, _| match count {
        1 => Reply::Close,
        2 => Reply::Status(503, ""),
        3 => Reply::With(429, "retry-after: 0".to_owned()),
        _ => Reply::Status(202, ""),
    });
    let home = shared(&format!("http://127.0.0.1:{}{PATH}", receiver.port));
    let mut browser = Browser::start(&home);
    judge(&mut browser, 1, TOKEN);
    until("it is taken at last", || states(&home) == ["sent"]);
    let bodies: Vec<String> = receiver.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies.len(), 4);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(outbox(&home)[0]["attempts"], 4);
    assert!(browser.close().0.success());
}

#[test]
fn what_is_hosted_is_compared_part_by_part() {
    let home = shared("http://127.0.0.1:1/");
    let set = home.lines(&["ssf", "jwks", "--json"]).remove(0);
    let settings = std::fs::read_to_string(home.path().join(".config/promptgate/settings.toml")).unwrap();
    let with = |name: &str, value: &str| {
        let mut with = set.clone();
        with["keys"][0][name] = json!(value);
        with.to_string()
    };
    let twice = json!({"keys": [set["keys"][0], set["keys"][0]]});
    for (kind, body, says) in [
        ("application/json", set.to_string(), "has the keys of this machine"),
        ("application/json; charset=utf-8", set.to_string(), "has the keys of this machine"),
        ("text/plain", set.to_string(), "must be application/json"),
        ("application/json", "{\"keys\":[]}".to_owned(), "is not in it"),
        ("application/json", with("n", "AQAB"), "another `n`"),
        ("application/json", with("kty", "EC"), "another `kty`"),
        ("application/json", with("e", "Aw"), "another `e`"),
        ("application/json", with("alg", "RS512"), "another `alg`"),
        ("application/json", with("use", "enc"), "another `use`"),
        ("application/json", with("kid", "x"), "is not in it"),
        ("application/json", twice.to_string(), "twice"),
        ("application/json", with("d", "AQAB"), "PRIVATE"),
        ("application/json", "<html>".to_owned(), "no set of keys"),
    ] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let host = Receiver::start(move |_, _| Reply::Raw(answer.clone().into_bytes()));
        let hosted = format!("http://127.0.0.1:{}/jwks.json", host.port);
        home.settings(&settings.replace("http://127.0.0.1:1/jwks.json", &hosted));
        let told = home.run(&["ssf", "status"]);
        let said = String::from_utf8(told.stdout).unwrap();
        assert!(said.contains(says), "{kind} {body}\n{said}");
        assert_eq!(told.status.success(), says.starts_with("has"), "{said}");
    }
    // What is printed to register is what the API takes.
    let body = home.lines(&["ssf", "register", "--json"]).remove(0)["body"].clone();
    assert_eq!(body["settings"]["issuer"], ISSUER);
    let text = String::from_utf8(home.run(&["ssf", "register"]).stdout).unwrap();
    assert!(text.contains("okta_security_events_provider") && text.contains("Create stream"), "{text}");
    let told = home.lines(&["ssf", "well-known", "--json"]).remove(0);
    assert_eq!((&told["issuer"], &told["spec_version"]), (&json!(ISSUER), &json!("1_0")));
    // A key that others can read signs nothing.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = home.path().join("ssf.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let told = home.run(&["ssf", "jwks"]);
        assert!(String::from_utf8(told.stderr).unwrap().contains("chmod 600"));
    }
    assert_eq!(home.run(&["ssf", "keygen"]).status.code(), Some(1));
}
