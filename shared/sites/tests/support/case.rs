//! A case: a request of our own invention, written so that a person can read it, and what was made of it as text.
//!
//! Written: `{"about", "url", "method"?, "api"?, "page"?, "headers"?, "leaf"?, "redact"?, <one body>}`. Bodies: `json`
//! (kept as written), `text`, `base64`, `form` (`[[name, value]]`, a value being a string, `{"twice": inner}` for JSON
//! in JSON, or `{"calls": [[id, arguments]]}`), `parts` (a `FormData`), `file` (how many bytes the hook keeps; `piece`: of
//! which only some leave), `oversize`, `unreadable`. `answer` is what the site says to an upload.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared_protocol::{Prompt, Text};
use shared_sites::{Api, Body, FormPart, Reading, Request, Sites, Thread};

use crate::change::edits;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    #[serde(rename = "about")]
    _about: String,
    url: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default = "fetch")]
    api: Api,
    page: Option<String>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    leaf: Option<String>,
    #[serde(default)]
    redact: Vec<String>,
    json: Option<Box<RawValue>>,
    text: Option<String>,
    base64: Option<String>,
    form: Option<Vec<(String, Value)>>,
    parts: Option<Vec<FormPart>>,
    file: Option<u64>,
    #[serde(default)]
    piece: bool,
    answer: Option<Box<RawValue>>,
    oversize: Option<u64>,
    #[serde(default)]
    unreadable: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Plain(String),
    Twice { twice: serde_json::Value },
    Calls { calls: Vec<(String, serde_json::Value)> },
}

fn post() -> String {
    "POST".to_owned()
}

fn fetch() -> Api {
    Api::Fetch
}

impl Value {
    fn text(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Twice { twice } => serde_json::to_string(&(None::<u8>, twice.to_string())).unwrap(),
            Self::Calls { calls } => {
                let call = |(id, arguments): &(String, serde_json::Value)| {
                    serde_json::json!([id, arguments.to_string(), null, "generic"])
                };
                serde_json::json!([calls.iter().map(call).collect::<Vec<_>>()]).to_string()
            }
        }
    }
}

impl Case {
    pub(crate) fn request(&self) -> Request {
        let host_end = self.url.find("//").unwrap() + 2;
        let origin =
            self.url[host_end..].find('/').map_or(self.url.as_str(), |at| &self.url[..host_end + at]);
        Request {
            api: self.api,
            method: self.method.clone(),
            url: self.url.clone(),
            page_url: self.page.clone().unwrap_or_else(|| format!("{origin}/")),
            headers: self.headers.clone(),
            body: self.body(),
        }
    }

    fn body(&self) -> Body {
        if let Some(json) = &self.json {
            return Body::Text { text: json.get().into() };
        }
        if let Some(text) = &self.text {
            return Body::Text { text: text.as_str().into() };
        }
        if let Some(form) = &self.form {
            let pair = |(name, value): &(String, Value)| {
                format!(
                    "{name}={}",
                    form_urlencoded::byte_serialize(value.text().as_bytes()).collect::<String>()
                )
            };
            let pairs: Vec<String> = form.iter().map(pair).collect();
            return Body::Text { text: pairs.join("&").into() };
        }
        if let Some(base64) = &self.base64 {
            return Body::Bytes { base64: base64.as_str().into() };
        }
        if let Some(parts) = &self.parts {
            return Body::Form { parts: parts.clone() };
        }
        if let Some(size) = self.file {
            let file = "0f000000-0000-4000-8000-000000000001".to_owned().try_into().unwrap();
            return Body::File { file, size, text: None, piece: self.piece, name: None };
        }
        match self.oversize {
            Some(size) => Body::Oversize { size },
            None if self.unreadable => Body::Unreadable,
            None => Body::None,
        }
    }

    /// What is made of it.
    pub(crate) fn outcome(&self, sites: &Sites) -> String {
        let request = self.request();
        let read = sites.read(&request, &Thread { leaf: self.leaf.clone() });
        let mut out = String::new();
        let mut line = |key: &str, value: &dyn std::fmt::Display| writeln!(out, "{key}: {value}").unwrap();
        line("app", &read.app.map_or("-".to_owned(), |app| app.0));
        match &read.reading {
            Reading::Nothing => line("reading", &"nothing"),
            Reading::Unread(drift) => {
                line("reading", &"unread");
                line("drift", &format!("{:?} {}", drift.what, drift.path));
                if let Some(operation) = drift.operation {
                    line("taken for", &operation.as_str());
                }
                if let Some(place) = &drift.place {
                    line("place", place);
                }
            }
            Reading::Prompt(prompt) => lines(prompt, &mut line),
        }
        if let Some(drift) = &read.drift {
            let place = drift.place.as_deref().unwrap_or("-");
            line("drift row", &format!("{:?} {} {place}", drift.what, drift.path));
        }
        if let Some(answer) = read.answer {
            line("answer", &answer.name());
        }
        line("held", &held(sites, &request));
        let answer = self.answer.as_ref().map(|answer| {
            let text =
                serde_json::from_str::<String>(answer.get()).unwrap_or_else(|_| answer.get().to_owned());
            Text::from(text)
        });
        let handle = sites.handle(&request, answer.as_ref());
        if let Some(handle) = handle.filter(|handle| handle.id.is_some() || handle.address.is_some()) {
            let or = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
            line("named", &format!("{} {}", or(handle.id), or(handle.address)));
        }
        if let Reading::Prompt(prompt) = &read.reading
            && !self.redact.is_empty()
        {
            match sites.edit(&request, &edits(prompt, &self.redact)) {
                Ok(body) => line("edited", &shown(&body)),
                Err(error) => line("edited", &format!("error: {error}")),
            }
        }
        out
    }
}

fn lines(prompt: &Prompt, line: &mut dyn FnMut(&str, &dyn std::fmt::Display)) {
    line("reading", &"prompt");
    line("operation", &prompt.operation.as_str());
    for part in &prompt.parts {
        let kind = serde_json::to_string(&part.kind).unwrap();
        let name = part.name.as_ref().map(|name| format!(" {:?}", name.expose())).unwrap_or_default();
        line("part", &format!("{}{name} {:?}", kind.trim_matches('"'), part.text.expose()));
    }
    let ids = [
        ("conversation", &prompt.conversation_id),
        ("parent", &prompt.parent_id),
        ("message", &prompt.message_id),
        ("model", &prompt.model),
        ("workspace", &prompt.account.workspace),
    ];
    for (key, id) in ids.into_iter().filter_map(|(key, id)| id.as_ref().map(|id| (key, id))) {
        line(key, id);
    }
    if prompt.account != shared_protocol::Account::default() {
        line("account", &format!("{:?}", prompt.account.kind).to_lowercase());
    }
    if prompt.temporary {
        line("temporary", &true);
    }
    if prompt.logged_out {
        line("logged out", &true);
    }
    if !prompt.connectors.is_empty() {
        line("connectors", &prompt.connectors.join(", "));
    }
    if !prompt.tools.is_empty() {
        line("tools", &prompt.tools.join(", "));
    }
    for file in &prompt.attachments {
        let or = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        let name = file.name.as_ref().map(|name| format!("{:?}", name.expose()));
        let size = file.size.map(|size| size.to_string());
        line(
            "file",
            &format!("{} {} {} {}", or(file.id.clone()), or(name), or(file.media_type.clone()), or(size)),
        );
        if file.file.is_some() {
            line("bytes", &"handed over");
        }
        if file.cut {
            line("cut", &true);
        }
    }
}

/// Whether the hook holds it.
pub(crate) fn held(sites: &Sites, request: &Request) -> &'static str {
    let host = |url: &str| url.split('/').nth(2).unwrap_or_default().to_owned();
    let hook = sites.hook();
    let address = host(&request.url);
    let Some(site) = hook.site(request.api, &address, &host(&request.page_url)) else { return "no" };
    let rest = &request.url[request.url.find(&address).unwrap() + address.len()..];
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect();
    let has_body = request.body != Body::None;
    if site.holds(request.api, &request.method, &address, path, &pairs, has_body) { "yes" } else { "no" }
}

fn shown(body: &Body) -> String {
    match body {
        Body::Text { text } if text.expose().contains("f.req=") => {
            let pairs = form_urlencoded::parse(text.expose().as_bytes());
            pairs.map(|(name, value)| format!("\n  {name} = {value}")).collect()
        }
        Body::Text { text } => text.expose().to_owned(),
        // Not by way of a `Value`: whether that keeps the order depends on what else is built.
        other => serde_json::to_string(other).unwrap(),
    }
}
