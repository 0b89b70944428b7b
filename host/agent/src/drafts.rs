//! The drafts of one message: which of them need a row of their own, and what is said of the others together.
//!
//! A site sends a draft with every few letters. Those of one message (one site, page and conversation, until the
//! Send or a pause) are told as one: the first is recorded as ever, and so is every draft of which the record does
//! not yet say as much; the others are counted, and one row says how many there were.
//! INVARIANT: a draft is let go without a row of its own only if a durable row of its message says that a draft
//! was let go, with a decision at least as strict, with all that is found in it, and with about as much text.
//! INVARIANT: pure and bounded: times and texts are arguments; the oldest message is closed when there are too many.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use host_journal::{Drafted, Plain};
use shared_protocol::{Action, App, EventId, Label, Millis};

/// A pause that ends a message's drafts, and the longest time without a row of them.
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(120);

/// How much longer a draft may be than the last one that is on record: what a crash can lose of a harmless text.
const GROWTH: u64 = 1_024;

/// Most messages at once.
const MOST: usize = 32;

/// Which message a draft belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whose {
    /// The site.
    pub(crate) app: App,
    /// The page that it was written in.
    pub(crate) page: Option<u32>,
    /// The conversation.
    pub(crate) conversation: Option<String>,
}

/// What a draft's own row would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// The decision.
    pub(crate) action: Action,
    /// Whether it was let go.
    pub(crate) released: bool,
    /// What was found.
    pub(crate) labels: BTreeMap<Label, u64>,
    /// Bytes of text.
    pub(crate) text_bytes: u64,
}

/// The row that closes a message's drafts.
pub(crate) struct Closing {
    /// The event of its first draft that is on record.
    pub(crate) event: EventId,
    /// Which message.
    pub(crate) whose: Whose,
    /// When the last one came.
    pub(crate) at: Millis,
    /// How many there were.
    pub(crate) drafted: Drafted,
    /// The last one that was let go and has no row.
    pub(crate) text: Option<Plain>,
}

/// The messages whose drafts come now.
#[derive(Default)]
pub(crate) struct Drafts {
    /// Oldest first.
    open: VecDeque<Message>,
}

struct Message {
    whose: Whose,
    event: EventId,
    /// What the record says of drafts that were let go, and of those that were not.
    released: Option<Said>,
    refused: Option<Said>,
    drafted: Drafted,
    /// Those without a row.
    counted: u64,
    text: Option<Plain>,
    at: Millis,
    last: Instant,
    /// Since when a counted one waits for its row.
    waiting: Option<Instant>,
}

impl Said {
    /// Whether a row that says this says as much as one for `other` would.
    fn covers(&self, other: &Said) -> bool {
        let found = |(label, count): (&Label, &u64)| self.labels.get(label).is_some_and(|have| have >= count);
        let grown = other.text_bytes.saturating_sub(self.text_bytes);
        self.released == other.released
            && self.action >= other.action
            && other.labels.iter().all(found)
            && (!other.released || grown <= GROWTH)
    }

    /// Both rows together.
    fn add(&mut self, other: &Said) {
        self.action = self.action.max(other.action);
        self.text_bytes = other.text_bytes;
        for (label, count) in &other.labels {
            let have = self.labels.entry(label.clone()).or_default();
            *have = (*have).max(*count);
        }
    }
}

impl Message {
    fn side(&mut self, released: bool) -> &mut Option<Said> {
        if released { &mut self.released } else { &mut self.refused }
    }

    fn count(&mut self, said: &Said, at: Millis, now: Instant) {
        self.drafted.drafts += 1;
        *(if said.released { &mut self.drafted.released } else { &mut self.drafted.refused }) += 1;
        self.drafted.action = self.drafted.action.max(said.action);
        self.drafted.text_bytes = said.text_bytes;
        self.at = at;
        self.last = now;
    }

    /// The closing row, if there is anything to say that no row says.
    fn close(self) -> Option<Closing> {
        let Self { whose, event, drafted, counted, text, at, .. } = self;
        (counted > 0).then_some(Closing { event, whose, at, drafted, text })
    }
}

impl Drafts {
    /// Counts a draft, if the record says as much already; else it needs a row of its own. `text`: what is kept of it,
    /// under the event of the closing row.
    pub(crate) fn count(
        &mut self,
        whose: &Whose,
        said: &Said,
        at: Millis,
        text: impl FnOnce(&EventId) -> Option<Plain>,
        now: Instant,
    ) -> bool {
        let Some(message) = self.open.iter_mut().find(|message| message.whose == *whose) else {
            return false;
        };
        if message.side(said.released).as_ref().is_none_or(|recorded| !recorded.covers(said)) {
            return false;
        }
        message.count(said, at, now);
        message.counted += 1;
        message.waiting.get_or_insert(now);
        if said.released {
            message.text = text(&message.event);
        }
        true
    }

    /// A draft is on record under `event`. Gives back what had to be closed to make room.
    pub(crate) fn recorded(
        &mut self,
        whose: Whose,
        event: EventId,
        said: Said,
        at: Millis,
        now: Instant,
    ) -> Option<Closing> {
        let known = self.open.iter().position(|message| message.whose == whose);
        let mut message = known.and_then(|place| self.open.remove(place)).unwrap_or_else(|| Message {
            drafted: Drafted { drafts: 0, released: 0, refused: 0, action: said.action, text_bytes: 0 },
            whose,
            event,
            released: None,
            refused: None,
            counted: 0,
            text: None,
            at,
            last: now,
            waiting: None,
        });
        message.count(&said, at, now);
        if said.released {
            // Its text is on record and says more than the one before.
            message.text = None;
        }
        match message.side(said.released) {
            Some(recorded) => recorded.add(&said),
            none => *none = Some(said),
        }
        self.open.push_back(message);
        if self.open.len() > MOST { self.open.pop_front().and_then(Message::close) } else { None }
    }

    /// The message was sent: its drafts are over.
    pub(crate) fn sent(&mut self, app: &App, page: Option<u32>) -> Vec<Closing> {
        self.close(|message| message.whose.app == *app && message.whose.page == page)
    }

    /// Those after a pause, or that have waited long enough.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Closing> {
        self.close(|message| {
            let long = |since: Instant| now.saturating_duration_since(since) >= LONGEST;
            now.saturating_duration_since(message.last) >= PAUSE || message.waiting.is_some_and(long)
        })
    }

    /// All of them: nobody writes any more.
    pub(crate) fn all(&mut self) -> Vec<Closing> {
        self.close(|_| true)
    }

    fn close(&mut self, over: impl Fn(&Message) -> bool) -> Vec<Closing> {
        let (over, open): (Vec<_>, VecDeque<_>) = {
            let (over, open): (Vec<Message>, Vec<Message>) = self.open.drain(..).partition(over);
            (over, open.into())
        };
        self.open = open;
        over.into_iter().filter_map(Message::close).collect()
    }
}

#[cfg(test)]
mod tests;
