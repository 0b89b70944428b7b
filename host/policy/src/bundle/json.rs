//! JSON from outside, with bounds that hold before a parser sees it.
//!
//! INVARIANT: bytes, depth and items are counted over the raw bytes first; what is over a bound is never parsed.

use serde::de::DeserializeOwned;

/// What a document may have.
pub(crate) struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Objects and lists inside each other.
    pub depth: usize,
    /// Members and elements.
    pub items: usize,
}

/// This is not the JSON that is expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More than the bound of bytes.
    #[error("larger than {0} bytes")]
    Bytes(usize),
    /// Deeper than the bound.
    #[error("nested deeper than {0}")]
    Depth(usize),
    /// More members and elements than the bound.
    #[error("more than {0} members")]
    Items(usize),
    /// Not JSON, or other members than are known.
    #[error("line {line}, column {column}: {what}")]
    Shape {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        what: String,
    },
}

/// Most characters of a parser's own words: it repeats names that it read.
const MAX_WORDS: usize = 160;

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let words = text.split(" at line ").next().unwrap_or_default();
        let what = words.chars().filter(|c| !c.is_control()).take(MAX_WORDS).collect();
        Self::Shape { line: error.line(), column: error.column(), what }
    }
}

/// Reads a value within bounds.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, JsonError> {
    if bytes.len() > limits.bytes {
        return Err(JsonError::Bytes(limits.bytes));
    }
    measure(bytes, limits)?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Counts brackets and commas outside of strings. Of bytes that are no JSON the count means nothing and still bounds.
fn measure(bytes: &[u8], limits: &Limits) -> Result<(), JsonError> {
    let (mut depth, mut items) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        if in_string {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            in_string = !ends;
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth = depth.saturating_add(1);
                items = items.saturating_add(1);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => items = items.saturating_add(1),
            _ => {}
        }
        if depth > limits.depth {
            return Err(JsonError::Depth(limits.depth));
        }
        if items > limits.items {
            return Err(JsonError::Items(limits.items));
        }
    }
    Ok(())
}
