//! The rows of a code that lets go: that an exception was given, the answer, the release; all or none.

use anyhow::Result;
use host_journal::{Audit, Entry, Judged, Released, SiteWord, State};
use shared_protocol::{Choice, EventId, Millis, Outcome};

use super::{Draft, Place, Recorder, no_seal};
use crate::native::now;

/// How far back a code's id is looked for: longer than a code lives, whatever the clock did meanwhile.
const LOOK_BACK: Millis = 2 * host_policy::grant::MAX_LIFE.unsigned_abs() * 1_000;

/// What a code came to.
pub(crate) enum Coded {
    /// The end of the request, on record.
    Go(Outcome),
    /// Its id is on record already.
    Used,
}

impl Recorder {
    /// The judgement of an event.
    pub(crate) fn judged(&self, event: &EventId) -> Result<Option<Judged>> {
        let opened = self.opened()?;
        let read: Result<_, host_journal::JournalError> =
            opened.store.read(|view| host_journal::event(view, event));
        let entries = self.told(read)?.into_iter().filter_map(|record| record.entry);
        Ok(entries.into_iter().find_map(|entry| match entry {
            Entry::Judged(judged) => Some(*judged),
            _ => None,
        }))
    }

    /// Appends that exceptions were given, one for each thing that the code names, and what follows from it, unless the
    /// code `id` was used before.
    pub(crate) fn coded(
        &self,
        place: &Place<'_>,
        choice: &Choice,
        id: &str,
        audits: Vec<Audit>,
    ) -> Result<Coded> {
        let grant = SiteWord::from(id);
        let end = [Entry::Answered(choice.into()), Entry::Released(Released { edited: false })];
        let entries = audits.into_iter().map(Entry::Audit).chain(end);
        let drafts = entries.map(|entry| Draft { entry, text: None }).collect();
        let rows = self.rows(place, drafts, &no_seal)?;
        let since = now().min(place.at).saturating_sub(LOOK_BACK);
        self.write(|tx, device| {
            let known = host_journal::known(tx, place.event)?;
            if known.state() != State::Asked || known.answered.is_some() {
                return Ok(Coded::Go(Outcome::Refuse));
            }
            if host_journal::granted(tx, &grant, since)? {
                return Ok(Coded::Used);
            }
            rows.append(tx, device)?;
            Ok(Coded::Go(Outcome::Release))
        })
    }
}

#[cfg(test)]
impl Recorder {
    /// The rows of an event.
    pub(crate) fn events(&self, event: &EventId) -> Vec<host_journal::Record> {
        let opened = self.opened().unwrap();
        let read: Result<_, host_journal::JournalError> =
            opened.store.read(|view| host_journal::event(view, event));
        read.unwrap()
    }

    /// How many rows there are.
    pub(crate) fn listed(&self, filter: &host_journal::Filter, page: &host_journal::Page) -> usize {
        let opened = self.opened().unwrap();
        let read: Result<Vec<_>, host_journal::JournalError> =
            opened.store.read(|view| host_journal::list(view, filter, page));
        read.unwrap().len()
    }
}
