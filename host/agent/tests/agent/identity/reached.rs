//! `promptgate doctor` asks the provider of the settings for what everybody may read, and says what came of it.

use serde_json::Value;

use super::provider::settings;
use super::stand_in::{Issuer, Twist};
use crate::home::{Home, json_lines};

fn provider(home: &Home) -> Value {
    let told = json_lines(&home.run(&["doctor", "--json"])).remove(0);
    let checks = told["checks"].as_array().unwrap();
    checks.iter().find(|check| check["check"] == "provider").unwrap().clone()
}

#[test]
fn a_provider_that_answers_is_told_from_one_that_does_not() {
    let home = Home::new();
    let issuer = Issuer::start(&home.path().join("idp"), Twist::default());
    home.settings(&settings(&issuer.url, &issuer.ca, ""));
    let well = provider(&home);
    assert_eq!(well["state"], "ok", "{well}");

    // Another authority than that of the settings; the metadata of somebody else; nobody at all.
    let stranger = Issuer::start(&home.path().join("stranger"), Twist::default());
    let other = |metadata: &mut Value, _: &str| metadata["issuer"] = "https://else.example".into();
    let twisted = Issuer::start(&home.path().join("twisted"), Twist { metadata: other, ..Twist::default() });
    let gone = "https://localhost:1".to_owned();
    for (url, ca, says) in [
        (&stranger.url, &issuer.ca, "TLS connection failed"),
        (&twisted.url, &twisted.ca, "issuer"),
        (&gone, &issuer.ca, "cannot be reached"),
    ] {
        home.settings(&settings(url, ca, ""));
        let told = provider(&home);
        assert_eq!(told["state"], "wrong", "{told}");
        assert!(told["what"].as_str().unwrap().contains(says), "{told}");
        assert!(told["fix"].as_str().unwrap().contains("[identity]"), "{told}");
    }
}
