//! Messages of other kinds than risk, held against the examples of CAEP 1.0 (sections 3.1, 3.4, 3.5) and of Okta's description.

#![cfg(test)]

use host_risk::set::{Envelope, Kind, Profile, Said, check, other_claims};
use serde_json::{Value, json};

const EMAIL: &str = "jane.doe@example.com";
const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";
const AT: u64 = 1_760_499_995_123;

fn made(profile: Profile, kind: Kind, said: &Said, holds: bool) -> Option<Value> {
    let envelope = Envelope {
        issuer: "https://ssf.host.example",
        audience: "https://customer.okta.com",
        jti: "00000000-0000-4000-8000-000000000001",
        txn: "00000000-0000-4000-8000-000000000002",
        made: 1_760_500_000_999,
    };
    other_claims(profile, &envelope, kind, EMAIL, said, holds, AT)
}

fn device() -> Said {
    Said { device: Some("d7".to_owned()), ..Said::default() }
}

fn proved() -> Said {
    Said {
        namespace: Some("https://idp.example".to_owned()),
        level: Some("verified".to_owned()),
        ..Said::default()
    }
}

#[test]
fn a_revoked_session_is_told_to_both() {
    let user = json!({"format": "email", "email": EMAIL});
    for (profile, subject) in
        [(Profile::Caep, user.clone()), (Profile::Okta, json!({"format": "complex", "user": user}))]
    {
        let claims = made(profile, Kind::SessionRevoked, &Said::default(), true).unwrap();
        check(profile, &claims).unwrap();
        assert_eq!(claims["sub_id"], subject);
        let event = &claims["events"][format!("{CAEP}session-revoked")];
        assert_eq!(
            (&event["event_timestamp"], &event["initiating_entity"]),
            (&json!(1_760_499_995), &json!("user"))
        );
        assert_eq!(event.get("subject").is_some(), profile == Profile::Okta);
        assert!(claims.get("sub").is_none() && claims.get("exp").is_none());
    }
}

#[test]
fn a_device_that_fails_and_is_well_again_is_told_to_both() {
    for profile in [Profile::Caep, Profile::Okta] {
        for (holds, now, before) in
            [(false, "not-compliant", "compliant"), (true, "compliant", "not-compliant")]
        {
            let claims = made(profile, Kind::DeviceCompliance, &device(), holds).unwrap();
            check(profile, &claims).unwrap();
            let event = &claims["events"][format!("{CAEP}device-compliance-change")];
            assert_eq!((&event["current_status"], &event["previous_status"]), (&json!(now), &json!(before)));
            assert_eq!(claims["sub_id"]["device"], json!({"format": "opaque", "id": "d7"}));
            assert_eq!(claims["sub_id"]["format"], "complex");
            let mut wrong = claims.clone();
            wrong["events"][format!("{CAEP}device-compliance-change")]["current_status"] = json!("well");
            assert!(check(profile, &wrong).is_err());
        }
    }
}

#[test]
fn a_proof_of_identity_is_told_by_caep_only() {
    assert_eq!(made(Profile::Okta, Kind::Assurance, &proved(), true), None);
    assert_eq!(Kind::Assurance.event(Profile::Okta), None);
    let claims = made(Profile::Caep, Kind::Assurance, &proved(), true).unwrap();
    check(Profile::Caep, &claims).unwrap();
    let event = &claims["events"][format!("{CAEP}assurance-level-change")];
    assert_eq!(event["namespace"], "https://idp.example");
    assert_eq!(
        (&event["current_level"], &event["change_direction"]),
        (&json!("verified"), &json!("increase"))
    );
    // Nothing is told of which nobody knows what it is.
    assert_eq!(made(Profile::Caep, Kind::Assurance, &Said::default(), true), None);
    let mut two = claims.clone();
    two["events"][format!("{CAEP}session-revoked")] = json!({});
    assert!(check(Profile::Caep, &two).is_err());
}

#[test]
fn words_of_kinds_stand_in_files_and_are_read_back() {
    for kind in [Kind::Risk, Kind::SessionRevoked, Kind::DeviceCompliance, Kind::Assurance] {
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(Kind::parse("credential-compromise"), None);
    assert_eq!(made(Profile::Caep, Kind::Risk, &Said::default(), true), None);
}
