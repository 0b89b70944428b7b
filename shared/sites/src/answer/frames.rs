//! Length-prefixed JSON frames, from bytes cut anywhere.
//!
//! INVARIANT: each byte is counted once. A length is in UTF-16 code units and counts from just after
//! its last digit. Proxies break lengths: at the first frame that is no JSON array the reader goes
//! over to lines for good, beginning with the bytes it holds. Does not read the frames.

use serde_json::Value;
use zeroize::Zeroizing;

use super::Limits;
use super::wiped::Json;

/// Where a frame goes.
pub(super) type Sink<'a> = dyn FnMut(&Value) + 'a;

#[derive(Clone, Copy)]
enum State {
    /// Between frames; at the start also the `)]}'` line.
    Between,
    /// In a length.
    Length(usize),
    /// In a frame of `length` units, `units` of them seen; `inside` bytes are left of a character.
    Frame { length: usize, units: usize, inside: u8 },
    /// One JSON array a line; what else is there is passed over. `skipping`: the line is too long.
    Lines { skipping: bool },
}

#[derive(Clone)]
pub(super) struct Frames {
    state: State,
    held: Zeroizing<Vec<u8>>,
    cap: usize,
    lost: bool,
}

impl Frames {
    pub(super) fn new(limits: Limits) -> Self {
        Self { state: State::Between, held: Zeroizing::default(), cap: limits.event, lost: false }
    }

    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut Sink<'_>) {
        let mut rest = bytes;
        while let Some((byte, more)) = rest.split_first() {
            match self.state {
                State::Between => match byte {
                    b'0'..=b'9' => self.state = State::Length(0),
                    b')' | b']' | b'}' | b'\'' | b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF => {
                        rest = more
                    }
                    _ => self.state = State::Lines { skipping: false },
                },
                State::Length(length) => {
                    if byte.is_ascii_digit() {
                        let length = length.saturating_mul(10).saturating_add(usize::from(byte - b'0'));
                        self.state = State::Length(length);
                        rest = more;
                    } else if length > self.cap {
                        self.state = State::Lines { skipping: false };
                    } else {
                        self.state = State::Frame { length, units: 0, inside: 0 };
                    }
                }
                State::Frame { length, units, inside } => {
                    rest = self.frame(rest, length, units, inside, sink)
                }
                State::Lines { skipping } => rest = self.line(rest, skipping, sink),
            }
        }
    }

    /// Reads what the end of the stream cut short.
    pub(super) fn end(&mut self, sink: &mut Sink<'_>) {
        if matches!(self.state, State::Frame { .. }) {
            self.go_over_to_lines(sink);
        }
        if let State::Lines { skipping: false } = self.state {
            self.end_line(sink);
        }
    }

    pub(super) fn is_settled(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) const fn lost(&self) -> bool {
        self.lost
    }

    /// Takes the bytes up to the frame's end; gives back what follows it.
    fn frame<'a>(
        &mut self,
        bytes: &'a [u8],
        length: usize,
        units: usize,
        inside: u8,
        sink: &mut Sink<'_>,
    ) -> &'a [u8] {
        let (mut units, mut inside) = (units, inside);
        let mut taken = 0;
        for byte in bytes {
            if inside == 0 && units >= length {
                break;
            }
            (units, inside) = count(*byte, units, inside);
            taken += 1;
        }
        let (now, rest) = bytes.split_at_checked(taken).unwrap_or((bytes, &[]));
        self.held.extend_from_slice(now);
        if inside > 0 || units < length {
            self.state = State::Frame { length, units, inside };
        } else if self.emit(sink) {
            self.held.clear();
            self.state = State::Between;
        } else {
            self.go_over_to_lines(sink);
        }
        rest
    }

    fn line<'a>(&mut self, bytes: &'a [u8], skipping: bool, sink: &mut Sink<'_>) -> &'a [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (line, tail) = bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
        let fits = self.held.len().saturating_add(line.len()) <= self.cap;
        if !skipping && fits {
            self.held.extend_from_slice(line);
        } else {
            self.lost = true;
            self.held.clear();
            self.state = State::Lines { skipping: true };
        }
        let Some((_, more)) = tail.split_first() else { return &[] };
        self.end_line(sink);
        self.state = State::Lines { skipping: false };
        more
    }

    fn end_line(&mut self, sink: &mut Sink<'_>) {
        self.emit(sink);
        self.held.clear();
    }

    fn go_over_to_lines(&mut self, sink: &mut Sink<'_>) {
        let held = std::mem::take(&mut self.held);
        self.state = State::Lines { skipping: false };
        let mut rest: &[u8] = &held;
        while !rest.is_empty() {
            let State::Lines { skipping } = self.state else { return };
            rest = self.line(rest, skipping, sink);
        }
    }

    /// Whether the bytes held are a JSON array, which is then handed on.
    fn emit(&self, sink: &mut Sink<'_>) -> bool {
        let Some(frame) = Json::parse(&String::from_utf8_lossy(&self.held)) else { return false };
        if frame.is_array() {
            sink(&frame);
        }
        frame.is_array()
    }
}

/// Counts a byte into UTF-16 units; a character counts when its last byte is there.
fn count(byte: u8, units: usize, inside: u8) -> (usize, u8) {
    // `inside` holds the bytes left, and 4 more when the character takes two units.
    match (byte, inside) {
        (0x80..=0xBF, 1) => (units + 1, 0),
        (0x80..=0xBF, 5) => (units + 2, 0),
        (0x80..=0xBF, 2..) => (units, inside - 1),
        (0xC2..=0xDF, _) => (units, 1),
        (0xE0..=0xEF, _) => (units, 2),
        (0xF0..=0xF4, _) => (units, 7),
        // ASCII, or a byte that cannot be here: the replacement character is one unit.
        _ => (units + 1, 0),
    }
}
