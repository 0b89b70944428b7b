//! The silent sign-in: every so often the provider is asked again who somebody is.
//!
//! INVARIANT: of all processes on this data folder one asks: who holds the lease; so a refresh token that is good for one
//! use is used once, and the one that comes for it is kept before anything else can fail.
//! INVARIANT: a provider that cannot be reached ends nothing by itself (the settings' `offline_hours` does), and one
//! that says no ends it at once. Nothing here is on the way of a verdict.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use host_identity::{Discovered, IdentityError};
use host_journal::{Audit, By, Change, SiteWord};

use super::change;
use super::{Session, Vault};
use crate::lease::Lease;
use crate::live::Live;
use crate::native::now;
use crate::out;
use crate::record::Recorder;
use crate::settings::IdentitySettings;

/// Between two looks at the clock.
const TICK: Duration = Duration::from_secs(2);

/// What the provider said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Renewed {
    /// It is still them, as they are now.
    Still,
    /// The sign-in is over.
    Ended,
    /// Somebody signed in or out meanwhile, or another process asks.
    Meanwhile,
}

/// Asks in the background for as long as this process lives.
pub(crate) fn start(live: Arc<Live>, recorder: Arc<Recorder>, data: PathBuf) {
    thread::spawn(move || {
        let (mut failures, mut not_before) = (0_u32, Instant::now());
        loop {
            thread::sleep(TICK);
            let active = live.active();
            let due = active.configured.identity.as_ref().zip(active.known().session.as_ref());
            let Some((settings, session)) = due.filter(|(settings, session)| is_due(settings, session))
            else {
                continue;
            };
            if Instant::now() < not_before {
                continue;
            }
            match renew(settings, session, &data, &recorder) {
                Ok(_) => failures = 0,
                Err(fault) => {
                    failures = failures.saturating_add(1);
                    not_before = Instant::now() + host_net::pause(failures, u64::MAX / 2);
                    out::note(&format!("silent sign-in: {fault:#}"));
                }
            }
        }
    });
}

fn is_due(settings: &IdentitySettings, session: &Session) -> bool {
    let every = i64::try_from(settings.refresh.as_secs()).unwrap_or(i64::MAX);
    seconds() >= session.refreshed_at.saturating_add(every)
}

/// Asks once.
pub(crate) fn renew(
    settings: &IdentitySettings,
    session: &Session,
    data: &Path,
    recorder: &Recorder,
) -> Result<Renewed> {
    let Some(_lease) = Lease::take(data, "renew.lock")? else { return Ok(Renewed::Meanwhile) };
    let vault = Vault::new(data, settings.key_store);
    let Some(tokens) = vault.open()? else { return Ok(Renewed::Meanwhile) };
    if tokens.refresh_token.is_none() {
        // The provider gave none: the sign-in holds as long as the settings say.
        anyhow::bail!(
            "the provider gave no refresh token; add `offline_access` to `scopes` and allow it there"
        );
    }
    let mut rotated = Ok(());
    let asked = Discovered::at(settings.provider.clone()).and_then(|found| {
        found.refresh(&tokens, &session.person, |tokens| {
            rotated = change::rotated(data, &vault, session, &tokens);
        })
    });
    match asked {
        Ok(again) => {
            let is_same = change::renewed(data, &vault, session, again, seconds())?;
            Ok(if is_same { Renewed::Still } else { Renewed::Meanwhile })
        }
        Err(IdentityError::Ended | IdentityError::OtherPerson | IdentityError::Claim { .. }) => {
            let is_same = ended(data, &vault, session, recorder, "ended-by-provider")?;
            Ok(if is_same { Renewed::Ended } else { Renewed::Meanwhile })
        }
        // With the old one the next question would be the last: why the new one is not kept comes first.
        Err(fault) => rotated.and(Err(fault.into())),
    }
}

/// Ends a sign-in because a signal says that it is over.
pub(crate) fn revoked(
    data: &Path,
    settings: &IdentitySettings,
    session: &Session,
    recorder: &Recorder,
) -> Result<()> {
    let vault = Vault::new(data, settings.key_store);
    ended(data, &vault, session, recorder, "ended-by-signal").map(drop)
}

/// On record before it takes effect.
fn ended(data: &Path, vault: &Vault, session: &Session, recorder: &Recorder, why: &str) -> Result<bool> {
    let mut audit = Audit::new(Change::SignedOut, By::Host);
    audit.whose = Some(SiteWord::from(&session.person.id));
    audit.name = Some(SiteWord::from(why));
    recorder.audit(None, audit)?;
    change::ended(data, vault, session)
}

/// Unix seconds of this machine.
pub(crate) fn seconds() -> i64 {
    i64::try_from(now() / 1000).unwrap_or(i64::MAX)
}
