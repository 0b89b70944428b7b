//! A watched file as the place that bundles come from: somebody else puts it there, and it is looked at by its stamp.
//!
//! INVARIANT: a file that is still being written is neither taken nor refused.

use std::path::Path;

use host_policy::bundle::{ArchiveFault, Refused};

use super::arrive::Parcel;
use super::keep::bounded;
use super::kept::Kept;
use super::refusal::REFUSED_S;
use super::worker::{News, Worker, random, seconds};
use crate::native::now;
use crate::settings::Stamp;

/// A watched file: how it looked when it was last dealt with, and the time before.
#[derive(Default)]
pub(super) struct Watched {
    /// With when that was and the moment from which on it is tried again.
    done: Option<(Stamp, Option<(i64, i64)>)>,
    before: Option<Stamp>,
    told: Option<String>,
    failures: u32,
}

impl Worker {
    /// Looks once at a watched file.
    pub(super) fn look(&mut self, path: &Path, watched: &mut Watched) {
        let at = seconds();
        let Some(stamp) = Stamp::of(path) else {
            let told = format!("there is no {}: put a bundle there, or correct `folder`", path.display());
            *watched =
                Watched { told: watched.told.take(), failures: watched.failures, ..Watched::default() };
            return self.watched(watched, Err(told));
        };
        let is_settled = watched.before.replace(stamp) == Some(stamp);
        // What was refused by a clock that was ahead is tried again once that is set right.
        let waits = |(from, again): (i64, i64)| (from..again).contains(&at);
        let is_done = watched.done.is_some_and(|(done, again)| done == stamp && again.is_none_or(waits));
        if is_done {
            return;
        }
        let answer = match bounded(path) {
            Err(fault) => Err(format!("{} cannot be read ({})", path.display(), fault.kind())),
            Ok(archive) => {
                // Somebody may be writing it just now.
                let is_half = || {
                    let begun = archive.starts_with(&[0x1f, 0x8b]) || archive.len() < 2;
                    begun && self.is_half(&archive, at)
                };
                if !is_settled && is_half() {
                    return;
                }
                self.arrived(&Parcel { archive: &archive, tag: None, at })
            }
        };
        let again = match &answer {
            Ok((_, News::Refused | News::RefusedAgain)) => Some(at.saturating_add(REFUSED_S)),
            Ok((_, News::None | News::Activated)) => None,
            Err(_) => {
                let pause = host_net::pause(watched.failures.saturating_add(1), random());
                Some(at.saturating_add(i64::try_from(pause.as_secs()).unwrap_or(i64::MAX)))
            }
        };
        watched.done = Some((stamp, again.map(|again| (at, again))));
        let answer = answer.map(|(told, _)| told);
        self.watched(watched, answer);
    }

    /// Writes down how a watched file stands, where that is new.
    fn watched(&mut self, watched: &mut Watched, answer: Result<String, String>) {
        watched.failures = if answer.is_ok() { 0 } else { watched.failures.saturating_add(1) };
        let told = answer.clone().unwrap_or_else(|why| why);
        if watched.told.as_ref() == Some(&told) && answer.is_err() {
            return self.health.heard(watched.failures, now());
        }
        self.stands(answer, watched.failures, true);
        watched.told = Some(told);
    }

    /// Whether an archive ends early.
    fn is_half(&self, archive: &[u8], at: i64) -> bool {
        let kept = Kept::read(self.arrivals.keep(), &self.settings, at);
        let opened = kept.eras.open(archive, None, at, host_policy::bundle::reopen);
        matches!(
            opened,
            Err(Refused::Archive {
                why: ArchiveFault::Truncated | ArchiveFault::NotGzip | ArchiveFault::NotTar,
                ..
            })
        )
    }
}
