//! Who is at the keyboard, as judgements and rows are told, while a browser is connected.

use std::fs;

use serde_json::json;

use shared_protocol::{Identity, SignIn, ToExtension, ToHost};

use super::provider::Provider;
use super::visitor::Visitor;
use crate::browser::{Browser, event};
use crate::home::account;

#[test]
fn the_next_prompt_is_judged_as_whoever_signed_in_meanwhile() {
    let Some(provider) = Provider::start() else { return };
    let home = &provider.home;
    let mut browser = Browser::start(home);
    let facts = |number: u32| {
        let row = home.rows(event(number).as_str()).remove(0);
        (row["person"].clone(), row["facts"]["user"].clone())
    };
    browser.judge(&event(1), "good morning");
    // Somebody unknown: a principal without a name. The row has the account's.
    let (person, user) = facts(1);
    assert_eq!((person, &user["id"], &user["enrolled"]), (json!(account()), &json!(""), &json!(false)));

    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    browser.judge(&event(2), "good morning");
    let (person, user) = facts(2);
    assert_eq!((person, &user["id"]), (json!("jane"), &json!("jane")));
    assert_eq!((&user["email"], &user["department"]), (&json!("jane@example.com"), &json!("claims")));
    assert_eq!((&user["groups"], &user["enrolled"]), (&json!(["hr", "staff"]), &json!(true)));

    assert!(provider.sign_in(&["login"], &[("who", "joe")]).ok);
    browser.judge(&event(3), "good morning");
    assert_eq!(facts(3).0, "joe");

    assert!(home.run(&["logout", "--no-browser"]).status.success());
    browser.judge(&event(4), "good morning");
    assert_eq!(facts(4).0, account().as_str());

    // A file that is damaged makes nobody somebody.
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    fs::write(home.data().join("identity.json"), "{\"version\":1,").unwrap();
    browser.judge(&event(5), "good morning");
    assert_eq!(facts(5).0, account().as_str());
}

/// What was seen before anybody signed in is no second person's; two people who sign in are two.
#[test]
fn the_time_before_a_sign_in_is_nobody_elses() {
    let Some(provider) = Provider::start() else { return };
    let home = &provider.home;
    let mut browser = Browser::start(home);
    browser.judge(&event(1), "good morning");
    for (number, who, are_several) in [(2, "jane", false), (3, "joe", true)] {
        assert!(provider.sign_in(&["login"], &[("who", who)]).ok);
        browser.judge(&event(number), "good morning");
        let shown = home.lines(&["risk", "show", "--json"]).remove(0);
        let reasons = shown["reasons"].to_string();
        assert_eq!(shown["person"], who);
        assert!(reasons.contains("new-device"), "{shown}");
        assert_eq!(reasons.contains("several-persons"), are_several, "{shown}");
    }
    // Signed out it is nobody beside them.
    assert!(home.run(&["logout", "--no-browser"]).status.success());
    browser.judge(&event(4), "good morning");
    let shown = home.lines(&["risk", "show", "--json"]).remove(0);
    assert!(
        shown["person"] == account().as_str() && !shown.to_string().contains("several-persons"),
        "{shown}"
    );
}

/// From the popup: the host names the provider's page, the browser opens it, and a status says who it is then.
#[test]
fn a_sign_in_that_the_extension_starts_ends_in_a_status() {
    let Some(provider) = Provider::start() else { return };
    provider.settings("[identity.enrol]\nacr = [\"high\"]\nmax_age_s = 60");
    let mut browser = Browser::start(&provider.home);
    let identity = |browser: &mut Browser| {
        browser.send(&ToHost::Status);
        browser.wait(|message| match message {
            ToExtension::Status(status) => Some(status.identity.clone()),
            _ => None,
        })
    };
    let nobody = Identity { person: None, next: Some(SignIn::Enrol), waiting: false };
    assert_eq!(identity(&mut browser), Some(nobody.clone()));

    browser.send(&ToHost::SignIn { what: SignIn::Enrol });
    let page = |message: &ToExtension| match message {
        ToExtension::OpenPage { url } => Some(url.clone()),
        _ => None,
    };
    let url = browser.wait(page);
    // One at a time: asked for again, the same page opens again.
    browser.send(&ToHost::SignIn { what: SignIn::Enrol });
    assert_eq!(browser.wait(page), url);
    assert_eq!(identity(&mut browser), Some(Identity { waiting: true, ..nobody }));
    let mut visitor = Visitor::new();
    let callback = visitor.visit(&url, &[("who", "jane"), ("acr", "high")]);
    assert!(visitor.get(&callback).1.contains("You are signed in"));
    let jane = browser.wait(|message| match message {
        ToExtension::Status(status) => status.identity.clone().filter(|identity| identity.person.is_some()),
        _ => None,
    });
    let jane_is = Identity { person: Some("jane@example.com".to_owned()), next: None, waiting: false };
    assert_eq!(jane, jane_is);
    browser.judge(&event(1), "good morning");
    assert_eq!(provider.home.rows(event(1).as_str())[0]["person"], "jane");
    assert_eq!(provider.whoami()["enrolled"], true);
}
