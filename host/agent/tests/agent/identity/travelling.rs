//! Where the provider saw a person sign in: a claim of its own becomes a place of this device. Another device at a place that
//! nobody reaches in time is on record with the sign-in that told of the second; one device has only another way out.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::provider::Provider;

const LONDON: &str = "81.2.69.142";
const CALIFORNIA: &str = "8.8.8.8";

/// A provider that tells addresses by the claim that Entra has, and a home that looks at places.
fn looking(options: Value, more: &str) -> Option<Provider> {
    let provider = Provider::with(options)?;
    let geoip = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../risk/tests/geo/db-ip.mmdb");
    provider.settings(&format!("address_claim = \"ipaddr\"\n[risk.travel]\ngeoip = [{geoip:?}]\n{more}"));
    Some(provider)
}

/// `auth_time` has whole seconds, and two sign-ins within one of them are taken for one: each begins in a second of its own.
fn sign_in_from(provider: &Provider, address: &str) {
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let last = second();
    while second() == last {
        thread::sleep(Duration::from_millis(20));
    }
    provider.control(&[("who", "jane"), ("ipaddr", address)]);
    let login = provider.sign_in(&["login"], &[("who", "jane")]);
    assert!(login.ok, "{}", login.said);
}

/// How often impossible travel counted, and what it rests on.
fn travelled(provider: &Provider) -> Option<Value> {
    let shown = provider.home.lines(&["risk", "show", "--json"]).pop()?;
    shown["reasons"].as_array()?.iter().find(|one| one["behaviour"] == "impossible-travel").cloned()
}

/// From here on what this device was seen with was seen with another one.
fn by_another_device(provider: &Provider) {
    let record = rusqlite::Connection::open(provider.home.data().join("journal.sqlite3")).unwrap();
    record.busy_timeout(Duration::from_secs(10)).unwrap();
    let moved = record.execute("UPDATE risk_place SET device = 'another'", ()).unwrap();
    assert!(moved > 0, "no place is kept");
}

#[test]
fn one_device_has_another_way_out_and_two_make_a_journey_that_nobody_makes() {
    for claims in ["id", "userinfo"] {
        let Some(provider) = looking(json!({ "claims": claims }), "") else { return };
        sign_in_from(&provider, LONDON);
        assert_eq!(travelled(&provider), None, "{claims}");
        // From the same place again: nothing new.
        sign_in_from(&provider, LONDON);
        assert_eq!(travelled(&provider), None, "{claims}");
        // By a VPN: the same device.
        sign_in_from(&provider, CALIFORNIA);
        assert_eq!(travelled(&provider), None, "{claims}");
        by_another_device(&provider);
        sign_in_from(&provider, LONDON);
        let told = travelled(&provider).expect("it counts");
        assert_eq!(told["count"], 1, "{claims}");
        // The sign-in that told of it is the evidence.
        let event = told["events"][0].as_str().expect("it has a row").to_owned();
        let row = provider.home.rows(&event).remove(0);
        assert_eq!((&row["what"], &row["whose"]), (&json!("signed-in"), &json!("jane")));
        let newest = provider.home.lines(&["risk", "history", "--json"]).remove(0);
        assert!(newest["events"].as_array().unwrap().contains(&json!(event)), "{newest}");
        // No address is kept.
        for address in [LONDON, CALIFORNIA] {
            assert!(!crate::home::holds(&provider.home.bytes(), address), "{address}");
        }
    }
}

#[test]
fn an_address_that_many_share_or_that_is_private_says_nothing_of_a_place() {
    let Some(provider) = looking(json!({}), "shared = [\"8.8.8.0/24\"]\n") else { return };
    for address in [LONDON, CALIFORNIA, "10.1.2.3", "127.0.0.1"] {
        sign_in_from(&provider, address);
    }
    assert_eq!(travelled(&provider), None);
}

#[test]
fn a_claim_that_is_no_address_is_told_and_one_that_is_missing_says_nothing() {
    let Some(provider) = looking(json!({}), "") else { return };
    // Nobody put it in.
    assert!(provider.sign_in(&["login"], &[("who", "jane")]).ok);
    provider.control(&[("who", "jane"), ("ipaddr", "behind-a-proxy")]);
    let login = provider.sign_in(&["login"], &[("who", "jane")]);
    assert!(
        !login.ok && login.said.contains("`ipaddr`") && login.said.contains("address_claim"),
        "{}",
        login.said
    );
}
