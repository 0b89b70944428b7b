//! How much attention a row asks for, once for all formats: each has numbers of its own for it.

use shared_protocol::Action;

use crate::Entry;

/// From nothing to look at to what was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Information,
    /// Somebody was told something.
    Low,
    /// Somebody was asked, or something was not seen.
    Medium,
    /// Something was kept from leaving.
    High,
}

impl Severity {
    /// Of what a row says; an erased one says nothing.
    #[must_use]
    pub fn of(entry: Option<&Entry>) -> Self {
        match entry {
            Some(Entry::Judged(judged)) => Self::action(judged.action),
            Some(Entry::Drafts(drafted)) => Self::action(drafted.action),
            Some(Entry::Refused(_)) => Self::High,
            Some(Entry::Health(health)) if !health.over => Self::Medium,
            Some(Entry::Audit(_)) => Self::Low,
            Some(Entry::Late(late)) if late.released => Self::Medium,
            Some(Entry::Uncovered(row)) if !row.seen.stopped => Self::Medium,
            Some(Entry::Drift(_) | Entry::Late(_) | Entry::Uncovered(_) | Entry::Mistake(_)) => Self::Low,
            Some(
                Entry::Shown(_)
                | Entry::Answered(_)
                | Entry::Released(_)
                | Entry::Response(_)
                | Entry::Ended(_)
                | Entry::Heartbeat(_)
                | Entry::Epoch(_)
                | Entry::Health(_),
            )
            | None => Self::Information,
        }
    }

    fn action(action: Action) -> Self {
        match action {
            Action::Allow => Self::Information,
            Action::Coach => Self::Low,
            Action::Warn | Action::Justify => Self::Medium,
            Action::Redact | Action::Block => Self::High,
        }
    }

    /// OCSF `severity_id`.
    pub(crate) fn ocsf(self) -> u8 {
        match self {
            Self::Information => 1,
            Self::Low => 2,
            Self::Medium => 3,
            Self::High => 4,
        }
    }

    /// CEF and ECS, 0 to 10.
    pub(crate) fn of_ten(self) -> u8 {
        match self {
            Self::Information => 1,
            Self::Low => 3,
            Self::Medium => 5,
            Self::High => 8,
        }
    }

    /// RFC 5424, section 6.2.1.
    pub(crate) fn syslog(self) -> u8 {
        match self {
            Self::Information => 6,
            Self::Low => 5,
            Self::Medium => 4,
            Self::High => 3,
        }
    }

    /// OTLP `SeverityNumber` and its text.
    pub(crate) fn otlp(self) -> (u8, &'static str) {
        match self {
            Self::Information => (9, "INFO"),
            Self::Low => (10, "INFO2"),
            Self::Medium => (13, "WARN"),
            Self::High => (17, "ERROR"),
        }
    }
}
