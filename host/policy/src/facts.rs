//! Everything a decision depends on besides the policy, in a form that is kept and replayed.
//!
//! INVARIANT: labels, levels, counts and names that the site or the organisation gave; never a value of the
//! prompt. INVARIANT: equal facts have equal bytes: fields in the order below, maps and sets sorted, in the lowest
//! version that can say them. So what was kept as version 1 is written as version 1 again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared_protocol::{Account, App, Browser, Finding, Label, Level, Operation, Prompt, Topic, TopicScore};

/// The newest version of the bytes that [`Facts::to_bytes`] writes. Version 1 knew nothing of verification, of the
/// conversation before, of language, time and device, version 2 neither how often something was found in that
/// conversation nor what was answered about files. Each is still read, and the lowest that can say all is written.
pub const FACTS_VERSION: u16 = 3;

/// The person, as far as known. The default is somebody unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserFacts {
    /// The identity provider's subject; empty for somebody unknown.
    pub id: String,
    /// E-mail address of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Groups.
    pub groups: BTreeSet<String>,
    /// Risk level.
    pub risk: Level,
    /// Signed in with an account of the organisation; where enrolment is asked for, bound to this device as well.
    pub enrolled: bool,
    /// Who it is was verified, not only who signed in.
    #[serde(default, skip_serializing_if = "is_default")]
    pub verified: bool,
    /// When, in unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<i64>,
}

/// The site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppFacts {
    /// Which.
    pub id: App,
    /// What kind of site the organisation calls it; empty when it said nothing.
    pub category: String,
    /// The organisation approved it.
    pub sanctioned: bool,
}

/// The files a request names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentFacts {
    /// How many.
    pub count: u64,
    /// Their media types.
    pub types: BTreeSet<String>,
}

/// The time on the person's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalTime {
    /// 1 Monday to 7 Sunday, as ISO 8601 counts.
    pub weekday: u8,
    /// Minutes since midnight: 0 to 1439.
    pub minute: u16,
}

/// The computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceFacts {
    /// `linux`, `macos` or `windows`; absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// An organisation manages it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub managed: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// How often a label was found, and the topics it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// In the text, with a span: redaction can take it out.
    pub spans: u64,
    /// In a file's name, without a span: redaction cannot reach it.
    pub names: u64,
    /// Topics it is evidence for.
    pub topics: BTreeSet<Topic>,
}

impl Found {
    /// How often, in the text and in names.
    pub(crate) fn times(&self) -> u64 {
        self.spans.saturating_add(self.names)
    }
}

/// Where a label was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the text of a part.
    Text,
    /// In the name of a file.
    Name,
}

/// The facts of one decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    version: u16,
    /// What the request does.
    pub operation: Operation,
    /// Where.
    pub app: AppFacts,
    /// Who.
    pub user: UserFacts,
    /// Levels of topics; a topic that is not named is at none.
    pub topics: BTreeMap<Topic, Level>,
    /// What was found.
    pub labels: BTreeMap<Label, Found>,
    /// Whose account of the site.
    pub account: Account,
    /// A chat the site promises not to keep.
    pub temporary: bool,
    /// Sent without an account of the site.
    pub logged_out: bool,
    /// The model asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Connectors switched on.
    pub connectors: BTreeSet<String>,
    /// Tools switched on.
    pub tools: BTreeSet<String>,
    /// Files.
    pub attachments: AttachmentFacts,
    /// Which browser; absent when the text did not come from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Browser>,
    /// In a private window.
    pub private_window: bool,
    /// Bytes of text.
    pub text_bytes: u64,
    /// The workspace of [`Self::account`] is one the organisation approved for this site.
    #[serde(default, skip_serializing_if = "is_default")]
    pub workspace_sanctioned: bool,
    /// The highest level of each topic in the conversation before this.
    #[serde(default, skip_serializing_if = "is_default")]
    pub conversation: BTreeMap<Topic, Level>,
    /// How often each label was found in the prompts of the conversation before this. Left empty where no policy asks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub conversation_labels: BTreeMap<Label, u64>,
    /// The browser's language, as BCP 47 writes it (`de-CH`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The person's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalTime>,
    /// The computer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub device: DeviceFacts,
    /// When, in unix seconds. Without it no exception applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// Policies that match only because of files about which the person answered them before: they do not hold again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub answered: BTreeSet<String>,
}

/// The bytes are no facts of this version.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// Not the JSON of facts.
    #[error("these are no facts: line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Another version.
    #[error("facts of version {0} are not known here; the newest is {FACTS_VERSION}")]
    Version(u64),
}

impl Facts {
    /// Facts of an empty interaction: nothing found, nobody known.
    #[must_use]
    pub fn new(operation: Operation, app: App) -> Self {
        Self {
            version: FACTS_VERSION,
            operation,
            app: AppFacts { id: app, category: String::new(), sanctioned: false },
            user: UserFacts::default(),
            topics: BTreeMap::new(),
            labels: BTreeMap::new(),
            account: Account::default(),
            temporary: false,
            logged_out: false,
            model: None,
            connectors: BTreeSet::new(),
            tools: BTreeSet::new(),
            attachments: AttachmentFacts::default(),
            browser: None,
            private_window: false,
            text_bytes: 0,
            workspace_sanctioned: false,
            conversation: BTreeMap::new(),
            conversation_labels: BTreeMap::new(),
            language: None,
            local: None,
            device: DeviceFacts::default(),
            at: None,
            answered: BTreeSet::new(),
        }
    }

    /// What a prompt says of itself; its text is only measured.
    #[must_use]
    pub fn of(app: App, prompt: &Prompt) -> Self {
        let files = prompt.attachments.iter();
        Self {
            account: prompt.account.clone(),
            temporary: prompt.temporary,
            logged_out: prompt.logged_out,
            model: prompt.model.clone(),
            connectors: prompt.connectors.iter().cloned().collect(),
            tools: prompt.tools.iter().cloned().collect(),
            attachments: AttachmentFacts {
                count: u64::try_from(prompt.attachments.len()).unwrap_or(u64::MAX),
                types: files.filter_map(|file| file.media_type.clone()).collect(),
            },
            text_bytes: u64::try_from(prompt.text_len()).unwrap_or(u64::MAX),
            ..Self::new(prompt.operation, app)
        }
    }

    /// Adds the levels of `scores` and counts `findings`. `topics_of` names the topics of a label.
    pub fn classified(
        &mut self,
        scores: &[TopicScore],
        findings: &[Finding],
        topics_of: impl Fn(&Label) -> Vec<Topic>,
    ) {
        for score in scores.iter().filter(|score| score.level > Level::None) {
            self.topics.insert(score.topic.clone(), score.level);
        }
        for finding in findings {
            self.found(&finding.label, topics_of(&finding.label), Place::Text);
        }
    }

    /// Counts one more finding.
    pub fn found(&mut self, label: &Label, topics: impl IntoIterator<Item = Topic>, place: Place) {
        let found = self.labels.entry(label.clone()).or_default();
        match place {
            Place::Text => found.spans = found.spans.saturating_add(1),
            Place::Name => found.names = found.names.saturating_add(1),
        }
        found.topics.extend(topics);
    }

    /// How much was found in all.
    pub(crate) fn found_in_all(&self) -> u64 {
        self.labels.values().fold(0, |sum, found| sum.saturating_add(found.times()))
    }

    /// How often labels of this family were found in the conversation before.
    pub(crate) fn found_before(&self, family: &str) -> u64 {
        let within = |label: &str| {
            label.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let of_family = self.conversation_labels.iter().filter(|(label, _)| within(label.as_str()));
        of_family.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// How much was found in the conversation before, in all.
    pub(crate) fn found_before_in_all(&self) -> u64 {
        self.conversation_labels.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The same as if these topics were not there, nor the findings that are evidence for nothing else.
    pub(crate) fn without(&self, topics: &BTreeSet<Topic>) -> Self {
        let mut facts = self.clone();
        facts.topics.retain(|topic, _| !topics.contains(topic));
        facts.labels.retain(|_, found| found.topics.is_empty() || !found.topics.is_subset(topics));
        facts
    }

    /// The canonical bytes: JSON without white space.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let written = Self { version: self.least_version(), ..self.clone() };
        // Nothing in these types can fail to serialize; a test over arbitrary facts holds that.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are something else or of a newer version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FactsError> {
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let malformed =
            |error: serde_json::Error| FactsError::Malformed { line: error.line(), column: error.column() };
        let Version { version } = serde_json::from_slice(bytes).map_err(malformed)?;
        if !(1..=u64::from(FACTS_VERSION)).contains(&version) {
            return Err(FactsError::Version(version));
        }
        let facts: Self = serde_json::from_slice(bytes).map_err(malformed)?;
        // Each fact has one form of bytes, so that a hash over them means something.
        if facts.version != facts.least_version() {
            return Err(FactsError::Malformed { line: 1, column: 1 });
        }
        Ok(Self { version: FACTS_VERSION, ..facts })
    }

    /// The lowest version that can say all this.
    fn least_version(&self) -> u16 {
        if !self.conversation_labels.is_empty() || !self.answered.is_empty() {
            return FACTS_VERSION;
        }
        let known_to_1 = Self {
            user: UserFacts { verified: false, verified_at: None, ..self.user.clone() },
            workspace_sanctioned: false,
            conversation: BTreeMap::new(),
            language: None,
            local: None,
            device: DeviceFacts::default(),
            at: None,
            ..self.clone()
        };
        if known_to_1 == *self { 1 } else { 2 }
    }
}
