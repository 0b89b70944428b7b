//! What others tell, as far as it says something of risk or of a sign-in here.
//!
//! CAEP 1.0 (sections 3.1 to 3.8), RISC 1.0 (section 2), SSF 1.0 (sections 8.1.4 and 8.1.5), and Okta's `user-risk-change`.

// Of `core`: addresses as values, and no sockets.
use core::net::IpAddr;

use serde_json::{Map, Value};
use shared_protocol::Level;

/// What happened, by another's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Their level of the person's risk.
    Risk(Level),
    /// A credential of the person is in other hands.
    Compromised,
    /// The person's sessions are over.
    SessionRevoked,
    /// The account is switched off.
    Disabled,
    /// The person's device does not meet the organisation's demands.
    NotCompliant,
    /// The person was seen at these addresses.
    Session(Vec<IpAddr>),
    /// The stream is alive.
    Verification,
    /// Something that says nothing here.
    Other,
}

const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";
const SSF: &str = "https://schemas.openid.net/secevent/ssf/event-type/";
const OKTA: &str = "https://schemas.okta.com/secevent/okta/event-type/";

/// Most addresses of one event that are looked at.
const MOST: usize = 8;

/// What an event of this type says. `None` when a member that its standard requires is missing or wrong.
pub(super) fn read(kind: &str, event: &Map<String, Value>) -> Option<Event> {
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    let in_family = |family| kind.strip_prefix(family);
    if let Some(word) = in_family(CAEP) {
        return match word {
            // Of a session or a device alone it says nothing about the person.
            "risk-level-change" if text("principal")? != "USER" => Some(Event::Other),
            "risk-level-change" => level(text("current_level")?).map(Event::Risk),
            "session-revoked" => Some(Event::SessionRevoked),
            "device-compliance-change" => match text("current_status")? {
                "compliant" => Some(Event::Other),
                "not-compliant" => Some(Event::NotCompliant),
                _ => None,
            },
            "session-established" | "session-presented" => Some(Event::Session(addresses(event))),
            _ => Some(Event::Other),
        };
    }
    if let Some(word) = in_family(RISC) {
        return match word {
            "credential-compromise" => text("credential_type").map(|_| Event::Compromised),
            "account-disabled" => Some(Event::Disabled),
            // Deprecated for CAEP's, and still sent.
            "sessions-revoked" => Some(Event::SessionRevoked),
            _ => Some(Event::Other),
        };
    }
    match (in_family(SSF), in_family(OKTA)) {
        (Some("verification"), _) => Some(Event::Verification),
        (_, Some("user-risk-change")) => level(text("current_level")?).map(Event::Risk),
        _ => Some(Event::Other),
    }
}

/// CAEP writes levels in upper case, Okta in lower case, with `secure` and `none` below low.
fn level(word: &str) -> Option<Level> {
    match word {
        "NONE" | "none" | "secure" => Some(Level::None),
        "LOW" | "low" => Some(Level::Low),
        "MEDIUM" | "medium" => Some(Level::Medium),
        "HIGH" | "high" => Some(Level::High),
        _ => None,
    }
}

/// `ips`, as CAEP's drafts before 1.0 have it of sessions. CAEP 1.0 itself (sections 3.6 and 3.7) has no address.
fn addresses(event: &Map<String, Value>) -> Vec<IpAddr> {
    let all = event.get("ips").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|one| one.as_str()?.parse().ok()).take(MOST).collect()
}
