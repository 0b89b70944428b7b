//! The shapes that cross a border of Promptgate: what the extension and the host say to each other, and the
//! nouns both sides mean by it.
//!
//! INVARIANT: pure and portable (native and WASM); no I/O, no clock, no randomness.
//! INVARIANT: a type that is serializable crosses a process border; a type that does not is not.
//! INVARIANT: closed sets are enums matched without a wildcard; wire words and numbers are append-only.

mod action;
mod app;
mod card;
mod code;
mod drift;
mod edit;
mod event;
mod file;
mod finding;
pub mod frame;
mod identity;
mod message;
mod operation;
mod prompt;
mod reason;
mod response;
mod settings;
mod text;
mod topic;

pub use action::{Action, Choice, Mode, Obligation, Outcome};
pub use app::{App, Browser};
pub use card::{Card, CardFile, CardFinding, CardPolicy, Severity};
pub use code::{Code, CodeFault};
pub use drift::{Drift, DriftKind, Road, Uncovered};
pub use edit::Edit;
pub use event::{EventId, EventIdError, Millis};
pub use file::{
    FILE_BYTES, FILES, FILES_BYTES, FileFault, FileId, FilePlace, PIECE_BYTES, PIECES_UNCONFIRMED, Spot,
    UnreadFile,
};
pub use finding::{Finding, Label, LabelError};
pub use identity::{Identity, SignIn};
pub use message::{
    ComposerText, Hello, Judge, LateEntry, PROTOCOL, ProtocolRange, Reading, SiteRefused, Status,
    ToExtension, ToHost, Verdict, Welcome,
};
pub use operation::Operation;
pub use prompt::{Account, AccountKind, Attachment, Part, PartKind, Prompt};
pub use reason::{EndReason, RefusedReason};
pub use response::{Response, ToolCall};
pub use settings::{
    Capture, FailAction, FailSettings, PolicySource, PolicyState, Preview, Settings, UnreachableAction,
};
pub use text::Text;
pub use topic::{Level, Topic, TopicError, TopicScore};
