//! Okta's `user-risk-change` (its API description 2026.06.3, `SecurityEventTokenRequestJwtEvents` and
//! `OktaUserRiskChangeEvent`): levels in lower case, the level before always there, the subject inside the event too.
//!
//! Okta's levels are low, medium and high for a person who has one: nothing (none) is told as low, which is also how its own
//! documentation takes a level back.

use serde_json::{Value, json};
use shared_protocol::Level;

use super::{Told, email, entity, reason_admin, reason_user, seconds};

/// Its type.
pub(super) const EVENT: &str = "https://schemas.okta.com/secevent/okta/event-type/user-risk-change";

pub(super) fn event(told: &Told<'_>) -> Value {
    json!({
        "subject": {"user": email(told)},
        "current_level": level(told.to),
        // Nothing told yet: so it is said elsewhere too where there is no history.
        "previous_level": told.from.map_or("none", level),
        "event_timestamp": seconds(told.at),
        "initiating_entity": entity(told.cause),
        "reason_admin": {"en": reason_admin(told)},
        "reason_user": {"en": reason_user(told)},
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::None | Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}
