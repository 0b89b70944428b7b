//! What people answered about files: a request that names such a file again is not asked about for the same reason.
//!
//! INVARIANT: an answer counts for its file, on its page and in its conversation, and takes away the policies that were
//! asked about then, at most as strict as then, and what was not read of the file then. Nothing else.
//! INVARIANT: in memory only and bounded; of the file nothing but its id is here.
//! It deliberately decides nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use shared_protocol::{Action, App, EventId, FileId, Judge, Operation, Outcome, Reading, UnreadFile};

use super::Attached;

/// Questions that are open at once, and files whose answers are known.
const MOST: usize = 512;

/// What was answered about one file.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    app: App,
    page: u32,
    /// None until a request that names the file says one.
    conversation: Option<String>,
    /// The policies that were asked about, with what they asked for.
    pub(crate) policies: BTreeMap<String, Action>,
    /// What was asked about because it was not read.
    pub(crate) unread: Vec<UnreadFile>,
}

/// The answers of one connection.
#[derive(Default)]
pub(crate) struct Answers {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Uploads about which somebody is asked. The oldest first, as below.
    asked: VecDeque<(EventId, Vec<(FileId, Answer)>)>,
    known: VecDeque<(FileId, Answer)>,
}

impl Answer {
    fn is_for(&self, ask: &Judge, conversation: Option<&str>) -> bool {
        let same = self.conversation.is_none() || self.conversation.as_deref() == conversation;
        self.app == ask.app && Some(self.page) == ask.page && same
    }

    /// Whether it was asked about then, for at least as much.
    pub(crate) fn covers(&self, policy: &str, action: Action) -> bool {
        self.policies.get(policy).is_some_and(|answered| *answered >= action)
    }
}

impl Answers {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody is asked about an upload: about these policies, and about what was not read if `unread`.
    pub(crate) fn asked(
        &self,
        ask: &Judge,
        files: &Attached,
        policies: &BTreeMap<String, Action>,
        unread: bool,
    ) {
        let (Reading::Prompt(prompt), Some(page)) = (&ask.reading, ask.page) else { return };
        if prompt.operation != Operation::UploadFile {
            return;
        }
        let about = files.files.iter().filter_map(|file| {
            let answer = Answer {
                app: ask.app.clone(),
                page,
                conversation: prompt.conversation_id.clone(),
                policies: policies.clone(),
                unread: if unread { file.unread.clone() } else { Vec::new() },
            };
            Some((file.id.clone()?, answer))
        });
        let mut state = self.lock();
        state.asked.push_back((ask.event.clone(), about.collect()));
        if state.asked.len() > MOST {
            state.asked.pop_front();
        }
    }

    /// The question of this event has its end.
    pub(crate) fn answered(&self, event: &EventId, outcome: Outcome) {
        let mut state = self.lock();
        let place = state.asked.iter().position(|(asked, _)| asked == event);
        let Some((_, about)) = place.and_then(|place| state.asked.remove(place)) else { return };
        if outcome != Outcome::Release {
            return;
        }
        for (file, answer) in about {
            state.known.retain(|(known, _)| *known != file);
            state.known.push_back((file, answer));
        }
        while state.known.len() > MOST {
            state.known.pop_front();
        }
    }

    /// Says of the files of a request what was answered about them.
    pub(crate) fn say(&self, ask: &Judge, files: &mut Attached) {
        let Reading::Prompt(prompt) = &ask.reading else { return };
        let conversation = prompt.conversation_id.as_deref();
        let mut state = self.lock();
        for (at, file) in files.files.iter().enumerate() {
            let is_it = |(known, answer): &&mut (FileId, Answer)| {
                Some(known) == file.id.as_ref() && answer.is_for(ask, conversation)
            };
            if let Some((_, answer)) = state.known.iter_mut().find(is_it) {
                answer.conversation = answer.conversation.take().or_else(|| conversation.map(str::to_owned));
                files.answers.insert(at, answer.clone());
            }
        }
    }
}
