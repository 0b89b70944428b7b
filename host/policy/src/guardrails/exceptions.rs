//! `exceptions.toml`: policies that do not hold for some people until a moment.
//!
//! INVARIANT: an exception only ever takes a matching policy away, never one that erred, and never past its moment.

use std::collections::BTreeSet;

use crate::UserFacts;

/// A time-boxed exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its id, as records name it.
    pub id: String,
    /// The policies that do not hold.
    pub policies: BTreeSet<String>,
    /// For whom: ids or e-mail addresses.
    pub users: BTreeSet<String>,
    /// For whom: groups.
    pub groups: BTreeSet<String>,
    /// Until when, in unix seconds; at that moment it is over.
    pub until: i64,
    /// Why, for whoever reads it later.
    pub reason: String,
}

impl Exception {
    /// Whether it takes `policy` away for this person at `at`.
    #[must_use]
    pub fn covers(&self, policy: &str, user: &UserFacts, at: i64) -> bool {
        let named = (!user.id.is_empty() && self.users.contains(&user.id))
            || user.email.as_ref().is_some_and(|email| self.users.contains(email))
            || user.groups.iter().any(|group| self.groups.contains(group));
        named && at < self.until && self.policies.contains(policy)
    }
}
