//! What is to be done: the closed set of effects the worker performs, in order.

use std::collections::BTreeMap;

use serde::Serialize;
use shared_protocol::{EventId, FileId, LateEntry, Millis, Preview, Settings, Text};
use shared_sites::{Body, HookData, NetRule, Refusal};

use super::event::PortId;
use super::names::Table;
use crate::ui::model::{ToCard, ToHint, ToPopup, ToReader};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Effect {
    /// Say something at a port; a port that is gone is no fault.
    ToPort {
        /// Which.
        port: PortId,
        /// What.
        message: ToPort,
    },
    /// Hand one frame to the host.
    ToHost {
        /// Its JSON text.
        frame: String,
    },
    /// Open a native port.
    ConnectHost,
    /// Close the native port.
    CloseHost,
    /// Call back at this time; null: not at all. Takes the place of the last one.
    Wake {
        /// When.
        at: Option<Millis>,
    },
    /// Keep what the hooks are told, for the start of the next page and for the worker's own faults.
    Config {
        /// It.
        config: Box<HookConfig>,
    },
    /// Keep the settings.
    SaveSettings {
        /// Them.
        settings: Box<Settings>,
    },
    /// Keep when the person wants the composer to be read ahead.
    SavePreview {
        /// When.
        preview: Preview,
    },
    /// Keep the repaired data of sites.
    SaveSites {
        /// A site's id to the text of its `site.toml`; all of it.
        sites: BTreeMap<String, String>,
    },
    /// Keep the entries that wait for the host. No text in them.
    SaveLate {
        /// All of them.
        entries: Vec<LateEntry>,
    },
    /// Keep the names and values of redacted texts, in the browser's memory and nowhere else.
    SaveNames {
        /// All of them.
        names: Vec<Table>,
    },
    /// Show an answer with its originals in a window of the extension.
    OpenReader {
        /// The prompt's event.
        token: String,
    },
    /// Open the first page, which says what the product does and how it stands.
    OpenFirstPage,
    /// Open a page for the person to sign in on.
    OpenTab {
        /// Its address, under https.
        url: String,
    },
    /// Show a card in a window of the extension.
    OpenWindow {
        /// Its token.
        token: String,
    },
    /// Close the window that a card's port is in.
    CloseWindow {
        /// The port.
        port: PortId,
    },
    /// Whether the network level stops what no hook vouched for; else it only looks on.
    Net {
        /// It stops it.
        closed: bool,
        /// The rules it goes by; absent: those that came with the extension.
        rules: Option<Vec<NetRule>>,
    },
    /// The mark on the extension's button.
    Badge {
        /// What it says.
        badge: Badge,
    },
}

/// How protection stands, as far as a button can say it; the worker has mark, colour and words for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Badge {
    /// Nothing is known yet.
    #[default]
    Unknown,
    /// All is well.
    Protected,
    /// Nobody manages this machine.
    Trial,
    /// It works, and something needs a look.
    Degraded,
    /// No host answers.
    Unprotected,
}

/// Something said at a port.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ToPort {
    /// To a relay.
    Relay(ToRelay),
    /// To a card.
    Card(ToCard),
    /// To a hint.
    Hint(ToHint),
    /// To a view of an answer.
    Reader(ToReader),
    /// To the popup.
    Popup(ToPopup),
}

/// To a relay; the meaning is in PROTOCOL.md.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToRelay {
    /// What the hook may know.
    Config(Box<HookConfig>),
    /// A person is being asked.
    Wait {
        /// About which.
        event: EventId,
        /// How long at most.
        ms: Millis,
    },
    /// Let it go as it is.
    Send {
        /// Which.
        event: EventId,
        /// Copy its answer.
        copy: bool,
        /// What `resume` hands back.
        ticket: Option<String>,
    },
    /// Let it go with this body.
    SendThis {
        /// Which.
        event: EventId,
        /// The body.
        body: Body,
        /// Copy its answer.
        copy: bool,
        /// What `resume` hands back.
        ticket: Option<String>,
    },
    /// End it.
    Refuse {
        /// Which.
        event: EventId,
        /// How it looks to the page; null: a network error.
        refusal: Option<Shape>,
        /// What the person wrote, for the field they wrote it in.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<Text>,
    },
    /// Read a piece of a held request's file, of [`shared_protocol::PIECE_BYTES`] or what is left.
    FileRead {
        /// Which.
        file: FileId,
        /// Where it begins.
        offset: u64,
    },
    /// Put a text into the field that it was written in.
    GiveBack {
        /// It.
        text: Text,
    },
    /// Stop copying.
    Stop {
        /// Which.
        event: EventId,
    },
    /// Put the card on the page, or back on top of it.
    Card {
        /// Its token.
        token: String,
        /// It gets the focus.
        focus: bool,
    },
    /// Say whether the card can be seen now, and since when.
    CardLook {
        /// Its token.
        token: String,
    },
    /// The card's own wish.
    CardSize {
        /// Its token.
        token: String,
        /// CSS pixels.
        height: u32,
    },
    /// When to read the composer ahead of Send.
    Preview {
        /// As the settings say.
        when: Preview,
    },
    /// Take the card away.
    CardClose {
        /// Its token.
        token: String,
    },
}

/// A refusal in the form a site's front end survives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// The status.
    pub status: u16,
    /// The media type.
    pub content_type: String,
    /// The body.
    pub body: String,
}

impl Shape {
    /// `None` is a network error.
    pub(super) fn of(refusal: Refusal) -> Option<Self> {
        match refusal {
            Refusal::Response { status, content_type, body } => Some(Self { status, content_type, body }),
            Refusal::NetworkError => None,
        }
    }
}

/// What a hook is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HookConfig {
    /// Hosts and addresses.
    pub data: HookData,
    /// Bytes of a body that are still copied.
    pub limit: u32,
    /// The hook's own deadline.
    pub deadline_ms: u32,
    /// What that deadline yields.
    pub on_deadline: OnDeadline,
    /// What a call that cannot wait comes to.
    pub at_once: OnDeadline,
}

/// What a hook does without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDeadline {
    /// Lets it go.
    Send,
    /// Refuses it.
    Refuse,
}
