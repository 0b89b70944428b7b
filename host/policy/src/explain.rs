//! Why a decision came out as it did, policy by policy, as far as Cedar tells honestly.

use crate::{Facts, Policy};

/// One policy in a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its `@id`.
    pub id: String,
    /// What became of it.
    pub standing: Standing,
}

/// What became of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It matched and acts.
    Acts,
    /// It matched and only watches.
    Watches,
    /// It matched, and an exception takes it away.
    Excepted {
        /// The exception's id, or the grant's.
        by: String,
    },
    /// Its condition could not be evaluated, so it counts as matched.
    Erred {
        /// What Cedar says of it.
        why: String,
    },
    /// It speaks of somebody or something else.
    OutOfScope(Vec<Scope>),
    /// It speaks of this, and its condition does not hold.
    ConditionFalse {
        /// The parts of its condition that decide it, as Cedar writes them: a part of `when` that is false, or a
        /// whole `unless` that is true.
        because: Vec<String>,
    },
}

/// A part of a policy's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The person.
    Principal,
    /// The operation.
    Action,
    /// The site.
    Resource,
}

impl Policy {
    /// What each policy says to `facts`, by id.
    #[must_use]
    pub fn explain(&self, facts: &Facts) -> Vec<Explained> {
        let _ = facts;
        Vec::new()
    }
}
