//! Rows to write in tests. Everything that is random in the product is a number here.

use host_journal::{
    ChainKey, Ended, Entry, FactsJson, JournalError, Judged, NewLine, NewRow, Responded, Salt, Sealed,
    TopicNote, append, begin,
};
use host_store::{Head, Store};
use shared_protocol::{
    Action, App, Capture, EndReason, EventId, Label, Level, Mode, Operation, Outcome, PolicySource, Prompt,
    Response, Topic,
};
use tempfile::TempDir;

pub(crate) const DEVICE: &str = "6f1f7c9e-7d5c-4f3c-9a58-0d3f2b1f0001";

/// An empty record in a folder of its own.
pub(crate) struct Journal {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
}

impl Journal {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path(), Store::BUSY).unwrap();
        Self { folder, store }
    }

    pub(crate) fn append(&self, rows: &[NewRow]) -> Result<Vec<Head>, JournalError> {
        self.store.write(|tx| append(tx, DEVICE, rows))
    }

    pub(crate) fn begin(&self, line: NewLine) -> Result<bool, JournalError> {
        self.store.write(|tx| begin(tx, DEVICE, line))
    }

    /// The file behind the store's back.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join(host_store::FILE)).unwrap()
    }
}

pub(crate) fn event(number: u64) -> EventId {
    EventId::try_from(format!("01890a5d-ac96-474b-bcce-{number:012x}")).unwrap()
}

pub(crate) fn row(number: u64, app: &str, entry: Entry) -> NewRow {
    NewRow {
        at: 1_700_000_000_000 + number,
        event: Some(event(number)),
        app: Some(App::new(app)),
        person: "local:1000".to_owned(),
        entry,
        sealed: Vec::new(),
        salt: Salt::new([u8::try_from(number % 251).unwrap(); 32]),
    }
}

pub(crate) fn judged(prompt: &Prompt) -> Judged {
    let source = PolicySource::BuiltinEnforce;
    let mut judged = Judged::new(Action::Allow, Outcome::Release, Mode::Enforce, source, Capture::Full);
    judged.facts = Some(FactsJson::new(br#"{"labels":{"pii.email":1},"version":1}"#).unwrap());
    judged.about(prompt)
}

/// A judged prompt of a conversation.
pub(crate) fn turn(number: u64, app: &str, ids: Ids<'_>) -> NewRow {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.conversation_id = ids.conversation.map(str::to_owned);
    prompt.parent_id = ids.parent.map(str::to_owned);
    prompt.message_id = ids.message.map(str::to_owned);
    row(number, app, Entry::Judged(Box::new(judged(&prompt))))
}

/// Its answer.
pub(crate) fn answer(number: u64, app: &str, ids: Ids<'_>) -> NewRow {
    let response = Response {
        conversation_id: ids.conversation.map(str::to_owned),
        message_id: ids.message.map(str::to_owned),
        complete: true,
        ..Response::default()
    };
    row(number, app, Entry::Response(Responded::from(&response)))
}

pub(crate) fn ended(number: u64, app: &str) -> NewRow {
    row(number, app, Entry::Ended(Ended { reason: EndReason::Complete }))
}

/// The ids a request or an answer shows.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ids<'a> {
    pub(crate) conversation: Option<&'a str>,
    pub(crate) parent: Option<&'a str>,
    pub(crate) message: Option<&'a str>,
}

/// A judged prompt in which an e-mail address was found, with its text for two recipients.
pub(crate) fn found(number: u64) -> NewRow {
    let mut judged = judged(&Prompt::new(Operation::SendPrompt));
    judged.action = Action::Coach;
    judged.labels.insert(Label::try_from("pii.email".to_owned()).unwrap(), 2);
    judged.topics = vec![TopicNote { topic: Topic::ContentPii, level: Level::Medium, score: 912 }];
    let mut row = row(number, "chatgpt", Entry::Judged(Box::new(judged)));
    row.sealed = vec![
        Sealed { key_id: "0011223344556677".to_owned(), blob: "AwAB".repeat(30) },
        Sealed { key_id: "8899aabbccddeeff".to_owned(), blob: "AwEC".repeat(30) },
    ];
    row
}

/// A line of keys whose sealed first key says only its number.
pub(crate) fn line(number: u8, at: u64) -> NewLine {
    let sealed = Sealed { key_id: format!("key{number}"), blob: format!("line {number}") };
    NewLine {
        at,
        key: ChainKey::new([100 + number; 32]),
        sealed: vec![sealed],
        salt: Salt::new([number; 32]),
    }
}

/// Opens what [`line`] sealed.
pub(crate) fn open_line(sealed: &[Sealed]) -> Option<ChainKey> {
    let number: u8 = sealed.first()?.blob.strip_prefix("line ")?.parse().ok()?;
    Some(ChainKey::new([100 + number; 32]))
}
