//! A bundle that is refused: remembered, so that it is not fetched again at once, and put on record once.
//!
//! INVARIANT: a refusal changes nothing of what is kept, and opens nothing that is damaged.

use anyhow::{Context as _, Result};
use host_journal::{Audit, By, Change, SiteWord};
use host_policy::bundle::Refused;
use sha2::{Digest as _, Sha256};

use super::arrive::{Arrivals, Came, Parcel, fetched};
use super::kept::Kept;
use super::state::{Refusal, State, hex};
use crate::settings::BundleSettings;

/// How long what was refused is not fetched again, in seconds: until then it is told from others by its tag.
pub(super) const REFUSED_S: i64 = 60 * 60;
/// Most characters of a reason that are remembered.
const REASON: usize = 600;

impl Arrivals {
    /// Remembers a refusal; `last` where that cannot be.
    pub(super) fn refuse(
        &self,
        settings: &BundleSettings,
        kept: Kept,
        refused: Refused,
        parcel: &Parcel<'_>,
        last: &mut Option<Refusal>,
    ) -> Result<Came> {
        let refusal = Refusal {
            code: refused.code().to_owned(),
            reason: refused.to_string().chars().take(REASON).collect(),
            fetched: fetched(settings, parcel),
            digest: hex(&Sha256::digest(parcel.archive)),
            against: against(settings),
        };
        let before = kept.state.refused.clone().or_else(|| last.clone());
        let before = before.as_ref();
        let is_late = |one: &Refusal| is_late(one, parcel.at);
        // Of what nobody signed one is as good as the other: a server that says something else each time is told once an hour.
        let is_told = before.is_some_and(|one| {
            (&one.code, &one.reason) == (&refusal.code, &refusal.reason)
                && (one.digest == refusal.digest || !is_late(one))
        });
        let is_as_before = |one: &Refusal| {
            (&one.fetched.tag, &one.against) == (&refusal.fetched.tag, &refusal.against) && !is_late(one)
        };
        if is_told && before.is_some_and(is_as_before) {
            return Ok(Came::RefusedAgain(refused));
        }
        if !is_told {
            let audit = Audit {
                version: version(&refused).map(|version| SiteWord::from(version.to_string().as_str())),
                name: Some(SiteWord::from(refusal.code.as_str())),
                ..Audit::new(Change::BundleRefused, By::Host)
            };
            self.recorder.audit(None, audit).context("its refusal cannot be put on record")?;
        }
        *last = Some(refusal.clone());
        // What is damaged stays so, for what is kept must not open by a refusal.
        if self.keep.state().is_ok() {
            let state = State { refused: Some(refusal), ..kept.state };
            self.keep.put_state(&state).context("what is to be remembered cannot be written")?;
        }
        Ok(if is_told { Came::RefusedAgain(refused) } else { Came::Refused(refused) })
    }
}

/// Whether it was refused too long ago to count, or at a time that is still to come: the clock was ahead then.
pub(super) fn is_late(one: &Refusal, at: i64) -> bool {
    at < one.fetched.at || at.saturating_sub(one.fetched.at) >= REFUSED_S
}

/// What a bundle is held against besides the time: another settings file or a newer program may take it.
pub(super) fn against(settings: &BundleSettings) -> String {
    let mut digest = Sha256::new();
    let keys = settings.keys.iter().map(ToString::to_string);
    let words = [env!("CARGO_PKG_VERSION").to_owned(), settings.audience.clone().unwrap_or_default()];
    for word in words.into_iter().chain(keys) {
        digest.update(word);
        digest.update([0]);
    }
    hex(digest.finalize().get(..8).unwrap_or_default())
}

/// The version of a refused bundle, where it was verified and says one.
fn version(refused: &Refused) -> Option<u64> {
    match refused {
        Refused::Older { version, .. } | Refused::SameVersion { version } => Some(*version),
        _ => None,
    }
}
