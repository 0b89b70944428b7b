//! A row on its way out, with its sealed text.

use host_store::{Order, Page, Row, View};
use jiff::Timestamp;
use serde_json::{Map, Value};
use shared_protocol::Millis;

use super::Severity;
use crate::encoding::hex;
use crate::{Entry, Filter, JournalError, Judged, Kind, Sealed, SignedHead};

/// Most of what is taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// Rows.
    pub rows: u32,
    /// Bytes of body and sealed text together; the first row is taken whatever its size.
    pub bytes: usize,
}

/// A row on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// The row as it stands in the file.
    pub row: Row,
    /// What it says; absent when it was erased or cannot be read.
    pub entry: Option<Entry>,
    /// Its text, once for each recipient.
    pub sealed: Vec<Sealed>,
}

/// What goes out at once.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// Rows, oldest first.
    pub rows: &'a [Outgoing],
    /// The record's head when they were taken, which goes after them.
    pub head: Option<&'a SignedHead>,
}

/// The rows after the sequence `after`, oldest first.
///
/// # Errors
/// When the file cannot be read. A row that makes no sense is no error: it goes out as far as it can be told.
pub fn outgoing(view: &View<'_>, after: u64, most: Most) -> Result<Vec<Outgoing>, JournalError> {
    outgoing_of(view, &Filter::default(), after, most)
}

/// The same of the rows for which a filter holds.
///
/// # Errors
/// As [`outgoing`].
pub fn outgoing_of(
    view: &View<'_>,
    filter: &Filter,
    after: u64,
    most: Most,
) -> Result<Vec<Outgoing>, JournalError> {
    let page = Page { order: Order::Oldest, after: Some(after), limit: most.rows };
    let mut all = Vec::new();
    let mut bytes = 0_usize;
    for row in view.list(&filter.rows(), &page)? {
        let sealed = crate::sealed(view, row.seq)?;
        let size = row.body.as_ref().map_or(0, String::len);
        bytes = sealed.iter().fold(bytes + size, |sum, one| sum + one.blob.len());
        if bytes > most.bytes && !all.is_empty() {
            break;
        }
        all.push(Outgoing::new(row, sealed));
    }
    Ok(all)
}

impl Outgoing {
    /// A row with its sealed text.
    #[must_use]
    pub fn new(row: Row, sealed: Vec<Sealed>) -> Self {
        let kind = Kind::parse(&row.kind);
        let entry = row.body.as_ref().zip(kind).and_then(|(body, kind)| Entry::from_json(kind, body).ok());
        Self { row, entry, sealed }
    }

    /// Its salt and body are gone; hash and place stay.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.row.body.is_none()
    }

    /// How much attention it asks for.
    #[must_use]
    pub fn severity(&self) -> Severity {
        Severity::of(self.entry.as_ref())
    }

    pub(crate) fn judged(&self) -> Option<&Judged> {
        match &self.entry {
            Some(Entry::Judged(judged)) => Some(judged),
            _ => None,
        }
    }

    /// Lower-case hexadecimal.
    pub(crate) fn hash(&self) -> String {
        hex(&self.row.hash)
    }

    /// Unique over devices.
    pub(crate) fn uid(&self) -> String {
        format!("{}:{}", self.row.device, self.row.seq)
    }

    /// RFC 3339, UTC, to the millisecond.
    pub(crate) fn time(&self) -> String {
        time(self.row.at)
    }

    /// The ids of the keys that open its text.
    pub(crate) fn key_ids(&self) -> Vec<&str> {
        self.sealed.iter().map(|one| one.key_id.as_str()).collect()
    }

    /// The fields of its body; none when it was erased or is no JSON object.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        self.row.body.as_ref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
    }

    /// One line for people, of words of closed sets only.
    pub(crate) fn summary(&self) -> String {
        if self.is_erased() {
            return format!("{} (erased)", self.row.kind);
        }
        let index = &self.row.index;
        let words = [index.operation.as_deref(), index.app.as_deref(), index.action.as_deref()];
        std::iter::once(self.row.kind.as_str())
            .chain(words.into_iter().flatten())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// RFC 3339, UTC, to the millisecond.
pub(crate) fn time(at: Millis) -> String {
    let moment = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    moment.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
