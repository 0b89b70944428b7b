//! The grammar of RFC 8259, each value's span noted down in order.
//!
//! INVARIANT: as strict as a browser's own reader; recursion ends at the depth limit.

use super::{JsonError, Kind, MAX_DEPTH, MAX_NODES, Node};

pub(super) struct Parser<'t> {
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, nodes: Vec::new() }
    }

    /// One value and nothing after it.
    pub(super) fn whole(mut self) -> Result<Vec<Node>, JsonError> {
        self.value(None, 0)?;
        self.space();
        if self.at < self.bytes.len() { Err(JsonError::Syntax) } else { Ok(self.nodes) }
    }

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
