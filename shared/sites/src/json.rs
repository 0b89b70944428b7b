//! JSON as spans: a body is parsed into a flat tree that points into its own text, so that single string
//! tokens can be replaced and everything else stays byte for byte (number precision, white space, order).
//!
//! INVARIANT: bounded: at most [`MAX_DEPTH`] levels and [`MAX_NODES`] values, else an error, never a panic.
//! Duplicate keys are kept as they are: a path finds all of them. Deliberately no typed deserialization.

use shared_protocol::Text;

/// Deepest nesting that is read.
pub(crate) const MAX_DEPTH: u16 = 128;

/// Most values of one document.
pub(crate) const MAX_NODES: usize = 400_000;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Number,
    String,
    Array,
    Object,
}

/// One value: its span in the text, its key's span, and the index after its last descendant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    key: Option<(usize, usize)>,
    after: usize,
}

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// No JSON.
    Syntax,
    /// JSON beyond the bounds.
    Bounds,
}

/// A document.
#[derive(Debug)]
pub(crate) struct Doc {
    text: Text,
    nodes: Vec<Node>,
}

impl Doc {
    /// Parses `text` (RFC 8259, one value).
    pub(crate) fn parse(text: Text) -> Result<Self, JsonError> {
        let mut parser = Parser { bytes: text.expose().as_bytes(), at: 0, nodes: Vec::new() };
        parser.value(None, 0)?;
        parser.space();
        if parser.at < parser.bytes.len() {
            return Err(JsonError::Syntax);
        }
        let nodes = parser.nodes;
        Ok(Self { text, nodes })
    }

    pub(crate) fn text(&self) -> &str {
        self.text.expose()
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// The children of a container, in order.
    pub(crate) fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.node(index).map_or(0, |node| node.after);
        let mut next = index + 1;
        std::iter::from_fn(move || {
            let at = (next < end).then_some(next)?;
            next = self.node(at)?.after;
            Some(at)
        })
    }

    /// Whether the member's key is `key`.
    pub(crate) fn key_is(&self, index: usize, key: &str) -> bool {
        let raw =
            self.node(index).and_then(|node| node.key).and_then(|(start, end)| self.text().get(start..end));
        match raw {
            Some(raw) if raw.contains('\\') => decode(raw).is_some_and(|found| found.expose() == key),
            Some(raw) => raw.get(1..raw.len() - 1) == Some(key),
            None => false,
        }
    }

    /// The member's key.
    pub(crate) fn key(&self, index: usize) -> Option<Text> {
        let (start, end) = self.node(index)?.key?;
        decode(self.text().get(start..end)?)
    }

    /// A string's characters; a number, `true` or `false` as written; nothing for others.
    pub(crate) fn scalar(&self, index: usize) -> Option<Text> {
        let node = self.node(index)?;
        let raw = self.text().get(node.start..node.end)?;
        match node.kind {
            Kind::String => decode(raw),
            Kind::Number | Kind::True | Kind::False => Some(Text::new(raw)),
            Kind::Null | Kind::Array | Kind::Object => None,
        }
    }
}

/// The characters of a string token, quotes included. Half a surrogate pair becomes U+FFFD, as every UTF-8
/// reader of that string would have it.
fn decode(token: &str) -> Option<Text> {
    let inner = token.strip_prefix('"')?.strip_suffix('"')?;
    // One allocation, so that no copy is left behind by growth.
    let mut out = String::with_capacity(inner.len() + 4);
    let mut rest = inner.chars();
    let mut high: Option<u32> = None;
    while let Some(char) = rest.next() {
        let unit = if char == '\\' {
            match rest.next()? {
                'b' => u32::from('\u{8}'),
                'f' => u32::from('\u{c}'),
                'n' => u32::from('\n'),
                'r' => u32::from('\r'),
                't' => u32::from('\t'),
                'u' => {
                    let digits = rest.as_str().get(..4)?;
                    rest = rest.as_str().get(4..)?.chars();
                    u32::from_str_radix(digits, 16).ok()?
                }
                other => u32::from(other),
            }
        } else {
            u32::from(char)
        };
        match (high.take(), unit) {
            (Some(first), 0xDC00..=0xDFFF) => {
                out.extend(char::from_u32(0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00)));
                continue;
            }
            (Some(_), _) => out.push('\u{FFFD}'),
            (None, _) => {}
        }
        match unit {
            0xD800..=0xDBFF => high = Some(unit),
            _ => out.push(char::from_u32(unit).unwrap_or('\u{FFFD}')),
        }
    }
    if high.is_some() {
        out.push('\u{FFFD}');
    }
    Some(Text::new(out))
}

/// `text` as a string token.
pub(crate) fn encode(text: &str) -> Text {
    Text::new(serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()))
}

struct Parser<'t> {
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(JsonError::Syntax);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, key: Option<(usize, usize)>, depth: u16) -> Result<(), JsonError> {
        if depth > MAX_DEPTH || self.nodes.len() >= MAX_NODES {
            return Err(JsonError::Bounds);
        }
        self.space();
        let (index, start) = (self.nodes.len(), self.at);
        self.nodes.push(Node { kind: Kind::Null, start, end: start, key, after: index + 1 });
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => self.string()?,
            Some(b't') => self.word(b"true", Kind::True)?,
            Some(b'f') => self.word(b"false", Kind::False)?,
            Some(b'n') => self.word(b"null", Kind::Null)?,
            _ => self.number()?,
        };
        let (end, after) = (self.at, self.nodes.len());
        if let Some(node) = self.nodes.get_mut(index) {
            *node = Node { kind, start, end, key, after };
        }
        Ok(())
    }

    fn object(&mut self, depth: u16) -> Result<Kind, JsonError> {
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object);
        }
        loop {
            self.space();
            let start = self.at;
            self.string()?;
            let key = (start, self.at);
            self.space();
            self.expect(b':')?;
            self.value(Some(key), depth + 1)?;
            self.space();
            if self.peek() == Some(b',') {
                self.at += 1;
            } else {
                self.expect(b'}')?;
                return Ok(Kind::Object);
            }
        }
    }

    fn array(&mut self, depth: u16) -> Result<Kind, JsonError> {
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::Array);
        }
        loop {
            self.value(None, depth + 1)?;
            self.space();
            if self.peek() == Some(b',') {
                self.at += 1;
            } else {
                self.expect(b']')?;
                return Ok(Kind::Array);
            }
        }
    }

    fn string(&mut self) -> Result<Kind, JsonError> {
        self.expect(b'"')?;
        loop {
            let byte = self.peek().ok_or(JsonError::Syntax)?;
            self.at += 1;
            match byte {
                b'"' => return Ok(Kind::String),
                b'\\' => self.escape()?,
                0..0x20 => return Err(JsonError::Syntax),
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 1..self.at + 5).ok_or(JsonError::Syntax)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(JsonError::Syntax);
                }
                self.at += 5;
            }
            _ => return Err(JsonError::Syntax),
        }
        Ok(())
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, JsonError> {
        if self.bytes.get(self.at..self.at + word.len()) != Some(word) {
            return Err(JsonError::Syntax);
        }
        self.at += word.len();
        Ok(kind)
    }

    fn number(&mut self) -> Result<Kind, JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Kind::Number)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(JsonError::Syntax) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Doc, JsonError, decode, encode};

    fn parse(text: &str) -> Result<Doc, JsonError> {
        Doc::parse(text.into())
    }

    #[test]
    fn reads_what_a_strict_reader_reads() {
        for text in [
            "0",
            "-1.5e+3",
            " [ ] ",
            "{}",
            r#"{"a":[1,{"b":"\u00e9\n"}],"a":null}"#,
            "\"\u{2028}\"",
            "01",
            "1.",
            "[1,]",
            "{\"a\"}",
            "\"\n\"",
            "\"\\x\"",
            "tru",
            "",
            "[",
            "{\"a\":1,}",
            "nul",
            "--1",
            "1 2",
            "\"\\u12\"",
        ] {
            let strict = serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(parse(text).is_ok(), strict, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        assert_eq!(parse(&deep).unwrap_err(), JsonError::Bounds);
        assert_eq!(parse(&format!("[{}0]", "0,".repeat(400_000))).unwrap_err(), JsonError::Bounds);
    }

    #[test]
    fn surrogates() {
        let decoded = |token: &str| decode(token).unwrap().expose().to_owned();
        assert_eq!(decoded(r#""\ud83d\ude00""#), "😀");
        assert_eq!(decoded(r#""\ud83dx\ude00\ud83d""#), "\u{FFFD}x\u{FFFD}\u{FFFD}");
        assert_eq!(decoded(r#""\ud83d\ud83d\ude00""#), "\u{FFFD}😀");
    }

    proptest! {
        #[test]
        fn strings_go_round(text in any::<String>()) {
            let doc = parse(encode(&text).expose()).unwrap();
            let read = doc.scalar(0).unwrap();
            prop_assert_eq!(read.expose(), text);
        }

        #[test]
        fn agrees_with_serde_json(text in r#"[\[\]{}",:0-9a-e.\\u \-tr]{0,24}"#) {
            // serde_json refuses half surrogates and numbers beyond f64; neither fits this alphabet at this length,
            // but for half surrogates.
            prop_assume!(!text.contains("\\ud"));
            let strict = serde_json::from_str::<serde_json::Value>(&text);
            let too_big = strict.as_ref().err().is_some_and(|e| e.to_string().contains("out of range"));
            prop_assert_eq!(parse(&text).is_ok(), strict.is_ok() || too_big);
        }
    }
}
