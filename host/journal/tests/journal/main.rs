//! The record in a real file: what is appended comes back, in order, once, and no change goes unseen.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod absent;
mod any_row;
mod conversation;
mod counting;
mod epochs;
mod erasing;
mod formats;
mod idempotency;
mod kill;
mod listing;
mod ocsf;
mod residue;
mod sample;
mod tamper;
