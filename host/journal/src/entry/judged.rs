//! The row of a judgement: what the request was, what was found, what was decided and from what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared_protocol::{
    AccountKind, Action, Browser, Capture, Code, Drift, Label, Level, Mode, Obligation, Operation, Outcome,
    PolicySource, Prompt, Topic, TopicScore, UnreadFile,
};

use crate::{JournalError, SiteWord};

/// A request was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    // What was decided.
    /// The decision's label.
    pub action: Action,
    /// What the extension was told.
    pub outcome: Outcome,
    /// Its duties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// Whether it was carried out.
    pub mode: Mode,
    /// What it would have been, in monitor mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would: Option<Action>,
    /// The policies that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<PolicyUse>,
    /// Spans that redaction replaces.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub edits: u64,
    /// The fault that tightened it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Code>,

    // From what.
    /// Where the policy came from.
    pub source: PolicySource,
    /// The bundle's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    /// What the decision can be replayed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<FactsJson>,
    /// The same of the text after redaction, which was decided again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted_facts: Option<FactsJson>,
    /// The engines that answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub engines: Vec<String>,
    /// Topics above level 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<TopicNote>,
    /// How often each label was found.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Label, u64>,
    /// How long it took.
    #[serde(default)]
    pub timings: Timings,
    /// What was to be kept of the text.
    pub capture: Capture,

    // Of what request.
    /// What it does; absent when it was not read so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Why it could not be read, if it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// The conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<SiteWord>,
    /// The message it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SiteWord>,
    /// The message itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<SiteWord>,
    /// The model asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<SiteWord>,
    /// Whose account.
    #[serde(default)]
    pub account: AccountKind,
    /// The workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<SiteWord>,
    /// Connectors switched on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connectors: Vec<SiteWord>,
    /// Tools switched on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<SiteWord>,
    /// A chat the site promises not to keep.
    #[serde(default, skip_serializing_if = "is_false")]
    pub temporary: bool,
    /// Sent without an account.
    #[serde(default, skip_serializing_if = "is_false")]
    pub logged_out: bool,
    /// Files named.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attachments: u64,
    /// Of the files whose bytes were there: what they are and what was found in them. Their names are sealed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileNote>,
    /// Bytes of text.
    #[serde(default)]
    pub text_bytes: u64,
    /// Where it was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Browser>,
    /// In a private window.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private_window: bool,
}

impl Judged {
    /// A decision that has nothing to say about a request that is not known; fill in what is.
    #[must_use]
    pub fn new(action: Action, outcome: Outcome, mode: Mode, source: PolicySource, capture: Capture) -> Self {
        Self {
            action,
            outcome,
            obligations: Vec::new(),
            mode,
            would: None,
            policies: Vec::new(),
            edits: 0,
            fault: None,
            source,
            bundle: None,
            facts: None,
            redacted_facts: None,
            engines: Vec::new(),
            topics: Vec::new(),
            labels: BTreeMap::new(),
            timings: Timings::default(),
            capture,
            operation: None,
            drift: None,
            conversation: None,
            parent: None,
            message: None,
            model: None,
            account: AccountKind::Unknown,
            workspace: None,
            connectors: Vec::new(),
            tools: Vec::new(),
            temporary: false,
            logged_out: false,
            attachments: 0,
            files: Vec::new(),
            text_bytes: 0,
            browser: None,
            private_window: false,
        }
    }

    /// With everything a prompt says beside its text.
    #[must_use]
    pub fn about(mut self, prompt: &Prompt) -> Self {
        self.operation = Some(prompt.operation);
        self.conversation = prompt.conversation_id.as_ref().map(SiteWord::from);
        self.parent = prompt.parent_id.as_ref().map(SiteWord::from);
        self.message = prompt.message_id.as_ref().map(SiteWord::from);
        self.model = prompt.model.as_ref().map(SiteWord::from);
        self.account = prompt.account.kind;
        self.workspace = prompt.account.workspace.as_ref().map(SiteWord::from);
        self.connectors = prompt.connectors.iter().map(SiteWord::from).collect();
        self.tools = prompt.tools.iter().map(SiteWord::from).collect();
        self.temporary = prompt.temporary;
        self.logged_out = prompt.logged_out;
        self.attachments = prompt.attachments.len() as u64;
        self.text_bytes = prompt.text_len() as u64;
        self
    }

    /// With why a request could not be read.
    #[must_use]
    pub fn unread(mut self, drift: &Drift) -> Self {
        self.operation = drift.operation;
        self.text_bytes = drift.size.unwrap_or(0);
        self.drift = Some(drift.clone());
        self
    }
}

/// An attached file, without its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// What it is, by its bytes: `docx`, `pdf`, `zip`; empty when that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hexadecimal; empty when not all bytes came.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// How often each label was found in it, up to a bound.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Label, u64>,
    /// Its topics above level 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<TopicNote>,
    /// Why it was not read, or not whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<UnreadFile>,
}

/// A policy that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyUse {
    /// Its `@id`.
    pub id: String,
    /// What it asks for.
    pub action: Action,
    /// Whether that is carried out.
    pub mode: Mode,
}

/// A topic above level 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicNote {
    /// Which.
    pub topic: Topic,
    /// Its level.
    pub level: Level,
    /// Its score in thousandths: a row holds no fractions, whose spelling differs between writers.
    pub score: u16,
}

impl TopicNote {
    /// The notes of a classification: what is above level 0.
    #[must_use]
    pub fn of(scores: &[TopicScore]) -> Vec<Self> {
        let above = scores.iter().filter(|score| score.level > Level::None);
        above
            .map(|score| Self {
                topic: score.topic.clone(),
                level: score.level,
                score: thousandths(score.score),
            })
            .collect()
    }
}

fn thousandths(score: f32) -> u16 {
    (score.clamp(0.0, 1.0) * 1000.0).round() as u16
}

/// Machine time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Finding and scoring.
    #[serde(default)]
    pub classify_us: u64,
    /// The policy.
    #[serde(default)]
    pub decide_us: u64,
    /// From the message's arrival to this row.
    #[serde(default)]
    pub total_us: u64,
    /// All of its text was read ahead of Send, so that finding was a look-up.
    #[serde(default, skip_serializing_if = "is_false")]
    pub previewed: bool,
}

/// The facts of a decision as canonical JSON, kept byte for byte. Whoever makes them sees to it that they hold
/// labels, levels and counts and no value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactsJson(Box<RawValue>);

impl FactsJson {
    /// Wraps the bytes.
    ///
    /// # Errors
    /// When they are no JSON.
    pub fn new(bytes: &[u8]) -> Result<Self, JournalError> {
        let text = std::str::from_utf8(bytes).map_err(|_| JournalError::Facts)?;
        let value = RawValue::from_string(text.to_owned()).map_err(|_| JournalError::Facts)?;
        Ok(Self(value))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.get().as_bytes()
    }
}

impl PartialEq for FactsJson {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for FactsJson {}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}
