//! Who is at the keyboard, as policies and rows are told.
//!
//! Without `[identity]` in the settings it is the account's name, as it always was. With it, it is whoever signed in, and
//! somebody unknown (`User::""`) where nobody did, or the provider has said nothing for too long.
//! INVARIANT: what holds for a time only says until when, so that nobody goes on being somebody.

use std::path::Path;

use host_policy::UserFacts;

use super::state::{Session, State};
use crate::os::Env;
use crate::settings::{IdentitySettings, Stamp};

const DAY_S: i64 = 24 * 60 * 60;
/// The clock may have been set back by so much.
const SKEW_S: i64 = 60;

/// Who is at the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// For policies.
    pub(crate) facts: UserFacts,
    /// For rows: the person's id, or the account's name where nobody signed in.
    pub(crate) person: String,
    /// What rows name while nobody is signed in, where a provider says who people are: no person's name.
    pub(crate) nobody: Option<String>,
    /// The sign-in that counts.
    pub(crate) session: Option<Session>,
    /// The moment at which any of this changes by itself, in unix seconds.
    until: Option<i64>,
    /// How the file looked, where there is a provider.
    seen: Option<Option<Stamp>>,
}

impl Known {
    /// Looks at the file of the data folder.
    pub(crate) fn load(settings: Option<&IdentitySettings>, env: &Env, now: i64) -> Self {
        let account = env.user().unwrap_or("unknown");
        let (Some(settings), Some(data)) = (settings, env.data()) else { return Self::account(account) };
        // Before reading: a change during the reading is then seen the next time.
        let seen = Some(Stamp::of(&State::path(&data)));
        // A file that is damaged is nobody's.
        let state = State::load(&data).unwrap_or_default();
        Self { seen, ..Self::of(settings, &state, account, env.machine(), now) }
    }

    /// Without a provider.
    fn account(name: &str) -> Self {
        let facts = UserFacts { id: name.to_owned(), ..UserFacts::default() };
        Self { facts, person: name.to_owned(), nobody: None, session: None, until: None, seen: None }
    }

    /// What the file says, at this moment and on this machine.
    fn of(
        settings: &IdentitySettings,
        state: &State,
        account: &str,
        machine: Option<&str>,
        now: i64,
    ) -> Self {
        let nobody = Some(account.to_owned());
        let unknown = Self { facts: UserFacts::default(), nobody, ..Self::account(account) };
        let Some(session) = &state.session else { return unknown };
        let offline = i64::try_from(settings.offline.as_secs()).unwrap_or(i64::MAX);
        let ends = session.refreshed_at.saturating_add(offline);
        let is_ours = session.person.issuer == settings.provider.issuer;
        if !is_ours || now >= ends || session.refreshed_at.saturating_sub(now) > SKEW_S {
            return unknown;
        }
        let person = &session.person;
        let bound = state.bound(person).filter(|bound| bound.machine.as_deref() == machine);
        let verified_at = bound.and_then(|bound| bound.verified_at);
        let verified_at = verified_at.filter(|at| at.saturating_sub(now) <= SKEW_S);
        let again = settings.again_days.map(|days| i64::from(days).saturating_mul(DAY_S));
        let verified_until = verified_at.map(|at| again.map_or(i64::MAX, |again| at.saturating_add(again)));
        let enrolled = settings.enrol.is_none() || bound.is_some_and(|bound| bound.enrolled_at.is_some());
        let facts = UserFacts {
            id: person.id.clone(),
            email: person.email.clone(),
            department: person.department.clone(),
            groups: person.groups.clone(),
            enrolled,
            verified: verified_until.is_some_and(|until| now < until),
            verified_at,
            ..UserFacts::default()
        };
        let later = [Some(ends), verified_until].into_iter().flatten().filter(|at| *at > now).min();
        // Somebody whom the provider calls as the account is called is a person all the same.
        let nobody = unknown.nobody.filter(|name| *name != person.id);
        Self {
            facts,
            person: person.id.clone(),
            nobody,
            session: Some(session.clone()),
            until: later,
            seen: None,
        }
    }

    /// Whether the file changed, or time went by so that something else holds.
    pub(crate) fn is_stale(&self, data: Option<&Path>, now: i64) -> bool {
        let is_over = self.until.is_some_and(|until| now >= until);
        let looks = || data.and_then(|data| Stamp::of(&State::path(data)));
        is_over || self.seen.is_some_and(|seen| seen != looks())
    }
}

#[cfg(test)]
mod tests;
