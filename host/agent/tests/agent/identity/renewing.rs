//! The silent sign-in.

use serde_json::json;

use super::provider::Provider;

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
