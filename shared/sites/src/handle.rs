//! How a site names a file that it was given: by an id in its answer, by the answer itself, by a field of the upload.
//!
//! INVARIANT: an id is a name of the site's own; what does not look like one is none. Deliberately no memory: who asks
//! keeps what was said.

use serde::Deserialize;
use shared_protocol::{Attachment, Text};

use crate::{
    draft::{file_id, name_of},
    path::{Docs, Path},
    request::{Body, Request},
    sites::Sites,
    url::Url,
};

/// Most bytes of an answer that is looked into.
pub const HANDLE_BYTES: usize = 64 * 1024;

/// Where the name of an uploaded file is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandleRule {
    /// The place of the id in the answer.
    #[serde(default)]
    pub(crate) id: Option<Path>,
    /// The place in the answer of the address that the bytes go to.
    #[serde(default)]
    pub(crate) address: Option<Path>,
    /// The answer is the id.
    #[serde(default)]
    pub(crate) whole: bool,
    /// The field of the upload's own form that is, behind the host, the id. Of a `PUT` it is the address.
    #[serde(default)]
    pub(crate) field: Option<String>,
    /// A body that begins with this announces a file, whose name follows.
    #[serde(default)]
    pub(crate) announces: Option<String>,
    /// The header that says its size then.
    #[serde(default)]
    pub(crate) size: Option<String>,
}

/// What a request, or the answer to it, says of a file's name at the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handle {
    /// The id that a prompt will name it by, as [`Attachment::id`] has it.
    pub id: Option<String>,
    /// The address that its bytes go to, without its query.
    pub address: Option<String>,
    /// The answer says it.
    pub by_answer: bool,
}

impl Sites {
    /// What is known of the name of this request's file; with the site's `answer`, once it is there. `None`: the rule of
    /// the request gives none.
    #[must_use]
    pub fn handle(&self, request: &Request, answer: Option<&Text>) -> Option<Handle> {
        let url = Url::parse(&request.url)?;
        let (rule, _) = self.find(request, &url)?.rule?;
        let rule = rule.handle.as_ref()?;
        let by_answer = rule.whole || rule.id.is_some() || rule.address.is_some();
        let mut handle = Handle { by_answer, ..Handle::default() };
        if let Some(field) = &rule.field {
            handle.id = key(&request.body, field)
                .map(|key| format!("{}/{key}", url.host))
                .or_else(|| place(&request.url).filter(|_| request.method == "PUT"))
                .and_then(|id| file_id(&id));
        }
        let Some(answer) = answer.filter(|answer| answer.len() <= HANDLE_BYTES) else { return Some(handle) };
        if rule.whole {
            handle.id = file_id(answer.expose().trim());
        }
        let mut docs = Docs::default();
        if let Ok(root) = docs.open(answer.clone()) {
            let mut value = |path: &Option<Path>| {
                let found = path.as_ref().map(|path| path.find(&mut docs, root)).unwrap_or_default();
                found.into_iter().find_map(|at| docs.scalar(at))
            };
            handle.id = value(&rule.id).and_then(|id| file_id(id.expose())).or(handle.id);
            handle.address = value(&rule.address).and_then(|address| place(address.expose()));
        }
        Some(handle)
    }
}

/// An address without its query: what tells an upload's place.
#[must_use]
pub fn place(address: &str) -> Option<String> {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    (bare.starts_with("https://") && bare.len() <= 2_048).then(|| bare.to_owned())
}

/// The object's key, as the form says it; stores write the file's name in the place of `${filename}`.
fn key(body: &Body, field: &str) -> Option<String> {
    let Body::Form { parts } = body else { return None };
    let key = parts.iter().find(|part| part.name == field)?.text.as_ref()?;
    let name = parts.iter().find_map(|part| part.file_name.as_ref()).map(Text::expose);
    Some(key.expose().replace("${filename}", name.unwrap_or_default()))
}

/// The file that a request announces.
pub(crate) fn announced(rule: &HandleRule, request: &Request) -> Option<Attachment> {
    let Body::Text { text } = &request.body else { return None };
    let name = name_of(text.expose().strip_prefix(rule.announces.as_deref()?)?)?;
    let header = |wanted: &str| request.headers.iter().find(|(known, _)| known == wanted);
    let size = rule.size.as_deref().and_then(header).and_then(|(_, size)| size.parse().ok());
    Some(Attachment { name: Some(Text::new(name)), size, ..Attachment::default() })
}
