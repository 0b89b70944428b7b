//! What is inside a sealed text: the JSON that `host/journal` writes, read for one event.

use serde::{Deserialize, Serialize};

use crate::wiped::Wiped;

/// The version of the JSON that is known.
const VERSION: u16 = 1;

/// What was sealed is not what stands on record of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlainError {
    /// It names another event.
    #[error("it says that it belongs to another interaction")]
    Foreign,
    /// It is no such JSON.
    #[error("what was sealed cannot be read")]
    Unreadable,
}

#[derive(Deserialize)]
struct Read {
    v: u16,
    event: String,
    prompt: Option<Prompt<Part>>,
    answer: Option<Wiped>,
    reason: Option<Wiped>,
}

#[derive(Deserialize, Serialize)]
struct Prompt<P> {
    parts: Vec<P>,
    #[serde(default)]
    attachments: Vec<Wiped>,
}

#[derive(Deserialize)]
struct Part {
    text: Wiped,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Content {
    Prompt(Prompt<Wiped>),
    Answer(Wiped),
    Reason(Wiped),
}

/// The content for the page.
pub(crate) fn content(bytes: &[u8], event: &str) -> Result<String, PlainError> {
    let read: Read = serde_json::from_slice(bytes).map_err(|_| PlainError::Unreadable)?;
    if read.v != VERSION {
        return Err(PlainError::Unreadable);
    }
    if read.event != event {
        return Err(PlainError::Foreign);
    }
    let content = match (read.prompt, read.answer, read.reason) {
        (Some(Prompt { parts, attachments }), None, None) => {
            let parts = parts.into_iter().map(|part| part.text).collect();
            Content::Prompt(Prompt { parts, attachments })
        }
        (None, Some(text), None) => Content::Answer(text),
        (None, None, Some(text)) => Content::Reason(text),
        _ => return Err(PlainError::Unreadable),
    };
    serde_json::to_string(&content).map_err(|_| PlainError::Unreadable)
}
