//! Reported prompts in the record's file: kept with the row of the report, confirmed with the row that says so.

use anyhow::Result;
use host_journal::{Audit, Entry, JournalError, Known, Mistaken};
use host_store::NeighbourRow;
use shared_protocol::{EventId, Millis};

use super::{Draft, Place, Recorder, no_seal};

/// Most reported prompts that are kept.
const MOST: u32 = 200;

impl Recorder {
    /// Puts on record that a verdict is said to be a mistake, and keeps what its prompt is known by. `false` when there is no
    /// such event.
    pub(crate) fn mistaken(&self, place: &Place<'_>, kept: Option<NeighbourRow>) -> Result<bool> {
        let draft = Draft { entry: Entry::Mistake(Mistaken {}), text: None };
        let rows = self.rows(place, vec![draft], &no_seal)?;
        self.write(|tx, device| {
            let known = host_journal::known(tx, place.event)?;
            if known == Known::default() {
                return Ok(false);
            }
            if !known.mistake {
                rows.append(tx, device)?;
            }
            if let Some(row) = &kept {
                tx.put_neighbour(row, MOST)?;
            }
            Ok(true)
        })
    }

    /// Puts on record that somebody agrees, and lets what is kept of the prompt count.
    pub(crate) fn confirm_mistake(
        &self,
        event: &EventId,
        audit: Audit,
        at: Millis,
        code: Option<&str>,
    ) -> Result<()> {
        let row = self.audit_row(Some(event), audit)?;
        self.write(|tx, device| {
            tx.confirm_neighbour(event.as_str(), at, code)?;
            host_journal::append(tx, device, &[row]).map(drop)
        })
    }

    /// Which were confirmed, and when.
    pub(crate) fn neighbour_marks(&self) -> Result<Vec<(String, Millis)>> {
        let opened = self.opened()?;
        let read = opened.store.read(|view| view.neighbour_marks());
        self.told(read.map_err(JournalError::from))
    }

    /// Everything that was confirmed.
    pub(crate) fn confirmed_neighbours(&self) -> Result<Vec<NeighbourRow>> {
        let opened = self.opened()?;
        let read = opened.store.read(|view| view.confirmed_neighbours());
        self.told(read.map_err(JournalError::from))
    }
}
