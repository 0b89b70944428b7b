//! Whether it is known who is at the keyboard, where a provider is configured.

use super::{Check, State};
use crate::identity::renew::seconds;
use crate::identity::{self, Known};
use crate::os::Env;
use crate::settings::Configured;

const CHECK: &str = "person";

/// Nothing without a provider.
pub(super) fn check(env: &Env, configured: &Configured) -> Option<Check> {
    let settings = configured.identity.as_ref()?;
    if let Some(fault) = env.data().and_then(|data| identity::State::load(&data).err()) {
        return Some(Check::wrong(CHECK, format!("{fault:#}"), "remove the file and run `promptgate login`"));
    }
    let known = Known::load(Some(settings), env, seconds());
    let facts = &known.facts;
    let name = facts.email.as_ref().unwrap_or(&facts.id);
    Some(if known.session.is_none() {
        let what = "somebody unknown: nobody is signed in, or the provider said nothing for too long";
        let fix = if settings.enrol.is_some() { "run `promptgate enrol`" } else { "run `promptgate login`" };
        Check::wrong(CHECK, what, fix)
    } else if !facts.enrolled {
        Check::wrong(CHECK, format!("{name} is not enrolled on this device"), "run `promptgate enrol`")
    } else if facts.verified_at.is_some() && !facts.verified {
        Check::wrong(CHECK, format!("{name} was verified too long ago"), "run `promptgate login --step-up`")
    } else {
        Check::new(CHECK, State::Ok, format!("{name}, by {}", settings.provider.issuer))
    })
}
