//! The messages between extension and host. One JSON object each; `kind` names it.
//!
//! The order for one held request:
//! `judge` -> `verdict`; when the verdict asks, `shown`, then `answered` -> `go`; later `response`, `ended`.
//! A code is an answer too: `answered` -> `go`, `verdict` or `code-refused`. `mistake` -> `reported` at any time after
//! the verdict; it decides nothing.
//! INVARIANT: `judge` and `answered` are idempotent by event id: a worker that died asks again and gets the
//! recorded answer. What was said of an event and not confirmed by `go`, `noted` or `error` is said again to the
//! next host.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Action, App, Browser, Card, Choice, Code, CodeFault, Drift, Edit, EndReason, EventId, FileFault, FileId,
    Identity, Millis, Mode, Obligation, Operation, Outcome, Prompt, RefusedReason, Response, Settings,
    SignIn, Text, Uncovered,
};

/// The protocol versions this code speaks, both ends included.
pub const PROTOCOL: ProtocolRange = ProtocolRange { min: 1, max: 1 };

/// A range of protocol versions, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolRange {
    /// Oldest.
    pub min: u16,
    /// Newest.
    pub max: u16,
}

impl ProtocolRange {
    /// The newest version both speak.
    #[must_use]
    pub fn common(self, other: Self) -> Option<u16> {
        let newest = self.max.min(other.max);
        (newest >= self.min.max(other.min)).then_some(newest)
    }
}

/// From the extension to the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToHost {
    /// First on every connection.
    Hello(Hello),
    /// A held request wants a verdict.
    Judge(Box<Judge>),
    /// The card is on the screen.
    Shown {
        /// Whose card.
        event: EventId,
        /// When.
        at: Millis,
    },
    /// The person answered.
    Answered {
        /// Whose card.
        event: EventId,
        /// What.
        choice: Choice,
        /// When.
        at: Millis,
    },
    /// The extension ended a request that was permitted or waiting.
    Refused {
        /// Which.
        event: EventId,
        /// Why.
        reason: RefusedReason,
        /// When.
        at: Millis,
    },
    /// An answer, joined to its prompt.
    Response {
        /// The prompt's event.
        event: EventId,
        /// The answer.
        response: Box<Response>,
        /// When it ended.
        at: Millis,
    },
    /// The interaction is over.
    Ended {
        /// Which.
        event: EventId,
        /// How.
        reason: EndReason,
        /// When.
        at: Millis,
    },
    /// A fault of reading that belongs to no held request.
    Drift {
        /// Which site.
        app: App,
        /// What.
        drift: Drift,
        /// When.
        at: Millis,
    },
    /// A request that reached the network level and that no hook vouched for.
    Uncovered {
        /// Which site.
        app: App,
        /// What was seen of it.
        seen: Uncovered,
        /// When.
        at: Millis,
    },
    /// What was let go or refused while the host was away.
    Late {
        /// Oldest first.
        entries: Vec<LateEntry>,
    },
    /// The popup asks.
    Status,
    /// The composer's text, ahead of Send: to be looked through in memory. Releases and records nothing.
    Preview(Box<ComposerText>),
    /// The person says that this verdict is a mistake. Only where the card said `may_report`.
    Mistake {
        /// Whose verdict.
        event: EventId,
        /// When.
        at: Millis,
    },
    /// Of the data of `sites` these texts are not taken; what was compiled in holds for their sites.
    SitesRefused {
        /// Each with its reason.
        refused: Vec<SiteRefused>,
    },
    /// The person wants to sign in. Only where a status said `identity`. Answered by `open-page`, and by a status when it
    /// ended.
    SignIn {
        /// How.
        what: SignIn,
    },
    /// The bytes of a file follow. Answered by `file-taken` with `up_to` 0, or `file-fault`.
    FileBegin {
        /// Drawn by the extension.
        file: FileId,
        /// Which site.
        app: App,
        /// Its name, as the page says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Text>,
        /// Its media type, as the page says it: told in the record, never believed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        media_type: Option<String>,
        /// Its bytes, where they are known ahead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
    },
    /// Bytes of a file that was begun, in order.
    FilePiece {
        /// Which.
        file: FileId,
        /// Where they begin: how many bytes came before.
        offset: u64,
        /// Base64 (RFC 4648 section 4, padded) of at most [`crate::PIECE_BYTES`] bytes.
        bytes: Text,
    },
    /// All bytes of a file were sent.
    FileEnd {
        /// Which.
        file: FileId,
        /// How many there were.
        size: u64,
    },
    /// A file is not attached any more, or its bytes cannot be had.
    FileGone {
        /// Which.
        file: FileId,
    },
    /// The site's id of a file: later requests name it by that.
    FileNamed {
        /// Which.
        file: FileId,
        /// As [`crate::Attachment::id`] says it.
        id: String,
    },
}

/// A site's repaired data that is not taken. It is the organisation's text: no prompt is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRefused {
    /// Which site.
    pub app: App,
    /// What is wrong and where, as the reader of the data says it.
    pub problem: String,
}

/// The extension introduces itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Versions it speaks.
    pub protocol: ProtocolRange,
    /// Its own version.
    pub extension: String,
    /// Where it runs.
    pub browser: Browser,
    /// The language the person reads the browser in (BCP 47, as `de` or `pt-BR`): what the card's messages are chosen
    /// for. Absent from an extension that does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A request on a known host, read or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// Drawn by the extension.
    pub event: EventId,
    /// Which site.
    pub app: App,
    /// When the request was held.
    pub at: Millis,
    /// What it says.
    pub reading: Reading,
    /// The tab is in a private window.
    #[serde(default)]
    pub private_window: bool,
    /// The page that it was held in: tells the drafts of one message from those of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

/// A text that may become a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposerText {
    /// Tells the answers apart.
    pub round: u32,
    /// Which site.
    pub app: App,
    /// The text as it may stand in the request; more than one where it is not known how the site writes its lines.
    pub texts: Vec<Text>,
    /// The tab is in a private window.
    #[serde(default)]
    pub private_window: bool,
}

/// What the site's data made of a request. Requests that are nothing are never sent to the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "kebab-case")]
pub enum Reading {
    /// Read.
    Prompt(Prompt),
    /// Looks like a send and could not be read.
    Unread(Drift),
}

/// A release or refusal without a host. Carries no text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateEntry {
    /// Drawn by the extension.
    pub event: EventId,
    /// Which site.
    pub app: App,
    /// What the request did, when it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// When.
    pub at: Millis,
    /// Whether it was let go.
    pub released: bool,
    /// Bytes of text.
    pub size: u64,
}

/// From the host to the extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToExtension {
    /// Answers hello.
    Welcome(Welcome),
    /// Answers judge.
    Verdict(Box<Verdict>),
    /// Answers answered: the choice is on record.
    Go {
        /// Which.
        event: EventId,
        /// `Release` (as the choice said: as it is, or edited) or `Refuse`. Never `Ask`.
        outcome: Outcome,
    },
    /// Everything that was said of this event is on record. Answers ended and refused.
    Noted {
        /// Which.
        event: EventId,
    },
    /// A new snapshot.
    Settings(Box<Settings>),
    /// Answers status.
    Status(Status),
    /// A fault. With an event: that request gets its fail setting.
    Error {
        /// What.
        code: Code,
        /// Whose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<EventId>,
    },
    /// Answers preview: every time, at once.
    Previewed {
        /// Of which.
        round: u32,
        /// The card that a Send would bring now; absent when there is nothing to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<Card>,
    },
    /// Answers a code that does not let go. The question stands as it did; nothing is on record of the code.
    CodeRefused {
        /// Whose card.
        event: EventId,
        /// Why.
        why: CodeFault,
    },
    /// Answers mistake: it is on record.
    Reported {
        /// Whose verdict.
        event: EventId,
    },
    /// Repaired data of known sites, after every welcome and whenever it changes; all of it, so that a site which is
    /// not named has what was compiled in. From the next request on.
    Sites {
        /// A site's id to the text of its `site.toml`.
        sites: BTreeMap<String, String>,
    },
    /// The provider's page, in a tab of its own.
    OpenPage {
        /// Its address, under https.
        url: String,
    },
    /// Answers file-begin and file-piece: the next pieces may come.
    FileTaken {
        /// Which.
        file: FileId,
        /// Bytes that were taken so far.
        up_to: u64,
    },
    /// The bytes of a file are not taken; what was sent of it is forgotten.
    FileFault {
        /// Which.
        file: FileId,
        /// Why.
        code: FileFault,
    },
}

/// The host introduces itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version that will be spoken.
    pub protocol: u16,
    /// The host's own version.
    pub host: String,
    /// The snapshot.
    pub settings: Settings,
}

/// What is to be done with a held request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which.
    pub event: EventId,
    /// What to do now.
    pub outcome: Outcome,
    /// The decision's label.
    pub action: Action,
    /// Its duties.
    pub obligations: Vec<Obligation>,
    /// Whether it is carried out.
    pub mode: Mode,
    /// The spans redaction replaces; empty when there is nothing to redact.
    pub edits: Vec<Edit>,
    /// What to show; absent when there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// The fault that tightened the decision, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Code>,
}

/// What the popup shows of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The host's version.
    pub host: String,
    /// The snapshot.
    pub settings: Settings,
    /// Rows in the record.
    pub rows: u64,
    /// Drift rows of the last seven days.
    pub drift: u64,
    /// Rows of the last seven days about requests that no hook vouched for.
    #[serde(default)]
    pub uncovered: u64,
    /// Who is at the keyboard; absent where no provider is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
}
