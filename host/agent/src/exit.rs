//! Exit codes. Documented in `promptgate --help`; numbers are append-only.

use std::process::ExitCode;

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
