//! Who is at the keyboard, as judgements and rows are told, while a browser is connected.

use std::fs;

use serde_json::json;

use super::provider::Provider;
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
