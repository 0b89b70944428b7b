//! Binding a person to this device, and proving again who they are.

use serde_json::{Value, json};

use super::provider::Provider;

const ENROL: &str = "[identity.enrol]\nacr = [\"high\"]\namr = [\"face\"]\nmax_age_s = 60\n\
                     claims = { department = \"claims\" }\n[identity.verify]\nacr = [\"high\"]\nmax_age_s = 0\nagain_days = 30";

fn enrolling() -> Option<Provider> {
    let provider = Provider::start()?;
    provider.settings(ENROL);
    Some(provider)
}

/// What is typed into the provider's form.
type Form<'a> = &'a [(&'a str, &'a str)];

/// The doctor's check of the person.
fn doctor(provider: &Provider) -> Value {
    let output = provider.home.run(&["doctor", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["checks"].as_array().unwrap().iter().find(|check| check["check"] == "person").unwrap().clone()
}

#[test]
fn a_person_is_bound_after_a_sign_in_that_is_what_the_settings_ask() {
    let Some(provider) = enrolling() else { return };
    assert!(provider.sign_in(&["login"], &[("who", "jane"), ("acr", "high"), ("amr", "face")]).ok);
    // Signing in is not enrolling, however it was done.
    let told = provider.whoami();
    assert_eq!((&told["enrolled"], &told["verified"]), (&json!(false), &json!(false)));
    assert_eq!(
        doctor(&provider),
        json!({ "check": "person", "state": "wrong",
        "what": "jane@example.com is not enrolled on this device", "fix": "run `promptgate enrol`" })
    );

    let enrol = provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high"), ("amr", "face pwd")]);
    assert!(enrol.ok, "{}", enrol.said);
    assert_eq!((enrol.field("acr_values"), enrol.field("max_age")), ("high".to_owned(), "60".to_owned()));
    let told = provider.whoami();
    assert_eq!((&told["enrolled"], &told["verified"]), (&json!(true), &json!(true)));
    assert_eq!((&told["acr"], &told["amr"]), (&json!("high"), &json!(["face", "pwd"])));
    assert_eq!(told["verified_at"], told["auth_time"]);
    assert_eq!(doctor(&provider)["state"], "ok");
    let words: Vec<String> = provider.changes().into_iter().map(|(what, ..)| what).collect();
    assert_eq!(words, ["signed-in", "signed-in", "enrolled"]);
    // Who, when, issuer, sub, acr, amr, and the machine: nothing of a face or a document.
    let file = std::fs::read_to_string(provider.home.data().join("identity.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    let mut keys: Vec<&str> = file["bound"][0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.retain(|key| *key != "machine");
    keys.sort_unstable();
    assert_eq!(keys, ["acr", "amr", "enrolled_at", "issuer", "sub", "verified_at"]);
}

#[test]
fn a_sign_in_that_falls_short_binds_nobody_and_is_on_record() {
    let Some(provider) = enrolling() else { return };
    let cases: [(Form<'_>, &str, &str); 6] = [
        (&[("who", "jane"), ("acr", "low"), ("amr", "face")], "signed in by `low`, and `high`", "acr"),
        (&[("who", "jane"), ("amr", "face")], "and `high` is asked for", "acr"),
        (&[("who", "jane"), ("acr", "high"), ("amr", "pwd")], "did not use `face`", "amr"),
        (&[("who", "joe"), ("acr", "high"), ("amr", "face")], "`department` is not `claims`", "claim"),
        (
            &[("who", "jane"), ("acr", "high"), ("amr", "face"), ("age", "3600")],
            "seconds before, and at most 60",
            "auth-time",
        ),
        (&[("who", "jane"), ("refuse", "yes")], "access_denied", "refused"),
    ];
    for (form, said, word) in cases {
        let enrol = provider.sign_in(&["enrol"], form);
        assert!(!enrol.ok && enrol.said.contains(said), "{form:?}: {}", enrol.said);
        assert!(enrol.page.contains("You are not signed in"), "{}", enrol.page);
        let (what, _, name) = provider.changes().pop().unwrap();
        assert_eq!((what.as_str(), name.as_str()), ("verification-failed", word), "{form:?}");
        assert_eq!(provider.whoami()["person"], json!(null));
    }
    // What a provider says is shown as text.
    let refused = provider.sign_in(&["enrol"], &[("refuse", "yes")]);
    assert!(
        refused.page.contains("&lt;b&gt;not&lt;/b&gt;") && !refused.page.contains("<b>"),
        "{}",
        refused.page
    );
}

#[test]
fn who_was_bound_stays_bound_when_a_later_proof_falls_short() {
    let Some(provider) = enrolling() else { return };
    let good = [("who", "jane"), ("acr", "high"), ("amr", "face")];
    assert!(provider.sign_in(&["enrol"], &good).ok);
    assert!(!provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "low"), ("amr", "face")]).ok);
    assert_eq!(provider.whoami()["enrolled"], true);
    // Somebody else on this device is not.
    assert!(provider.sign_in(&["login"], &[("who", "joe")]).ok);
    assert_eq!(provider.whoami()["enrolled"], false);
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    assert_eq!(provider.whoami()["enrolled"], true);
}

#[test]
fn a_step_up_is_a_fresh_proof_of_the_same_person() {
    let Some(provider) = enrolling() else { return };
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high"), ("amr", "face")]).ok);
    // A month goes by.
    let path = provider.home.data().join("identity.json");
    let mut file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let then = file["bound"][0]["verified_at"].as_i64().unwrap() - 31 * 24 * 3600;
    file["bound"][0]["verified_at"] = then.into();
    std::fs::write(&path, file.to_string()).unwrap();
    let told = provider.whoami();
    assert_eq!((&told["enrolled"], &told["verified"]), (&json!(true), &json!(false)));

    let stale = [("who", "jane"), ("acr", "high"), ("age", "600")];
    let refused = provider.sign_in(&["login", "--step-up"], &stale);
    assert!(!refused.ok && refused.said.contains("at most 0 are allowed"), "{}", refused.said);
    let other = provider.sign_in(&["login", "--step-up"], &[("who", "joe"), ("acr", "high")]);
    assert!(!other.ok && other.said.contains("somebody else signed in"), "{}", other.said);
    assert_eq!(provider.whoami()["person"], "jane");
    assert_eq!(provider.whoami()["verified"], false);

    let proved = provider.sign_in(&["login", "--step-up"], &[("who", "jane"), ("acr", "high")]);
    assert!(proved.ok, "{}", proved.said);
    assert_eq!((proved.field("max_age"), proved.field("prompt")), ("0".to_owned(), "login".to_owned()));
    assert_eq!(proved.field("login_hint"), "jane@example.com");
    let told = provider.whoami();
    assert_eq!((&told["enrolled"], &told["verified"]), (&json!(true), &json!(true)));
    assert!(provider.changes().iter().any(|(what, whose, _)| what == "verified" && whose == "jane"));
}

/// Risk is not taken down by a proof that was made before it: without a word of how old one may be it is made for this.
#[test]
fn a_proof_of_half_a_minute_ago_is_no_step_up() {
    let Some(provider) = Provider::start() else { return };
    for more in ["", "[identity.enrol]\nacr = [\"high\"]", "[identity.verify]\nacr = [\"high\"]"] {
        provider.settings(more);
        assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
        let form = |age| [("who", "jane"), ("acr", "high"), ("age", age)];
        let old = provider.sign_in(&["login", "--step-up"], &form("30"));
        assert!(!old.ok && old.said.contains("at most 0 are allowed"), "{more}: {}", old.said);
        assert_eq!((old.field("max_age"), old.field("prompt")), ("0".to_owned(), "login".to_owned()));
        assert_eq!(provider.whoami()["verified"], false, "{more}");
        assert_eq!(provider.changes().pop().unwrap().2, "auth-time", "{more}");
        let now = provider.sign_in(&["login", "--step-up"], &form("0"));
        assert!(now.ok, "{more}: {}", now.said);
        assert!(provider.home.run(&["logout", "--no-browser"]).status.success());
        std::fs::remove_file(provider.home.data().join("identity.json")).unwrap();
    }
    // Whoever writes how old it may be has it so.
    provider.settings("[identity.verify]\nacr = [\"high\"]\nmax_age_s = 300");
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    assert!(provider.sign_in(&["login", "--step-up"], &[("who", "jane"), ("acr", "high"), ("age", "30")]).ok);
}

#[test]
fn an_enrolment_is_no_proof_where_a_proof_asks_for_more() {
    let Some(provider) = Provider::start() else { return };
    provider.settings(
        "[identity.enrol]\nacr = [\"low\", \"high\"]\n[identity.verify]\nacr = [\"high\"]\nmax_age_s = 0",
    );
    let standing = || {
        let told = provider.whoami();
        (told["enrolled"].clone(), told["verified"].clone(), told["verified_at"].clone())
    };
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "low")]).ok);
    assert_eq!(standing(), (json!(true), json!(false), json!(null)));
    // One that is strong enough is a proof as well, and a weak one later makes it no fresher.
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "high")]).ok);
    let proved = standing();
    assert_eq!((&proved.0, &proved.1), (&json!(true), &json!(true)));
    assert!(provider.sign_in(&["enrol"], &[("who", "jane"), ("acr", "low")]).ok);
    assert_eq!(standing(), proved);
}

#[test]
fn without_a_demand_there_is_nothing_to_enrol_for() {
    let Some(provider) = Provider::start() else { return };
    let output = provider.home.run(&["enrol", "--no-browser"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("[identity.enrol]"), "{said}");
}
