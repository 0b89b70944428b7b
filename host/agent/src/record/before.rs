//! What was found in a conversation before.

use std::collections::BTreeMap;

use host_journal::JournalError;
use shared_protocol::{Judge, Level, Reading, Topic};

use super::Recorder;

impl Recorder {
    /// The highest level of each topic in the conversation that a request belongs to. Nothing where the record cannot be
    /// read: then nothing can be appended either, and the request ends by its fail setting.
    pub(crate) fn found_before(&self, ask: &Judge) -> BTreeMap<Topic, Level> {
        let Reading::Prompt(prompt) = &ask.reading else { return BTreeMap::new() };
        let Some(id) = &prompt.conversation_id else { return BTreeMap::new() };
        let read = self.opened().and_then(|opened| {
            let read: Result<_, JournalError> =
                opened.store.read(|view| host_journal::conversation_topics(view, &ask.app, id));
            self.told(read)
        });
        read.unwrap_or_default()
    }
}
