//! What a receiver would refuse, looked for before anything is sent.
//!
//! SSF 1.0 (sections 3.1, 4.1), CAEP 1.0 (sections 2 and 3.8) and Okta's API description 2026.06.3. INVARIANT: an error names the
//! rule and never repeats a value.

use serde_json::{Map, Value};

use super::{Kind, Profile};

/// A rule that the claims break.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token would be refused: {0}")]
pub struct CheckError(&'static str);

/// Okta's complete list.
const OKTA_EVENTS: [&str; 6] = [
    "https://schemas.okta.com/secevent/okta/event-type/user-risk-change",
    "https://schemas.okta.com/secevent/okta/event-type/device-risk-change",
    "https://schemas.okta.com/secevent/okta/event-type/ip-change",
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
    "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change",
    "https://schemas.openid.net/secevent/risc/event-type/identifier-changed",
];

/// Whether the receivers of this profile take these claims, as far as their documents say.
///
/// # Errors
/// The first rule that they break.
pub fn check(profile: Profile, claims: &Value) -> Result<(), CheckError> {
    let no = |what| Err(CheckError(what));
    let Some(claims) = claims.as_object() else { return no("claims are an object") };
    for (name, what) in [("exp", "`exp` must not be there"), ("sub", "`sub` must not be there")] {
        if claims.contains_key(name) {
            return no(what);
        }
    }
    let text = |of: &Map<String, Value>, name: &str| {
        of.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty())
    };
    let whole = |of: &Map<String, Value>, name: &str| of.get(name).is_some_and(Value::is_u64);
    if !text(claims, "iss") || !text(claims, "aud") || !text(claims, "jti") || !whole(claims, "iat") {
        return no("`iss`, `aud`, `jti` and `iat` in whole seconds must be there");
    }
    if !claims.get("sub_id").and_then(Value::as_object).is_some_and(|subject| text(subject, "format")) {
        return no("`sub_id` with its format must be there");
    }
    let Some(events) = claims.get("events").and_then(Value::as_object) else {
        return no("the event stands in `events`, by its type");
    };
    let mut all = events.iter();
    let (Some((kind, event)), None) = (all.next(), all.next()) else {
        return no("one event in a token");
    };
    let Some(event) = event.as_object() else { return no("an event is an object") };
    if !whole(event, "event_timestamp") {
        return no("`event_timestamp` is in whole seconds");
    }
    // CAEP says seconds; milliseconds would be in the year 50,000.
    if event.get("event_timestamp").and_then(Value::as_u64).is_some_and(|at| at > 100_000_000_000) {
        return no("`event_timestamp` is in seconds, not in milliseconds");
    }
    let one_of = |name: &str, words: &[&str]| {
        event.get(name).and_then(Value::as_str).is_some_and(|word| words.contains(&word))
    };
    let reason =
        |name: &str| event.get(name).and_then(Value::as_object).is_some_and(|reason| text(reason, "en"));
    let statuses = ["compliant", "not-compliant"];
    if kind.ends_with("/device-compliance-change")
        && !(one_of("current_status", &statuses) && one_of("previous_status", &statuses))
    {
        return no("`current_status` and `previous_status` are compliant or not-compliant");
    }
    match profile {
        Profile::Okta => {
            if !OKTA_EVENTS.contains(&kind.as_str()) {
                return no("Okta takes six types of event, and this is none of them");
            }
            let levels = ["low", "medium", "high", "secure", "none"];
            if kind.ends_with("-risk-change")
                && !(one_of("current_level", &levels) && one_of("previous_level", &levels))
            {
                return no("`current_level` and `previous_level` are low, medium, high, secure or none");
            }
            if !event
                .get("subject")
                .is_some_and(|subject| subject.get("user").is_some() || subject.get("device").is_some())
            {
                return no("the subject stands in the event, as a user or a device");
            }
            if !reason("reason_admin") && !reason("reason_user") {
                return no("`reason_admin` or `reason_user` must be there, with `en`");
            }
        }
        Profile::Caep => {
            let levels = ["LOW", "MEDIUM", "HIGH"];
            let others = [Kind::SessionRevoked, Kind::DeviceCompliance, Kind::Assurance];
            if others.iter().any(|other| other.event(profile) == Some(kind.as_str())) {
                let is_assurance = kind.ends_with("/assurance-level-change");
                if is_assurance && !(text(event, "namespace") && text(event, "current_level")) {
                    return no("`namespace` and `current_level` must be there");
                }
                // The interoperability profile asks for a reason of a revoked session.
                return if reason("reason_admin") {
                    Ok(())
                } else {
                    no("`reason_admin` must be there, with `en`")
                };
            }
            if kind != Profile::Caep.event() {
                return no("the event is none of those that are told by CAEP");
            }
            if !one_of("principal", &["USER", "DEVICE", "SESSION", "TENANT", "ORG_UNIT", "GROUP"]) {
                return no("`principal` must be there");
            }
            if !one_of("current_level", &levels)
                || (event.contains_key("previous_level") && !one_of("previous_level", &levels))
            {
                return no("levels are LOW, MEDIUM and HIGH");
            }
        }
    }
    Ok(())
}
