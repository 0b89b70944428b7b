//! What a person's conduct says about risk: signs in, a score with its reasons out, and what others are told of it.
//!
//! ```text
//! let mut standing = Standing::default();
//! let change = standing.observe(&rules, now, &[seen]);       // Some(Change) when the level moved
//! let change = standing.settle(&rules, later);               // time alone lowers a score
//! ```
//!
//! INVARIANT: pure. Time, randomness and settings are arguments. INVARIANT: nothing here holds a prompt's text or a found
//! value: behaviours, counts, levels and event ids. INVARIANT: more evidence never lowers a score.
//! It does not know the record, policies or who a person is: what happened comes in as a [`Sign`].

pub mod arrive;
mod behaviour;
mod builtin;
pub mod geo;
pub mod keep;
pub mod posture;
pub mod remote;
mod rules;
mod score;
pub mod set;
mod sign;
pub mod signal;
mod standing;
pub mod travel;

pub use behaviour::{Behaviour, BehaviourError, Override};
pub use builtin::behaviours;
pub use rules::{Mode, Rules};
pub use score::{Band, Points};
pub use sign::{Seen, Sign, SignKind, SignalId};
pub use standing::{Cause, Change, Pot, Reason, Standing};
