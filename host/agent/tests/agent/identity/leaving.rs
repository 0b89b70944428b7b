//! Signing out, and being forgotten.

use serde_json::json;

use super::provider::Provider;
use super::visitor::{Visitor, field};
use crate::browser::Browser;
use crate::home::holds;
use crate::sharing::{TOKEN, judge};

#[test]
fn nobody_is_left_here_or_at_the_provider() {
    let Some(provider) = Provider::start() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    let told = provider.home.lines(&["logout", "--json"]).pop().unwrap();
    assert_eq!(told["signed_out"], "jane");
    // The provider takes the address for what it is: a page that asks whether to sign out.
    let end = told["open"].as_str().unwrap();
    assert!(end.starts_with(&provider.issuer) && field(end, "client_id") == "promptgate");
    assert_eq!(Visitor::new().get(end).0, 200);
    assert_eq!(provider.whoami()["person"], json!(null));
    for gone in ["identity.tokens", "identity.key"] {
        assert!(!provider.home.data().join(gone).exists(), "{gone}");
    }
    let words: Vec<String> = provider.changes().into_iter().map(|(what, ..)| what).collect();
    assert_eq!(words, ["signed-in", "signed-out"]);
    assert_eq!(provider.home.lines(&["logout", "--json"]), [json!({ "signed_out": null })]);
}

#[test]
fn a_provider_that_is_away_keeps_nobody_signed_in() {
    let Some(mut provider) = Provider::start() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    provider.stop();
    let output = provider.home.run(&["logout", "--no-browser"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("the provider was not told"), "{said}");
    assert_eq!(provider.whoami()["person"], json!(null));
}

#[test]
fn whoever_is_erased_stands_in_no_file_of_the_data_folder() {
    let Some(provider) = Provider::start() else { return };
    provider.settings("[identity.enrol]\nacr = [\"high\"]");
    let home = &provider.home;
    let mut browser = Browser::start(home);
    // In turns, so that their rows stand between each other; a key in a prompt moves risk.
    let mut number = 0_u32;
    for who in ["jane", "joe", "jane", "joe"] {
        assert!(provider.sign_in(&["enrol"], &[("who", who), ("acr", "high")]).ok);
        for _ in 0..6 {
            number += 1;
            judge(&mut browser, number, if number.is_multiple_of(2) { TOKEN } else { "good morning" });
        }
    }
    assert!(browser.close().0.success());
    assert!(home.run(&["risk", "show", "--person", "jane"]).status.success());
    // Who is signed in would be back with the next prompt.
    let refused = home.run(&["log", "erase", "--person", "joe", "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("promptgate logout"));
    assert!(home.run(&["logout", "--no-browser"]).status.success());
    // As values of rows, as a fact, and as an index has it: longer than what sealed text can hold by chance.
    let stands = |who: &str| {
        let bytes = home.bytes();
        let forms = [format!("\"{who}\""), format!("chatgpt{who}"), format!("{who}@example.com")];
        forms.iter().filter(|form| holds(&bytes, form)).count()
    };
    // The provider calls joe's address unverified.
    assert_eq!((stands("jane"), stands("joe")), (3, 2));

    assert!(home.run(&["log", "erase", "--person", "jane", "--yes"]).status.success());
    assert_eq!(stands("jane"), 0);
    assert_eq!(home.run(&["risk", "show", "--person", "jane"]).status.code(), Some(3));
    assert!(home.run(&["risk", "show", "--person", "joe"]).status.success());
    assert_eq!(home.lines(&["log", "list", "--user", "joe", "--json"]).len(), 12);
    let bound = std::fs::read_to_string(home.data().join("identity.json")).unwrap();
    assert!(bound.contains("joe"), "{bound}");
    assert!(home.run(&["log", "erase", "--person", "joe", "--yes"]).status.success());
    assert_eq!(stands("joe"), 0);
    assert!(home.run(&["log", "verify"]).status.success());
}
