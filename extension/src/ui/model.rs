//! What the card and the popup say to the background, and it to them: one JSON object each; `kind` names it.
//!
//! The card's order: it connects with [`CARD_PORT`] and says [`FromCard::Open`] with the token of its
//! address's fragment; the background answers [`ToCard::Model`]; the card reports its height (again whenever
//! it changes) and, once it is on the screen, that it is shown; then at most one choice or close; the relay
//! takes the frame away.
//! INVARIANT: pure; no prompt text but the masks inside the card; no clock: times come from the background.
//! INVARIANT: a card whose port was lost connects again with the same token and repeats its choice; a choice
//! is idempotent by event id.

use serde::{Deserialize, Serialize};
use shared_protocol::{
    App, Card, Choice, Code, CodeFault, EventId, Millis, Mine, Operation, PolicySource, Preview, Settings,
    SignIn, Status, Text,
};

/// How long, in milliseconds, the card must have been in view before a press counts: nobody answers what they
/// could not read, and a card pushed under a moving pointer is not answered by accident.
pub const SEEN_MS: Millis = 500;

/// Name of the port a card opens.
pub const CARD_PORT: &str = "card";

/// Name of the port a hint opens.
pub const HINT_PORT: &str = "hint";

/// Name of the port the popup opens.
pub const POPUP_PORT: &str = "popup";

/// From the card's frame to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromCard {
    /// First on every connection.
    Open {
        /// The fragment of the frame's address, as the relay was told to write it.
        token: String,
    },
    /// The card is on the screen. Once per connection.
    Shown,
    /// What the frame should measure. The relay clamps it to the window.
    Size {
        /// CSS pixels needed at the width it has now.
        height: u32,
    },
    /// Something has been over the card for a while, as the browser sees it. Only in a frame.
    Covered,
    /// The person answered a card that asks. Never sent at another stage.
    Choice {
        /// What.
        choice: Choice,
    },
    /// The person says that the verdict is a mistake. Answers nothing; said at any stage, and again after a reconnect.
    Report,
    /// Put the text back into its field.
    GiveBack,
    /// Show the answer with its originals, where no page reads it.
    Read,
    /// The person closed the card, or advice went away by itself; while a request waits this is the choice
    /// `none`.
    Close,
}

/// From the background to the card's frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToCard {
    /// What to draw.
    Model {
        /// It.
        model: Box<CardModel>,
    },
    /// The choice was not taken: the card lets the person choose again.
    Rejected {
        /// Why.
        why: Rejected,
    },
    /// The code does not let go: the question stands.
    CodeRefused {
        /// Why.
        why: CodeFault,
    },
    /// The report is on record.
    Reported,
}

/// Why a choice was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rejected {
    /// A reason is needed.
    Reason,
    /// The verdict does not permit it.
    NotOffered,
    /// The card could not be seen for long enough.
    NotSeen,
}

/// What has become of the request that the card is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It is held; the card wants an answer.
    Ask,
    /// It is held while a file is looked through; the card says how far that is.
    Checking,
    /// It was refused; the card says why.
    Refused,
    /// It could not wait and was refused; it is permitted now and may be sent again.
    Again,
    /// It went; the card is quiet advice.
    Sent,
    /// It was answered; the card quietly says something of the answer.
    Answer,
    /// It was taken back, and its field lost the text; the card quietly gives it back.
    Kept,
}

impl Stage {
    /// Whether the card interrupts: it is a dialog and takes the focus.
    #[must_use]
    pub fn interrupts(self) -> bool {
        match self {
            Self::Ask | Self::Refused | Self::Again => true,
            Self::Checking | Self::Sent | Self::Answer | Self::Kept => false,
        }
    }
}

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// As it is.
    pub text: Text,
    /// The name in a redacted text that it is, or that it stood behind; absent: it was not touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Code points that are not shown here; then there is no text.
    #[serde(default)]
    pub left_out: usize,
}

impl Piece {
    /// What was not touched.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { text: Text::new(text), name: None, left_out: 0 }
    }
}

/// A part of a prompt as it would leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// The file's name, for an attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Its text.
    pub pieces: Vec<Piece>,
}

/// A card with what surrounds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardModel {
    /// What has become of the request.
    pub stage: Stage,
    /// Which site.
    pub app: App,
    /// What was found, why, and the permitted answers.
    pub card: Card,
    /// When the wait ends without an answer. Only while it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// The fault that decided or tightened the decision, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What was held; absent when the request could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Where the policy comes from; absent when no settings were ever received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PolicySource>,
    /// Whether an organisation manages this machine.
    #[serde(default)]
    pub managed: bool,
    /// How far a file is. Only while it is looked through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What redaction would send, read from the request that would leave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<Leaving>,
    /// What the person wrote, to copy or put back. Not drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// The answer can be read with its originals.
    #[serde(default)]
    pub readable: bool,
}

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Hundredths that were handed over.
    pub part: u8,
    /// Its name, where the page says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

/// Name of the port that a view of an answer opens.
pub const READER_PORT: &str = "reader";

/// From a view of an answer to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromReader {
    /// First on every connection.
    Open {
        /// The fragment of its address: the prompt's event.
        token: EventId,
    },
}

/// From the background to a view of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToReader {
    /// What to draw; nothing, when it is not known any more.
    Model {
        /// It.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reader: Option<Box<ReaderModel>>,
    },
}

/// An answer with its originals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderModel {
    /// Which site.
    pub app: App,
    /// Its text; what has a name was put back.
    pub pieces: Vec<Piece>,
}

/// From the hint's frame to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromHint {
    /// First on every connection.
    Open {
        /// The fragment of the frame's address: the relay drew it.
        token: EventId,
    },
}

/// From the background to the hint's frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToHint {
    /// What to draw; nothing, when there is nothing to say.
    Model {
        /// It.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<Box<HintModel>>,
    },
}

/// What a Send would bring, said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HintModel {
    /// Which site.
    pub app: App,
    /// The card that a Send would bring.
    pub card: Card,
}

/// From the popup to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromPopup {
    /// Ask the host again. Opening the port asks by itself.
    Check,
    /// Ask what is on record about the person.
    Mine {
        /// Most interactions, newest first.
        limit: u32,
    },
    /// When the composer is to be read ahead. The settings' own word is the most.
    Preview {
        /// When.
        when: Preview,
    },
    /// Where the person is: the address of the tab beside the popup. Kept as the site's name only.
    Beside {
        /// It.
        url: String,
    },
    /// The person wants to sign in.
    SignIn {
        /// How.
        what: SignIn,
    },
}

/// From the background to the popup: on connecting, and whenever something changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToPopup {
    /// What to draw.
    State {
        /// It.
        state: Box<PopupState>,
    },
}

/// How the extension stands with the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostLink {
    /// Asked, not answered yet.
    Connecting,
    /// It answers.
    Connected,
    /// The browser finds no host: not installed for this browser.
    Missing,
    /// It was there and ended, or does not answer.
    Lost,
    /// It speaks another version of the protocol.
    Version,
}

/// What the popup shows. The extension's version and its permissions the popup asks the browser for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopupState {
    /// The link to the host.
    pub link: HostLink,
    /// The last settings known; kept while the host is away. Absent when none were ever received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// The host's answer; absent without a host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Entries kept in the browser until the host is back.
    #[serde(default)]
    pub late: u64,
    /// What is on record about the person lately; absent until it was asked for and answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<Mine>,
    /// The guarded site beside the popup; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<App>,
    /// When the person wants the composer to be read ahead; absent: as the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
}
