//! Appending: rows get their place in the chain inside the transaction that writes them.

use std::fmt;

use host_store::{Head, Index, Row, SealedBlob, TopicLevel, Tx};
use shared_protocol::{App, EventId, Millis, Operation};

use crate::encoding::{Fields, GENESIS, Header, hash};
use crate::epoch::Current;
use crate::{Entry, JournalError, Sealed, SealedNote, SiteWord};

/// Where the device's id stands among the file's small facts.
const DEVICE: &str = "device";

/// 32 random bytes, fresh for every row.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// Bytes straight from the machine's random source.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Salt")
    }
}

/// A row to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    /// When.
    pub at: Millis,
    /// Which interaction.
    pub event: Option<EventId>,
    /// Which site.
    pub app: Option<App>,
    /// Whose; empty for a row of the machine.
    pub person: String,
    /// What it says.
    pub entry: Entry,
    /// Its text, once for each recipient.
    pub sealed: Vec<Sealed>,
    /// Fresh for this row.
    pub salt: Salt,
}

/// This machine's id: the one on record, or `fresh`, which then is.
///
/// # Errors
/// When the file cannot be read or written.
pub fn device(tx: &Tx<'_>, fresh: &str) -> Result<String, JournalError> {
    if let Some(device) = tx.meta(DEVICE)? {
        return Ok(device);
    }
    tx.set_meta(DEVICE, fresh)?;
    Ok(fresh.to_owned())
}

/// Appends `rows` in order; returns the place of each.
///
/// # Errors
/// `StoreError::Duplicate` when an event already has a row of a kind that stands once (judged, answered,
/// released, refused, late). Nothing is written once the transaction ends with the error.
pub fn append(tx: &Tx<'_>, device: &str, rows: &[NewRow]) -> Result<Vec<Head>, JournalError> {
    let mut head = tx.head()?.unwrap_or(Head { seq: 0, hash: GENESIS });
    let mut current = Current::of(tx)?;
    let mut places = Vec::with_capacity(rows.len());
    for new in rows {
        current.turn(&head, new.at)?;
        let (row, topics) = chained(new, device, head)?;
        let (epoch, mac) = current.seal(row.seq, &row.hash);
        let row = Row { epoch, mac, ..row };
        let sealed: Vec<SealedBlob> = new
            .sealed
            .iter()
            .map(|one| SealedBlob { key_id: one.key_id.clone(), blob: one.blob.clone() })
            .collect();
        tx.append(&row, &topics, &sealed)?;
        head = Head { seq: row.seq, hash: row.hash };
        places.push(head);
    }
    Ok(places)
}

/// The row after `head`.
fn chained(new: &NewRow, device: &str, head: Head) -> Result<(Row, Vec<TopicLevel>), JournalError> {
    let fields = fields(new).map_err(|_| JournalError::Encoding)?;
    let commitments = fields.commitments(&new.salt.0);
    let kind = new.entry.kind();
    let event = new.event.as_ref().map(EventId::as_str);
    let seq = head.seq.saturating_add(1);
    let header = Header {
        previous: head.hash,
        seq,
        device,
        at: new.at,
        kind: kind.number(),
        event: event.unwrap_or_default(),
    };
    let row = Row {
        seq,
        device: device.to_owned(),
        at: new.at,
        event: event.map(str::to_owned),
        kind: kind.as_str().to_owned(),
        salt: Some(new.salt.0),
        body: Some(fields.body()),
        hash: hash(&header, &commitments).ok_or(JournalError::Encoding)?,
        commitments,
        previous: head.hash,
        epoch: None,
        mac: None,
        index: index(new.app.as_ref(), person(new), &new.entry),
    };
    Ok((row, topics(&new.entry)))
}

fn person(new: &NewRow) -> Option<&String> {
    Some(&new.person).filter(|person| !person.is_empty())
}

fn fields(new: &NewRow) -> serde_json::Result<Fields> {
    let mut fields = Fields::parse(&new.entry.to_json()?)?;
    if let Some(app) = &new.app {
        fields.put("app", app)?;
    }
    if let Some(person) = person(new) {
        fields.put("person", person)?;
    }
    if !new.sealed.is_empty() {
        let notes: Vec<SealedNote> =
            new.sealed.iter().map(|one| SealedNote::of(&one.key_id, &one.blob)).collect();
        fields.put("sealed", &notes)?;
    }
    Ok(fields)
}

/// The copies for filters, made the same way when a row is checked.
pub(crate) fn index(app: Option<&App>, person: Option<&String>, entry: &Entry) -> Index {
    let word = |word: &Option<SiteWord>| word.as_ref().map(|word| word.as_str().to_owned());
    let mut index =
        Index { app: app.map(|app| app.as_str().to_owned()), person: person.cloned(), ..Index::default() };
    match entry {
        Entry::Judged(judged) => {
            index.operation = judged.operation.map(|operation| operation.as_str().to_owned());
            index.action = Some(action_word(judged.action).to_owned());
            index.conversation = word(&judged.conversation);
            index.parent = word(&judged.parent);
            index.message = word(&judged.message);
            index.matched = !judged.labels.is_empty() || !judged.policies.is_empty();
        }
        Entry::Response(response) => {
            index.conversation = word(&response.conversation);
            index.message = word(&response.message);
        }
        Entry::Late(late) => {
            index.operation = late.operation.map(|operation| operation.as_str().to_owned());
        }
        Entry::Drift(drifted) => {
            index.operation = drifted.drift.operation.map(|operation| operation.as_str().to_owned());
        }
        Entry::Drafts(drafted) => {
            index.operation = Some(Operation::SendDraft.as_str().to_owned());
            index.action = Some(action_word(drafted.action).to_owned());
        }
        Entry::Shown(_)
        | Entry::Answered(_)
        | Entry::Released(_)
        | Entry::Refused(_)
        | Entry::Ended(_)
        | Entry::Uncovered(_)
        | Entry::Heartbeat(_)
        | Entry::Epoch(_)
        | Entry::Audit(_)
        | Entry::Health(_)
        | Entry::Mistake(_) => {}
    }
    index
}

/// The topics for filters, by name.
pub(crate) fn topics(entry: &Entry) -> Vec<TopicLevel> {
    let Entry::Judged(judged) = entry else {
        return Vec::new();
    };
    let notes = judged.topics.iter().filter(|note| note.level.number() > 0);
    let mut topics: Vec<TopicLevel> = notes
        .map(|note| TopicLevel { topic: note.topic.clone().into(), level: note.level.number() })
        .collect();
    topics.sort();
    topics.dedup_by(|second, first| second.topic == first.topic);
    topics
}

/// The wire word of a decision's label.
pub(crate) fn action_word(action: shared_protocol::Action) -> &'static str {
    use shared_protocol::Action;
    match action {
        Action::Allow => "allow",
        Action::Coach => "coach",
        Action::Warn => "warn",
        Action::Justify => "justify",
        Action::Redact => "redact",
        Action::Block => "block",
    }
}
