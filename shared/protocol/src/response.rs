//! An assistant's answer, rebuilt from a stream.

use serde::{Deserialize, Serialize};

use crate::Text;

/// A tool the assistant called while answering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Its name as the site says it.
    pub name: String,
    /// The connector or tool server it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// What the person sees, white space kept.
    pub text: Text,
    /// The model that answered, when the stream says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The conversation, when the stream says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The answer's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Tools called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// Whether a terminal event was seen.
    pub complete: bool,
    /// Whether the cap cut the copy short; the page got all of it.
    #[serde(default)]
    pub truncated: bool,
    /// The site's own error code, when the stream ended in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
