//! A place in a text that a pattern matched and a check has yet to judge.
//!
//! INVARIANT: `start..end` are byte offsets on code point bounds of `text`.

/// One candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl<'a> Candidate<'a> {
    /// The matched text.
    pub(crate) fn value(&self) -> &'a str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// The text before.
    pub(crate) fn before(&self) -> &'a str {
        self.text.get(..self.start).unwrap_or_default()
    }

    /// The text after.
    pub(crate) fn after(&self) -> &'a str {
        self.text.get(self.end..).unwrap_or_default()
    }

    /// Whether it begins inside a word. Letters, digits and `_` of ASCII make words; other scripts write without
    /// spaces, so their letters do not count.
    pub(crate) fn starts_in_word(&self) -> bool {
        // Bytes are enough: those of other scripts are never in the ASCII range.
        let byte = |at: Option<usize>| at.and_then(|at| self.text.as_bytes().get(at));
        inside(byte(self.start.checked_sub(1)), byte(Some(self.start)))
    }

    /// Whether it begins or ends inside a word.
    pub(crate) fn in_word(&self) -> bool {
        let byte = |at: Option<usize>| at.and_then(|at| self.text.as_bytes().get(at));
        self.starts_in_word() || inside(byte(self.end.checked_sub(1)), byte(Some(self.end)))
    }

    /// The same place with another end.
    pub(crate) fn until(self, end: usize) -> Self {
        Self { end, ..self }
    }
}

fn inside(one: Option<&u8>, other: Option<&u8>) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    one.is_some_and(word) && other.is_some_and(word)
}
