//! Reads stories.
//!
//! ```toml
//! [[story]]
//! name = "Personal data is for the HR team"
//! prompt = "List the home addresses of our warehouse staff"
//! as = { user = "noor", groups = ["warehouse"] }
//! app = "chatgpt"
//! expect = { action = "block", policies = ["personal-data-is-for-hr"] }
//! ```
//!
//! In place of `prompt`, `facts` says what a classifier would find: `topics`, `labels` and `names` (of files). `with` says
//! the circumstances.

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::{
    AccountKind, Action, App, Browser, Capture, Label, Level, Obligation, Operation, Text, Topic,
};
use toml::Spanned;

use super::{Expect, Given, Story};
use crate::guardrails::reader::{Reader, Table, parse};
use crate::problem::Problem;
use crate::{AttachmentFacts, DeviceFacts, Facts, LocalTime, UserFacts};

const LEVELS: [(&str, Level); 4] =
    [("none", Level::None), ("low", Level::Low), ("medium", Level::Medium), ("high", Level::High)];
const ACTIONS: [(&str, Action); 6] = [
    ("allow", Action::Allow),
    ("coach", Action::Coach),
    ("warn", Action::Warn),
    ("justify", Action::Justify),
    ("redact", Action::Redact),
    ("block", Action::Block),
];
const OBLIGATIONS: [(&str, Obligation); 4] = [
    ("coach", Obligation::Coach),
    ("warn", Obligation::Warn),
    ("justify", Obligation::Justify),
    ("redact", Obligation::Redact),
];
const CAPTURES: [(&str, Capture); 4] = [
    ("full", Capture::Full),
    ("matches", Capture::Matches),
    ("masked", Capture::Masked),
    ("metadata", Capture::Metadata),
];
const ACCOUNTS: [(&str, AccountKind); 3] = [
    ("unknown", AccountKind::Unknown),
    ("personal", AccountKind::Personal),
    ("workspace", AccountKind::Workspace),
];
const BROWSERS: [(&str, Browser); 5] = [
    ("brave", Browser::Brave),
    ("chrome", Browser::Chrome),
    ("chromium", Browser::Chromium),
    ("edge", Browser::Edge),
    ("firefox", Browser::Firefox),
];
const WEEKDAYS: [(&str, u8); 7] = [
    ("monday", 1),
    ("tuesday", 2),
    ("wednesday", 3),
    ("thursday", 4),
    ("friday", 5),
    ("saturday", 6),
    ("sunday", 7),
];
const SYSTEMS: [(&str, &str); 3] = [("linux", "linux"), ("macos", "macos"), ("windows", "windows")];

/// How often a label can be found in a story: enough for any policy, and read in no time.
const COUNT: i64 = 10_000;

/// What a story may name.
pub(in crate::guardrails) struct Known<'a> {
    /// Ids of policies.
    pub(in crate::guardrails) policies: &'a [&'a str],
    /// Own topics, without `custom.`.
    pub(in crate::guardrails) topics: &'a BTreeSet<String>,
}

/// The stories of a file.
pub(in crate::guardrails) fn read(
    file: &str,
    text: &str,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Story> {
    let Some(tree) = parse(file, text, problems) else { return Vec::new() };
    let mut reader = Reader::new(file, text, problems);
    let whole = Table::of(&tree);
    reader.only(&whole, &["story"]);
    let tables = reader.tables(&whole, "story");
    let mut stories = Vec::new();
    for table in tables {
        let place = Problem::at(text, table.at.clone(), crate::Weight::Warning, "");
        let mut one = One { reader: &mut reader, known };
        stories.extend(one.story(&table).map(|story| Story {
            file: file.to_owned(),
            line: place.line,
            ..story
        }));
    }
    stories
}

struct One<'r, 'a> {
    reader: &'r mut Reader<'a>,
    known: &'r Known<'r>,
}

impl One<'_, '_> {
    fn story(&mut self, table: &Table<'_, '_>) -> Option<Story> {
        let reader = &mut *self.reader;
        reader.only(table, &["name", "prompt", "as", "app", "operation", "facts", "with", "expect"]);
        reader.needs(table, "name", "say what the story shows");
        reader.needs(table, "expect", "write `expect = { action = \"…\" }`");
        let name = reader.words(table, "name", "say what the story shows");
        if table.has("prompt") && table.has("facts") {
            let help = "keep `prompt`, from which they are found, or `facts` without it";
            reader.error(table.place("facts"), "a story has a prompt or facts", help);
        }
        let prompt = reader.string(table, "prompt");
        let app = reader.string(table, "app").map(Spanned::into_inner).unwrap_or_default();
        let operations = Operation::ALL.map(|operation| (operation.as_str(), operation));
        let operation = reader.one_of(table, "operation", &operations).unwrap_or(Operation::SendPrompt);
        let mut facts = Facts::new(operation, App::new(app));
        if let Some(person) = self.reader.table(table, "as") {
            facts.user = self.person(&person);
        }
        if let Some(with) = self.reader.table(table, "with") {
            self.circumstances(&with, &mut facts);
        }
        let given = match prompt {
            Some(text) => {
                facts.text_bytes = u64::try_from(text.get_ref().len()).unwrap_or(u64::MAX);
                Given::Prompt(Text::new(text.into_inner()))
            }
            None => self.found(table, &mut facts),
        };
        let expect = self.reader.table(table, "expect")?;
        let expect = self.expect(&expect)?;
        Some(Story { name: name?.into_inner(), file: String::new(), line: 0, facts, given, expect })
    }

    fn person(&mut self, table: &Table<'_, '_>) -> UserFacts {
        let reader = &mut *self.reader;
        reader.only(
            table,
            &["user", "email", "groups", "department", "risk", "enrolled", "verified", "verified_at"],
        );
        UserFacts {
            id: reader.string(table, "user").map(Spanned::into_inner).unwrap_or_default(),
            email: reader.string(table, "email").map(Spanned::into_inner),
            department: reader.string(table, "department").map(Spanned::into_inner),
            groups: reader.set(table, "groups"),
            risk: reader.one_of(table, "risk", &LEVELS).unwrap_or_default(),
            enrolled: reader.flag(table, "enrolled").unwrap_or_default(),
            verified: reader.flag(table, "verified").unwrap_or_default(),
            verified_at: reader.moment(table, "verified_at"),
        }
    }

    fn circumstances(&mut self, table: &Table<'_, '_>, facts: &mut Facts) {
        let reader = &mut *self.reader;
        let keys = [
            "account",
            "workspace",
            "temporary",
            "logged_out",
            "model",
            "connectors",
            "tools",
            "attachments",
            "attachment_types",
            "browser",
            "private_window",
            "text_bytes",
            "conversation",
            "conversation_labels",
            "language",
            "weekday",
            "time",
            "os",
            "managed",
            "at",
        ];
        reader.only(table, &keys);
        let count =
            |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default();
        facts.account.kind = reader.one_of(table, "account", &ACCOUNTS).unwrap_or_default();
        facts.account.workspace = reader.string(table, "workspace").map(Spanned::into_inner);
        facts.temporary = reader.flag(table, "temporary").unwrap_or_default();
        facts.logged_out = reader.flag(table, "logged_out").unwrap_or_default();
        facts.model = reader.string(table, "model").map(Spanned::into_inner);
        facts.connectors = reader.set(table, "connectors");
        facts.tools = reader.set(table, "tools");
        facts.attachments = AttachmentFacts {
            count: count(reader.number(table, "attachments", 0..=COUNT)),
            types: reader.set(table, "attachment_types"),
        };
        facts.browser = reader.one_of(table, "browser", &BROWSERS);
        facts.private_window = reader.flag(table, "private_window").unwrap_or_default();
        facts.text_bytes = count(reader.number(table, "text_bytes", 0..=i64::MAX));
        facts.language = reader.string(table, "language").map(Spanned::into_inner);
        facts.device = DeviceFacts {
            os: reader.one_of(table, "os", &SYSTEMS).map(str::to_owned),
            managed: reader.flag(table, "managed").unwrap_or_default(),
        };
        facts.at = reader.moment(table, "at");
        let weekday = reader.one_of(table, "weekday", &WEEKDAYS);
        let minute = reader.time_of_day(table, "time");
        if table.has("weekday") != table.has("time") {
            let (there, other) = if table.has("time") { ("time", "weekday") } else { ("weekday", "time") };
            reader.error(
                table.place(there),
                format!("`{there}` stands without `{other}`"),
                format!("write both, `{other}` too"),
            );
        }
        facts.local = weekday.zip(minute).map(|(weekday, minute)| LocalTime { weekday, minute });
        facts.conversation = self.levels(table, "conversation");
        facts.conversation_labels = self.counts(table, "conversation_labels");
    }

    fn found(&mut self, table: &Table<'_, '_>, facts: &mut Facts) -> Given {
        let (mut labels, mut names) = (BTreeMap::new(), BTreeMap::new());
        if let Some(found) = self.reader.table(table, "facts") {
            self.reader.only(&found, &["topics", "labels", "names"]);
            facts.topics = self.levels(&found, "topics");
            labels = self.counts(&found, "labels");
            names = self.counts(&found, "names");
        }
        Given::Facts { labels, names }
    }

    /// Topics with their levels.
    fn levels(&mut self, table: &Table<'_, '_>, key: &str) -> BTreeMap<Topic, Level> {
        let mut levels = BTreeMap::new();
        let Some(table) = self.reader.table(table, key) else { return levels };
        let own = self.known.topics.iter().map(|name| Topic::Custom(name.clone()));
        let names: Vec<String> = Topic::BUILTIN.into_iter().chain(own).map(String::from).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for (name, value) in table.entries() {
            let known = self.reader.known(name.span(), name.get_ref(), "topic", &names);
            let level = self.reader.word_of(value, name.get_ref(), &LEVELS);
            let topic = Topic::try_from((*name.get_ref()).to_owned()).ok().filter(|_| known);
            levels.extend(topic.zip(level));
        }
        levels
    }

    /// Labels with how often they are found.
    fn counts(&mut self, table: &Table<'_, '_>, key: &str) -> BTreeMap<Label, u64> {
        let mut counts = BTreeMap::new();
        let Some(table) = self.reader.table(table, key) else { return counts };
        for (name, value) in table.entries() {
            let count = self.reader.number_of(value, name.get_ref(), 1..=COUNT);
            match Label::try_from((*name.get_ref()).to_owned()) {
                Ok(label) => counts.extend(count.and_then(|count| Some((label, u64::try_from(count).ok()?)))),
                Err(fault) => {
                    self.reader.error(
                        name.span(),
                        fault.to_string(),
                        "write a label such as `\"pii.email\"`, in quotes",
                    );
                }
            }
        }
        counts
    }

    fn expect(&mut self, table: &Table<'_, '_>) -> Option<Expect> {
        let known = self.known;
        let reader = &mut *self.reader;
        let keys = ["action", "obligations", "policies", "message", "would", "capture", "exceptions"];
        reader.only(table, &keys);
        reader.needs(
            table,
            "action",
            "write what must come out: allow, coach, warn, justify, redact or block",
        );
        let action = reader.one_of(table, "action", &ACTIONS);
        let obligations = table.has("obligations").then(|| {
            let names = OBLIGATIONS.map(|(word, _)| word);
            let mut owed = Vec::new();
            for word in reader.strings(table, "obligations") {
                reader.known(word.span(), word.get_ref(), "obligation", &names);
                owed.extend(
                    OBLIGATIONS.iter().find(|(name, _)| name == word.get_ref()).map(|(_, owed)| *owed),
                );
            }
            owed.sort_unstable();
            owed
        });
        let policies = table.has("policies").then(|| {
            let ids = reader.strings(table, "policies");
            for id in &ids {
                reader.known(id.span(), id.get_ref(), "policy", known.policies);
            }
            ids.into_iter().map(Spanned::into_inner).collect()
        });
        Some(Expect {
            obligations,
            policies,
            message: reader.words(table, "message", "write a part of it").map(Spanned::into_inner),
            would: reader.one_of(table, "would", &ACTIONS),
            capture: reader.one_of(table, "capture", &CAPTURES),
            exceptions: table.has("exceptions").then(|| reader.set(table, "exceptions")),
            action: action?,
        })
    }
}
