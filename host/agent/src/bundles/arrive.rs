//! What is done with an archive that came: verified, looked through, put on record, kept. Or refused, and told once.
//!
//! INVARIANT: the row that says that a bundle took effect is durable before the file is there by which it does. A crash
//! between the two leaves a row too many and never one too few.
//! INVARIANT: whatever is refused changes nothing of what is kept.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use host_journal::{Audit, By, Change, SiteWord};
use host_policy::Weight;
use host_policy::bundle::{self, Opened, Refused};

use super::keep::Keep;
use super::kept::Kept;
use super::looked;
use super::state::{Fetched, Newest, Refusal, State};
use crate::record::Recorder;
use crate::settings::BundleSettings;

/// What it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// The very bundle that is in force.
    Same,
    /// Another one is in force now.
    Activated,
    /// It was refused, for the first time.
    Refused(Refused),
    /// It was refused as before.
    RefusedAgain(Refused),
}

/// Where archives arrive, one at a time.
pub(super) struct Arrivals {
    pub(super) keep: Keep,
    pub(super) recorder: Arc<Recorder>,
    /// What was refused last, where that cannot be remembered.
    turn: Mutex<Option<Refusal>>,
}

/// An archive as it came.
pub(super) struct Parcel<'a> {
    /// The bytes.
    pub(super) archive: &'a [u8],
    /// The server's tag.
    pub(super) tag: Option<String>,
    /// When, in seconds since 1970.
    pub(super) at: i64,
}

impl Arrivals {
    pub(super) fn new(keep: Keep, recorder: Arc<Recorder>) -> Self {
        Self { keep, recorder, turn: Mutex::default() }
    }

    pub(super) fn keep(&self) -> &Keep {
        &self.keep
    }

    /// Takes an archive in. `None` when `is_over` by the time that it is its turn.
    ///
    /// # Errors
    /// When record or folder cannot be written. What was in force stays.
    pub(super) fn arrive(
        &self,
        settings: &BundleSettings,
        parcel: &Parcel<'_>,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Option<Came>> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if is_over() {
            return Ok(None);
        }
        let kept = Kept::read(&self.keep, settings, parcel.at);
        let newest = kept.state.newest(&settings.keys).or_else(|| self.seen(&kept, parcel.at));
        let open = |how| kept.eras.open(parcel.archive, newest, parcel.at, how);
        // What is in force was looked through when it came, and is no other one because it has expired since.
        let is_held = |opened: &Opened| kept.good().is_some_and(|good| good.seen == opened.seen);
        let came = match open(bundle::reopen) {
            Ok(opened) if is_held(&opened) => Ok((opened, false)),
            _ => open(bundle::open).and_then(|opened| {
                look_through(&opened)?;
                Ok((opened, true))
            }),
        };
        let done = match came {
            Ok((opened, true)) => self.activate(settings, &kept, &opened, parcel).map(|()| Came::Activated),
            Ok((_, false)) => self.same(settings, kept, parcel).map(|()| Came::Same),
            Err(refused) => self.refuse(settings, kept, refused, parcel, &mut turn),
        };
        done.map(Some)
    }

    /// What the archive says where nothing is remembered of it.
    fn seen(&self, kept: &Kept, now: i64) -> Option<bundle::Seen> {
        let archive = self.keep.archive().ok()??;
        Some(kept.eras.open(&archive, None, now, bundle::reopen).ok()?.seen)
    }

    fn activate(
        &self,
        settings: &BundleSettings,
        kept: &Kept,
        opened: &Opened,
        parcel: &Parcel<'_>,
    ) -> Result<()> {
        let manifest = &opened.manifest;
        let audit = Audit {
            version: Some(SiteWord::from(manifest.version.to_string().as_str())),
            name: Some(SiteWord::from(manifest.name.as_str())),
            keys: vec![SiteWord::from(opened.key.as_str())],
            old_keys: kept.good().map(|good| SiteWord::from(good.key.as_str())).into_iter().collect(),
            ..Audit::new(Change::BundleActivated, By::Host)
        };
        self.recorder.audit(None, audit).context("it cannot be put on record")?;
        if !kept.state.is_under(&settings.keys) {
            self.keep.forget_rotations();
        }
        if !manifest.keys.is_empty() {
            self.keep.put_rotation(manifest.version, parcel.archive).context("it cannot be kept")?;
        }
        self.keep.put_archive(parcel.archive).context("it cannot be kept")?;
        self.remember(settings, opened.seen.into(), parcel)
    }

    /// Nothing new; how it comes may be.
    fn same(&self, settings: &BundleSettings, kept: Kept, parcel: &Parcel<'_>) -> Result<()> {
        let State { newest, fetched, refused, .. } = &kept.state;
        // Servers that stand in for each other may have tags of their own, which is nothing to remember.
        let is_known = fetched.as_ref().is_some_and(|fetched| {
            fetched.tag.is_some() >= parcel.tag.is_some() && fetched.from == settings.from.to_string()
        });
        let seen = kept.good().map(|good| Newest::from(good.seen));
        let keys = settings.keys.iter().map(ToString::to_string);
        let is_whole = *newest == seen && keys.eq(kept.state.settings_keys.iter().cloned());
        match seen {
            Some(seen) if !is_known || !is_whole || refused.is_some() => {
                self.remember(settings, seen, parcel)
            }
            _ => Ok(()),
        }
    }

    fn remember(&self, settings: &BundleSettings, newest: Newest, parcel: &Parcel<'_>) -> Result<()> {
        let state = State {
            settings_keys: settings.keys.iter().map(ToString::to_string).collect(),
            newest: Some(newest),
            fetched: Some(fetched(settings, parcel)),
            refused: None,
        };
        self.keep.put_state(&state).context("what is to be remembered cannot be written")
    }
}

pub(super) fn fetched(settings: &BundleSettings, parcel: &Parcel<'_>) -> Fetched {
    Fetched { from: settings.from.to_string(), tag: parcel.tag.clone(), at: parcel.at }
}

/// Whether this program understands all of it.
fn look_through(opened: &Opened) -> Result<(), Refused> {
    match looked::whole(opened.files.clone(), opened.manifest.monitor) {
        Ok(_) => Ok(()),
        Err(problems) => {
            let errors = problems.iter().filter(|problem| problem.weight == Weight::Error);
            let reasons: Vec<String> = errors.map(ToString::to_string).collect();
            Err(Refused::Content { reason: reasons.join("; ") })
        }
    }
}

#[cfg(test)]
mod tests;
