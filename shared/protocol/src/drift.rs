//! What was not read or not held: a request of another shape, and one that no hook vouched for.
//!
//! INVARIANT: shapes and key names only; never text.

use serde::{Deserialize, Serialize};

use crate::Operation;

/// What could not be read. Shapes and key names only; never text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// What kind.
    pub what: DriftKind,
    /// The operation it was taken for, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Method and path with ids replaced, such as `POST /backend-api/f/{}`.
    pub path: String,
    /// Where reading stopped: a JSON pointer or a field's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Bytes of the body, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// Kinds of drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftKind {
    /// A known endpoint whose body has another shape.
    Shape,
    /// A body that is not of the type it should be (JSON, form).
    Encoding,
    /// A known host and an endpoint that no rule knows.
    Endpoint,
    /// More bytes than the limit.
    Oversize,
    /// The body could not be obtained.
    Body,
    /// An answer that ended without text.
    Answer,
    /// Text in a place that no rule names; in a prompt that was read it was judged with the rest.
    LeftOver,
    /// A composer lost its text after Enter or a button, and no request of its tab asked to send one. The path is
    /// the page's.
    Unexplained,
}

/// A request that no hook vouched for, as the network level shows it. Its shape only; never text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Uncovered {
    /// How it came.
    pub road: Road,
    /// Method and path with ids replaced, such as `POST /backend-api/f/{}`.
    pub path: String,
    /// The network level stopped it; else it left unjudged.
    pub stopped: bool,
}

/// The ways a request can come that is no call of a hooked page, as far as a browser tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Road {
    /// `fetch` or `XMLHttpRequest`: of a worker, or of a page without a hook.
    Request,
    /// A beacon or a link's ping.
    Beacon,
    /// A page's address or form.
    Navigation,
    /// A frame's address or form.
    Frame,
    /// An image, a script, a style or another part of a page.
    Resource,
    /// A socket's handshake.
    Socket,
    /// Any other.
    Other,
}
