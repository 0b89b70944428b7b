//! Reading: lists, one interaction, and a conversation put together again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use host_store::{Link, Page, TopicLevel, View};
use shared_protocol::{Action, App, EventId, Label, Level, Millis, Operation, Topic};

use crate::append::action_word;
use crate::{Entry, JournalError, Kind, Record, Sealed, SiteWord};

/// Which rows. Every given condition holds at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds of row; empty for all. [`Filter::INTERACTIONS`] gives one row for each interaction.
    pub kinds: Vec<Kind>,
    /// The site.
    pub app: Option<App>,
    /// The person.
    pub user: Option<String>,
    /// A topic above level 0 (judged rows).
    pub topic: Option<Topic>,
    /// What the request did (judged, late and drift rows).
    pub operation: Option<Operation>,
    /// The decision's label (judged rows).
    pub action: Option<Action>,
    /// The site's conversation id, on any row of the same event.
    pub conversation: Option<String>,
    /// At or after.
    pub since: Option<Millis>,
    /// Before.
    pub until: Option<Millis>,
    /// Whether the event's prompt or answer was kept, sealed.
    pub captured: Option<bool>,
    /// Whether something was found or a policy applied (judged rows).
    pub matched: Option<bool>,
}

impl Filter {
    /// One row for each interaction.
    pub const INTERACTIONS: [Kind; 3] = [Kind::Judged, Kind::Late, Kind::Uncovered];

    pub(crate) fn rows(&self) -> host_store::Filter {
        host_store::Filter {
            kinds: self.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            app: self.app.as_ref().map(|app| app.as_str().to_owned()),
            person: self.user.clone(),
            topic: self.topic.clone().map(String::from),
            operation: self.operation.map(|operation| operation.as_str().to_owned()),
            action: self.action.map(|action| action_word(action).to_owned()),
            conversation: self.conversation.as_ref().map(|id| SiteWord::from(id).as_str().to_owned()),
            since: self.since,
            until: self.until,
            captured: self.captured,
            matched: self.matched,
        }
    }
}

/// A page of rows; the next one begins after its last row's `seq`.
///
/// # Errors
/// When the file or a row cannot be read.
pub fn list(view: &View<'_>, filter: &Filter, page: &Page) -> Result<Vec<Record>, JournalError> {
    view.list(&filter.rows(), page)?.into_iter().map(Record::try_from).collect()
}

/// How many rows.
///
/// # Errors
/// When the file cannot be read.
pub fn count(view: &View<'_>, filter: &Filter) -> Result<u64, JournalError> {
    Ok(view.count(&filter.rows())?)
}

/// The rows of one interaction, oldest first; empty when it is not known.
///
/// # Errors
/// When the file or a row cannot be read.
pub fn event(view: &View<'_>, event: &EventId) -> Result<Vec<Record>, JournalError> {
    view.rows_of(event.as_str())?.into_iter().map(Record::try_from).collect()
}

/// A row's text, once for each recipient.
///
/// # Errors
/// When the file cannot be read.
pub fn sealed(view: &View<'_>, seq: u64) -> Result<Vec<Sealed>, JournalError> {
    Ok(view.sealed_of(seq)?.into_iter().map(Sealed::from).collect())
}

/// One interaction of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which.
    pub event: EventId,
    /// Its rows, oldest first.
    pub records: Vec<Record>,
}

impl Turn {
    fn app(&self) -> Option<&App> {
        self.records.iter().find_map(|record| record.app.as_ref())
    }

    /// It names this conversation or none.
    fn may_belong(&self, id: &SiteWord) -> bool {
        let mut named = self.entries().filter_map(|entry| match entry {
            Entry::Judged(judged) => judged.conversation.as_ref(),
            Entry::Response(response) => response.conversation.as_ref(),
            _ => None,
        });
        match named.next() {
            None => true,
            Some(first) => first == id || named.any(|other| other == id),
        }
    }

    /// How other turns hang on this one: ids of its messages, and of the message it follows.
    fn links(&self) -> Vec<(Link, String)> {
        let mut links = Vec::new();
        for entry in self.entries() {
            let (message, parent) = match entry {
                Entry::Judged(judged) => (&judged.message, &judged.parent),
                Entry::Response(response) => (&response.message, &None),
                _ => (&None, &None),
            };
            // Who follows one of my messages; whose message do I follow.
            links.extend(message.iter().map(|id| (Link::Parent, id.as_str().to_owned())));
            links.extend(parent.iter().map(|id| (Link::Message, id.as_str().to_owned())));
        }
        links.retain(|(_, id)| !id.is_empty());
        links
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.records.iter().filter_map(|record| record.entry.as_ref())
    }
}

/// A conversation from first prompt to last answer, in the order of the record.
///
/// The id may stand in a first turn's answer only, or (where a site has no such id in its requests) nowhere but
/// there: the rest is joined by the message a turn follows. A turn that names another conversation is not.
///
/// # Errors
/// When the file or a row cannot be read.
pub fn conversation(view: &View<'_>, app: Option<&App>, id: &str) -> Result<Vec<Turn>, JournalError> {
    let id = SiteWord::from(id);
    let mut turns: BTreeMap<u64, Turn> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let first = view.events_with(Link::Conversation, app.map(App::as_str), id.as_str())?;
    let mut open: VecDeque<String> = first.into();
    while let Some(name) = open.pop_front() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some((place, turn)) = turn(view, &name)? else {
            continue;
        };
        if !turn.may_belong(&id) {
            continue;
        }
        for (link, other) in turn.links() {
            open.extend(view.events_with(link, turn.app().map(App::as_str), &other)?);
        }
        turns.insert(place, turn);
    }
    Ok(turns.into_values().collect())
}

/// Most turns of a conversation that [`conversation_topics`] and [`conversation_labels`] look back on.
const TURNS: u32 = 500;

/// The highest level of each topic that was found so far in a conversation, prompts and answers; of what nobody refused, and
/// not of drafts. A turn counts if one of its rows carries the id.
///
/// # Errors
/// When the file cannot be read.
pub fn conversation_topics(
    view: &View<'_>,
    app: &App,
    id: &str,
) -> Result<BTreeMap<Topic, Level>, JournalError> {
    let id = SiteWord::from(id);
    let found = view.topics_in(app.as_str(), id.as_str(), Operation::SendDraft.as_str(), TURNS)?;
    let level = |number| match number {
        1 => Some(Level::Low),
        2 => Some(Level::Medium),
        3 => Some(Level::High),
        _ => None,
    };
    // A name that this version does not know is of a topic that no policy can ask for.
    let known = |one: TopicLevel| Some((Topic::try_from(one.topic).ok()?, level(one.level)?));
    Ok(found.into_iter().filter_map(known).collect())
}

/// How often each label was found so far in the prompts of a conversation; of what nobody refused, and not of drafts.
///
/// # Errors
/// When the file cannot be read.
pub fn conversation_labels(
    view: &View<'_>,
    app: &App,
    id: &str,
) -> Result<BTreeMap<Label, u64>, JournalError> {
    let id = SiteWord::from(id);
    let found = view.labels_in(app.as_str(), id.as_str(), Operation::SendDraft.as_str(), TURNS)?;
    // A name that is no label here is of one that no policy can ask for.
    Ok(found.into_iter().filter_map(|(name, count)| Some((Label::try_from(name).ok()?, count))).collect())
}

/// An event's rows and the sequence of the first.
fn turn(view: &View<'_>, name: &str) -> Result<Option<(u64, Turn)>, JournalError> {
    let Ok(id) = EventId::try_from(name.to_owned()) else {
        return Ok(None);
    };
    let records = event(view, &id)?;
    Ok(records.first().map(|first| first.seq).map(|place| (place, Turn { event: id, records })))
}
