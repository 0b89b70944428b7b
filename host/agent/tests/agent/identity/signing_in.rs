//! The way that works.

use serde_json::json;

use super::provider::Provider;
use super::visitor::{Login, Visitor};
use crate::home::holds;

#[test]
fn somebody_signs_in_and_is_known_with_groups_address_and_department() {
    let Some(provider) = Provider::start() else { return };
    let before = provider.home.run(&["whoami", "--json"]);
    assert_eq!(before.status.code(), Some(3));
    let login = provider.sign_in(&["login"], &[("who", "jane")]);
    assert!(login.ok, "{}", login.said);
    assert!(login.page.contains("You are signed in"), "{}", login.page);
    let told = provider.whoami();
    assert_eq!(login.told, told);
    assert_eq!(told["person"], "jane");
    assert_eq!(told["email"], "jane@example.com");
    assert_eq!(told["groups"], json!(["hr", "staff"]));
    assert_eq!(told["department"], "claims");
    assert_eq!(told["provider"], provider.issuer.as_str());
    assert_eq!((&told["enrolled"], &told["verified"]), (&json!(true), &json!(false)));
    assert_eq!(told["tokens"], "file");
    assert_eq!(provider.changes(), [("signed-in".to_owned(), "jane".to_owned(), provider.issuer.clone())]);
    // What is asked for is what the standards want, whatever the provider takes.
    assert_eq!(login.field("response_type"), "code");
    assert_eq!(login.field("code_challenge_method"), "S256");
    assert_eq!(login.field("scope"), "openid profile email groups offline_access");
    for drawn in ["state", "nonce", "code_challenge"] {
        assert!(login.field(drawn).len() >= 16, "{drawn}");
    }
    assert!(login.field("redirect_uri").starts_with("http://127.0.0.1:"));
}

/// A thin ID token beside an access token, as Okta's org server sends.
#[test]
fn what_the_id_token_leaves_out_the_userinfo_endpoint_says() {
    let Some(provider) = Provider::with(json!({ "claims": "userinfo" })) else { return };
    let login = provider.sign_in(&["login"], &[("who", "jane")]);
    assert!(login.ok, "{}", login.said);
    assert_eq!(login.told["groups"], json!(["hr", "staff"]));
    assert_eq!(login.told["email"], "jane@example.com");
}

#[test]
fn a_key_on_an_elliptic_curve_signs_as_well() {
    let Some(provider) = Provider::with(json!({ "alg": "ES256" })) else { return };
    let login = provider.sign_in(&["login"], &[("who", "jane")]);
    assert!(login.ok, "{}", login.said);
}

#[test]
fn an_address_that_nobody_checked_is_nobodys() {
    let Some(provider) = Provider::start() else { return };
    let login = provider.sign_in(&["login"], &[("who", "joe")]);
    assert_eq!((&login.told["person"], &login.told["email"]), (&json!("joe"), &json!(null)));
    provider.settings("person_claim = \"email\"");
    let again = provider.sign_in(&["login"], &[("who", "joe")]);
    assert!(!again.ok && again.said.contains("`email` is not verified"), "{}", again.said);
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    assert_eq!(provider.whoami()["person"], "jane@example.com");
}

#[test]
fn who_signs_in_next_takes_the_place_of_who_was_there() {
    let Some(provider) = Provider::start() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    assert!(provider.sign_in(&["login"], &[("who", "joe")]).ok);
    let told = provider.whoami();
    assert_eq!((&told["person"], &told["groups"]), (&json!("joe"), &json!(["staff"])));
}

#[test]
fn no_token_lies_on_disk_in_clear() {
    let Some(provider) = Provider::start() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    let bytes = provider.home.bytes();
    // A JSON Web Token begins like this (`{"alg":`): longer than what chance writes into sealed bytes.
    assert!(!holds(&bytes, "eyJhbGciOi"));
    assert!(!holds(&bytes, "refresh_token") && !holds(&bytes, "id_token"));
    for name in ["identity.json", "identity.tokens", "identity.key"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(provider.home.data().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// Where the system has a key store it is used; where it has none that is said.
#[test]
fn a_machine_without_a_key_store_says_so() {
    let Some(provider) = Provider::start() else { return };
    let text =
        std::fs::read_to_string(provider.home.path().join(".config/promptgate/settings.toml")).unwrap();
    provider.home.settings(&text.replace("key_store = \"file\"", "key_store = \"platform\""));
    let login = Login::start(&provider.home, &["login"]);
    let mut visitor = Visitor::new();
    let callback = visitor.visit(&login.url, &[("who", "jane")]);
    let login = login.ended(visitor.get(&callback).1);
    assert!(login.ok, "{}", login.said);
    let place = login.told["tokens"].as_str().unwrap();
    assert_eq!(place == "file", login.said.contains("key store is not used"), "{place}: {}", login.said);
}
