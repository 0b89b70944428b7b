//! The rows about power and health: who changed what may be seen or sent, who looked, and what was wrong.
//!
//! INVARIANT: closed words, key ids, names that the organisation or the machine gave, and counts. Nothing that a
//! person typed to an assistant, and no name of somebody whose rows were erased.
//!
//! A row that concerns one interaction carries that interaction's event id, as every row can.

use serde::{Deserialize, Serialize};

use crate::SiteWord;

/// A change of power, or a look at what only the organisation can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// What happened.
    pub what: Change,
    /// Who did it.
    pub by: By,
    /// Ids of the keys that count from now on, or that opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<SiteWord>,
    /// Ids of the keys that counted before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_keys: Vec<SiteWord>,
    /// The version of a bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<SiteWord>,
    /// By its name: a sink, a format, a command, a policy, an issuer, what a sign-in fell short of, what of a device was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SiteWord>,
    /// How many rows or texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The id of the one-time code that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<SiteWord>,
    /// Whose risk, whose exception, whose sign-in. Never that of somebody erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose: Option<SiteWord>,
}

impl Audit {
    /// The bare fact; fill in what is known of it.
    #[must_use]
    pub fn new(what: Change, by: By) -> Self {
        Self {
            what,
            by,
            keys: Vec::new(),
            old_keys: Vec::new(),
            version: None,
            name: None,
            count: None,
            grant: None,
            whose: None,
        }
    }
}

/// What changed, or who looked. Closed; words are append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Risk is shared with the identity provider from now on.
    SharingOn,
    /// It is no longer.
    SharingOff,
    /// A policy bundle took effect.
    BundleActivated,
    /// A policy bundle was not taken.
    BundleRefused,
    /// Text is sealed to other keys from now on.
    KeyRotated,
    /// A person's risk was set back.
    RiskReset,
    /// A person may do for a while what the policy stops.
    ExceptionGiven,
    /// Sealed text was opened.
    LogOpened,
    /// The record was looked at in the viewer.
    LogViewed,
    /// Rows left the machine in a file.
    LogExported,
    /// A person's rows were emptied.
    LogErased,
    /// Rows past their time were emptied.
    LogPruned,
    /// An admin agrees with whoever reported that a verdict was a mistake.
    MistakeConfirmed,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out, or the provider ended it.
    SignedOut,
    /// A person is bound to this device.
    Enrolled,
    /// A person proved who they are.
    Verified,
    /// A sign-in was not what it had to be.
    VerificationFailed,
    /// A receiver took a message about somebody's risk.
    RiskShared,
    /// A receiver refused one, and it is not tried again by itself.
    RiskRefused,
    /// One behaviour of a person was called a mistake and no longer counts.
    RiskDismissed,
    /// Another transmitter told something about somebody.
    SignalReceived,
    /// A token of another transmitter was not believed.
    SignalRefused,
    /// The device itself was seen: what its security product says of it, that somebody controls it, where it is.
    DeviceSeen,
}

impl Change {
    /// Every word.
    pub const ALL: [Self; 24] = [
        Self::SharingOn,
        Self::SharingOff,
        Self::BundleActivated,
        Self::BundleRefused,
        Self::KeyRotated,
        Self::RiskReset,
        Self::ExceptionGiven,
        Self::LogOpened,
        Self::LogViewed,
        Self::LogExported,
        Self::LogErased,
        Self::LogPruned,
        Self::MistakeConfirmed,
        Self::SignedIn,
        Self::SignedOut,
        Self::Enrolled,
        Self::Verified,
        Self::VerificationFailed,
        Self::RiskShared,
        Self::RiskRefused,
        Self::RiskDismissed,
        Self::SignalReceived,
        Self::SignalRefused,
        Self::DeviceSeen,
    ];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SharingOn => "sharing-on",
            Self::SharingOff => "sharing-off",
            Self::BundleActivated => "bundle-activated",
            Self::BundleRefused => "bundle-refused",
            Self::KeyRotated => "key-rotated",
            Self::RiskReset => "risk-reset",
            Self::ExceptionGiven => "exception-given",
            Self::LogOpened => "log-opened",
            Self::LogViewed => "log-viewed",
            Self::LogExported => "log-exported",
            Self::LogErased => "log-erased",
            Self::LogPruned => "log-pruned",
            Self::MistakeConfirmed => "mistake-confirmed",
            Self::SignedIn => "signed-in",
            Self::SignedOut => "signed-out",
            Self::Enrolled => "enrolled",
            Self::Verified => "verified",
            Self::VerificationFailed => "verification-failed",
            Self::RiskShared => "risk-shared",
            Self::RiskRefused => "risk-refused",
            Self::RiskDismissed => "risk-dismissed",
            Self::SignalReceived => "signal-received",
            Self::SignalRefused => "signal-refused",
            Self::DeviceSeen => "device-seen",
        }
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The host itself, following its settings.
    Host,
    /// The user of this machine at the command line, by the account's name.
    User(SiteWord),
}

impl By {
    /// For a table.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Host => "host",
            Self::User(name) => name.as_str(),
        }
    }
}

/// Something of the machine that the record or a verdict depends on went wrong, or is well again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// What.
    pub trouble: Trouble,
    /// It is over.
    #[serde(default)]
    pub over: bool,
    /// By its name: a sink.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SiteWord>,
    /// How often, or how many: rows behind, milliseconds back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// What can go wrong. Closed; words are append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// No room for the record.
    DiskFull,
    /// The record's file may not be written.
    ReadOnly,
    /// Somebody else holds the record's file.
    Locked,
    /// The record's file is damaged.
    Damaged,
    /// The clock went back.
    ClockBack,
    /// The settings file is not understood, so what is strictest holds.
    Settings,
    /// Full capture was asked for, and nobody is named who could open it.
    NoRecipient,
    /// A policy errs.
    Policy,
    /// A sink does not take rows.
    Sink,
    /// A sink refused a row for good.
    DeadLetter,
    /// A bundle was there and does not hold any more, so the machine is closed.
    Bundle,
    /// Where bundles come from does not answer.
    BundleSource,
}

impl Trouble {
    /// Every word.
    pub const ALL: [Self; 12] = [
        Self::DiskFull,
        Self::ReadOnly,
        Self::Locked,
        Self::Damaged,
        Self::ClockBack,
        Self::Settings,
        Self::NoRecipient,
        Self::Policy,
        Self::Sink,
        Self::DeadLetter,
        Self::Bundle,
        Self::BundleSource,
    ];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DiskFull => "disk-full",
            Self::ReadOnly => "read-only",
            Self::Locked => "locked",
            Self::Damaged => "damaged",
            Self::ClockBack => "clock-back",
            Self::Settings => "settings",
            Self::NoRecipient => "no-recipient",
            Self::Policy => "policy",
            Self::Sink => "sink",
            Self::DeadLetter => "dead-letter",
            Self::Bundle => "bundle",
            Self::BundleSource => "bundle-source",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Audit, By, Change, Trouble};
    use crate::SiteWord;

    #[test]
    fn words_are_as_they_are_written() {
        for change in Change::ALL {
            assert_eq!(serde_json::to_value(change).unwrap(), change.as_str());
        }
        for trouble in Trouble::ALL {
            assert_eq!(serde_json::to_value(trouble).unwrap(), trouble.as_str());
        }
    }

    #[test]
    fn a_bare_fact_has_two_fields_and_no_long_words() {
        let bare = Audit::new(Change::KeyRotated, By::Host);
        assert_eq!(serde_json::to_string(&bare).unwrap(), r#"{"what":"key-rotated","by":"host"}"#);
        let by = By::User(SiteWord::from("words ".repeat(40).as_str()));
        assert!(by.as_str().starts_with("sha256:"), "{by:?}");
        let user = Audit::new(Change::LogOpened, By::User(SiteWord::from("jane")));
        assert_eq!(serde_json::to_string(&user).unwrap(), r#"{"what":"log-opened","by":{"user":"jane"}}"#);
    }
}
