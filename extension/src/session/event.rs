//! What can happen: the closed set of events the worker hands in.
//!
//! INVARIANT: what a page or a card says arrives here as a typed value or not at all; see [`Event::Garbled`].

use std::collections::BTreeMap;

use serde::Deserialize;
use shared_protocol::{Browser, EventId, FileId, LateEntry, Millis, Preview, Road, Settings, Text};
use shared_sites::Request;

use super::names::Table;
use super::stored;
use crate::ui::model::{FromCard, FromHint, FromPopup, FromReader};

/// The worker's number for a port of one page, card or popup.
pub type PortId = u32;

/// What the worker knows when it starts.
#[derive(Debug, Deserialize)]
pub struct Start {
    /// Where it runs.
    pub browser: Browser,
    /// The language the person reads the browser in, as the browser names it.
    #[serde(default)]
    pub language: Option<String>,
    /// The extension's own version.
    pub version: String,
    /// The browser's own managed storage says that an organisation manages this profile.
    #[serde(default)]
    pub managed: bool,
    /// The last settings received, if any were.
    #[serde(default, deserialize_with = "stored::settings")]
    pub settings: Option<Settings>,
    /// When the person wants the composer to be read ahead, if they ever said so.
    #[serde(default, deserialize_with = "stored::preview")]
    pub preview: Option<Preview>,
    /// Entries that wait for the host.
    #[serde(default, deserialize_with = "stored::late")]
    pub late: Vec<LateEntry>,
    /// The last repaired data of sites.
    #[serde(default)]
    pub sites: BTreeMap<String, String>,
    /// What an earlier background left in the browser's memory.
    #[serde(default)]
    pub names: Vec<Table>,
}

/// How the extension came, as browsers tell it of their own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstalledBy {
    /// A person, from a store or a file.
    Normal,
    /// A person, from a folder.
    Development,
    /// A policy, a program, or what this version does not know.
    #[serde(other)]
    Other,
}

/// One thing that happened.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// The worker is up.
    Started,
    /// A port was opened.
    Opened {
        /// Its number.
        port: PortId,
        /// Who is at its far end.
        name: PortName,
        /// The tab it is in; the popup has none.
        #[serde(default)]
        tab: Option<i64>,
        /// The tab is in a private window.
        #[serde(default)]
        private: bool,
        /// It is no frame of another page. A card that is none has a window of its own.
        #[serde(default)]
        top: bool,
    },
    /// A port is gone: the page was left, the card or popup closed.
    Closed {
        /// Its number.
        port: PortId,
    },
    /// A relay speaks.
    Relay {
        /// Which.
        port: PortId,
        /// What it says.
        said: FromRelay,
    },
    /// A card speaks.
    Card {
        /// Which.
        port: PortId,
        /// What it says.
        said: FromCard,
    },
    /// A hint speaks.
    Hint {
        /// Which.
        port: PortId,
        /// What it says.
        said: FromHint,
    },
    /// A view of an answer speaks.
    Reader {
        /// Which.
        port: PortId,
        /// What it says.
        said: FromReader,
    },
    /// A tab was closed.
    TabGone {
        /// Which.
        tab: i64,
    },
    /// The popup speaks.
    Popup {
        /// Which.
        port: PortId,
        /// What it says.
        said: FromPopup,
    },
    /// A relay said something that is no event; when it named a request, that request is refused.
    Garbled {
        /// Which relay.
        port: PortId,
        /// The request it named.
        #[serde(default)]
        event: Option<EventId>,
    },
    /// The extension was installed just now; an update is none.
    Installed {
        /// By whom.
        by: InstalledBy,
    },
    /// The tab of the provider's page was closed.
    SignInClosed,
    /// The browser opens no window for a card.
    NoWindow {
        /// The card's token.
        token: EventId,
    },
    /// A native port was opened.
    HostOpened,
    /// One frame from the host.
    HostSaid {
        /// Its JSON text.
        frame: String,
    },
    /// The native port is gone.
    HostLost {
        /// The browser finds no host.
        #[serde(default)]
        missing: bool,
    },
    /// The network level saw a request leave, or stopped it.
    Seen(Box<Seen>),
    /// The time the session asked for has come.
    Woke,
}

/// A request at the network level.
#[derive(Debug, Deserialize)]
pub struct Seen {
    /// Drawn by the worker: names the card, if there is one.
    pub event: EventId,
    /// The tab it came from; a worker that serves several has none.
    #[serde(default)]
    pub tab: Option<i64>,
    /// How it came.
    pub road: Road,
    /// Upper case.
    pub method: String,
    /// Absolute.
    pub url: Text,
    /// It was stopped.
    pub stopped: bool,
}

/// Who can be at a port's far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortName {
    /// A page's relay.
    Relay,
    /// A card.
    Card,
    /// A hint.
    Hint,
    /// A view of an answer.
    Reader,
    /// The popup.
    Popup,
}

/// From a relay; the order and meaning are in PROTOCOL.md.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromRelay {
    /// A request waits.
    Hold {
        /// Its id.
        event: EventId,
        /// It.
        request: Box<Request>,
        /// An earlier session was told of it, so that the host may know it.
        #[serde(default)]
        again: bool,
        /// It could not wait: the page has its end already.
        #[serde(default)]
        at_once: Option<AtOnce>,
    },
    /// The page took it back.
    Abort {
        /// Which.
        event: EventId,
    },
    /// The hook's own deadline ended it.
    Fell {
        /// Which.
        event: EventId,
        /// Whether it went.
        sent: bool,
        /// It, for a session that knows nothing of it.
        #[serde(default)]
        request: Option<Box<Request>>,
    },
    /// Its answer began.
    Head {
        /// Which.
        event: EventId,
        /// How.
        head: Head,
    },
    /// More of its answer.
    Chunk {
        /// Which.
        event: EventId,
        /// What.
        text: Text,
    },
    /// Its answer ended.
    End {
        /// Which.
        event: EventId,
        /// How.
        reason: CopyEnd,
    },
    /// Bytes of a held request's file.
    FilePiece {
        /// Which.
        file: FileId,
        /// Where they begin.
        offset: u64,
        /// Base64 (RFC 4648 section 4, padded).
        bytes: Text,
    },
    /// A held request's file cannot be read any more.
    FileLost {
        /// Which.
        file: FileId,
    },
    /// A frame came in on a watched socket.
    Frame {
        /// The socket's address.
        url: String,
        /// The frame.
        text: Text,
    },
    /// After a reconnect: the answer so far.
    Resume {
        /// Which.
        event: EventId,
        /// What the session gave with the word to send.
        ticket: String,
        /// How the answer began, if it has.
        #[serde(default)]
        head: Option<Head>,
        /// The answer so far.
        text: Text,
    },
    /// The card is not on the page any more, or not to be seen.
    CardLost {
        /// Whose.
        token: EventId,
    },
    /// For how long, without a gap, the card could be seen.
    CardSeen {
        /// Whose.
        token: EventId,
        /// Milliseconds; 0: not now.
        ms: Millis,
    },
    /// The composer's text, read ahead of Send.
    Preview {
        /// Names the page's hint.
        token: EventId,
        /// The page's address.
        url: String,
        /// The text as it may stand in the request; empty: what was read is not there any more.
        texts: Vec<Text>,
    },
    /// A composer lost its text after a person pressed Enter or a button.
    Emptied {
        /// The page's address then.
        url: String,
        /// How long ago.
        ms: Millis,
    },
    /// The field of a refused prompt does not hold it, and nobody changed it.
    TextLost {
        /// Which prompt.
        event: EventId,
    },
    /// Still here.
    Ping,
}

/// What became of a call that could not wait for a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtOnce {
    /// It was refused; once it is permitted the same call passes.
    Again,
    /// It was refused, and the hook could not tell the same call from another.
    Never,
    /// It went: nothing stops anything here.
    Sent,
}

/// How an answer began.
#[derive(Clone, Debug, Deserialize)]
pub struct Head {
    /// The status; 0 when the browser hides it.
    pub status: u16,
    /// Its media type as the site says it.
    #[serde(default)]
    pub content_type: String,
}

/// How the copy of an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyEnd {
    /// The stream ended.
    End,
    /// The page stopped it.
    Aborted,
    /// The network failed.
    Network,
    /// The copy was given up at the cap; the page got all of it.
    Cut,
}
