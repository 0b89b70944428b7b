//! The real binary, started as a browser starts it and as a person starts it.
//!
//! Every test has a home folder of its own; nothing of this machine is read or changed.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod answered_files;
mod bad_input;
mod browser;
mod bundling;
mod command_line;
mod doctoring;
mod drafting;
mod drift;
mod durable;
mod erasing;
mod exporting;
mod files;
mod fleet;
mod heads;
mod home;
mod hostile;
mod identity;
mod installing;
mod judging;
mod learning;
mod looking_back;
mod mine;
mod neighbours;
mod noticed;
mod okta;
mod opening;
mod outage;
mod peers;
mod pictures;
mod policy;
mod previewing;
mod receiver;
mod receiving;
mod reporting;
mod rotating;
mod rows;
mod scanning;
mod sharing;
mod shipping;
mod signalled;
mod troubled;
mod verifying;
mod verifying_exports;
mod viewing;
