//! Drift that belongs to no held request: told to the host once for each place and day, so that a site which
//! changed fills no record.
//!
//! INVARIANT: only what [`Drift`] holds leaves here: shapes and names of fields, never text.

use std::collections::BTreeMap;

use shared_protocol::{App, Drift, DriftKind, Millis, ToHost};

use super::Session;
use super::effect::Effect;
use super::link::passed;

/// The same drift again within this time says nothing new.
const SAME_MS: Millis = 24 * 60 * 60 * 1000;

/// Most kinds of drift that are remembered; more than that are told again.
const MOST: usize = 256;

/// What was told when.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeMap<Key, Millis>);

type Key = (App, DriftKind, String, Option<String>);

impl Told {
    /// Whether this is worth a row; remembers that it has one.
    fn is_new(&mut self, now: Millis, app: &App, drift: &Drift) -> bool {
        let key = (app.clone(), drift.what, drift.path.clone(), drift.place.clone());
        if self.0.get(&key).is_some_and(|at| !passed(now, *at, at.saturating_add(SAME_MS))) {
            return false;
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, now);
        true
    }
}

impl Session {
    /// Leaves a drift row, unless the same has one.
    pub(super) fn leave_drift(&mut self, now: Millis, app: &App, drift: Drift, out: &mut Vec<Effect>) {
        if self.told_drift.is_new(now, app, &drift) {
            self.want_host(now, out);
            self.link.say(ToHost::Drift { app: app.clone(), drift, at: now }, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_protocol::{App, Drift, DriftKind};

    use super::{MOST, SAME_MS, Told};

    fn drift(path: &str) -> Drift {
        let path = path.to_owned();
        Drift {
            what: DriftKind::LeftOver,
            operation: None,
            path,
            place: Some("note".to_owned()),
            size: Some(7),
        }
    }

    #[test]
    fn the_same_is_told_once_a_day_and_memory_is_bounded() {
        let mut told = Told::default();
        let app = App::new("claude");
        assert!(told.is_new(5, &app, &drift("POST /a")));
        assert!(!told.is_new(6, &app, &Drift { size: Some(9), ..drift("POST /a") }));
        assert!(told.is_new(6, &App::new("gemini"), &drift("POST /a")));
        assert!(told.is_new(5 + SAME_MS, &app, &drift("POST /a")));
        // A clock that was set back keeps nothing quiet.
        assert!(told.is_new(4, &app, &drift("POST /a")));
        for n in 0..3 * MOST {
            assert!(told.is_new(7, &app, &drift(&n.to_string())));
            assert!(told.0.len() <= MOST);
        }
    }
}
