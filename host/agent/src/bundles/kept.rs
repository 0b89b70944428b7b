//! The last good bundle, verified again: by everybody who reads it, each time.
//!
//! INVARIANT: what is there and does not hold, is gone, or is older than what was there closes the machine. It is never
//! passed over for what is compiled in.

use std::fmt;

use host_policy::bundle::{self, Opened, Refused};

use super::keep::Keep;
use super::state::State;
use super::trust::Eras;
use crate::settings::BundleSettings;

/// What is kept.
pub(crate) struct Kept {
    /// What is remembered; nothing when that is damaged.
    pub(crate) state: State,
    /// Whose signature counts.
    pub(crate) eras: Eras,
    /// The bundle; none when none has come yet.
    pub(crate) bundle: Result<Option<Opened>, NotUsed>,
}

/// Why the kept bundle is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotUsed {
    /// It was there and is gone.
    Missing,
    /// It is there and cannot be read.
    Unreadable,
    /// What is remembered is damaged: nobody knows what was active.
    StateDamaged,
    /// It does not hold.
    Refused(Refused),
}

impl NotUsed {
    /// A word that stays the same.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::StateDamaged => "state-damaged",
            Self::Refused(refused) => refused.code(),
        }
    }
}

impl fmt::Display for NotUsed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("the kept bundle is gone"),
            Self::Unreadable => out.write_str("the kept bundle cannot be read"),
            Self::StateDamaged => out.write_str("what was remembered of bundles is damaged"),
            Self::Refused(refused) => write!(out, "{refused}"),
        }
    }
}

impl Kept {
    /// Reads and verifies it. `now` is in seconds since 1970.
    pub(crate) fn read(keep: &Keep, settings: &BundleSettings, now: i64) -> Self {
        // Before the archive: see there.
        let remembered = keep.state();
        let archive = keep.archive();
        let state = remembered.clone().unwrap_or_default();
        let eras = Eras::read(keep, settings, &state, now);
        let newest = state.newest(&settings.keys);
        let bundle = match archive {
            _ if remembered.is_err() => Err(NotUsed::StateDamaged),
            Err(_) => Err(NotUsed::Unreadable),
            Ok(None) if newest.is_some() => Err(NotUsed::Missing),
            Ok(None) => Ok(None),
            Ok(Some(archive)) => {
                eras.open(&archive, newest, now, bundle::reopen).map(Some).map_err(NotUsed::Refused)
            }
        };
        Self { state, eras, bundle }
    }

    /// The bundle, when it holds.
    pub(crate) fn good(&self) -> Option<&Opened> {
        self.bundle.as_ref().ok().and_then(Option::as_ref)
    }
}
