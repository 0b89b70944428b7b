//! What a request says, once a site's format is read away.

use serde::{Deserialize, Serialize};

use crate::{FileId, Operation, Text};

/// What kind of text a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// What the person typed or pasted.
    Text,
    /// A file's text that travels inside the request.
    Attachment,
    /// A title or name made from the text.
    Title,
    /// Memory or instruction text.
    Instruction,
}

/// One piece of a prompt's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The file's name, for an attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// The text.
    pub text: Text,
}

/// A file that is named by the request; its text, when it is in the request, is a [`Part`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The site's id for it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The file's name, which can itself be sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Media type as the page says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Its bytes, where the host was given them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
    /// What leaves is a piece of it, and the rest is not known: it counts as not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// Whose account the request speaks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountKind {
    /// The request does not show it.
    #[default]
    Unknown,
    /// A person's own account.
    Personal,
    /// An organisation's workspace.
    Workspace,
}

/// The account, as far as a request shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its kind.
    pub kind: AccountKind,
    /// The workspace's or organisation's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
}

/// A request, read. Requests without text (share, delete) have no parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// What the request does.
    pub operation: Operation,
    /// All its text, in the order the site gives it.
    pub parts: Vec<Part>,
    /// The site's conversation id; absent on a first turn that has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The site's id of the message this one follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// The site's id of this message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The model asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A chat the site promises not to keep.
    #[serde(default)]
    pub temporary: bool,
    /// Sent without an account.
    #[serde(default)]
    pub logged_out: bool,
    /// Whose account.
    #[serde(default)]
    pub account: Account,
    /// Connectors switched on for this prompt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connectors: Vec<String>,
    /// Tools switched on for this prompt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// Files named by the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl Prompt {
    /// A prompt of this operation with nothing in it.
    #[must_use]
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            parts: Vec::new(),
            conversation_id: None,
            parent_id: None,
            message_id: None,
            model: None,
            temporary: false,
            logged_out: false,
            account: Account::default(),
            connectors: Vec::new(),
            tools: Vec::new(),
            attachments: Vec::new(),
        }
    }

    /// Bytes of text in all parts.
    #[must_use]
    pub fn text_len(&self) -> usize {
        self.parts.iter().map(|part| part.text.len()).sum()
    }
}

impl Prompt {
    /// The prompt as it reads after `edits` (sorted, not overlapping). Edits that name no existing span are
    /// left out, so that a caller who compares spans sees that they are still there.
    #[must_use]
    pub fn edited(&self, edits: &[crate::Edit]) -> Self {
        let mut edited = self.clone();
        for (index, part) in edited.parts.iter_mut().enumerate() {
            let mine: Vec<&crate::Edit> = edits.iter().filter(|edit| edit.part == index).collect();
            if !mine.is_empty() {
                part.text = replace_spans(part.text.expose(), &mine);
            }
        }
        edited
    }
}

/// `text` with each span of code points replaced.
fn replace_spans(text: &str, edits: &[&crate::Edit]) -> Text {
    let length = text.chars().count();
    let mut out = Text::default();
    let mut next = edits.iter().filter(|edit| edit.start < edit.end && edit.end <= length).peekable();
    let mut skip_until = 0;
    let mut buffer = [0_u8; 4];
    for (at, char) in text.chars().enumerate() {
        if let Some(edit) = next.next_if(|edit| edit.start == at) {
            out.push_str(&edit.replacement);
            skip_until = edit.end;
        }
        if at >= skip_until {
            out.push_str(char.encode_utf8(&mut buffer));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Part, PartKind, Prompt};
    use crate::{Edit, Operation};

    #[test]
    fn spans_count_code_points() {
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: "a😀b 42 c".into() });
        let edit = |start, end| Edit { part: 0, start, end, replacement: "[n]".to_owned() };
        let edited = prompt.edited(&[edit(1, 2), edit(4, 6), edit(90, 99)]);
        assert_eq!(edited.parts[0].text.expose(), "a[n]b [n] c");
    }
}
