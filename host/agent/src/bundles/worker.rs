//! One place that bundles come from, asked or looked at again and again.
//!
//! INVARIANT: nobody waits for it: there is no network between a request and its verdict.
//! INVARIANT: what was refused is not fetched again for an hour, unless it carries another tag or is another file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use host_policy::bundle::Refused;

use super::Changed;
use super::arrive::{Arrivals, Came, Parcel};
use super::health::SourceHealth;
use super::kept::Kept;
use super::refusal::{against, is_late};
use super::standing::Standing;
use super::state::Fetched;
use super::watched::Watched;
use super::web::{Got, Web};
use crate::native::now;
use crate::out;
use crate::settings::{BundleSettings, BundlesFrom};

/// Between two looks at a watched file.
const LOOK: Duration = Duration::from_secs(1);
/// However often it came to nothing, it is tried again after so many times as long as when all is well.
const RARELY: u32 = 5;
/// How soon a stop is seen.
const SLICE: Duration = Duration::from_millis(200);

/// A place at work.
pub(super) struct Worker {
    pub(super) settings: BundleSettings,
    pub(super) arrivals: Arc<Arrivals>,
    /// Called when another bundle holds, or one was refused.
    pub(super) changed: Changed,
    pub(super) health: SourceHealth,
    /// By which tag the bundle that is in force came last.
    pub(super) tag: Option<String>,
    pub(super) stop: Arc<AtomicBool>,
}

/// What an archive means for the next time.
pub(super) enum News {
    None,
    Activated,
    Refused,
    RefusedAgain,
}

impl Worker {
    /// Works until it is stopped.
    pub(super) fn run(mut self) {
        match self.settings.from.clone() {
            BundlesFrom::Web(settings) => {
                let poll = settings.poll;
                let mut web = Web::new(*settings);
                let mut failures = 0_u32;
                while !self.stop.load(Ordering::Relaxed) {
                    let wait = self.ask(&mut web, poll, &mut failures);
                    rest(wait, &self.stop);
                }
            }
            BundlesFrom::File(path) => {
                let mut watched = Watched::default();
                while !self.stop.load(Ordering::Relaxed) {
                    self.look(&path, &mut watched);
                    rest(LOOK, &self.stop);
                }
            }
        }
    }

    /// Asks once; how long until the next time.
    fn ask(&mut self, web: &mut Web, poll: Duration, failures: &mut u32) -> Duration {
        let at = seconds();
        let known = self.known(at);
        let (could_wait, before) = (web.waits(), Instant::now());
        let got = web.get(&known.iter().map(String::as_str).collect::<Vec<_>>());
        let has_waited = could_wait && before.elapsed() >= Duration::from_secs(1);
        let (answer, after) = match got {
            Got::Unchanged => (Ok(("nothing new".to_owned(), News::None)), None),
            Got::Failed(why, after) => (Err(why), after),
            Got::Archive(archive, tag) => {
                (self.arrived(&Parcel { archive: &archive, tag, at: seconds() }), None)
            }
        };
        let is_new = matches!(answer, Ok((_, News::Activated | News::Refused)));
        let answer = answer.map(|(told, _)| told);
        *failures = if answer.is_ok() { 0 } else { failures.saturating_add(1) };
        self.stands(answer, *failures, web.waits());
        if *failures > 0 {
            let pause = host_net::pause(*failures, random());
            return pause.min(poll * RARELY).max(after.unwrap_or_default());
        }
        // One that says it waits and yet answers at once would else be asked without end.
        let is_next = web.waits() && (!could_wait || has_waited || is_new);
        if is_next { Duration::ZERO } else { jittered(poll, random()) }
    }

    /// Tags of what is not wanted again.
    fn known(&self, at: i64) -> Vec<String> {
        let kept = Kept::read(self.arrivals.keep(), &self.settings, at);
        let from = self.settings.from.to_string();
        let good = kept.good().and(kept.state.fetched.as_ref());
        let against = against(&self.settings);
        let refused = kept
            .state
            .refused
            .as_ref()
            .filter(|one| one.against == against && !is_late(one, at) && kept.bundle.is_ok());
        let tag_of = |one: &Fetched| one.tag.clone().filter(|_| one.from == from);
        let held = kept.good().and_then(|_| self.tag.clone().or_else(|| tag_of(good?)));
        let mut tags: Vec<String> =
            held.into_iter().chain(refused.and_then(|one| tag_of(&one.fetched))).collect();
        tags.dedup();
        tags
    }

    /// An archive came; what is to be said of it, and what it means. `Err`: this machine could not deal with it.
    pub(super) fn arrived(&mut self, parcel: &Parcel<'_>) -> Result<(String, News), String> {
        let is_over = || self.stop.load(Ordering::Relaxed);
        let came = self.arrivals.arrive(&self.settings, parcel, &is_over);
        match came {
            Ok(None) => Ok(("the settings changed meanwhile".to_owned(), News::None)),
            Ok(Some(came)) => {
                if matches!(came, Came::Same | Came::Activated) {
                    self.tag.clone_from(&parcel.tag);
                }
                let told = match &came {
                    Came::Same => ("the bundle that is in force".to_owned(), News::None),
                    Came::Activated => ("a new bundle, in force now".to_owned(), News::Activated),
                    Came::Refused(refused) => (was_refused(refused), News::Refused),
                    Came::RefusedAgain(refused) => (was_refused(refused), News::RefusedAgain),
                };
                if let Came::Refused(refused) = &came {
                    out::note(&format!("a bundle was refused ({}): {refused}", refused.code()));
                }
                self.changed.tell();
                Ok(told)
            }
            Err(fault) => {
                out::note(&format!("a bundle came and is not in force: {fault:#}"));
                Err(format!("a bundle came and is not in force: {fault:#}"))
            }
        }
    }

    /// Writes down how the place answered, for people.
    pub(super) fn stands(&mut self, answer: Result<String, String>, failures: u32, waits: bool) {
        self.health.heard(failures, now());
        let answer = answer.unwrap_or_else(|why| why);
        let from = self.settings.from.to_string();
        let standing = Standing { from, at: seconds(), answer, failures, waits };
        if let Err(fault) = self.arrivals.keep().put_standing(&standing) {
            out::note(&format!("where bundles come from cannot be written down: {fault}"));
        }
    }
}

fn was_refused(refused: &Refused) -> String {
    format!("a bundle that was refused ({})", refused.code())
}

/// The time of this machine, in seconds since 1970.
pub(super) fn seconds() -> i64 {
    i64::try_from(now() / 1_000).unwrap_or(i64::MAX)
}

/// Nothing rests on it: without randomness all ask in one moment.
pub(super) fn random() -> u64 {
    let mut random = [0_u8; 8];
    let _drawn = getrandom::fill(&mut random);
    u64::from_ne_bytes(random)
}

/// Up to a tenth shorter or longer, so that a fleet does not ask in one moment.
fn jittered(poll: Duration, random: u64) -> Duration {
    let tenth = poll / 10;
    let drawn = (2 * tenth.as_millis()).saturating_mul(u128::from(random)) / u128::from(u64::MAX);
    poll - tenth + Duration::from_millis(u64::try_from(drawn).unwrap_or(0))
}

fn rest(wait: Duration, stop: &AtomicBool) {
    let mut left = wait;
    while !left.is_zero() && !stop.load(Ordering::Relaxed) {
        let slice = left.min(SLICE);
        thread::sleep(slice);
        left = left.saturating_sub(slice);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::jittered;

    #[test]
    fn a_tenth_to_either_side() {
        let minute = Duration::from_secs(60);
        assert_eq!(jittered(minute, 0), Duration::from_secs(54));
        assert_eq!(jittered(minute, u64::MAX), Duration::from_secs(66));
    }
}
