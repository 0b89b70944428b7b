//! One request as the sites' stand-ins see it, and what they can reply.

use super::pieces::Pieces;
use crate::site::Site;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_tungstenite::WebSocketStream;

/// A request that is wholly here.
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `Null` when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Method and path, to match on.
    pub(crate) fn call(&self) -> (&str, &str) {
        (&self.method, &self.path)
    }
}

/// The stream under a WebSocket of the stand-ins.
pub(crate) type Socket = WebSocketStream<hyper_util::rt::TokioIo<hyper::upgrade::Upgraded>>;

/// What runs on a WebSocket once it is there.
pub(crate) type SocketTask = Box<dyn FnOnce(Socket, SocketLog) -> SocketFuture + Send>;
/// The run itself.
pub(crate) type SocketFuture = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
/// Notes each frame that came over a socket.
pub(crate) type SocketLog = Box<dyn Fn(&[u8]) + Send + Sync>;

/// A reply.
pub(crate) enum Reply {
    /// Sent at once.
    Whole { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// Sent piece by piece.
    Streamed { content_type: &'static str, pieces: Pieces },
    /// Becomes a WebSocket.
    Socket(SocketTask),
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Reply {
        Reply::Whole { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Reply {
        let headers = vec![("content-type", "application/json".to_owned())];
        Reply::Whole { status, headers, body: value.to_string().into_bytes() }
    }

    pub(crate) fn typed(content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply::Whole {
            status: 200,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
        }
    }

    /// Lets pages of another origin read it.
    pub(crate) fn shared_with(mut self, origin: Option<&str>) -> Reply {
        if let Reply::Whole { headers, .. } = &mut self {
            headers.push(("access-control-allow-origin", origin.unwrap_or("*").to_owned()));
            headers.push(("access-control-allow-methods", "GET, POST, PUT, OPTIONS".to_owned()));
            headers.push(("access-control-allow-headers", ALLOWED_HEADERS.to_owned()));
            headers.push((
                "access-control-expose-headers",
                "x-goog-upload-url, x-goog-upload-status".to_owned(),
            ));
            headers.push(("access-control-max-age", "600".to_owned()));
        }
        self
    }
}

const ALLOWED_HEADERS: &str = "content-range, content-type, push-id, x-client-pctx, x-goog-upload-command, \
     x-goog-upload-header-content-length, x-goog-upload-offset, x-goog-upload-protocol, x-ms-blob-type, \
     x-ms-version, x-tenant-id";

/// A store of another origin: takes the bytes and says so as that store does.
pub(crate) fn store(site: Site, request: &Incoming) -> Reply {
    let reply = match (site, request.method.as_str()) {
        (_, "OPTIONS") => Reply::empty(204),
        (Site::ChatGpt, "PUT") => Reply::empty(201),
        (Site::Perplexity, "POST") => Reply::empty(204),
        // A range of an object.
        (Site::Perplexity, "PUT") => Reply::empty(200),
        (Site::Gemini, "POST") => push(request),
        _ => Reply::empty(405),
    };
    reply.shared_with(request.header("origin"))
}

/// The resumable upload of Gemini: a start that gives the place, then the bytes.
fn push(request: &Incoming) -> Reply {
    match request.header("x-goog-upload-command") {
        Some("start") => {
            static COUNT: AtomicU64 = AtomicU64::new(1);
            let id = COUNT.fetch_add(1, Ordering::Relaxed);
            let place =
                format!("https://{}/upload/?upload_id=stand-in-{id}&upload_protocol=resumable", request.host);
            let headers = vec![("x-goog-upload-url", place), ("x-goog-upload-status", "active".to_owned())];
            Reply::Whole { status: 200, headers, body: Vec::new() }
        }
        // More pieces follow.
        Some("upload") => {
            let headers = vec![("x-goog-upload-status", "active".to_owned())];
            Reply::Whole { status: 200, headers, body: Vec::new() }
        }
        Some(_) => {
            let id = request.query.split('&').find_map(|pair| pair.strip_prefix("upload_id="));
            let name = format!("/contrib_service/ttl_1d/{}", id.unwrap_or("nobody"));
            Reply::typed("text/plain", name)
        }
        None => Reply::empty(400),
    }
}
