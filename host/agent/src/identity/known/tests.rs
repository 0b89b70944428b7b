//! Who counts as whom, and until when.

use std::time::Duration;

use host_identity::{ClaimNames, Demand, Person, Provider};
use host_net::Reach;
use host_policy::{Facts, Policy};
use shared_protocol::{Action, App, Mode, Operation};

use super::{DAY_S, Known};
use crate::identity::{Bound, Session, State};
use crate::settings::{IdentitySettings, KeyStore};

const NOW: i64 = 1_800_000_000;

fn settings(enrol: bool) -> IdentitySettings {
    IdentitySettings {
        provider: Provider {
            issuer: "https://idp.example".to_owned(),
            client_id: "app".to_owned(),
            scopes: Vec::new(),
            claims: ClaimNames::default(),
            redirect_ports: Vec::new(),
            reach: Reach::default(),
        },
        patience: Duration::from_secs(300),
        refresh: Duration::from_secs(3600),
        offline: Duration::from_secs(3 * 24 * 3600),
        enrol: enrol.then(Demand::default),
        verify: Demand::default(),
        again_days: Some(30),
        key_store: KeyStore::File,
    }
}

fn jane() -> Person {
    Person {
        issuer: "https://idp.example".to_owned(),
        sub: "00u1".to_owned(),
        id: "00u1".to_owned(),
        email: Some("jane@example.com".to_owned()),
        department: Some("claims".to_owned()),
        groups: ["hr".to_owned()].into(),
        acr: None,
        amr: Vec::new(),
        auth_time: None,
    }
}

fn signed_in() -> State {
    let session = Session { person: jane(), signed_in_at: NOW - 60, refreshed_at: NOW - 60 };
    let mut state = State::default();
    state.session = Some(session);
    state
}

fn with(bound: Bound) -> State {
    let mut state = signed_in();
    state.bound.push(bound);
    state
}

fn bound(machine: Option<&str>, enrolled: bool, verified_at: i64) -> Bound {
    Bound {
        id: None,
        issuer: "https://idp.example".to_owned(),
        sub: "00u1".to_owned(),
        machine: machine.map(str::to_owned),
        enrolled_at: enrolled.then_some(NOW - 100 * DAY_S),
        verified_at: Some(verified_at),
        acr: None,
        amr: Vec::new(),
    }
}

fn known(state: &State, enrol: bool, now: i64) -> Known {
    Known::of(&settings(enrol), state, "account", Some("m1"), now)
}

#[test]
fn somebody_signed_in_is_named_by_policies_and_rows() {
    let known = known(&signed_in(), false, NOW);
    assert_eq!((known.facts.id.as_str(), known.person.as_str()), ("00u1", "00u1"));
    assert_eq!(known.facts.email.as_deref(), Some("jane@example.com"));
    assert_eq!(known.facts.department.as_deref(), Some("claims"));
    assert!(known.facts.groups.contains("hr"));
    // What rows said before is no person's, unless the provider calls them so.
    assert_eq!(known.nobody.as_deref(), Some("account"));
    let mut namesake = signed_in();
    namesake.session.as_mut().unwrap().person.id = "account".to_owned();
    assert_eq!(Known::of(&settings(false), &namesake, "account", Some("m1"), NOW).nobody, None);
    assert_eq!(Known::account("account").nobody, None);
    // Nothing asks for enrolment: signing in is enough. Nobody was verified.
    assert!(known.facts.enrolled && !known.facts.verified);
}

#[test]
fn nobody_and_somebody_of_elsewhere_is_unknown() {
    let mut elsewhere = signed_in();
    elsewhere.session.as_mut().unwrap().person.issuer = "https://other.example".to_owned();
    for state in [State::default(), elsewhere] {
        let known = known(&state, false, NOW);
        assert_eq!((known.facts.id.as_str(), known.person.as_str()), ("", "account"));
        assert!(!known.facts.enrolled && known.facts.groups.is_empty() && known.session.is_none());
        assert_eq!(known.nobody.as_deref(), Some("account"));
    }
}

#[test]
fn a_provider_that_is_silent_for_too_long_knows_nobody() {
    let state = signed_in();
    let ends = NOW - 60 + 3 * DAY_S;
    let before = known(&state, false, ends - 1);
    assert_eq!(before.facts.id, "00u1");
    assert!(!before.is_stale(None, ends - 1) && before.is_stale(None, ends));
    assert_eq!(known(&state, false, ends).facts.id, "");
    // And a clock that went back is none to go by.
    assert_eq!(known(&state, false, NOW - DAY_S).facts.id, "");
}

#[test]
fn enrolment_is_of_this_person_on_this_machine() {
    assert!(!known(&signed_in(), true, NOW).facts.enrolled);
    assert!(known(&with(bound(Some("m1"), true, NOW)), true, NOW).facts.enrolled);
    for other in [
        bound(Some("m2"), true, NOW),
        bound(None, true, NOW),
        bound(Some("m1"), false, NOW),
        Bound { sub: "00u2".to_owned(), ..bound(Some("m1"), true, NOW) },
        Bound { issuer: "https://other.example".to_owned(), ..bound(Some("m1"), true, NOW) },
    ] {
        assert!(!known(&with(other.clone()), true, NOW).facts.enrolled, "{other:?}");
    }
}

#[test]
fn a_proof_is_good_for_so_many_days() {
    let at = NOW - 29 * DAY_S;
    let state = with(bound(Some("m1"), true, at));
    let fresh = known(&state, true, NOW);
    assert!(fresh.facts.verified && fresh.facts.enrolled);
    assert_eq!(fresh.facts.verified_at, Some(at));
    assert!(!fresh.is_stale(None, NOW + DAY_S - 1) && fresh.is_stale(None, NOW + DAY_S));
    let stale = known(&state, true, NOW + DAY_S);
    assert!(!stale.facts.verified && stale.facts.enrolled);
    assert_eq!(stale.facts.verified_at, Some(at));
    // One of tomorrow proves nothing.
    let ahead = with(bound(Some("m1"), true, NOW + DAY_S));
    assert!(!known(&ahead, true, NOW).facts.verified);
}

/// The remote worker whose identity nobody has checked: the sites are closed until somebody has.
#[test]
fn before_enrolment_policies_can_close_every_site() {
    const CLOSED: &str = r#"
@id("enrolled-people-only") @action("block") @message("Run promptgate enrol first.")
forbid (principal, action in [Action::"send", Action::"upload"], resource) unless { principal.enrolled };
@id("proved-in-a-month") @action("block") @message("Run promptgate login --step-up first.")
forbid (principal, action in [Action::"send", Action::"upload"], resource)
when { principal.enrolled } unless { principal.verified };
"#;
    let policy = Policy::parse(CLOSED, Mode::Enforce).unwrap();
    let decided = |state: &State, app: &str, operation| {
        let mut facts = Facts::new(operation, App::new(app));
        facts.user = known(state, true, NOW).facts;
        let decision = policy.decide(&facts);
        let ids: Vec<String> = decision.policies.iter().map(|policy| policy.id.clone()).collect();
        (decision.action, ids.join(" "))
    };
    let since = |enrolled, at| with(bound(Some("m1"), enrolled, at));
    for app in ["chatgpt", "gemini", "claude", "perplexity"] {
        for operation in [Operation::SendPrompt, Operation::SendDraft, Operation::UploadFile] {
            let closed = (Action::Block, "enrolled-people-only".to_owned());
            assert_eq!(decided(&State::default(), app, operation), closed, "{app}");
            assert_eq!(decided(&signed_in(), app, operation), closed, "{app}");
            // Proving who they are is not enrolling.
            assert_eq!(decided(&since(false, NOW), app, operation), closed, "{app}");
            assert_eq!(decided(&since(true, NOW), app, operation).0, Action::Allow, "{app}");
            let again = (Action::Block, "proved-in-a-month".to_owned());
            assert_eq!(decided(&since(true, NOW - 31 * DAY_S), app, operation), again, "{app}");
        }
    }
}

/// An unknown person is a principal of its own, which policies can name.
#[test]
fn somebody_unknown_is_somebody_to_policies() {
    let text = r#"@id("nobody") @action("block") @message("Run promptgate login first.")
forbid (principal == User::"", action, resource);"#;
    let policy = Policy::parse(text, Mode::Enforce).unwrap();
    let action = |state: &State| {
        let mut facts = Facts::new(Operation::SendPrompt, App::new("claude"));
        facts.user = known(state, false, NOW).facts;
        policy.decide(&facts).action
    };
    assert_eq!(action(&State::default()), Action::Block);
    assert_eq!(action(&signed_in()), Action::Allow);
}
