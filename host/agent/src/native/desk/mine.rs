//! What is on record about the person at the keyboard, for the extension's own pages.
//!
//! INVARIANT: of them alone, newest first, bounded; metadata only.

use std::collections::BTreeSet;

use host_journal::{Audit, Change, Entry, Filter, Known, Page, Record, State, TopicNote};
use shared_protocol::{Code, Level, Mine, MineEnd, MineItem, Mode, ToExtension, Topic};

use super::{Desk, unwritten};

/// Most interactions that are told at once.
const MOST: u32 = 50;

impl Desk {
    /// Answers the question.
    pub(super) fn mine(&self, limit: u32) -> Result<(), Code> {
        let person = self.recorder.person();
        let filter = Filter { kinds: Filter::INTERACTIONS.to_vec(), user: Some(person), ..Filter::default() };
        let page = Page { limit: limit.min(MOST), ..Page::default() };
        let (total, listed) =
            self.recorder.interactions(&filter, &page).map_err(|fault| unwritten(&fault))?;
        let items = listed.iter().filter_map(|(record, rows)| item(record, rows)).collect();
        self.send(ToExtension::Mine(Mine { total, items }));
        Ok(())
    }
}

fn item(record: &Record, rows: &[Record]) -> Option<MineItem> {
    let opened = rows
        .iter()
        .filter(|row| matches!(&row.entry, Some(Entry::Audit(Audit { what: Change::LogOpened, .. }))));
    let base = MineItem {
        at: record.at,
        app: record.app.clone()?,
        operation: None,
        action: None,
        watched: false,
        topics: Default::default(),
        labels: Default::default(),
        end: end(&Known::of(rows)),
        kept: rows.iter().any(|row| !row.sealed.is_empty()),
        opened: u64::try_from(opened.count()).unwrap_or(u64::MAX),
    };
    match record.entry.as_ref()? {
        Entry::Judged(judged) => Some(MineItem {
            operation: judged.operation,
            action: Some(judged.action),
            watched: judged.mode == Mode::Monitor,
            topics: sure(&judged.topics),
            labels: judged.labels.clone(),
            ..base
        }),
        Entry::Late(late) => {
            let end = if late.released { MineEnd::Sent } else { MineEnd::Stopped };
            Some(MineItem { operation: late.operation, end, ..base })
        }
        Entry::Uncovered(row) => {
            let end = if row.seen.stopped { MineEnd::Stopped } else { MineEnd::Sent };
            Some(MineItem { end, ..base })
        }
        _ => None,
    }
}

/// The topics that are hardly in doubt; of the others a row knows, and a person need not read of them.
fn sure(topics: &[TopicNote]) -> BTreeSet<Topic> {
    let sure = topics.iter().filter(|note| note.level >= Level::Medium);
    sure.map(|note| note.topic.clone()).collect()
}

fn end(known: &Known) -> MineEnd {
    match known.state() {
        State::New | State::Asked => MineEnd::Open,
        State::Released(released) if released.edited => MineEnd::Edited,
        State::Released(_) => MineEnd::Sent,
        State::Refused(_) => MineEnd::Stopped,
    }
}
