//! Something that happened, as far as risk is concerned, and which behaviour asks for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared_protocol::{EventId, Label, Level, Millis, Topic};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A prompt, a file's name or an instruction was to leave.
    Prompt {
        /// Topics above none.
        topics: BTreeMap<Topic, Level>,
        /// How often each label was found.
        labels: BTreeMap<Label, u64>,
    },
    /// The person was warned or asked for a reason, and sent it as it was.
    Override,
    /// A request left that nobody looked at.
    Unprotected,
    /// The extension's connection ended without its last word.
    BrokenOff,
    /// The clock went back.
    ClockBack,
    /// The policy in force does not hold any more: a part of it was changed on this machine.
    Tampered,
    /// The person was not seen on this device before.
    NewDevice,
    /// Somebody else used this device lately.
    OtherPerson,
    /// Two places that nobody reaches in the time between.
    Travel,
    /// What a security product says of the device.
    Posture(Level),
    /// What another transmitter says of the person.
    ThirdParty(Level),
    /// One more device of the person, where there are many already.
    OtherDevice,
    /// Somebody uses this device from elsewhere.
    RemoteControl,
}

/// A sign, with its time and where it stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What.
    pub sign: Sign,
    /// When; a time that is still to come counts as now.
    pub at: Millis,
    /// The interaction, or the row of its own that says so.
    pub event: Option<EventId>,
    /// The token that told of it, where another transmitter did.
    pub signal: Option<SignalId>,
}

/// A token of another transmitter, as it and we know it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SignalId {
    /// Who made it.
    pub issuer: String,
    /// Its own id.
    pub jti: String,
}

/// The kinds of sign, as behaviours name them. Closed; words are append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignKind {
    /// [`Sign::Prompt`].
    Prompt,
    /// [`Sign::Override`].
    Override,
    /// [`Sign::Unprotected`].
    Unprotected,
    /// [`Sign::BrokenOff`].
    BrokenOff,
    /// [`Sign::ClockBack`].
    ClockBack,
    /// [`Sign::Tampered`].
    Tampered,
    /// [`Sign::NewDevice`].
    NewDevice,
    /// [`Sign::OtherPerson`].
    OtherPerson,
    /// [`Sign::Travel`].
    Travel,
    /// [`Sign::Posture`].
    Posture,
    /// [`Sign::ThirdParty`].
    ThirdParty,
    /// [`Sign::OtherDevice`].
    OtherDevice,
    /// [`Sign::RemoteControl`].
    RemoteControl,
}

impl Sign {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> SignKind {
        match self {
            Self::Prompt { .. } => SignKind::Prompt,
            Self::Override => SignKind::Override,
            Self::Unprotected => SignKind::Unprotected,
            Self::BrokenOff => SignKind::BrokenOff,
            Self::ClockBack => SignKind::ClockBack,
            Self::Tampered => SignKind::Tampered,
            Self::NewDevice => SignKind::NewDevice,
            Self::OtherPerson => SignKind::OtherPerson,
            Self::Travel => SignKind::Travel,
            Self::Posture(_) => SignKind::Posture,
            Self::ThirdParty(_) => SignKind::ThirdParty,
            Self::OtherDevice => SignKind::OtherDevice,
            Self::RemoteControl => SignKind::RemoteControl,
        }
    }
}
