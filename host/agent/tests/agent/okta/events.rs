//! The six types of event that Okta takes (`SecurityEventTokenRequestJwtEvents` of its API description 2026.06.3), each judged
//! by its own schema there. Members that a schema does not have are passed over.
//!
//! Stricter than the schema in one thing: it requires neither a user nor a device in `subject`; here somebody is named in one
//! of the forms of RFC 9493, and whose level or state it is stands there.

use std::net::IpAddr;

use serde_json::Value;

/// The one that tells of a person's level.
pub(super) const USER_RISK: &str = "https://schemas.okta.com/secevent/okta/event-type/user-risk-change";

const LEVELS: &[&str] = &["low", "medium", "high", "secure", "none"];
const STATUSES: &[&str] = &["compliant", "not-compliant"];
const ENTITIES: &[&str] = &["admin", "user", "policy", "system"];

/// What a member may hold.
#[derive(Clone, Copy)]
enum Form {
    OneOf(&'static [&'static str]),
    Address,
    Text,
}

/// A type of event.
struct Type {
    uri: &'static str,
    /// As descriptions of errors call it. Of these names the API description shows the compliance change's.
    name: &'static str,
    /// Whom it is about: a member of `subject` that has to be there.
    about: Option<&'static str>,
    /// What was before and what is now, where the schema has it; both are required then.
    change: Option<([&'static str; 2], Form)>,
    /// Members that may be there.
    may: &'static [(&'static str, Form)],
    /// "Either `reason_admin` or `reason_user` is required."
    gives_reason: bool,
}

const TYPES: [Type; 6] = [
    Type {
        uri: USER_RISK,
        name: "userRiskChangeEvent",
        about: Some("user"),
        change: Some((["previous_level", "current_level"], Form::OneOf(LEVELS))),
        may: &[("initiating_entity", Form::OneOf(ENTITIES))],
        gives_reason: true,
    },
    Type {
        uri: "https://schemas.okta.com/secevent/okta/event-type/device-risk-change",
        name: "deviceRiskChangeEvent",
        about: Some("device"),
        change: Some((["previous_level", "current_level"], Form::OneOf(LEVELS))),
        may: &[("initiating_entity", Form::OneOf(ENTITIES))],
        gives_reason: true,
    },
    Type {
        uri: "https://schemas.okta.com/secevent/okta/event-type/ip-change",
        name: "ipChangeEvent",
        about: None,
        change: Some((["previous_ip_address", "current_ip_address"], Form::Address)),
        may: &[("initiating_entity", Form::OneOf(ENTITIES))],
        gives_reason: true,
    },
    Type {
        uri: "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
        name: "mediationSessionRevokedEvent",
        about: None,
        change: None,
        may: &[
            ("initiating_entity", Form::OneOf(ENTITIES)),
            ("current_ip", Form::Text),
            ("last_known_ip", Form::Text),
            ("current_user_agent", Form::Text),
            ("last_known_user_agent", Form::Text),
        ],
        gives_reason: true,
    },
    Type {
        uri: "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change",
        name: "mediationDeviceComplianceChangeEvent",
        about: Some("device"),
        change: Some((["previous_status", "current_status"], Form::OneOf(STATUSES))),
        may: &[("initiating_entity", Form::OneOf(ENTITIES))],
        gives_reason: true,
    },
    Type {
        uri: "https://schemas.openid.net/secevent/risc/event-type/identifier-changed",
        name: "identifierChangedEvent",
        about: None,
        change: None,
        may: &[("new-value", Form::Text)],
        gives_reason: false,
    },
];

/// What was before and what is now, both empty where the type does not say; or the member that is wrong.
pub(super) fn judge(kind: &str, event: &Value) -> Result<(String, String), String> {
    let Some(this) = TYPES.iter().find(|one| one.uri == kind) else { return Err(told("events")) };
    let wrong = |member: &str| told(&format!("events.{}.{}", this.name, camel(member)));
    if event["event_timestamp"].as_i64().is_none() {
        return Err(wrong("event_timestamp"));
    }
    let subject = &event["subject"];
    let named = ["user", "device"].map(|who| (who, subject.get(who)));
    let is_somebody = named.iter().any(|(_, one)| one.is_some());
    let is_known = named.iter().all(|(_, one)| one.is_none_or(is_named));
    let is_about = this.about.is_none_or(|who| subject.get(who).is_some());
    if !is_somebody || !is_known || !is_about {
        return Err(wrong("subject"));
    }
    for (name, form) in this.may {
        if event.get(*name).is_some_and(|value| !form.holds(value)) {
            return Err(wrong(name));
        }
    }
    if this.gives_reason {
        let of = |name: &str| event.get(name);
        let is_reason = |reason: &Value| reason["en"].as_str().is_some_and(|text| !text.is_empty());
        for name in ["reason_admin", "reason_user"] {
            if of(name).is_some_and(|reason| !is_reason(reason)) {
                return Err(wrong(name));
            }
        }
        if of("reason_admin").is_none() && of("reason_user").is_none() {
            return Err(wrong("reason_admin"));
        }
    }
    let Some((members, form)) = &this.change else { return Ok((String::new(), String::new())) };
    for name in members {
        if !form.holds(&event[*name]) {
            return Err(wrong(name));
        }
    }
    let word = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    Ok((word(members[0]), word(members[1])))
}

impl Form {
    fn holds(self, value: &Value) -> bool {
        value.as_str().is_some_and(|text| match self {
            Self::OneOf(words) => words.contains(&text),
            Self::Address => text.parse::<IpAddr>().is_ok(),
            Self::Text => !text.is_empty(),
        })
    }
}

/// RFC 9493, section 3.2: the forms in which one person or device is named, and their members.
fn is_named(one: &Value) -> bool {
    let text = |name: &str| one[name].as_str().is_some_and(|text| !text.is_empty());
    match one["format"].as_str() {
        Some("email") => text("email"),
        Some("opaque") => text("id"),
        Some("iss_sub") => text("iss") && text("sub"),
        Some("account" | "uri") => text("uri"),
        Some("phone_number") => text("phone_number"),
        Some("did") => text("url"),
        _ => false,
    }
}

/// As the description's example of an error has it.
fn told(member: &str) -> String {
    format!("Failed claim validation in security event token. '{member}': The field cannot be left blank")
}

/// Members of claims stand in descriptions of errors in camel case.
fn camel(member: &str) -> String {
    let mut words = member.split(['_', '-']);
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |so_far, word| {
        let (head, tail) = word.split_at(word.len().min(1));
        so_far + &head.to_ascii_uppercase() + tail
    })
}
