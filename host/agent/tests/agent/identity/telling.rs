//! What receivers are told besides a level of risk: proofs of who somebody is, sessions that are over, a device that its
//! security product calls at risk.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::provider::Provider;
use crate::browser::Browser;
use crate::home::json_lines;
use crate::peers::read_by_jose;
use crate::receiver::{Receiver, Reply, until};
use crate::sharing::{TOKEN, judge, keys, now, outbox};

const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";

/// A home that tells two receivers of jane, each in its own way, and has nobody signed in.
fn telling(posture: &str) -> Option<(Provider, Receiver)> {
    telling_to(Receiver::start(|_, _| Reply::Status(202, "")), posture)
}

fn telling_to(receiver: Receiver, posture: &str) -> Option<(Provider, Receiver)> {
    let provider = Provider::start()?;
    let key = provider.home.path().join("ssf.key");
    let of = |profile: &str| {
        format!(
            "[[ssf.receiver]]\nname = \"{profile}\"\nprofile = \"{profile}\"\naudience = \"https://{profile}.example\"\n\
             address = \"http://127.0.0.1:{}/{profile}\"\n",
            receiver.port
        )
    };
    provider.settings(&format!(
        "[identity.enrol]\nacr = [\"high\"]\n[identity.verify]\nacr = [\"high\"]\nmax_age_s = 0\n{posture}\
         [ssf]\nissuer = \"https://ssf.example\"\nkey_file = {key:?}\nperson = \"jane@example.com\"\n{}{}",
        of("caep"),
        of("okta")
    ));
    assert!(provider.home.run(&["ssf", "keygen"]).status.success());
    Some((provider, receiver))
}

/// Receiver and event of each message that was sent, in order, with the event's own members.
fn told(provider: &Provider) -> Vec<(String, String, Value)> {
    let rows = outbox(&provider.home);
    let sent = rows.iter().filter(|row| row["state"] == "sent");
    let one = |row: &Value| {
        let (name, event) = row["claims"]["events"].as_object().unwrap().iter().next().unwrap();
        (row["receiver"].as_str().unwrap().to_owned(), name.replace(CAEP, ""), event.clone())
    };
    sent.map(one).collect()
}

/// How many tokens of each event came, as another implementation of JWS reads them.
fn read_elsewhere(provider: &Provider, receiver: &Receiver) -> Vec<(String, usize)> {
    let jwks = provider.home.path().join("jwks.json");
    fs::write(&jwks, json!({"keys": keys(&provider.home)}).to_string()).unwrap();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for request in receiver.requests() {
        let audience = format!("https://{}.example", request.line.split([' ', '/']).nth(2).unwrap());
        let line = read_by_jose(&[request.body], &jwks, "https://ssf.example", &audience).unwrap().remove(0);
        let claims: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        let events = claims["events"].as_object().unwrap();
        assert_eq!(events.len(), 1);
        let name = events.keys().next().unwrap().rsplit('/').next().unwrap();
        match counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name.to_owned(), 1)),
        }
    }
    counts
}

#[test]
fn proofs_and_the_end_of_all_sessions_reach_who_takes_them() {
    let Some((provider, receiver)) = telling("") else { return };
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high")]).ok);
    assert!(provider.sign_in(&["login", "--step-up"], &[("who", "jane"), ("acr", "high")]).ok);
    let mut browser = Browser::start(&provider.home);
    // Okta has no such event.
    until("two proofs are told", || told(&provider).len() == 2);
    let proofs = told(&provider);
    for ((to, event, said), level) in proofs.iter().zip(["enrolled", "verified"]) {
        assert_eq!((to.as_str(), event.as_str()), ("caep", "assurance-level-change"));
        assert_eq!((&said["current_level"], &said["namespace"]), (&json!(level), &json!(provider.issuer)));
        assert_eq!(
            (&said["change_direction"], &said["initiating_entity"]),
            (&json!("increase"), &json!("user"))
        );
    }
    // Signing out here is not the end of every session.
    assert!(provider.home.run(&["logout", "--no-browser"]).status.success());
    assert!(provider.sign_in(&["login"], &[("who", "jane"), ("acr", "high")]).ok);
    assert!(provider.home.run(&["logout", "--everywhere", "--no-browser"]).status.success());
    until("both are told", || told(&provider).len() == 4);
    let over = told(&provider).split_off(2);
    let mut to: Vec<&str> = over.iter().map(|(to, ..)| to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["caep", "okta"]);
    assert!(over.iter().all(|(_, event, _)| event == "session-revoked"), "{over:?}");
    assert!(browser.is_alive());
    let read = read_elsewhere(&provider, &receiver);
    assert_eq!(read, [("assurance-level-change".to_owned(), 2), ("session-revoked".to_owned(), 2)]);
}

/// Nobody heard of it in time: told once the person is back, it would end the very sign-in that they are back by.
#[test]
fn the_end_of_all_sessions_that_nobody_heard_of_does_not_end_the_next_sign_in() {
    let is_away = Arc::new(AtomicBool::new(true));
    let inside = Arc::clone(&is_away);
    let receiver =
        Receiver::start(move |_, _| Reply::Status(if inside.load(Ordering::SeqCst) { 503 } else { 202 }, ""));
    let Some((provider, _receiver)) = telling_to(receiver, "") else { return };
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high")]).ok);
    let out = provider.home.run(&["logout", "--everywhere", "--no-browser"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("no receiver was told"));
    let over = || -> Vec<Value> {
        outbox(&provider.home).into_iter().filter(|row| row["cause"] == "session-revoked").collect()
    };
    assert!(over().len() == 2 && over().iter().all(|row| row["state"] == "waiting"));
    is_away.store(false, Ordering::SeqCst);
    assert!(provider.sign_in(&["login"], &[("who", "jane"), ("acr", "high")]).ok);
    let browser = Browser::start(&provider.home);
    until("all is dealt with", || outbox(&provider.home).iter().all(|row| row["state"] != "waiting"));
    assert!(browser.close().0.success());
    for row in over() {
        assert_eq!(row["state"], "overtaken", "{row}");
        assert!(row["fault"].as_str().unwrap().contains("signed in here again"), "{row}");
    }
    // That somebody proved who they are is as true as it was.
    assert!(told(&provider).iter().any(|(_, event, _)| event == "assurance-level-change"));
}

/// Receiver, status before and status after of each message about the device.
fn compliance(provider: &Provider) -> Vec<(String, Value, Value)> {
    let of = told(provider).into_iter().filter(|(_, event, _)| event == "device-compliance-change");
    of.map(|(to, _, said)| (to, said["previous_status"].clone(), said["current_status"].clone())).collect()
}

#[test]
fn a_device_at_risk_is_told_once_its_person_is_signed_in() {
    let said = tempfile::NamedTempFile::new().unwrap();
    fs::write(said.path(), "{\"score\": 42}").unwrap();
    let Some((provider, _receiver)) = telling(&format!("[risk]\nposture_file = {:?}\n", said.path())) else {
        return;
    };
    let nobody = Browser::start(&provider.home);
    until("the device was looked at", || {
        // Before the first row there is no record.
        let listed = provider.home.run(&["log", "list", "--kind", "audit", "--json"]);
        json_lines(&listed).iter().any(|row| row["what"] == "device-seen" && row["name"] == "posture")
    });
    assert!(nobody.close().0.success());
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high")]).ok);
    let hers = Browser::start(&provider.home);
    until("both are told", || compliance(&provider).len() == 2);
    for (_, before, after) in compliance(&provider) {
        assert_eq!((before, after), (json!("compliant"), json!("not-compliant")));
    }
    assert!(hers.close().0.success());
}

#[test]
fn a_device_that_its_security_product_calls_at_risk_is_told_once_and_so_is_its_recovery() {
    let said = tempfile::NamedTempFile::new().unwrap();
    fs::write(said.path(), "{\"level\": \"none\"}").unwrap();
    let Some((provider, receiver)) = telling(&format!("[risk]\nposture_file = {:?}\n", said.path())) else {
        return;
    };
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high")]).ok);
    let compliance = || compliance(&provider);
    // Each host looks soon after its start.
    let start = || Browser::start(&provider.home);
    let first = start();
    fs::write(said.path(), "{\"score\": 42}").unwrap();
    until("both are told", || compliance().len() == 2);
    let second = start();
    for (_, before, after) in compliance() {
        assert_eq!((before, after), (json!("compliant"), json!("not-compliant")));
    }
    assert!(first.close().0.success() && second.close().0.success());
    fs::write(said.path(), "{\"score\": 95}").unwrap();
    let third = start();
    until("both hear that it is well", || compliance().len() == 4);
    for (_, before, after) in compliance().split_off(2) {
        assert_eq!((before, after), (json!("not-compliant"), json!("compliant")));
    }
    assert!(third.close().0.success());
    // With the level of risk that it is, and the row of what was said, however often it was looked at.
    let read = read_elsewhere(&provider, &receiver);
    assert!(read.contains(&("device-compliance-change".to_owned(), 4)) && read.len() > 1, "{read:?}");
    let history = provider.home.lines(&["risk", "history", "--json"]);
    let by_posture = |change: &&Value| change["reasons"].to_string().contains("device-at-risk");
    let change = history.iter().find(by_posture).expect("the device moved the level");
    let named: Vec<&str> = change["events"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let said: Vec<(Value, Value, String)> = provider
        .home
        .lines(&["log", "list", "--kind", "audit", "--limit", "100", "--json"])
        .into_iter()
        .filter(|row| row["what"] == "device-seen" && row["name"] == "posture")
        .map(|row| (row["name"].clone(), row["count"].clone(), row["event"].as_str().unwrap().to_owned()))
        .collect();
    // Newest first: well again, then at risk.
    let levels: Vec<(&Value, &Value)> = said.iter().map(|(name, level, _)| (name, level)).collect();
    assert_eq!(levels, [(&json!("posture"), &json!(0)), (&json!("posture"), &json!(3))], "{said:?}");
    assert!(named.contains(&said[1].2.as_str()), "{change}");
    let row = provider.home.rows(&said[1].2).remove(0);
    assert_eq!(row["what"], "device-seen");
    let shown = provider.home.lines(&["risk", "show", "--json"]).remove(0);
    assert!(shown["reasons"].to_string().contains(&said[1].2), "{shown}");
}

/// A product that says nothing any more has not called the device well.
#[cfg(unix)]
#[test]
fn a_word_about_the_device_that_is_too_old_is_no_recovery() {
    let folder = tempfile::tempdir().unwrap();
    let (said, looks) = (folder.path().join("posture.json"), folder.path().join("looks"));
    let script = format!("cat {}; echo >> {}", said.display(), looks.display());
    let posture = format!("[risk]\nposture_command = [\"/bin/sh\", \"-c\", \"{script}\"]\n");
    let Some((provider, _receiver)) = telling(&posture) else { return };
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high")]).ok);
    let looked = || fs::read_to_string(&looks).map_or(0, |text| text.lines().count());
    let statuses =
        || -> Vec<Value> { compliance(&provider).into_iter().map(|(_, _, after)| after).collect() };
    // A host of its own for each word: it looks soon after its start.
    let look = |text: String, wanted: usize| {
        fs::write(&said, text).unwrap();
        let before = looked();
        let host = Browser::start(&provider.home);
        until("the device was looked at", || looked() > before);
        // For what comes of the look, if anything does.
        std::thread::sleep(std::time::Duration::from_secs(2));
        until(&format!("{wanted} are told, not {:?}", statuses()), || statuses().len() >= wanted);
        assert!(host.close().0.success());
    };
    let now = now() / 1_000;
    look(format!("{{\"score\": 42, \"at\": {now}}}"), 2);
    look(format!("{{\"score\": 42, \"at\": {}}}", now - 25 * 3_600), 2);
    look(format!("{{\"score\": 42, \"at\": {now}}}"), 2);
    look(format!("{{\"score\": 95, \"at\": {now}}}"), 4);
    assert_eq!(statuses(), ["not-compliant", "not-compliant", "compliant", "compliant"]);
}

/// What is tried is about the person who is signed in, whatever their account is called.
#[test]
fn a_test_tells_the_level_of_who_is_signed_in_and_sets_nothing_aside() {
    let Some((provider, _receiver)) = telling("") else { return };
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high")]).ok);
    let mut browser = Browser::start(&provider.home);
    let level = |told: &[(String, String, Value)]| {
        let of_okta =
            told.iter().rev().find(|(to, event, _)| to == "okta" && event.ends_with("user-risk-change"));
        of_okta.map(|(_, _, said)| said["current_level"].clone())
    };
    for number in 1..=3 {
        judge(&mut browser, number, TOKEN);
    }
    until("Okta heard of it", || level(&told(&provider)) == Some(json!("high")));
    assert!(browser.close().0.success());
    let before = told(&provider).len();
    assert!(provider.home.run(&["ssf", "send-test", "--to", "okta"]).status.success());
    let after = told(&provider);
    assert_eq!(after.len(), before + 1, "{after:?}");
    assert_eq!(level(&after), Some(json!("high")));
    assert!(outbox(&provider.home).iter().all(|row| row["state"] == "sent" || row["state"] == "overtaken"));
}
