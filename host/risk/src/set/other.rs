//! What receivers are told besides a level of risk: that a person's sessions are over, that a device does not meet demands, that
//! somebody proved who they are.
//!
//! CAEP 1.0, sections 3.1 (session-revoked), 3.4 (assurance-level-change) and 3.5 (device-compliance-change); of these Okta's API
//! description takes the first and the last. Not told: RISC's credential-compromise, since of a secret in a prompt nobody here
//! knows whose it is.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared_protocol::Millis;

use super::{Envelope, Profile, seconds};

/// What a message is about. Words are append-only: they stand in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A level of risk.
    Risk,
    /// The person ended all their sessions.
    SessionRevoked,
    /// The device meets the organisation's demands, or no longer does.
    DeviceCompliance,
    /// The person proved who they are.
    Assurance,
}

/// What a message of another kind than risk says. Kept with the message, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The device's id, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// In whose terms the level is: the issuer at which it was proved (a namespace of its own, as CAEP 1.0 section 3.4 allows).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What was proved there: `verified` or `enrolled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Risk, Self::SessionRevoked, Self::DeviceCompliance, Self::Assurance];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Risk => "risk",
            Self::SessionRevoked => "session-revoked",
            Self::DeviceCompliance => "device-compliance-change",
            Self::Assurance => "assurance-level-change",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The type of its event for these receivers; none where they do not take it.
    #[must_use]
    pub fn event(self, profile: Profile) -> Option<&'static str> {
        match (self, profile) {
            (Self::Risk, _) => Some(profile.event()),
            (Self::SessionRevoked, _) => {
                Some("https://schemas.openid.net/secevent/caep/event-type/session-revoked")
            }
            (Self::DeviceCompliance, _) => {
                Some("https://schemas.openid.net/secevent/caep/event-type/device-compliance-change")
            }
            (Self::Assurance, Profile::Caep) => {
                Some("https://schemas.openid.net/secevent/caep/event-type/assurance-level-change")
            }
            (Self::Assurance, Profile::Okta) => None,
        }
    }
}

/// The claims of a message that is not about risk; none where these receivers do not take it. `holds`: the device meets the
/// demands now.
#[must_use]
pub fn other_claims(
    profile: Profile,
    envelope: &Envelope<'_>,
    kind: Kind,
    email: &str,
    said: &Said,
    holds: bool,
    at: Millis,
) -> Option<Value> {
    let user = json!({"format": "email", "email": email});
    let device = said.device.as_ref().map(|id| json!({"format": "opaque", "id": id}));
    let status = |holds| if holds { "compliant" } else { "not-compliant" };
    let (mut event, entity, admin) = match kind {
        Kind::Risk => return None,
        Kind::SessionRevoked => {
            (json!({}), "user", "The person ended all their sessions on a device that Promptgate guards.")
        }
        Kind::DeviceCompliance => (
            json!({"current_status": status(holds), "previous_status": status(!holds)}),
            "policy",
            if holds {
                "The device's security product calls it well again."
            } else {
                "The device's security product calls it at risk."
            },
        ),
        Kind::Assurance => (
            json!({
                "namespace": said.namespace.as_ref()?, "current_level": said.level.as_ref()?,
                "change_direction": "increase",
            }),
            "user",
            "The person proved who they are.",
        ),
    };
    let members = event.as_object_mut()?;
    members.insert("event_timestamp".to_owned(), json!(seconds(at)));
    members.insert("initiating_entity".to_owned(), json!(entity));
    members.insert("reason_admin".to_owned(), json!({ "en": admin }));
    if profile == Profile::Okta {
        let mut subject = Map::from_iter([("user".to_owned(), user.clone())]);
        subject.extend(device.clone().map(|device| ("device".to_owned(), device)));
        members.insert("subject".to_owned(), Value::Object(subject));
    }
    let subject = match (profile, device) {
        (Profile::Caep, None) => user,
        (_, None) => json!({"format": "complex", "user": user}),
        (_, Some(device)) => json!({"format": "complex", "user": user, "device": device}),
    };
    Some(json!({
        "iss": envelope.issuer,
        "aud": envelope.audience,
        "iat": seconds(envelope.made),
        "jti": envelope.jti,
        "txn": envelope.txn,
        "sub_id": subject,
        "events": Map::from_iter([(kind.event(profile)?.to_owned(), event)]),
    }))
}
