//! Health rows: that what a verdict or the record rests on is not as it was meant, and that it is well again.
//!
//! INVARIANT: one row when a trouble begins or is found at the start of a connection, one when it is over; not one for
//! each look. Deliberately silent about the record's own file: what it cannot take, it cannot say either.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use host_journal::{Entry, Health, Trouble};

use super::desk::now;
use crate::keys;
use crate::live::Live;
use crate::out;
use crate::record::Recorder;
use crate::settings::Configured;

/// What was told.
pub(super) struct Watched {
    live: Arc<Live>,
    recorder: Arc<Recorder>,
    told: Mutex<BTreeSet<Trouble>>,
}

impl Watched {
    pub(super) fn new(live: Arc<Live>, recorder: Arc<Recorder>) -> Self {
        Self { live, recorder, told: Mutex::default() }
    }

    /// Looks, and writes down what is new.
    pub(super) fn look(&self) {
        let active = self.live.active();
        let mut troubles = of(&active.configured);
        if active.in_force.fault.is_some() {
            troubles.insert(Trouble::Bundle);
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let changed: Vec<Trouble> = told.symmetric_difference(&troubles).copied().collect();
        for trouble in changed {
            let over = !troubles.contains(&trouble);
            let row = Health { trouble, over, name: None, count: None };
            if let Err(fault) = self.recorder.note(None, now(), Entry::Health(row)) {
                // Told again at the next look.
                out::note(&format!("not recorded: {fault:#}"));
                return;
            }
            if over {
                told.remove(&trouble);
            } else {
                told.insert(trouble);
            }
        }
    }
}

/// What is wrong with the settings.
fn of(configured: &Configured) -> BTreeSet<Trouble> {
    let unsealed = configured.unsealable.is_some() || keys::configured(&configured.recipients).is_err();
    [(configured.fault.is_some(), Trouble::Settings), (unsealed, Trouble::NoRecipient)]
        .into_iter()
        .filter_map(|(is_wrong, trouble)| is_wrong.then_some(trouble))
        .collect()
}
