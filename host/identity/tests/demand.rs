//! What a sign-in has to be: whatever comes back, it is accepted exactly when every part of the demand is met.

use std::collections::{BTreeMap, BTreeSet};

use host_identity::{Demand, Person, Unmet};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Two clocks may differ by so much.
const SKEW_S: i64 = 60;
/// And by so much where a proof of now is asked for.
const SKEW_NOW_S: i64 = 5;

fn person(acr: Option<&str>, amr: &[&str], auth_time: Option<i64>) -> Person {
    Person {
        issuer: "https://idp.example".to_owned(),
        sub: "jane".to_owned(),
        id: "jane".to_owned(),
        email: None,
        department: None,
        groups: BTreeSet::new(),
        acr: acr.map(str::to_owned),
        amr: amr.iter().map(|&method| method.to_owned()).collect(),
        auth_time,
    }
}

fn words() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(vec!["low", "high", "face", "pwd", ""]), 0..4)
}

fn claim() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("nametag")),
        Just(json!("other")),
        Just(json!(true)),
        Just(json!(["nametag"])),
        Just(json!({ "nametag": true })),
        Just(Value::Null),
    ]
}

proptest! {
    #[test]
    fn a_sign_in_is_accepted_exactly_when_all_of_the_demand_is_met(
        wanted_acr in words(),
        wanted_amr in words(),
        wants_claim in any::<bool>(),
        max_age_s in prop::option::of(prop_oneof![Just(0_u32), 0_u32..400]),
        acr in prop::option::of(prop::sample::select(vec!["low", "high", "face", ""])),
        amr in words(),
        said in prop::option::of(claim()),
        age in prop::option::of(-300_i64..600),
        took in 0_i64..300,
    ) {
        let began = 1_800_000_000;
        let now = began + took;
        let auth_time = age.map(|age| began - age);
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let claims: BTreeMap<_, _> =
            wants_claim.then(|| ("idp".to_owned(), "nametag".to_owned())).into_iter().collect();
        let demand = Demand { acr: owned(&wanted_acr), amr: owned(&wanted_amr), claims, max_age_s };
        let told: Map<String, Value> =
            said.clone().map(|value| ("idp".to_owned(), value)).into_iter().collect();

        let is_acr =
            wanted_acr.is_empty() || acr.is_some_and(|acr| !acr.is_empty() && wanted_acr.contains(&acr));
        let is_amr = wanted_amr.iter().all(|method| amr.contains(method));
        let is_claim = !wants_claim || said == Some(json!("nametag"));
        let is_fresh = max_age_s.is_none_or(|max| {
            let skew = if max == 0 { SKEW_NOW_S } else { SKEW_S };
            auth_time.is_some_and(|at| at <= now + SKEW_S && at + i64::from(max) + skew >= began)
        });
        let met = demand.check(&person(acr, &amr, auth_time), &told, began, now);
        prop_assert_eq!(met.is_ok(), is_acr && is_amr && is_claim && is_fresh, "{:?}", met);
    }
}

#[test]
fn a_demand_of_freshness_needs_a_time() {
    let demand = Demand { max_age_s: Some(300), ..Demand::default() };
    let met = demand.check(&person(None, &[], None), &Map::new(), 1_800_000_000, 1_800_000_010);
    assert_eq!(met, Err(Unmet::NoAuthTime));
}

/// A proof of half a minute ago was not made for this demand, however far clocks may be apart otherwise.
#[test]
fn a_proof_of_now_is_none_of_before() {
    let began = 1_800_000_000;
    for (max_age_s, before, wanted) in
        [(0, 5, true), (0, 6, false), (0, 30, false), (1, 61, true), (1, 62, false)]
    {
        let demand = Demand { max_age_s: Some(max_age_s), ..Demand::default() };
        let met = demand.check(&person(None, &[], Some(began - before)), &Map::new(), began, began + 10);
        assert_eq!(met.is_ok(), wanted, "{max_age_s} {before}: {met:?}");
    }
}

/// `acr_values` is a wish: no `acr` in the token is none that was asked for, also where an empty word was.
#[test]
fn a_provider_that_says_nothing_meets_nothing() {
    for wanted in ["high", ""] {
        let demand = Demand { acr: vec![wanted.to_owned()], ..Demand::default() };
        let met = demand.check(&person(None, &[], None), &Map::new(), 0, 0);
        assert_eq!(met, Err(Unmet::Acr { wanted: format!("`{wanted}`"), got: String::new() }));
    }
}
