//! What the organisation's rules say about one interaction: Cedar policies in, a decision out.
//!
//! INVARIANT: pure. No I/O, no clock, no randomness; a decision is a function of a policy and its facts.
//! INVARIANT: a fault only tightens. A policy that errs counts as matched.
//! INVARIANT: no prompt text comes in; facts are labels, levels and counts.
//! The sole user of the Cedar engine, and where bundles and grant codes are verified. It does not read prompts, carry out decisions or fetch policies.

mod annotations;
pub mod bundle;
mod check;
mod decide;
mod decision;
mod facts;
pub mod grant;
mod operations;
mod policy;
mod problem;
mod request;
mod rule;
mod schema;
mod source;
mod targets;

pub use decision::{Decision, Determining, Fault};
pub use facts::{AppFacts, AttachmentFacts, FACTS_VERSION, Facts, FactsError, Found, Place, UserFacts};
pub use operations::{fit, permitted};
pub use policy::Policy;
pub use problem::{PolicyError, Problem, Weight};
pub use targets::RedactTarget;
