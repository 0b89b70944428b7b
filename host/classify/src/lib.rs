//! What a prompt contains and asks for: findings with their places, and topics with their levels.
//!
//! INVARIANT: pure. No I/O, no clock, no randomness; one engine gives the same answer for the same text for ever.
//! INVARIANT: time is linear in the text. Every pattern is bounded, and no check looks further than its bound.
//! INVARIANT: no text of the prompt leaves but in a mask, and no error carries any.
//! The sole user of regular expressions. It does not decide what follows from a finding.
//!
//! A detector is one file under `detectors/`: what it looks for, what it calls it, and the examples that show it.

mod across;
mod asked;
mod beside;
mod builtin;
mod candidate;
mod check;
mod classification;
mod context;
mod detector;
pub mod encoder;
mod engine;
pub mod exact;
mod joined;
pub mod linear;
mod literal;
mod mask;
mod names;
mod neighbours;
mod numbers;
mod own;
mod pattern;
mod placeholder;
mod prefilter;
mod proximity;
mod rule;
mod saying;
mod scanned;
mod settle;
mod structure;
mod topics;
mod words;

pub use beside::Beside;
pub use classification::{Classification, NameFinding, merged};
pub use detector::RuleError;
pub use engine::Engine;
pub use neighbours::{LONGER, NEAR, Neighbours, STRONGER, corrected};
pub use own::DetectorProblem;
pub use saying::{Compared, Saying, Sayings};
pub use scanned::Scanned;
pub use topics::{topic_of, topics_of};
pub use words::{described, replacement};
