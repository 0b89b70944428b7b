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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Which interaction.
    pub event: EventId,
    /// When.
    pub at: Millis,
    /// Which site.
    pub app: App,
    /// Which conversation, when known.
    pub conversation: Option<String>,
    /// The text.
    pub content: Content,
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// What the assistant answered.
    Answer(Text),
    /// What the person sent.
    Prompt(PromptText),
    /// Why the person sent it all the same.
    Reason(Text),
}

/// What a person sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptText {
    /// All its text.
    pub parts: Vec<Part>,
    /// Names of the files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Text>,
}

impl Plain {
    /// A prompt's text and its files' names.
    #[must_use]
    pub fn prompt(event: EventId, at: Millis, app: App, prompt: &Prompt) -> Self {
        let attachments = prompt.attachments.iter().filter_map(|file| file.name.clone()).collect();
        let content = Content::Prompt(PromptText { parts: prompt.parts.clone(), attachments });
        Self { event, at, app, conversation: prompt.conversation_id.clone(), content }
    }

    /// An answer's text.
    #[must_use]
    pub fn answer(event: EventId, at: Millis, app: App, conversation: Option<String>, text: Text) -> Self {
        Self { event, at, app, conversation, content: Content::Answer(text) }
    }

    /// A person's reason.
    #[must_use]
    pub fn reason(event: EventId, at: Millis, app: App, text: Text) -> Self {
        Self { event, at, app, conversation: None, content: Content::Reason(text) }
    }

    /// The bytes to be sealed.
    ///
    /// # Errors
    /// When JSON cannot say it, which UTF-8 text never is.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, JournalError> {
        let (prompt, answer, reason) = match &self.content {
            Content::Answer(text) => (None, Some(text), None),
            Content::Prompt(prompt) => (Some(prompt), None, None),
            Content::Reason(text) => (None, None, Some(text)),
        };
        let wire = Written {
            v: VERSION,
            event: &self.event,
            at: self.at,
            app: &self.app,
            conversation: self.conversation.as_deref(),
            prompt,
            answer,
            reason,
        };
        let mut length = Length(0);
        serde_json::to_writer(&mut length, &wire).map_err(|_| JournalError::Encoding)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *bytes, &wire).map_err(|_| JournalError::Encoding)?;
        Ok(bytes)
    }

    /// From opened bytes; `None` when they are no such JSON.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let read: Read = serde_json::from_slice(bytes).ok()?;
        if read.v != VERSION {
            return None;
        }
        let content = match (read.prompt, read.answer, read.reason) {
            (Some(prompt), None, None) => Content::Prompt(prompt),
            (None, Some(text), None) => Content::Answer(text),
            (None, None, Some(text)) => Content::Reason(text),
            _ => return None,
        };
        let Read { event, at, app, conversation, .. } = read;
        Some(Self { event, at, app, conversation, content })
    }
}

#[derive(Serialize)]
struct Written<'a> {
    v: u16,
    event: &'a EventId,
    at: Millis,
    app: &'a App,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a PromptText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Text>,
}

#[derive(Deserialize)]
struct Read {
    v: u16,
    event: EventId,
    at: Millis,
    app: App,
    conversation: Option<String>,
    prompt: Option<PromptText>,
    answer: Option<Text>,
    reason: Option<Text>,
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

#[cfg(test)]
mod tests {
    use shared_protocol::{App, Attachment, EventId, Operation, Part, PartKind, Prompt};

    use super::{Content, Plain};

    fn event() -> EventId {
        EventId::try_from("01890a5d-ac96-474b-bcce-000000000001".to_owned()).unwrap()
    }

    #[test]
    fn a_prompt_is_written_as_the_module_says() {
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.conversation_id = Some("c".to_owned());
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: "hé\n\"".into() });
        prompt.attachments.push(Attachment { name: Some("plan.pdf".into()), ..Attachment::default() });
        let plain = Plain::prompt(event(), 5, App::new("chatgpt"), &prompt);
        let bytes = plain.to_bytes().unwrap();
        let expected = r#"{"v":1,"event":"01890a5d-ac96-474b-bcce-000000000001","at":5,"app":"chatgpt","conversation":"c","prompt":{"parts":[{"kind":"text","text":"hé\n\""}],"attachments":["plan.pdf"]}}"#;
        assert_eq!(std::str::from_utf8(&bytes).unwrap(), expected);
        assert_eq!(bytes.capacity(), bytes.len());
        assert_eq!(Plain::from_bytes(&bytes), Some(plain));
    }

    #[test]
    fn answers_and_reasons_go_round_and_show_nothing() {
        let app = || App::new("claude");
        for plain in [
            Plain::answer(event(), 1, app(), None, "the answer".into()),
            Plain::reason(event(), 1, app(), "the reason".into()),
        ] {
            assert_eq!(Plain::from_bytes(&plain.to_bytes().unwrap()).as_ref(), Some(&plain));
            assert!(!format!("{plain:?}").contains("the "), "{plain:?}");
        }
    }

    #[test]
    fn other_json_is_none() {
        let plain = Plain::answer(event(), 1, App::new("claude"), None, "x".into());
        let good = String::from_utf8(plain.to_bytes().unwrap().to_vec()).unwrap();
        assert!(matches!(Plain::from_bytes(good.as_bytes()).unwrap().content, Content::Answer(_)));
        let bad = [
            good.replace("\"v\":1", "\"v\":2"),
            good.replace("\"answer\":\"x\"", "\"answer\":\"x\",\"reason\":\"y\""),
            good.replace(",\"answer\":\"x\"", ""),
            "{}".to_owned(),
            "test matched data".to_owned(),
        ];
        for text in bad {
            assert_eq!(Plain::from_bytes(text.as_bytes()), None, "{text}");
        }
    }
}
