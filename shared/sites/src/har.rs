//! Recorded traffic: an HTTP Archive (HAR 1.2, with the WebSocket messages that Chromium adds), as far as
//! requests and answers of the sites need it.
//!
//! INVARIANT: bodies are bytes again, whatever way the archive wrote them.
//! It deliberately knows no site, and reads no cookies.

mod body;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::{Api, Body, Request};

/// An archive.
#[derive(Debug, Deserialize)]
pub struct Har {
    log: Log,
}

#[derive(Debug, Deserialize)]
struct Log {
    #[serde(default)]
    pages: Vec<Page>,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    id: String,
    #[serde(default)]
    title: String,
}

/// One entry.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    #[serde(default)]
    pageref: Option<String>,
    request: Asked,
    #[serde(default)]
    response: Answered,
    #[serde(default, rename = "_resourceType")]
    resource_type: Option<String>,
    #[serde(default, rename = "_webSocketMessages")]
    frames: Option<Vec<Frame>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    post_data: Option<PostData>,
}

#[derive(Debug, Deserialize)]
struct Header {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    #[serde(default)]
    mime_type: String,
    #[serde(default)]
    text: Option<String>,
    /// Not of HAR 1.2: some tools say so here when `text` is base64.
    #[serde(default, alias = "_encoding")]
    encoding: Option<String>,
    #[serde(default)]
    params: Vec<Param>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Param {
    name: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    content_type: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Answered {
    #[serde(default)]
    status: i64,
    #[serde(default)]
    content: Content,
}

#[derive(Debug, Default, Deserialize)]
struct Content {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

/// One WebSocket message.
#[derive(Debug, Deserialize)]
pub struct Frame {
    #[serde(rename = "type")]
    direction: String,
    #[serde(default)]
    data: String,
    /// 1 is text; 2 is bytes, written in base64.
    #[serde(default)]
    opcode: i64,
}

impl Har {
    /// Reads an archive's JSON text.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        // Some tools begin the file with a byte order mark.
        serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Its entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.log.entries
    }

    /// The address of the page that made an entry's request.
    fn page_url(&self, entry: &Entry) -> String {
        let is_address = |text: &&str| text.starts_with("https://") || text.starts_with("http://");
        // Chromium titles a page with its address.
        let page = self.log.pages.iter().find(|page| Some(&page.id) == entry.pageref.as_ref());
        let title = page.map(|page| page.title.as_str());
        let candidates = [entry.header("referer"), title, entry.header("origin")];
        let found = candidates.into_iter().flatten().find(is_address);
        without_fragment(found.unwrap_or(&entry.request.url)).to_owned()
    }

    /// An entry's request, as the hook would describe it.
    pub fn request(&self, entry: &Entry) -> Request {
        Request {
            api: entry.api(),
            method: entry.request.method.to_uppercase(),
            url: without_fragment(&entry.request.url).to_owned(),
            page_url: self.page_url(entry),
            headers: entry.headers(),
            body: entry.request.post_data.as_ref().map_or(Body::None, PostData::body),
        }
    }

    /// A message that the page sent over an entry's WebSocket, as the hook would describe it.
    pub fn frame_request(&self, entry: &Entry, frame: &Frame) -> Request {
        Request {
            api: Api::WebSocket,
            method: "GET".to_owned(),
            body: body::body(&frame.bytes()),
            ..self.request(entry)
        }
    }
}

impl Entry {
    fn api(&self) -> Api {
        match self.resource_type.as_deref() {
            _ if self.frames.is_some() => Api::WebSocket,
            Some("websocket") => Api::WebSocket,
            Some("xhr") => Api::Xhr,
            Some("eventsource") => Api::EventSource,
            Some("ping" | "beacon") => Api::Beacon,
            _ => Api::Fetch,
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| header.value.as_str())
    }

    fn headers(&self) -> Vec<(String, String)> {
        // HTTP/2's own begin with a colon; no page sees those, nor the cookies.
        let is_seen = |name: &str| !name.starts_with(':') && name != "cookie";
        let all =
            self.request.headers.iter().map(|header| (header.name.to_lowercase(), header.value.clone()));
        all.filter(|(name, _)| is_seen(name)).collect()
    }

    /// The answer's body.
    pub fn answer(&self) -> Vec<u8> {
        let Content { text, encoding } = &self.response.content;
        bytes(text.as_deref().unwrap_or_default(), encoding.as_deref())
    }

    /// The answer's status; 0 when there was none.
    pub fn status(&self) -> i64 {
        self.response.status
    }

    /// Whether it is a WebSocket.
    pub fn is_socket(&self) -> bool {
        self.api() == Api::WebSocket
    }

    /// The messages of a WebSocket, in order.
    pub fn frames(&self) -> &[Frame] {
        self.frames.as_deref().unwrap_or_default()
    }
}

impl Frame {
    /// Whether the page sent it.
    pub fn is_sent(&self) -> bool {
        self.direction == "send"
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        bytes(&self.data, (self.opcode == 2).then_some("base64"))
    }
}

impl PostData {
    fn body(&self) -> Body {
        let text = self.text.as_deref().unwrap_or_default();
        let bytes = bytes(text, self.encoding.as_deref());
        if !bytes.is_empty() {
            return match body::boundary(&self.mime_type) {
                Some(boundary) => body::form(&bytes, &boundary),
                None => body::body(&bytes),
            };
        }
        body::params(&self.mime_type, &self.params)
    }
}

/// A text of the archive as the bytes it stands for.
fn bytes(text: &str, encoding: Option<&str>) -> Vec<u8> {
    let is_base64 = encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
    let decoded = is_base64.then(|| STANDARD.decode(text.trim_ascii()).ok()).flatten();
    // What calls itself base64 and is not is taken as it stands: better read than dropped.
    decoded.unwrap_or_else(|| text.as_bytes().to_vec())
}

fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

#[cfg(test)]
mod tests;
