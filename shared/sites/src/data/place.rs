//! The smaller shapes of a rule: questions, and places of text, files, lists, accounts.

use serde::Deserialize;
use shared_protocol::PartKind;

use crate::{path::Path, source::Source};

/// A question to the document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    /// Where.
    pub(crate) at: Path,
    /// Something is there, and all of it is one of these words. Absent: something is there but `null`.
    #[serde(default)]
    pub(crate) is: Vec<Word>,
    /// `true` turns the answer round.
    #[serde(default)]
    pub(crate) not: bool,
}

/// A scalar to compare with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Word {
    /// `true` or `false`.
    Truth(bool),
    /// A whole number.
    Number(i64),
    /// A string.
    Text(String),
}

/// A place that must be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Need {
    /// In each of these, of which there is at least one; absent: in the document.
    #[serde(default)]
    pub(crate) each: Path,
    /// `true`: there may be none of them.
    #[serde(default)]
    pub(crate) if_any: bool,
    /// The place.
    pub(crate) at: Path,
    /// What is there.
    pub(crate) is: Shape,
    /// Which of these words, when there are any.
    #[serde(default)]
    pub(crate) one_of: Vec<String>,
}

/// What a needed place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shape {
    /// A list.
    Array,
    /// An object.
    Object,
    /// A string.
    String,
}

/// Where text is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextRule {
    /// The place; every string it leads to is a part.
    pub(crate) at: Source,
    /// What kind of text.
    #[serde(default = "typed")]
    pub(crate) kind: PartKind,
    /// `true`: usually repeats (the start of) an earlier part. What does is edited in step with that part and
    /// is no part; what does not is a part of its own.
    #[serde(default)]
    pub(crate) copy: bool,
    /// Words of the site's own that stand there too.
    #[serde(default)]
    pub(crate) except: Vec<String>,
}

fn typed() -> PartKind {
    PartKind::Text
}

/// Where files are named. Paths start at each value of `at`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRule {
    /// One value for each file.
    pub(crate) at: Path,
    #[serde(default)]
    pub(crate) id: Option<Path>,
    #[serde(default)]
    pub(crate) name: Option<Path>,
    #[serde(default)]
    pub(crate) media_type: Option<Path>,
    #[serde(default)]
    pub(crate) size: Option<Path>,
    /// The file's text, when it travels in the request.
    #[serde(default)]
    pub(crate) text: Option<Path>,
}

/// A list of names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListRule {
    /// Every string there.
    pub(crate) at: Path,
    /// But these.
    #[serde(default)]
    pub(crate) except: Vec<String>,
    /// Only these, when there are any.
    #[serde(default)]
    pub(crate) only: Vec<String>,
}

/// Where a request shows whose account it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountRule {
    /// The workspace's id.
    pub(crate) id: Source,
    /// Whether such an id is only there for workspaces.
    #[serde(default)]
    pub(crate) workspace: bool,
    /// Words that stand there for a person's own account.
    #[serde(default)]
    pub(crate) personal: Vec<String>,
}

/// How a refused request looks to the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalRule {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}
