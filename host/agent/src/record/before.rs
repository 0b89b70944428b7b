//! What was found in a conversation before.

use std::collections::BTreeMap;

use host_journal::JournalError;
use host_store::View;
use shared_protocol::{App, Judge, Label, Level, Reading, Topic};

use super::Recorder;

impl Recorder {
    /// The highest level of each topic in the conversation that a request belongs to. Nothing where the record cannot be
    /// read: then nothing can be appended either, and the request ends by its fail setting.
    pub(crate) fn found_before(&self, ask: &Judge) -> BTreeMap<Topic, Level> {
        self.before(ask, host_journal::conversation_topics)
    }

    /// How often each label was found in its prompts. A look at the rows themselves: for policies that ask.
    pub(crate) fn counted_before(&self, ask: &Judge) -> BTreeMap<Label, u64> {
        self.before(ask, host_journal::conversation_labels)
    }

    fn before<T: Default>(
        &self,
        ask: &Judge,
        look: fn(&View<'_>, &App, &str) -> Result<T, JournalError>,
    ) -> T {
        let Reading::Prompt(prompt) = &ask.reading else { return T::default() };
        let Some(id) = &prompt.conversation_id else { return T::default() };
        let read = self.opened().and_then(|opened| {
            let read: Result<_, JournalError> = opened.store.read(|view| look(view, &ask.app, id));
            self.told(read)
        });
        read.unwrap_or_default()
    }
}
