//! Signing out.

use serde_json::json;

use super::provider::Provider;
use super::visitor::{Visitor, field};

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
