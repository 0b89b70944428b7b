//! Signals of others: security event tokens about the person of this machine, read and believed only as far as they can be
//! checked.
//!
//! ```text
//! let keys = Keys::parse(&jwks)?;                             // the transmitter's public keys
//! let told = read(token, &keys, &Trust { … }, now)?;          // Told { jti, event, about, … } or a Refusal
//! ```
//! RFC 7515 (the token), RFC 8417 (SET), OpenID SSF 1.0 (sections 3 and 4), OpenID CAEP 1.0, OpenID RISC 1.0, RFC 9493 (subjects).
//! INVARIANT: nothing of a token's claims is looked at before its signature held under a key of the transmitter, and the
//! only algorithm is RS256, whatever the token says. INVARIANT: a signal only ever adds to risk or ends a sign-in: one that
//! says "low" takes nothing back. INVARIANT: an error names a rule and repeats no value.
//! It fetches nothing, keeps nothing and knows no clock: whether a token came before is asked elsewhere.

mod claims;
mod event;
mod keys;
pub mod poll;
mod subject;

use shared_protocol::Millis;

pub use event::Event;
pub use keys::{Keys, KeysError};
pub use subject::{Match, Subject};

/// Most bytes of a token: the events of the standards have one or two thousand.
pub const MOST_TOKEN: usize = 64 * 1024;
/// Most bytes of a token's id.
pub const MOST_JTI: usize = 256;
/// How far a token may be ahead of this clock.
const SKEW: Millis = 120_000;
/// How old a token may be: what happened to a person weeks ago says nothing of now.
pub const OLDEST: Millis = 30 * 24 * 3_600_000;

/// Whom a token has to be from and for, and about whom it may be.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// The transmitter's issuer, to the letter.
    pub issuer: &'a str,
    /// How the transmitter names this receiver.
    pub audience: &'a str,
    /// The person of this machine.
    pub subject: &'a Subject,
    /// The issuer of our own tokens, where we send some: those are passed over.
    pub ours: Option<&'a str>,
}

/// A token that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The token's id.
    pub jti: String,
    /// The cause's id, which a token that answers one of ours repeats.
    pub txn: Option<String>,
    /// When it happened, else when the token was made.
    pub at: Millis,
    /// What.
    pub event: Event,
    /// Whether it is about the person of this machine.
    pub about: Match,
    /// The device that it names, where it does.
    pub device: Option<String>,
    /// It is our own.
    pub ours: bool,
}

/// Why a token is not believed. The words are RFC 8935's (section 2.4), which RFC 8936 answers with too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a token as the standards have it.
    #[error("{0}")]
    Invalid(&'static str),
    /// It names a key that the transmitter does not have.
    #[error("it is signed with a key that the transmitter's set does not have")]
    Key,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
    /// Of somebody else.
    #[error("the issuer is another one")]
    Issuer,
    /// For somebody else.
    #[error("the audience is another one")]
    Audience,
    /// It is dated ahead: one of the two clocks is wrong. It may be asked for again.
    #[error("it is dated ahead of this machine's clock: set the clock right")]
    Future,
}

impl Refusal {
    /// RFC 8935's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid(_) | Self::Future => "invalid_request",
            Self::Key => "invalid_key",
            Self::Signature => "authentication_failed",
            Self::Issuer => "invalid_issuer",
            Self::Audience => "invalid_audience",
        }
    }

    /// Whether another set of keys, or a clock that is set right, could change it.
    #[must_use]
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Key | Self::Future)
    }
}

/// Reads a token.
///
/// # Errors
/// When it is not to be believed; nothing of it counts then.
pub fn read(token: &str, keys: &Keys, trust: &Trust<'_>, now: Millis) -> Result<Told, Refusal> {
    claims::read(keys.verified(token)?.as_slice(), trust, now)
}

#[cfg(test)]
mod tests;
