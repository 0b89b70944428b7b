//! CAEP 1.0's `risk-level-change`: levels in upper case, the level before only where it is known.

use serde_json::{Value, json};
use shared_protocol::Level;

use super::{Told, entity, reason_admin, reason_user, seconds};

/// Its type.
pub(super) const EVENT: &str = "https://schemas.openid.net/secevent/caep/event-type/risk-level-change";

pub(super) fn event(told: &Told<'_>) -> Value {
    let mut event = json!({
        "principal": "USER",
        "current_level": level(told.to),
        "risk_reason": reason(told),
        "event_timestamp": seconds(told.at),
        "initiating_entity": entity(told.cause),
        "reason_admin": {"en": reason_admin(told)},
        "reason_user": {"en": reason_user(told)},
    });
    if let (Some(from), Some(event)) = (told.from, event.as_object_mut()) {
        event.insert("previous_level".to_owned(), json!(level(from)));
    }
    event
}

fn level(level: Level) -> &'static str {
    match level {
        Level::None | Level::Low => "LOW",
        Level::Medium => "MEDIUM",
        Level::High => "HIGH",
    }
}

/// One word for a machine: the weightiest behaviour, or what was done.
fn reason(told: &Told<'_>) -> String {
    let word = match (told.cause, told.reasons.first()) {
        ("evidence" | "decay" | "rules", Some(reason)) => &reason.behaviour,
        (cause, _) => cause,
    };
    let plain = |char: char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' };
    word.chars().map(plain).collect()
}
