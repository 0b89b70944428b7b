//! The shape of a `site.toml`: what can be said about a site without writing code.
//!
//! How to add a site or repair one: copy a folder in `sites/`, name its hosts, then one `[[rule]]` for each
//! address that carries text, a file or a change; list what is known to carry neither under `harmless`. Put a
//! request of your own invention into `cases/` for each rule and look at what the tests say was read.
//! INVARIANT: unknown fields are refused, so that a typing error is no silent hole.

mod place;

use serde::Deserialize;
use shared_protocol::{App, Operation};

use crate::{
    AnswerFormat, handle::HandleRule, hook::Pattern, path::Path, route::Route, source::Source,
    url::HostPattern,
};
pub(crate) use place::{
    AccountRule, Condition, FileRule, ListRule, Need, RefusalRule, Shape, TextRule, Word,
};

/// One `site.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Site {
    /// The id policies and records use.
    pub(crate) app: App,
    /// Hosts whose pages are this site and whose requests are read.
    pub(crate) hosts: Vec<HostPattern>,
    /// Hosts that belong to others and that its pages upload to.
    #[serde(default)]
    pub(crate) side_hosts: Vec<HostPattern>,
    /// Hosts of its sockets, besides `hosts`.
    #[serde(default)]
    pub(crate) sockets: Vec<HostPattern>,
    /// Query keys that can carry a prompt.
    #[serde(default)]
    pub(crate) query: Vec<String>,
    /// Addresses known to carry no text of a person; the hook does not even hold them.
    #[serde(default)]
    pub(crate) harmless: Vec<Pattern>,
    /// The same for the calls inside one batch request.
    #[serde(default)]
    pub(crate) harmless_rpcs: Vec<String>,
    /// Addresses that work without an account.
    #[serde(default)]
    pub(crate) logged_out: Vec<Pattern>,
    /// Query keys of a page whose chats the site promises not to keep.
    #[serde(default)]
    pub(crate) temporary_pages: Vec<String>,
    /// Where a request shows whose account it is.
    #[serde(default)]
    pub(crate) account: Option<AccountRule>,
    /// How a refused request looks to the page; absent: a network error.
    #[serde(default)]
    pub(crate) refusal: Option<RefusalRule>,
    /// What the addresses do.
    pub(crate) rule: Vec<Rule>,
}

/// What one address, or one call of a batch, does and where its parts are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// For messages about this file; unique in it.
    pub(crate) name: String,
    /// The operation when no `case` holds; absent: then the shape is not known.
    #[serde(default)]
    pub(crate) does: Option<Does>,
    /// Other operations of the same address; the first that holds.
    #[serde(default)]
    pub(crate) case: Vec<Case>,
    /// `true`: outgoing frames of a socket instead of requests.
    #[serde(default)]
    pub(crate) socket: bool,
    /// Other hosts than the site's own.
    #[serde(default)]
    pub(crate) hosts: Vec<HostPattern>,
    /// Upper case.
    #[serde(default)]
    pub(crate) method: Vec<String>,
    /// Addresses.
    #[serde(default)]
    pub(crate) path: Vec<Route>,
    /// Ids of calls in a batch, instead of `method` and `path`; their documents are the calls' arguments.
    #[serde(default)]
    pub(crate) rpc: Vec<String>,
    /// What the body is.
    #[serde(default)]
    pub(crate) body: BodyKind,
    /// The form field that holds the document, for `form` and `batch`.
    #[serde(default)]
    pub(crate) field: Option<String>,
    /// Places without which the request is not understood; for `does`; a `case` has its own.
    #[serde(default)]
    pub(crate) needs: Vec<Need>,
    /// Where text is.
    #[serde(default)]
    pub(crate) text: Vec<TextRule>,
    /// Where files are named.
    #[serde(default)]
    pub(crate) file: Vec<FileRule>,
    /// Places whose words, and all below, are the site's own: descriptions of tools, styles.
    #[serde(default)]
    pub(crate) own: Vec<Path>,
    /// Places of the conversation's id, best first; so the next three.
    #[serde(default)]
    pub(crate) conversation: Vec<Source>,
    #[serde(default)]
    pub(crate) parent: Vec<Source>,
    #[serde(default)]
    pub(crate) message: Vec<Source>,
    #[serde(default)]
    pub(crate) model: Vec<Source>,
    /// Whether a parent other than the page's last message means that an earlier prompt is replaced.
    #[serde(default)]
    pub(crate) tells_edits: bool,
    /// Any of these: the conversation's first turn, which replaces nothing.
    #[serde(default)]
    pub(crate) first_turn: Vec<Condition>,
    /// Any of these: a chat the site promises not to keep.
    #[serde(default)]
    pub(crate) temporary: Vec<Condition>,
    #[serde(default)]
    pub(crate) connectors: Vec<ListRule>,
    #[serde(default)]
    pub(crate) tools: Vec<ListRule>,
    /// Lists that speak about offsets in the text: emptied when it is edited.
    #[serde(default)]
    pub(crate) clear: Vec<Path>,
    /// The format of the answer, when there is one worth keeping.
    #[serde(default)]
    pub(crate) answer: Option<AnswerFormat>,
    /// How the site names the file that this uploads.
    #[serde(default)]
    pub(crate) handle: Option<HandleRule>,
    /// Another refusal than the site's.
    #[serde(default)]
    pub(crate) refusal: Option<RefusalRule>,
}

/// An operation, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Does {
    /// No text of a person, no change.
    Nothing,
    /// This.
    Operation(Operation),
}

/// The word is no operation.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no operation; write one of the vocabulary such as `send-prompt`, or `nothing`")]
pub(crate) struct DoesError(String);

impl TryFrom<String> for Does {
    type Error = DoesError;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        if word == "nothing" {
            return Ok(Self::Nothing);
        }
        let known = Operation::ALL.into_iter().find(|operation| operation.as_str() == word);
        known.map(Self::Operation).ok_or(DoesError(word))
    }
}

impl Does {
    pub(crate) fn operation(self) -> Option<Operation> {
        match self {
            Self::Nothing => None,
            Self::Operation(operation) => Some(operation),
        }
    }
}

/// Another operation of the same address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// All of these hold.
    pub(crate) when: Vec<Condition>,
    /// Then it is this.
    pub(crate) does: Does,
    /// Places without which it is not understood.
    #[serde(default)]
    pub(crate) needs: Vec<Need>,
}

/// What a body is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BodyKind {
    /// One JSON document, or nothing at all.
    #[default]
    Json,
    /// A form with one JSON document in `field`.
    Form,
    /// A form whose `field` holds calls: `[[[id, arguments as JSON text, ..], ..]]`.
    Batch,
    /// Bytes of a file, or a multipart form with files. Not looked into.
    File,
}
