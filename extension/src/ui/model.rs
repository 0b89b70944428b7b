//! What the card and the popup say to the background, and it to them: one JSON object each; `kind` names it.
//!
//! The card's order: it connects with [`CARD_PORT`] and sends [`FromCard::Ready`] with the token of its
//! address's fragment; the background answers [`ToCard::Card`]; the card reports its size (again whenever it
//! changes) and, once it is on the screen, that it is shown; at most one answer; the background closes it.
//! INVARIANT: pure; no prompt text but the masks inside the card; no clock: times come from the background.
//! INVARIANT: a card whose port was lost connects again with the same token and repeats its answer; the
//! answer is idempotent by event id.

use serde::{Deserialize, Serialize};
use shared_protocol::{App, Card, Choice, Code, Millis, Operation, Outcome, PolicySource, Settings, Status};

/// Name of the port a card opens.
pub const CARD_PORT: &str = "card";

/// Name of the port the popup opens.
pub const POPUP_PORT: &str = "popup";

/// From the card's frame to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromCard {
    /// First on every connection.
    Ready {
        /// The fragment of the frame's address, as the relay was told to write it.
        token: String,
    },
    /// The card is on the screen. Once per connection.
    Shown,
    /// What the frame should measure, in CSS pixels. The relay clamps it to the window.
    Size {
        /// Wished width.
        width: u32,
        /// Needed height at the width it has now.
        height: u32,
    },
    /// The person answered a card that asks. Never sent for another outcome.
    Answer {
        /// What.
        choice: Choice,
    },
    /// The person closed a card that does not ask, or advice went away by itself.
    Dismissed,
}

/// From the background to the card's frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToCard {
    /// What to draw.
    Card(Box<CardModel>),
    /// The interaction is over: draw nothing, take no answer. The relay removes the frame.
    Close,
}

/// A card with what surrounds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardModel {
    /// `ask`: a dialog that wants an answer. `refuse`: says why it was not sent. `release`: quiet advice.
    pub outcome: Outcome,
    /// What was found, why, and the permitted answers.
    pub card: Card,
    /// Which site.
    pub app: App,
    /// What was held; absent when the request could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Where the policy comes from; absent when no settings were ever received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PolicySource>,
    /// Whether an organisation manages this machine.
    #[serde(default)]
    pub managed: bool,
    /// The fault that tightened the decision, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Code>,
    /// When the hold ends without an answer, by the clock of `Date.now()`. Only when it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Millis>,
}

/// From the popup to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromPopup {
    /// It was opened, or the person pressed "check again".
    Status,
}

/// From the background to the popup. May be sent again whenever something changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToPopup {
    /// What to draw.
    Status(Box<PopupModel>),
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

/// What the popup shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopupModel {
    /// The link to the host.
    pub link: HostLink,
    /// The extension's version.
    pub extension: String,
    /// The host's answer; absent without a host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// The last settings known; also kept while the host is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// Entries kept here until the host is back.
    #[serde(default)]
    pub late: u64,
    /// Whether the browser still lets the extension see the sites (a person can take that away).
    pub sites_permitted: bool,
}
