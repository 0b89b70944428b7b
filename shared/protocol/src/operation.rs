//! What a request does on a site (DLP's "activities").

use serde::{Deserialize, Serialize};

/// One operation. Written in kebab-case everywhere: policies, records, the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// A prompt is sent.
    SendPrompt,
    /// Text leaves before or beside Send: drafts, suggestions, titles.
    SendDraft,
    /// An earlier prompt is replaced.
    EditPrompt,
    /// The last answer is asked for again, or continued.
    Regenerate,
    /// An answer is streamed to the page.
    ReceiveResponse,
    /// A file's bytes or name leave, project documents included.
    UploadFile,
    /// A conversation is made readable to others.
    ShareConversation,
    /// A conversation is deleted.
    DeleteConversation,
    /// The site is told to remember something.
    WriteMemory,
    /// Custom instructions, gems, styles.
    WriteInstructions,
    /// A connector or tool server is added, linked or allowed.
    UseConnector,
    /// Speech is turned into text.
    Dictate,
}

impl Operation {
    /// Every operation, in the order of the vocabulary.
    pub const ALL: [Self; 12] = [
        Self::SendPrompt,
        Self::SendDraft,
        Self::EditPrompt,
        Self::Regenerate,
        Self::ReceiveResponse,
        Self::UploadFile,
        Self::ShareConversation,
        Self::DeleteConversation,
        Self::WriteMemory,
        Self::WriteInstructions,
        Self::UseConnector,
        Self::Dictate,
    ];

    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendPrompt => "send-prompt",
            Self::SendDraft => "send-draft",
            Self::EditPrompt => "edit-prompt",
            Self::Regenerate => "regenerate",
            Self::ReceiveResponse => "receive-response",
            Self::UploadFile => "upload-file",
            Self::ShareConversation => "share-conversation",
            Self::DeleteConversation => "delete-conversation",
            Self::WriteMemory => "write-memory",
            Self::WriteInstructions => "write-instructions",
            Self::UseConnector => "use-connector",
            Self::Dictate => "dictate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn wire_word_is_the_serde_word() {
        for operation in Operation::ALL {
            let word = serde_json::to_value(operation).unwrap();
            assert_eq!(word, operation.as_str());
        }
    }
}
