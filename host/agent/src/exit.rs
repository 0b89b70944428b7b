//! Exit codes. Documented in `promptgate --help`; numbers are append-only.

use std::process::ExitCode;

use host_journal::JournalError;
use host_store::StoreError;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done.
    Done,
    /// 1: something is wrong; stderr says what and what to do.
    Fault,
    /// 2: the command line was not understood.
    Usage,
    /// 3: what was asked for does not exist.
    NotFound,
    /// 4: the calling extension is not ours (the wire code of the same number).
    BadOrigin,
    /// 5: sealed text, and no key here opens it.
    NoKey,
}

/// What was named is not there; says so, and what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotThere(pub(crate) String);

impl Exit {
    /// How a command ends that could not do its work.
    pub(crate) fn of(fault: &anyhow::Error) -> Self {
        let is_absence = |one: &(dyn std::error::Error + 'static)| {
            one.is::<NotThere>()
                || matches!(one.downcast_ref(), Some(StoreError::Missing))
                || matches!(one.downcast_ref(), Some(JournalError::Store(StoreError::Missing)))
        };
        if fault.chain().any(is_absence) { Self::NotFound } else { Self::Fault }
    }
}

/// For `--help`.
pub(crate) const EXIT_HELP: &str = "\
Exit codes:
  0  done
  1  something is wrong; stderr says what and what to do (what `policy check` and `policy test` find stands on stdout)
  2  the command line was not understood
  3  what was asked for does not exist
  4  started by an extension that is not Promptgate's
  5  sealed text that no key here opens";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Fault => 1,
            Exit::Usage => 2,
            Exit::NotFound => 3,
            Exit::BadOrigin => 4,
            Exit::NoKey => 5,
        })
    }
}
