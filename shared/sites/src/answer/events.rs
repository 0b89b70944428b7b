//! Server-sent events, from bytes cut anywhere.
//!
//! INVARIANT: each byte is looked at once, and no more than one line and one event are held.
//! Lines end in LF, CRLF or CR; a character cut in two is whole again when its line is.
//! A body that is plain JSON instead of events is kept apart, for its error. Does not read the data.

use zeroize::Zeroizing;

use super::Limits;
use super::wiped::Json;

/// An error body is short; what is longer is no error.
const BODY: usize = 1 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Only a byte order mark and white space so far.
    Unknown,
    Events,
    Body,
}

/// Where an event goes: its name (empty if it has none) and its data.
pub(super) type Sink<'a> = dyn FnMut(&str, &str) + 'a;

#[derive(Clone)]
pub(super) struct Events {
    kind: Kind,
    line: Zeroizing<Vec<u8>>,
    data: Zeroizing<String>,
    has_data: bool,
    name: String,
    after_cr: bool,
    /// The rest of the present line is dropped: it is too long.
    skipping: bool,
    body: Zeroizing<Vec<u8>>,
    cap: usize,
    lost: bool,
}

impl Events {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            kind: Kind::Unknown,
            line: Zeroizing::default(),
            data: Zeroizing::default(),
            has_data: false,
            name: String::new(),
            after_cr: false,
            skipping: false,
            body: Zeroizing::default(),
            cap: limits.event,
            lost: false,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        let mut rest = bytes;
        while self.kind == Kind::Unknown {
            let Some((first, more)) = rest.split_first() else { return };
            match first {
                0xEF | 0xBB | 0xBF | b' ' | b'\t' | b'\r' | b'\n' => rest = more,
                b'{' | b'[' => self.kind = Kind::Body,
                _ => self.kind = Kind::Events,
            }
        }
        if self.kind == Kind::Body {
            let room = BODY.saturating_sub(self.body.len());
            self.lost |= rest.len() > room;
            self.body.extend(rest.iter().take(room));
            return;
        }
        while let Some((first, more)) = rest.split_first() {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                rest = more;
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (line, tail) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
            self.extend_line(line);
            let Some((stop, more)) = tail.split_first() else { return };
            self.after_cr = *stop == b'\r';
            rest = more;
            self.end_line(sink);
        }
    }

    /// Reads what the end of the stream cut short.
    pub(super) fn end(&mut self, sink: &mut Sink<'_>) {
        if !self.line.is_empty() || self.skipping {
            self.end_line(sink);
        }
        self.dispatch(sink);
    }

    /// The plain JSON that came instead of events.
    pub(super) fn body(&self) -> Option<Json> {
        if self.kind != Kind::Body {
            return None;
        }
        Json::parse(std::str::from_utf8(&self.body).ok()?)
    }

    /// Whether [`Events::end`] and [`Events::body`] would find nothing new.
    pub(super) fn is_settled(&self) -> bool {
        self.line.is_empty() && !self.has_data && self.body.is_empty()
    }

    /// Whether a line or an event was dropped for its size.
    pub(super) const fn lost(&self) -> bool {
        self.lost
    }

    fn extend_line(&mut self, bytes: &[u8]) {
        if self.skipping || self.line.len().saturating_add(bytes.len()) > self.cap {
            self.skipping = true;
            self.lost = true;
            self.line.clear();
            return;
        }
        self.line.extend_from_slice(bytes);
    }

    fn end_line(&mut self, sink: &mut Sink<'_>) {
        if std::mem::take(&mut self.skipping) {
            self.line.clear();
            return;
        }
        if self.line.is_empty() {
            self.dispatch(sink);
            return;
        }
        let line = std::mem::take(&mut self.line);
        self.field(&String::from_utf8_lossy(&line));
        self.line = line;
        self.line.clear();
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => {
                if self.data.len().saturating_add(value.len()) >= self.cap {
                    self.lost = true;
                    return;
                }
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            "event" => value.clone_into(&mut self.name),
            // A comment, `id`, `retry`, or a field of a later standard.
            _ => {}
        }
    }

    fn dispatch(&mut self, sink: &mut Sink<'_>) {
        if std::mem::take(&mut self.has_data) {
            sink(&self.name, &self.data);
        }
        self.data.clear();
        self.name.clear();
    }
}
