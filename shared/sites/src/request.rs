//! A request of a page, as the hook describes it: what `read` and `edit` work on.

use serde::{Deserialize, Serialize};
use shared_protocol::{FileId, Text};

/// The browser API a request was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// `fetch`.
    Fetch,
    /// `XMLHttpRequest`.
    Xhr,
    /// One outgoing frame of a `WebSocket`.
    WebSocket,
    /// `EventSource`.
    EventSource,
    /// `navigator.sendBeacon`.
    Beacon,
    /// `fetchLater`.
    FetchLater,
    /// A form that is posted.
    Form,
    /// One outgoing frame of an `RTCDataChannel`; its address is that of the page, since it has none.
    DataChannel,
    /// `WebTransport`, when it is opened; what goes through it is not seen.
    WebTransport,
    /// `WebSocketStream`, likewise.
    WebSocketStream,
    /// A page's address, before the page is there.
    Navigation,
}

impl Api {
    /// Whether it stays open, to hosts of its own.
    pub(crate) fn is_socket(self) -> bool {
        matches!(self, Self::WebSocket | Self::WebTransport | Self::WebSocketStream)
    }

    /// Whether somebody reads what comes back.
    pub(crate) fn is_read_back(self) -> bool {
        !matches!(self, Self::Beacon | Self::FetchLater | Self::Form | Self::DataChannel)
    }

    /// Whether a refusal can be an answer of the site.
    pub(crate) fn is_answered(self) -> bool {
        matches!(self, Self::Fetch | Self::Xhr)
    }
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// How it was made.
    pub api: Api,
    /// Upper case. `GET` for a WebSocket frame.
    pub method: String,
    /// Absolute, as the browser normalised it, fragment left out.
    pub url: String,
    /// Absolute address of the page that made it.
    pub page_url: String,
    /// Names in lower case; only those the hook could see.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// What it carries.
    #[serde(default)]
    pub body: Body,
}

/// A request's body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Body {
    /// None.
    #[default]
    None,
    /// A string, `URLSearchParams`, or bytes that are UTF-8.
    Text {
        /// The characters.
        text: Text,
    },
    /// Bytes that are no UTF-8, in standard base64 with padding.
    Bytes {
        /// The bytes.
        base64: Text,
    },
    /// Bytes that the hook keeps and hands over in pieces.
    File {
        /// Names them.
        file: FileId,
        /// How many.
        size: u64,
        /// What they say, when they are few enough and UTF-8.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Text>,
        /// What leaves is a piece of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        piece: bool,
        /// What it is called where the person chose it, whatever the request says of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Text>,
    },
    /// `FormData`.
    Form {
        /// In order.
        parts: Vec<FormPart>,
    },
    /// More than the hook's limit; not copied.
    Oversize {
        /// Bytes.
        size: u64,
    },
    /// The hook could not obtain it.
    Unreadable,
}

/// One field of a `FormData`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormPart {
    /// The field's name.
    pub name: String,
    /// The file's name, when it is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<Text>,
    /// The file's media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes of the value.
    #[serde(default)]
    pub size: u64,
    /// The value when it is text; of a file only when it is small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// Names the bytes of a file, which the hook keeps and hands over in pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
    /// What leaves is a piece of that file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub piece: bool,
}

impl Body {
    /// The one file that this carries a piece of, and nothing of another.
    #[must_use]
    pub fn whole(&self) -> Option<&FileId> {
        match self {
            Self::File { file, piece, .. } => Some(file).filter(|_| *piece),
            Self::Form { parts } => {
                let mut files = parts.iter().filter(|part| part.file.is_some() || part.file_name.is_some());
                let only = files.next().filter(|_| files.next().is_none())?;
                only.file.as_ref().filter(|_| only.piece)
            }
            Self::None
            | Self::Text { .. }
            | Self::Bytes { .. }
            | Self::Oversize { .. }
            | Self::Unreadable => None,
        }
    }
}
