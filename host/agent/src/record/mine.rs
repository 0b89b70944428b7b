//! Reading interactions back for the person whom they are about.

use anyhow::Result;
use host_journal::{Filter, Page, Record};

use super::Recorder;

/// An interaction's first row, and all its rows.
type Interaction = (Record, Vec<Record>);

impl Recorder {
    /// How many interactions there are, and the newest of a page, each with its rows.
    pub(crate) fn interactions(&self, filter: &Filter, page: &Page) -> Result<(u64, Vec<Interaction>)> {
        let opened = self.opened()?;
        let read: Result<_, host_journal::JournalError> = opened.store.read(|view| {
            let records = host_journal::list(view, filter, page)?;
            let whole = |record: Record| {
                let rows = match &record.event {
                    Some(event) => host_journal::event(view, event)?,
                    None => Vec::new(),
                };
                Ok::<_, host_journal::JournalError>((record, rows))
            };
            let listed = records.into_iter().map(whole).collect::<Result<Vec<_>, _>>()?;
            Ok((host_journal::count(view, filter)?, listed))
        });
        self.told(read)
    }
}
