//! What can be wrong with a `site.toml`, and why an edit was not made. No text of a request in either.

/// A `site.toml` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// It is not written as `site.toml` is.
    #[error("site file {file}, line {line}, column {column}: {message}; correct that place")]
    Syntax {
        /// Which of the given files, from 1.
        file: usize,
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in characters.
        column: usize,
        /// What was expected there.
        message: String,
    },
    /// A rule says something that cannot be meant.
    #[error("site `{site}`, rule `{rule}`: {message}")]
    Rule {
        /// The site's id.
        site: String,
        /// The rule's name.
        rule: String,
        /// What, and what to write instead.
        message: String,
    },
    /// Two things claim the same name, host or address.
    #[error("site `{site}`: {what} `{value}` is there twice; remove one of them")]
    Duplicate {
        /// The site's id.
        site: String,
        /// What kind of thing.
        what: &'static str,
        /// Which.
        value: String,
    },
}

/// Why a request was not edited. The request must then not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It reads as no prompt.
    #[error("the request reads as no prompt")]
    NoPrompt,
    /// An edit names a span that is not there, or two edits overlap.
    #[error("an edit names a span that is not there")]
    Span,
    /// The text is not in the body.
    #[error("the text is not in the body and cannot be replaced there")]
    Place,
    /// The result does not read as the prompt with the edits made.
    #[error("the edited body does not read as it should")]
    ReadBack,
    /// A replaced span is still somewhere in the request.
    #[error("a replaced span is still in the request")]
    Left,
}
