//! A page of the list, as the command line and the viewer tell it: the same filters, the same states.

use host_journal::{Entry, Filter, JournalError, Known, Page, Record};
use host_store::View;

/// A page.
pub(super) struct Listed {
    /// Each row with what its interaction has come to, where it begins one.
    pub(super) rows: Vec<(Record, Option<Known>)>,
    /// Where the next page begins (`after`), if there is one.
    pub(super) next: Option<u64>,
}

/// Reads a page.
pub(super) fn page(view: &View<'_>, filter: &Filter, page: &Page) -> Result<Listed, JournalError> {
    // One more than asked for: whether there is a next page is not guessed.
    let more = Page { limit: page.limit.saturating_add(1), ..*page };
    let mut records = host_journal::list(view, filter, &more)?;
    let most = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let is_more = records.len() > most;
    records.truncate(most);
    let next = records.last().filter(|_| is_more).map(|last| last.seq);
    let known = |record: Record| {
        let known = match (&record.entry, &record.event) {
            (Some(Entry::Judged(_)), Some(event)) => Some(host_journal::known(view, event)?),
            _ => None,
        };
        Ok((record, known))
    };
    Ok(Listed { rows: records.into_iter().map(known).collect::<Result<_, JournalError>>()?, next })
}
