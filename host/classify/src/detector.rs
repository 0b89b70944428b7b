//! A detector as it is written: one TOML file for one label.
//!
//! INVARIANT: a file that does not say everything, or says something unknown, is refused with its label or place.

use serde::Deserialize;
use serde::de::IgnoredAny;
use shared_protocol::{Label, Topic};
use toml::Spanned;

use crate::check::Check;
use crate::structure::{Form, Language};

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Detector {
    pub(crate) label: Label,
    /// What a person calls it; stands in brackets where redaction took one out.
    pub(crate) words: String,
    /// Where the format is described. Kept beside the rule for the reader.
    #[serde(rename = "source")]
    _source: String,
    /// Topics it is evidence for, the strongest first, where that is not what its family is evidence for: an
    /// organisation's own detectors.
    #[serde(default)]
    pub(crate) topics: Vec<Topic>,
    /// How much one finding of full confidence says about the label's topic, 0 to 1.
    pub(crate) weight: f32,
    /// However many there are, they say no more about a topic than the surest one.
    #[serde(default)]
    pub(crate) once: bool,
    /// Code points a mask shows at either end.
    pub(crate) mask: Shown,
    /// None where it is found by structure.
    #[serde(default, rename = "rule")]
    pub(crate) rules: Vec<Rule>,
    /// How the lines of a programming language are told.
    #[serde(default)]
    pub(crate) language: Option<Language>,
    /// How a table or a passage of figures is told.
    #[serde(default)]
    pub(crate) form: Option<Form>,
    /// Run as a test, unread here.
    #[serde(rename = "examples")]
    _examples: IgnoredAny,
}

/// How much of a finding its mask shows.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    #[serde(default)]
    pub(crate) head: usize,
    #[serde(default)]
    pub(crate) tail: usize,
}

/// One way of writing it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// A bounded regular expression. A group named `value` is the finding; without one the match is.
    pub(crate) pattern: Spanned<String>,
    /// What settings, code or a sentence call the value that the pattern describes, in lower case, `_` for what joins words: it is found
    /// behind one of these only. For values with nothing of their own to tell them by.
    #[serde(default)]
    pub(crate) names: Vec<String>,
    /// What a match must pass.
    pub(crate) check: Check,
    /// 0 to 1.
    pub(crate) confidence: f32,
    /// Letters, digits and `_` may touch the match.
    #[serde(default)]
    pub(crate) inside_words: bool,
    /// A match is digits with what people put between them, seven at least: only such stretches are searched.
    #[serde(default)]
    pub(crate) numbers: bool,
    /// Least distinct information per character, in bits.
    #[serde(default)]
    pub(crate) entropy: f32,
    pub(crate) context: Option<Context>,
}

/// Words near a match that say what it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Context {
    /// In lower case.
    pub(crate) words: Vec<String>,
    /// Without one of them there is no finding.
    #[serde(default)]
    pub(crate) required: bool,
    /// The confidence with one of them.
    pub(crate) confidence: f32,
}

/// A detector that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// Two files for one label.
    #[error("`{0}` is the label of two detectors")]
    Duplicate(String),
    /// Not the TOML of a detector.
    #[error("detector {file}: {message}")]
    Malformed {
        /// Which, counted from 0 in the table.
        file: usize,
        /// Why.
        message: String,
    },
    /// A pattern that does not compile.
    #[error("a pattern of `{label}` does not compile: {message}")]
    Pattern {
        /// Whose.
        label: String,
        /// Why.
        message: String,
    },
    /// A pattern that asks for its surroundings.
    #[error("a pattern of `{0}` looks around: the ends of words are checked without `\\b`, `^` and `$`")]
    LooksAround(String),
    /// A pattern that could match without end.
    #[error("a pattern of `{0}` has no bound: write `{{1,64}}` instead of `+` or `*`")]
    Unbounded(String),
}
