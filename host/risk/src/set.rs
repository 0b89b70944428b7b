//! Security event tokens: what a receiver is told of a change of risk, in the form that it understands.
//!
//! RFC 8417 (SET), OpenID SSF 1.0, OpenID CAEP 1.0, RFC 9493 (subjects), and for Okta its published API description
//! (`SecurityEventTokenRequestJwtBody`). INVARIANT: one event in a token; `sub_id` on top in both profiles; never `sub`, never
//! `exp`; `iat` never ahead of the clock that it was given. INVARIANT: reasons are words of behaviours, levels and counts:
//! they end in other people's logs.
//! It signs nothing ([`key`]), sends nothing, and knows no clock.

pub mod answer;
mod caep;
mod check;
pub mod key;
mod okta;
mod other;

use serde_json::{Map, Value, json};
use shared_protocol::{Level, Millis};

pub use check::{CheckError, check};
pub use other::{Kind, Said, other_claims};

use crate::standing::Reason;

/// What a receiver understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Okta's `user-risk-change`.
    Okta,
    /// CAEP's `risk-level-change`.
    Caep,
}

impl Profile {
    /// Its word in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Caep => "caep",
        }
    }

    /// The profile of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Okta, Self::Caep].into_iter().find(|one| one.as_str() == word)
    }

    /// The type of its event.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::Okta => okta::EVENT,
            Self::Caep => caep::EVENT,
        }
    }
}

/// What is around an event.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The issuer, as registered.
    pub issuer: &'a str,
    /// The receiver, as it names itself.
    pub audience: &'a str,
    /// The token's id.
    pub jti: &'a str,
    /// The cause's id.
    pub txn: &'a str,
    /// When the token is made.
    pub made: Millis,
}

/// A change of a person's level.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The person's sign-in name at the receiver.
    pub email: &'a str,
    /// What this receiver was told last; none if nothing.
    pub from: Option<Level>,
    /// The level now.
    pub to: Level,
    /// What moved it: a word of [`crate::Cause`], or `test`.
    pub cause: &'a str,
    /// What it rests on, the weightiest first.
    pub reasons: &'a [Reason],
    /// When it moved.
    pub at: Millis,
}

/// The claims of a token.
#[must_use]
pub fn claims(profile: Profile, envelope: &Envelope<'_>, told: &Told<'_>) -> Value {
    let event = match profile {
        Profile::Okta => okta::event(told),
        Profile::Caep => caep::event(told),
    };
    let subject = match profile {
        Profile::Okta => json!({"format": "complex", "user": email(told)}),
        Profile::Caep => email(told),
    };
    json!({
        "iss": envelope.issuer,
        "aud": envelope.audience,
        "iat": seconds(envelope.made),
        "jti": envelope.jti,
        "txn": envelope.txn,
        "sub_id": subject,
        "events": Map::from_iter([(profile.event().to_owned(), event)]),
    })
}

/// RFC 9493, section 3.2.2.
fn email(told: &Told<'_>) -> Value {
    json!({"format": "email", "email": told.email})
}

fn seconds(at: Millis) -> u64 {
    at / 1_000
}

/// CAEP 1.0, section 2: who began it.
fn entity(cause: &str) -> &'static str {
    match cause {
        "rules" | "test" => "admin",
        "decay" => "system",
        // Whoever sits at the device can set a level back: nothing shows that it was an administrator.
        "reset" | "dismissed" | "verified" => "user",
        _ => "policy",
    }
}

/// What a person calls a level.
fn word(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}

/// For administrators.
fn reason_admin(told: &Told<'_>) -> String {
    let behind: Vec<String> =
        told.reasons.iter().map(|reason| format!("{} ({})", reason.words, reason.count)).collect();
    let behind = if behind.is_empty() { "nothing that still counts".to_owned() } else { behind.join(", ") };
    let to = word(told.to);
    let from = told.from.map_or_else(String::new, |from| format!(" from {}", word(from)));
    match told.cause {
        "test" => format!("A test of the connection: the risk in the use of AI assistants is {to}."),
        "reset" => format!("The risk in the use of AI assistants was set back on the device{from} to {to}."),
        "dismissed" => format!("This was called a mistake on the device: {behind}. The risk is {to} now."),
        "verified" => format!(
            "The person proved who they are. The risk in the use of AI assistants went{from} to {to}."
        ),
        _ => format!("The risk in the use of AI assistants went{from} to {to}: {behind}."),
    }
}

/// For the person.
fn reason_user(told: &Told<'_>) -> String {
    let to = word(told.to);
    let most = told.reasons.first().filter(|_| told.to > Level::None && told.cause != "reset");
    let because = most.map_or_else(String::new, |reason| format!(", mostly for {}", reason.words));
    format!("Your risk level in the use of AI assistants is {to}{because}.")
}
