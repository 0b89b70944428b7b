//! The rows that follow a judgement, and those that stand alone.

use serde::{Deserialize, Serialize};
use shared_protocol::{
    Action, Browser, Choice, Code, Drift, EndReason, LateEntry, Operation, PolicySource, RefusedReason,
    Response, ToolCall, Uncovered,
};

use crate::SiteWord;

/// The card was on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {}

/// The person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// What. The reason, if any, is sealed beside the row.
    pub choice: ChoiceWord,
    /// Bytes of the reason.
    #[serde(default)]
    pub reason_bytes: u64,
}

/// A choice without its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceWord {
    /// Take it back and change the text.
    Edit,
    /// Send it without the found spans.
    Redact,
    /// Send it with a reason.
    Justify,
    /// Send it as it is.
    SendAnyway,
    /// No answer in time.
    None,
    /// Send it: with a one-time code.
    Code,
    /// Prove who one is first.
    Verify,
}

impl From<&Choice> for Answered {
    fn from(choice: &Choice) -> Self {
        let (choice, reason) = match choice {
            Choice::Edit => (ChoiceWord::Edit, None),
            Choice::Redact { reason } => (ChoiceWord::Redact, reason.as_ref()),
            Choice::Justify { reason } => (ChoiceWord::Justify, Some(reason)),
            Choice::SendAnyway => (ChoiceWord::SendAnyway, None),
            Choice::None => (ChoiceWord::None, None),
            // The code itself is nowhere; the audit row beside this one names the grant.
            Choice::Code { .. } => (ChoiceWord::Code, None),
            // What came of it says the audit row of this event.
            Choice::Verify => (ChoiceWord::Verify, None),
        };
        Self { choice, reason_bytes: reason.map_or(0, |reason| reason.len() as u64) }
    }
}

/// The request was permitted to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Without the found spans.
    #[serde(default)]
    pub edited: bool,
}

/// The request was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// By whom.
    pub by: RefusedBy,
}

/// Who or what ended a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedBy {
    /// The policy blocks it.
    Policy,
    /// The person took it back.
    Person,
    /// The person did not answer in time.
    NoAnswer,
    /// A fault, whose setting says so.
    Fault(Code),
    /// The extension.
    Extension(RefusedReason),
}

/// The assistant's answer; its text is sealed beside the row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responded {
    /// The conversation, when the stream says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<SiteWord>,
    /// The answer's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<SiteWord>,
    /// The model that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<SiteWord>,
    /// Bytes of text.
    #[serde(default)]
    pub text_bytes: u64,
    /// A terminal event was seen.
    #[serde(default)]
    pub complete: bool,
    /// The cap cut the copy short.
    #[serde(default)]
    pub truncated: bool,
    /// Tools called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolUse>,
    /// The site's own error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<SiteWord>,
}

/// A tool the assistant called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolUse {
    /// Its name.
    pub name: SiteWord,
    /// The connector or tool server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<SiteWord>,
}

impl From<&ToolCall> for ToolUse {
    fn from(call: &ToolCall) -> Self {
        Self { name: SiteWord::from(&call.name), server: call.server.as_ref().map(SiteWord::from) }
    }
}

impl From<&Response> for Responded {
    fn from(response: &Response) -> Self {
        Self {
            conversation: response.conversation_id.as_ref().map(SiteWord::from),
            message: response.message_id.as_ref().map(SiteWord::from),
            model: response.model.as_ref().map(SiteWord::from),
            text_bytes: response.text.len() as u64,
            complete: response.complete,
            truncated: response.truncated,
            tool_calls: response.tool_calls.iter().map(ToolUse::from).collect(),
            error: response.error.as_ref().map(SiteWord::from),
        }
    }
}

/// The interaction is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// How.
    pub reason: EndReason,
}

/// The person says that this event's verdict is a mistake: no answer to it, and nothing follows by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistaken {}

/// Something could not be read. With an event: that request has a judgement too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drifted {
    /// What.
    pub drift: Drift,
}

/// A request that no hook vouched for was seen at the network level. Belongs to no event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its shape and what became of it.
    pub seen: Uncovered,
}

/// Let go or refused while the host was away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// What the request did, when it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Whether it was let go.
    pub released: bool,
    /// Bytes of text.
    #[serde(default)]
    pub text_bytes: u64,
}

impl From<&LateEntry> for Late {
    fn from(entry: &LateEntry) -> Self {
        Self { operation: entry.operation, released: entry.released, text_bytes: entry.size }
    }
}

/// A browser's extension was connected. What lies between two connections, and a connection without its end, is time
/// in which nobody looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Where the connection stands.
    pub beat: Beat,
    /// Which browser.
    pub browser: Browser,
    /// The extension's version.
    pub extension: SiteWord,
    /// The host's version.
    pub host: SiteWord,
    /// Where the policy came from.
    pub source: PolicySource,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beat {
    /// It began.
    Connected,
    /// It goes on.
    Alive,
    /// The browser ended it.
    Ended,
}

/// The drafts of one message, those with rows of their own included; the text of the last one that was let go and has
/// no row is sealed beside this one. The event is that of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafted {
    /// How many.
    pub drafts: u64,
    /// How many were let go.
    pub released: u64,
    /// How many were not.
    pub refused: u64,
    /// The strictest decision.
    pub action: Action,
    /// Bytes of text of the last one.
    #[serde(default)]
    pub text_bytes: u64,
}

/// A line of keys began; its first key is sealed beside the row, to each recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// The number of the line's first epoch.
    pub epoch: u64,
}
