//! What a sign-in has to be, checked on what came back.
//!
//! INVARIANT: `acr_values` is a wish that providers may ignore without a word, so only what the ID token says counts.
//! INVARIANT: how long ago somebody proved who they are is judged by `auth_time` alone: a new token says nothing of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Person, SKEW_NOW_S, SKEW_S};

/// What is asked of a sign-in. The default asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// One of these authentication contexts; empty for any.
    pub acr: Vec<String>,
    /// All of these methods (RFC 8176); empty for any.
    pub amr: Vec<String>,
    /// Claims with exactly these values.
    pub claims: BTreeMap<String, String>,
    /// At most so many seconds between the person's proof and the moment of the demand; 0 for a proof made for it.
    pub max_age_s: Option<u32>,
}

/// How a sign-in falls short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmet {
    /// The context.
    #[error(
        "the provider signed in by `{got}`, and {wanted} is asked for: enrol what is missing at the provider"
    )]
    Acr {
        /// What counts.
        wanted: String,
        /// What it was.
        got: String,
    },
    /// A method.
    #[error("the provider did not use `{missing}`, which is asked for: enrol it at the provider")]
    Amr {
        /// Which.
        missing: String,
    },
    /// A claim.
    #[error("the claim `{claim}` is not `{wanted}`, which is asked for")]
    Claim {
        /// Which.
        claim: String,
        /// What it had to be.
        wanted: String,
    },
    /// It does not say when.
    #[error(
        "the provider does not say when the person proved who they are (`auth_time`): have it put this claim into the \
         ID token"
    )]
    NoAuthTime,
    /// Too long ago.
    #[error(
        "the person proved who they are {age_s} seconds before, and at most {max_age_s} are allowed: sign in again"
    )]
    Stale {
        /// Before the demand.
        age_s: i64,
        /// Allowed.
        max_age_s: u32,
    },
    /// In the future.
    #[error("the proof is dated {ahead_s} seconds ahead: set this machine's clock")]
    Ahead {
        /// How far.
        ahead_s: i64,
    },
    /// Somebody else came back.
    #[error("somebody else signed in than the person whom this is about: sign in as that person")]
    OtherPerson,
}

impl Demand {
    /// Whether a sign-in that was begun at `began` and ended at `now` (unix seconds) is what was asked for.
    ///
    /// # Errors
    /// The first thing in which it falls short.
    pub fn check(
        &self,
        person: &Person,
        claims: &Map<String, Value>,
        began: i64,
        now: i64,
    ) -> Result<(), Unmet> {
        let acr = person.acr.as_deref().unwrap_or_default();
        // A provider that says nothing, says nothing that was asked for.
        if !self.acr.is_empty() && (acr.is_empty() || !self.acr.iter().any(|wanted| wanted == acr)) {
            let wanted = self.acr.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(" or ");
            return Err(Unmet::Acr { wanted, got: acr.to_owned() });
        }
        if let Some(missing) = self.amr.iter().find(|wanted| !person.amr.contains(wanted)) {
            return Err(Unmet::Amr { missing: missing.clone() });
        }
        for (claim, wanted) in &self.claims {
            if !claims.get(claim).is_some_and(|value| is(value, wanted)) {
                return Err(Unmet::Claim { claim: claim.clone(), wanted: wanted.clone() });
            }
        }
        self.fresh(person.auth_time, began, now)
    }

    fn fresh(&self, auth_time: Option<i64>, began: i64, now: i64) -> Result<(), Unmet> {
        let Some(max_age_s) = self.max_age_s else { return Ok(()) };
        let at = auth_time.ok_or(Unmet::NoAuthTime)?;
        let ahead_s = at.saturating_sub(now);
        if ahead_s > SKEW_S {
            return Err(Unmet::Ahead { ahead_s });
        }
        let age_s = began.saturating_sub(at);
        let skew_s = if max_age_s == 0 { SKEW_NOW_S } else { SKEW_S };
        if age_s > i64::from(max_age_s).saturating_add(skew_s) {
            return Err(Unmet::Stale { age_s, max_age_s });
        }
        Ok(())
    }
}

/// A string by its characters, a truth or a number by how it is written.
fn is(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Bool(truth) => wanted == if *truth { "true" } else { "false" },
        Value::Number(number) => number.to_string().as_str() == wanted,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}
