//! What the organisation's rules say about one interaction: Cedar policies in, a decision out.
//!
//! INVARIANT: pure. No I/O, no clock, no randomness; a decision is a function of a policy and its facts.
//! INVARIANT: a fault only tightens. A policy that errs counts as matched.
//! INVARIANT: no prompt text comes in; facts are labels, levels and counts.
//! The sole user of the Cedar engine, and where bundles and grant codes are verified. It does not read prompts, carry out decisions or fetch policies.

mod annotations;
pub mod bundle;
mod check;
mod coded;
mod confirmation;
mod decide;
mod decision;
mod explain;
mod facts;
pub mod grant;
mod guardrails;
mod named;
mod nearest;
mod operations;
mod packs;
mod policy;
mod problem;
mod request;
mod rule;
mod schema;
mod sieve;
mod source;
mod targets;

pub use bundle::Files;
pub use confirmation::{Confirmation, ConfirmationError};
pub use decide::ANSWERED;
pub use decision::{Decision, Determining, Excepted, Fault};
pub use explain::{Explained, Scope, Standing};
pub use facts::{
    AppFacts, AttachmentFacts, DeviceFacts, FACTS_VERSION, Facts, FactsError, Found, LocalTime, Place,
    UserFacts,
};
pub use guardrails::{
    AppSettings, BundleSettings, ContentError, Difference, Exception, Expect, FailOverrides, Given,
    Guardrails, Messages, Story, Told,
};
pub use nearest::nearest;
pub use operations::{fit, permitted};
pub use packs::{Pack, packs};
pub use policy::{Granted, Policy};
pub use problem::{PolicyError, Problem, Weight};
pub use schema::schema_text;
pub use targets::RedactTarget;
