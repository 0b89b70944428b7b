//! Requests to the sites, written like HTTP: a line with method and path, headers, an empty line, the body.
//!
//! The path's first character may be `@` followed by another host of the site. A body that begins with `\x01` is bytes;
//! one that begins with `\x02` is a form: name, file name and text of its parts, each ended by `\x02`.

use std::sync::LazyLock;

use shared_protocol::{Edit, FileId, Text};
use shared_sites::{Api, Body, FormPart, Reading, Request, Sites, Thread};

pub(crate) static SITES: LazyLock<Option<Sites>> = LazyLock::new(|| Sites::builtin().ok());

pub(crate) fn chatgpt(bytes: &[u8]) {
    read("chatgpt.com", bytes);
}

pub(crate) fn claude(bytes: &[u8]) {
    read("claude.ai", bytes);
}

pub(crate) fn gemini(bytes: &[u8]) {
    read("gemini.google.com", bytes);
}

pub(crate) fn perplexity(bytes: &[u8]) {
    read("www.perplexity.ai", bytes);
}

/// Reads, edits and refuses. What was edited must read as edited.
fn read(host: &str, bytes: &[u8]) {
    let Some(sites) = &*SITES else { return };
    let request = request(host, bytes);
    let _shape = sites.refusal(&request);
    // What a site answers to an upload is as foreign as what its page sends.
    let answer = Text::new(String::from_utf8_lossy(bytes).into_owned());
    let named = sites.handle(&request, Some(&answer)).and_then(|handle| handle.id);
    assert!(named.is_none_or(|id| id.len() <= 256), "a name that is a text");
    let read = sites.read(&request, &Thread::default());
    let again = sites.read(&request, &Thread { leaf: Some("m".to_owned()) });
    assert_eq!(read.app, again.app);
    let Reading::Prompt(prompt) = read.reading else { return };
    assert!(prompt.parts.iter().all(|part| !part.text.is_empty()), "a part without text");
    // Every third character of every part goes, so that pairs and escapes are cut.
    let mut edits = Vec::new();
    for (part, text) in prompt.parts.iter().map(|part| part.text.expose()).enumerate().take(4) {
        let spans = (0..text.chars().count()).step_by(3).take(32);
        edits.extend(spans.map(|start| Edit { part, start, end: start + 1, replacement: "[x]".to_owned() }));
    }
    if let Ok(body) = sites.edit(&request, &edits) {
        let edited = sites.read(&Request { body, ..request }, &Thread::default()).reading;
        assert!(matches!(edited, Reading::Prompt(_)), "edited into something else");
    }
}

/// The request that the bytes spell.
pub(crate) fn request(host: &str, bytes: &[u8]) -> Request {
    let (head, body) = match bytes.windows(2).position(|pair| pair == b"\n\n") {
        Some(at) => (bytes.get(..at).unwrap_or_default(), bytes.get(at + 2..).unwrap_or_default()),
        None => (bytes, &[][..]),
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let (method, path) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or(("POST", "/"));
    let url = match path.strip_prefix('@') {
        Some(elsewhere) => format!("https://{elsewhere}"),
        None => format!("https://{host}{path}"),
    };
    let (api, method) = match method.strip_prefix("WS") {
        Some(_) => (Api::WebSocket, "GET"),
        None => (Api::Fetch, method),
    };
    let headers = lines.filter_map(|line| line.split_once(": "));
    Request {
        api,
        method: method.to_owned(),
        url,
        page_url: format!("https://{host}/"),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: self::body(body),
    }
}

fn body(bytes: &[u8]) -> Body {
    let lossy = |bytes: &[u8]| Text::new(String::from_utf8_lossy(bytes).into_owned());
    match bytes.split_first() {
        None => Body::None,
        // The hook writes base64; what is not base64 must not matter either.
        Some((1, rest)) => Body::Bytes { base64: lossy(rest) },
        Some((2, rest)) => {
            let fields: Vec<Text> = rest.split(|byte| *byte == 2).map(lossy).collect();
            let part = |fields: &[Text]| {
                let field = |at: usize| fields.get(at).filter(|field| !field.is_empty()).cloned();
                let text = field(2);
                FormPart {
                    name: field(0).map(|name| name.expose().to_owned()).unwrap_or_default(),
                    file_name: field(1),
                    media_type: None,
                    size: text.as_ref().map_or(0, |text| text.len() as u64),
                    text,
                    file: None,
                    piece: false,
                }
            };
            Body::Form { parts: fields.chunks(3).map(part).collect() }
        }
        Some((3, rest)) => {
            let size = rest.len() as u64;
            let id = "0f000000-0000-4000-8000-000000000001".to_owned();
            let text = std::str::from_utf8(rest).ok().map(Text::new);
            let kept = |file| Body::File { file, size, text, piece: size % 2 == 1, name: None };
            FileId::try_from(id).map_or(Body::Unreadable, kept)
        }
        Some(_) => Body::Text { text: lossy(bytes) },
    }
}
