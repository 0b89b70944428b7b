//! Rows about who may open the record, and who did.
//!
//! INVARIANT: no row is sealed to other keys than the one before without a row between them that says so.

use anyhow::Result;
use host_journal::{Audit, By, Change, Entry, JournalError, NewRow, SiteWord};
use host_store::Tx;
use shared_protocol::EventId;

use super::risk::Observed;
use super::{Draft, Recorder, no_seal};
use crate::native::now;

/// Rows that are appended together.
pub(super) struct Batch {
    rows: Vec<NewRow>,
    /// Says whom they are sealed to; appended before them when that changed.
    rotation: Option<NewRow>,
    /// What they say of risk.
    risk: Option<Observed>,
    /// By what it is said of rows that go by no event.
    beside: Option<(EventId, NewRow)>,
}

impl Batch {
    pub(super) fn append(&self, tx: &Tx<'_>, device: &str) -> Result<(), JournalError> {
        if let Some(row) = &self.rotation {
            rotated(tx, device, row)?;
        }
        if let Some(risk) = &self.risk {
            let beside = risk.observe(tx, &self.rows, self.beside.as_ref())?;
            host_journal::append(tx, device, beside.as_slice())?;
        }
        host_journal::append(tx, device, &self.rows).map(drop)
    }

    /// The interaction of the first of them.
    pub(super) fn event(&self) -> Option<&EventId> {
        self.rows.first()?.event.as_ref()
    }
}

/// Appends the row, if it says something new.
fn rotated(tx: &Tx<'_>, device: &str, row: &NewRow) -> Result<(), JournalError> {
    let Entry::Audit(audit) = &row.entry else { return Ok(()) };
    let keys: Vec<String> = audit.keys.iter().map(|key| key.as_str().to_owned()).collect();
    let Some(before) = host_journal::sealed_to(tx, &keys)? else { return Ok(()) };
    let old_keys = before.iter().map(SiteWord::from).collect();
    let entry = Entry::Audit(Audit { old_keys, ..audit.clone() });
    host_journal::append(tx, device, &[NewRow { entry, ..row.clone() }]).map(drop)
}

impl Recorder {
    /// With the row that says whom the first sealed one among them is sealed to.
    pub(super) fn batch(&self, rows: Vec<NewRow>) -> Result<Batch> {
        let keys = rows.iter().find(|row| !row.sealed.is_empty()).map(|row| &row.sealed);
        let rotation = match keys {
            None => None,
            Some(sealed) => {
                let mut audit = Audit::new(Change::KeyRotated, By::Host);
                audit.keys = sealed.iter().map(|one| SiteWord::from(&one.key_id)).collect();
                Some(self.audit_row(None, audit)?)
            }
        };
        let risk = self.observed()?;
        let is_alone = risk.is_some() && rows.iter().all(|row| row.event.is_none());
        let beside = if is_alone { Some(self.unnamed()?) } else { None };
        Ok(Batch { rows, rotation, risk, beside })
    }

    /// Puts on record that somebody changed something, or looked. `event`: at which interaction.
    pub(crate) fn audit(&self, event: Option<&EventId>, audit: Audit) -> Result<()> {
        let rows = [self.audit_row(event, audit)?];
        let scoring = self.rules_with_seed()?;
        self.write(|tx, device| {
            if let Some((scoring, seed)) = &scoring {
                super::risk::tell(tx, scoring, *seed, &rows)?;
            }
            host_journal::append(tx, device, &rows).map(drop)
        })
    }

    /// Whoever runs this program.
    pub(crate) fn by(&self) -> By {
        By::User(SiteWord::from(&self.account))
    }

    /// That a person was set back, or one behaviour of theirs called a mistake.
    pub(super) fn reset_row(&self, person: &str, behaviour: Option<&str>) -> Result<NewRow> {
        let what = if behaviour.is_some() { Change::RiskDismissed } else { Change::RiskReset };
        let whose = Some(SiteWord::from(person));
        self.audit_row(
            None,
            Audit { whose, name: behaviour.map(SiteWord::from), ..Audit::new(what, self.by()) },
        )
    }

    pub(crate) fn audit_row(&self, event: Option<&EventId>, audit: Audit) -> Result<NewRow> {
        self.row(event, None, now(), Draft { entry: Entry::Audit(audit), text: None }, &no_seal)
    }
}
