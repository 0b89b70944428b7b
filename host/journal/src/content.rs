//! What is inside a sealed text: JSON that says which row it belongs to, because its framing does not.
//!
//! ```json
//! {"v":1,"event":"…","at":1700000000000,"app":"chatgpt","conversation":"…",
//!  "prompt":{"parts":[{"kind":"text","text":"…"}],"attachments":["plan.pdf"]}}
//! ```
//! or, in place of `prompt`, `"answer":"…"` or `"reason":"…"`.
//! INVARIANT: the buffer that is sealed has its length from the start and is wiped: no copy is left behind by
//! growing.

use std::io;

use serde::{Deserialize, Serialize};
use shared_protocol::{App, EventId, Millis, Part, Prompt, Text};
use zeroize::Zeroizing;

use crate::JournalError;

/// The version of this JSON.
const VERSION: u16 = 1;

/// A text with what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plain {
    v: u16,
    /// Which interaction.
    pub event: EventId,
    /// When.
    pub at: Millis,
    /// Which site.
    pub app: App,
    /// Which conversation, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The text.
    #[serde(flatten)]
    pub content: Content,
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// What the person sent.
    Prompt {
        /// All its text.
        parts: Vec<Part>,
        /// Names of the files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Text>,
    },
    /// What the assistant answered.
    Answer(Text),
    /// Why the person sent it all the same.
    Reason(Text),
}

impl Plain {
    /// A prompt's text and its files' names.
    #[must_use]
    pub fn prompt(event: EventId, at: Millis, app: App, prompt: &Prompt) -> Self {
        let attachments = prompt.attachments.iter().filter_map(|file| file.name.clone()).collect();
        let content = Content::Prompt { parts: prompt.parts.clone(), attachments };
        Self { v: VERSION, event, at, app, conversation: prompt.conversation_id.clone(), content }
    }

    /// An answer's text.
    #[must_use]
    pub fn answer(event: EventId, at: Millis, app: App, conversation: Option<String>, text: Text) -> Self {
        Self { v: VERSION, event, at, app, conversation, content: Content::Answer(text) }
    }

    /// A person's reason.
    #[must_use]
    pub fn reason(event: EventId, at: Millis, app: App, text: Text) -> Self {
        Self { v: VERSION, event, at, app, conversation: None, content: Content::Reason(text) }
    }

    /// The bytes to be sealed.
    ///
    /// # Errors
    /// Never with text that came as UTF-8.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, JournalError> {
        let mut length = Length(0);
        serde_json::to_writer(&mut length, self).map_err(|_| JournalError::Encoding)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *bytes, self).map_err(|_| JournalError::Encoding)?;
        Ok(bytes)
    }

    /// From opened bytes; `None` when they are no such JSON.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|plain: &Self| plain.v == VERSION)
    }
}

/// Counts.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
