//! `exceptions.toml`: policies that do not hold for some people until a moment.
//!
//! ```toml
//! [[exception]]
//! id = "migration-2026"
//! policies = ["secret-blocked"]
//! groups = ["platform"]
//! until = 2026-12-31T18:00:00Z
//! reason = "Moving to the new vault; ticket SEC-311"
//! ```
//!
//! INVARIANT: an exception only ever takes a matching policy away, never one that erred, and never past its moment.

use std::collections::BTreeSet;

use toml::Spanned;

use super::reader::{Reader, Table, parse};
use crate::UserFacts;
use crate::problem::Problem;

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

/// The exceptions of a file. `ids` are those of the policies.
pub(super) fn read(file: &str, text: &str, ids: &[&str], problems: &mut Vec<Problem>) -> Vec<Exception> {
    let Some(tree) = parse(file, text, problems) else { return Vec::new() };
    let mut reader = Reader::new(file, text, problems);
    let whole = Table::of(&tree);
    reader.only(&whole, &["exception"]);
    let mut exceptions: Vec<Exception> = Vec::new();
    for table in reader.tables(&whole, "exception") {
        let Some(exception) = one(&mut reader, &table, ids) else { continue };
        if exceptions.iter().any(|other| other.id == exception.id) {
            let message = format!("`{}` is the id of two exceptions", exception.id);
            reader.error(table.place("id"), message, "give each its own");
        }
        exceptions.push(exception);
    }
    exceptions
}

fn one(reader: &mut Reader<'_>, table: &Table<'_, '_>, ids: &[&str]) -> Option<Exception> {
    reader.only(table, &["id", "policies", "users", "groups", "until", "reason"]);
    for (key, help) in [
        ("id", "write `id = \"what-it-is-for\"`"),
        ("policies", "name the policies that do not hold, by their ids"),
        ("until", "write when it ends, such as `until = 2026-12-31T18:00:00Z`"),
        ("reason", "write who decided it and why"),
    ] {
        reader.needs(table, key, help);
    }
    let policies = reader.strings(table, "policies");
    if policies.is_empty() && table.has("policies") {
        reader.error(
            table.place("policies"),
            "this exception names no policy",
            "name one, or remove the exception",
        );
    }
    for id in &policies {
        reader.known(id.span(), id.get_ref(), "policy", ids);
    }
    let users = reader.set(table, "users");
    let groups = reader.set(table, "groups");
    if users.is_empty() && groups.is_empty() {
        let help = "name them in `users` or `groups`; what nobody should be asked is no policy";
        reader.error(table.at.clone(), "this exception is for nobody", help);
    }
    let id = reader.words(table, "id", "write what it is for");
    let until = reader.moment(table, "until");
    let reason = reader.words(table, "reason", "write who decided it and why");
    Some(Exception {
        id: id?.into_inner(),
        policies: policies.into_iter().map(Spanned::into_inner).collect(),
        users,
        groups,
        until: until?,
        reason: reason?.into_inner(),
    })
}
