//! The settings snapshot: the organisation's once a signed bundle is there, compiled-in defaults from the first start.
//!
//! Swapped whole; one judgement sees one snapshot.

use serde::{Deserialize, Serialize};

use crate::Action;

/// Where the active policy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicySource {
    /// Compiled in; records what it would do.
    BuiltinMonitor,
    /// Compiled in; does it.
    BuiltinEnforce,
    /// An unsigned file, by an explicit developer setting.
    DeveloperFile,
    /// A signed bundle.
    Bundle,
    /// Managed, but no bundle has arrived: everything with text is refused.
    ManagedWithoutBundle,
}

/// What a fault yields at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailAction {
    /// Let it go, recorded.
    Allow,
    /// Ask.
    Warn,
    /// Ask for a reason.
    Justify,
    /// Refuse.
    Block,
}

impl FailAction {
    /// The action of the same name.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Allow => Action::Allow,
            Self::Warn => Action::Warn,
            Self::Justify => Action::Justify,
            Self::Block => Action::Block,
        }
    }
}

/// What happens without a host. No `justify`: there would be nobody to keep the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreachableAction {
    /// Let it go with a text-free entry kept for later.
    Allow,
    /// Ask, then the same.
    Warn,
    /// Refuse.
    Block,
}

/// The fail settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailSettings {
    /// Machine time for one verdict, milliseconds.
    pub deadline_ms: u32,
    /// Time a person has to answer the card, milliseconds.
    pub answer_ms: u32,
    /// Machine time for the files of one prompt, milliseconds.
    pub file_deadline_ms: u32,
    /// Most bytes of text of a prompt that are judged; those of files have bounds of their own.
    pub oversize_bytes: u32,
    /// No host.
    pub unreachable: UnreachableAction,
    /// A send that could not be read.
    pub unread: FailAction,
    /// Machine time ran out, or a fault inside.
    pub deadline: FailAction,
    /// More text than `oversize_bytes`.
    pub oversize: FailAction,
    /// A file that could not be read.
    pub unread_file: FailAction,
    /// The bundle is past its expiry.
    pub expired: FailAction,
}

impl FailSettings {
    /// Trial: a fault never stops anybody.
    pub const OPEN: Self = Self {
        deadline_ms: 3_000,
        answer_ms: 300_000,
        file_deadline_ms: 60_000,
        oversize_bytes: 8 * 1024 * 1024,
        unreachable: UnreachableAction::Allow,
        unread: FailAction::Allow,
        deadline: FailAction::Allow,
        oversize: FailAction::Allow,
        unread_file: FailAction::Allow,
        expired: FailAction::Allow,
    };

    /// Enforcing or managed: a fault refuses.
    pub const CLOSED: Self = Self {
        unreachable: UnreachableAction::Block,
        unread: FailAction::Block,
        deadline: FailAction::Block,
        oversize: FailAction::Block,
        unread_file: FailAction::Block,
        expired: FailAction::Block,
        ..Self::OPEN
    };
}

/// When the composer's text is read ahead of Send; ordered by how much is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preview {
    /// Never.
    Off,
    /// When text is pasted.
    #[default]
    Paste,
    /// While typing.
    Typing,
}

/// What of the text is kept, sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capture {
    /// Prompt and answer.
    Full,
    /// The findings with 75 bytes around each.
    Matches,
    /// The text with every finding masked.
    Masked,
    /// No text.
    Metadata,
}

impl Capture {
    /// What both permit. Of `matches` and `masked` neither permits what the other keeps, so nothing is kept.
    #[must_use]
    pub fn both(self, other: Self) -> Self {
        match (self, other) {
            (Self::Full, one) | (one, Self::Full) => one,
            (Self::Matches, Self::Matches) => Self::Matches,
            (Self::Masked, Self::Masked) => Self::Masked,
            (Self::Metadata, _) | (_, Self::Metadata) => Self::Metadata,
            (Self::Matches, Self::Masked) | (Self::Masked, Self::Matches) => Self::Metadata,
        }
    }
}

/// What is to be known of the active policy where a person looks. Words and numbers; no rule's text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyState {
    /// The bundle's name, as its manifest says it. Empty while none is active and one was refused.
    pub name: String,
    /// The bundle's version; 0 while none is active.
    pub version: u64,
    /// It is past its expiry and stays until another comes.
    #[serde(default)]
    pub stale: bool,
    /// Why the last bundle that came was not taken: the refusal's code, kebab-case. Gone once one is taken. With `kept-`
    /// in front: why the one that was taken does not hold any more, so that nothing with text goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Nobody signed it: a folder of an explicit developer setting.
    #[serde(default)]
    pub unsigned: bool,
    /// The kill switch: nothing acts, all is recorded as what it would have been.
    #[serde(default)]
    pub monitor: bool,
}

/// One snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Where the policy comes from.
    pub source: PolicySource,
    /// Whether an organisation manages this machine.
    pub managed: bool,
    /// Fail settings.
    pub fail: FailSettings,
    /// Reading ahead.
    pub preview: Preview,
    /// What is kept.
    pub capture: Capture,
    /// Which policy it is; absent where it is compiled in, and from a host that knows no bundles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyState>,
}

impl Settings {
    /// No configuration at all: a trial on somebody's own machine.
    pub const TRIAL: Self = Self {
        source: PolicySource::BuiltinMonitor,
        managed: false,
        fail: FailSettings::OPEN,
        preview: Preview::Paste,
        capture: Capture::Full,
        policy: None,
    };

    /// Managed, nothing received yet: closed, metadata only.
    pub const MANAGED: Self = Self {
        source: PolicySource::ManagedWithoutBundle,
        managed: true,
        fail: FailSettings::CLOSED,
        preview: Preview::Paste,
        capture: Capture::Metadata,
        policy: None,
    };
}

#[cfg(test)]
mod tests {
    use super::Capture::{self, Full, Masked, Matches, Metadata};

    #[test]
    fn two_captures_keep_what_both_permit() {
        let all = [Full, Matches, Masked, Metadata];
        for one in all {
            assert_eq!((one.both(one), one.both(Full), one.both(Metadata)), (one, one, Metadata));
            for other in all {
                let both: Capture = one.both(other);
                assert_eq!(both, other.both(one));
                assert_eq!(both.both(one), both);
            }
        }
        assert_eq!(Matches.both(Masked), Metadata);
    }
}
