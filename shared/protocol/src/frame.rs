//! Messages in pieces of at most [`CHUNK_BYTES`]: large native messages are slow in Firefox and cut off by
//! Chromium above 1 MiB from the host.
//!
//! A message that fits travels as itself. A larger one travels as `{"chunk":{"id","index","count","data"}}`
//! objects, `data` being consecutive pieces of its JSON text. Pieces of several messages may be mixed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::Code;

/// Most bytes of one framed JSON text, both ways.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// Most bytes of one message put together. Room for `oversize_bytes` of text twice over.
pub const MESSAGE_BYTES: usize = 24 * 1024 * 1024;

/// Most messages in pieces at once.
pub const OPEN_MESSAGES: usize = 64;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chunked {
    chunk: Chunk,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chunk {
    id: u32,
    index: u32,
    count: u32,
    data: String,
}

/// Cuts the JSON text of one message into frames of at most [`CHUNK_BYTES`] bytes. `id` tells messages apart
/// that are on the way at the same time.
#[must_use]
pub fn split(id: u32, message: &str) -> Vec<String> {
    if message.len() <= CHUNK_BYTES {
        return vec![message.to_owned()];
    }
    let pieces = pieces(message);
    let count = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
    let chunk = |(index, data): (usize, &str)| {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let chunked = Chunked { chunk: Chunk { id, index, count, data: data.to_owned() } };
        serde_json::to_string(&chunked).unwrap_or_default()
    };
    pieces.into_iter().enumerate().map(chunk).collect()
}

/// Pieces whose JSON escapes stay under the limit. Escaping costs at most six bytes for one.
fn pieces(message: &str) -> Vec<&str> {
    const ROOM: usize = CHUNK_BYTES - 128;
    let mut pieces = Vec::new();
    let mut rest = message;
    while !rest.is_empty() {
        let mut cost = 0;
        let mut end = rest.len();
        for (at, char) in rest.char_indices() {
            cost += match char {
                '"' | '\\' => 2,
                c if u32::from(c) < 0x20 => 6,
                c => c.len_utf8(),
            };
            if cost > ROOM {
                end = at;
                break;
            }
        }
        let (piece, tail) = rest.split_at(end);
        pieces.push(piece);
        rest = tail;
    }
    pieces
}

#[derive(Debug)]
struct Open {
    pieces: Vec<String>,
    count: u32,
    bytes: usize,
}

/// Puts pieces together again.
///
/// INVARIANT: holds at most [`MESSAGE_BYTES`] in all and [`OPEN_MESSAGES`] messages; what is over is dropped
/// with [`Code::Oversize`].
#[derive(Debug, Default)]
pub struct Joiner {
    open: HashMap<u32, Open>,
    bytes: usize,
}

impl Joiner {
    /// Takes one frame's JSON text. `Ok(Some(..))` is a whole message's JSON text.
    ///
    /// # Errors
    /// [`Code::BadFrame`] when a piece is out of order or no piece at all, [`Code::Oversize`] over the limits.
    /// The message concerned is dropped; others go on.
    pub fn push(&mut self, frame: &str) -> Result<Option<String>, Code> {
        // Telling by the prefix keeps a whole message from being parsed twice.
        if !frame.trim_start().starts_with("{\"chunk\"") {
            return if frame.len() > MESSAGE_BYTES {
                Err(Code::Oversize)
            } else {
                Ok(Some(frame.to_owned()))
            };
        }
        let Chunked { chunk } = serde_json::from_str(frame).map_err(|_| Code::BadFrame)?;
        self.take(chunk)
    }

    fn take(&mut self, chunk: Chunk) -> Result<Option<String>, Code> {
        let Chunk { id, index, count, data } = chunk;
        if index == 0 {
            self.drop_message(id);
            if self.open.len() >= OPEN_MESSAGES {
                return Err(Code::Oversize);
            }
            self.open.insert(id, Open { pieces: Vec::new(), count, bytes: 0 });
        }
        let expected = self.open.get(&id).map(|open| (open.pieces.len(), open.count));
        let in_order = expected.is_some_and(|(have, of)| u32::try_from(have) == Ok(index) && of == count);
        if !in_order || count == 0 {
            self.drop_message(id);
            return Err(Code::BadFrame);
        }
        if self.bytes.saturating_add(data.len()) > MESSAGE_BYTES {
            self.drop_message(id);
            return Err(Code::Oversize);
        }
        self.bytes += data.len();
        if let Some(open) = self.open.get_mut(&id) {
            open.bytes += data.len();
            open.pieces.push(data);
        }
        if index + 1 < count {
            return Ok(None);
        }
        Ok(self.drop_message(id).map(|open| open.pieces.concat()))
    }

    fn drop_message(&mut self, id: u32) -> Option<Open> {
        let open = self.open.remove(&id)?;
        self.bytes -= open.bytes;
        Some(open)
    }
}
