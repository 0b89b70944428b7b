//! The silent sign-in.

use std::fs;

use serde_json::{Value, json};

use super::provider::Provider;
use crate::browser::{Browser, event};
use crate::receiver::until;

fn refresh(provider: &Provider) -> (bool, String) {
    let output = provider.home.run(&["whoami", "--refresh", "--json"]);
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn groups_follow_the_provider_and_the_proof_stays_as_old_as_it_is() {
    for claims in ["id", "userinfo"] {
        let Some(provider) = Provider::with(json!({ "claims": claims })) else { return };
        assert!(provider.sign_in(&["login"], &[("who", "jane"), ("acr", "low"), ("age", "50")]).ok);
        let before = provider.whoami();
        provider.control(&[("who", "jane"), ("groups", "legal staff")]);
        // Twice: the provider changes the refresh token each time.
        for _ in 0..2 {
            let (ok, said) = refresh(&provider);
            assert!(ok, "{said}");
        }
        let after = provider.whoami();
        assert_eq!(after["groups"], json!(["legal", "staff"]), "{claims}");
        for kept in ["person", "acr", "auth_time", "signed_in_at"] {
            assert_eq!(after[kept], before[kept], "{kept}");
        }
    }
}

#[test]
fn a_sign_in_that_the_provider_ended_is_over_here_too() {
    let Some(provider) = Provider::start() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    provider.control(&[("revoke", "yes")]);
    let (ok, said) = refresh(&provider);
    assert!(!ok && said.contains("the provider has ended the sign-in"), "{said}");
    assert_eq!(provider.whoami()["person"], json!(null));
    assert_eq!(
        provider.changes().pop().unwrap(),
        ("signed-out".to_owned(), "jane".to_owned(), "ended-by-provider".to_owned())
    );
    assert!(!provider.home.data().join("identity.tokens").exists());
}

#[test]
fn a_provider_that_is_away_ends_nothing() {
    let Some(mut provider) = Provider::start() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    provider.stop();
    let (ok, said) = refresh(&provider);
    assert!(!ok && said.contains("cannot be reached"), "{said}");
    assert_eq!(provider.whoami()["person"], "jane");
}

/// The refresh token is spent by then: the one that came in its place is what the next question needs.
#[test]
fn a_provider_that_fails_after_the_exchange_ends_nothing() {
    let Some(provider) = Provider::with(json!({ "claims": "userinfo" })) else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    provider.control(&[("who", "jane"), ("groups", "legal"), ("fails", "1")]);
    let (ok, said) = refresh(&provider);
    assert!(!ok && said.contains("userinfo has status 503"), "{said}");
    let told = provider.whoami();
    assert_eq!((&told["person"], &told["groups"]), (&json!("jane"), &json!(["hr", "staff"])));
    let (ok, said) = refresh(&provider);
    assert!(ok, "{said}");
    assert_eq!(provider.whoami()["groups"], json!(["legal"]));
}

/// Nobody runs a command: the host of a connected browser asks when the time has come, and of two hosts one does.
#[test]
fn the_host_asks_by_itself_and_the_next_prompt_knows() {
    let Some(provider) = Provider::start() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    let mut browsers = [Browser::start(&provider.home), Browser::start(&provider.home)];
    provider.control(&[("who", "jane"), ("groups", "legal")]);
    // Two hours go by.
    let path = provider.home.data().join("identity.json");
    let mut file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let then = file["session"]["refreshed_at"].as_i64().unwrap() - 7200;
    file["session"]["refreshed_at"] = then.into();
    fs::write(&path, file.to_string()).unwrap();

    until("the provider is asked", || provider.whoami()["groups"] == json!(["legal"]));
    for (number, browser) in (1..).zip(&mut browsers) {
        browser.judge(&event(number), "good morning");
        let row = provider.home.rows(event(number).as_str()).remove(0);
        assert_eq!(row["facts"]["user"]["groups"], json!(["legal"]));
    }
    // And the one that lost nothing: the refresh token that came is good.
    let (ok, said) = refresh(&provider);
    assert!(ok, "{said}");
    assert_eq!(provider.whoami()["person"], "jane");
}
