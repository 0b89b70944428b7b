//! The rows of a proof of who the person is, asked for at a card: the answer, and the end of the request; all or none.
//!
//! The proof itself is an audit row of the same event, written before it counts. A level of risk goes down in that row's
//! transaction.

use anyhow::Result;
use host_journal::{Audit, Entry, Refused, RefusedBy, Released, State};
use host_risk::keep;
use shared_protocol::{Choice, EventId, Outcome};

use super::{Draft, Place, Recorder, no_seal, risk};
use crate::native::now;

impl Recorder {
    /// Appends the answer and the end, `goes` or not. `None`: the event had its end or its answer before.
    pub(crate) fn proved(&self, place: &Place<'_>, goes: bool) -> Result<Option<Outcome>> {
        let end = if goes {
            Entry::Released(Released { edited: false })
        } else {
            // What stood in the way stands there still.
            Entry::Refused(Refused { by: RefusedBy::Policy })
        };
        let drafts = [Entry::Answered((&Choice::Verify).into()), end];
        let drafts = drafts.into_iter().map(|entry| Draft { entry, text: None }).collect();
        let rows = self.rows(place, drafts, &no_seal)?;
        self.write(|tx, device| {
            let known = host_journal::known(tx, place.event)?;
            if known.state() != State::Asked || known.answered.is_some() {
                return Ok(None);
            }
            rows.append(tx, device)?;
            Ok(Some(if goes { Outcome::Release } else { Outcome::Refuse }))
        })
    }

    /// Appends that a person proved who they are, and takes their risk down as far as a proof does.
    pub(crate) fn verified(&self, event: Option<&EventId>, person: &str, audit: Audit) -> Result<()> {
        let rows = [self.audit_row(event, audit)?];
        let scoring = self.rules_with_seed()?;
        self.write(|tx, device| {
            if let Some((scoring, seed)) = &scoring {
                let tell = keep::Tell { receivers: &scoring.receivers, seed: *seed };
                keep::verified(tx, person, &scoring.rules, now(), tell)?;
                risk::tell(tx, scoring, *seed, &rows)?;
            }
            host_journal::append(tx, device, &rows).map(drop)
        })
    }
}
