//! The reading half of the wire: native-messaging frames, put together to whole messages.
//!
//! INVARIANT: whatever the bytes are, reading goes on until the stream ends, in bounded memory: an announced
//! length over the limit is skipped, pieces are held within the limits of `shared_protocol::frame`.
//! It deliberately does not know what a message means, except for the few bytes that name its event.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind, Read};

use native_messaging::host::{NmError, decode_message_opt};
use serde::Deserialize;
use serde::de::IgnoredAny;
use shared_protocol::frame::{CHUNK_BYTES, Joiner, OPEN_MESSAGES};
use shared_protocol::{App, Code, EventId};

/// Most bytes of one native message. More than a piece has: the browser writes the JSON anew and may escape
/// characters that the extension did not (six bytes for one).
pub(super) const FRAME_BYTES: usize = 8 * CHUNK_BYTES;

/// What a bad message says of itself, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Named {
    /// `kind`.
    #[serde(default)]
    pub(super) kind: Option<String>,
    /// `event`.
    #[serde(default)]
    pub(super) event: Option<EventId>,
    /// `app`.
    #[serde(default)]
    pub(super) app: Option<App>,
}

/// One thing that came in.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A whole message's JSON text.
    Message(String),
    /// A frame or message that is dropped.
    Fault(Code, Named),
    /// The browser closed the connection.
    End,
}

/// Reads from a browser.
pub(super) struct Frames<R> {
    from: R,
    joiner: Joiner,
    /// Of messages in pieces: what their first piece says of them.
    named: BTreeMap<u32, Named>,
    /// Messages in pieces that were given up: told once, not for each piece.
    dropped: BTreeSet<u32>,
}

#[derive(Deserialize)]
struct Chunked {
    chunk: Chunk,
}

#[derive(Deserialize)]
struct Chunk {
    id: u32,
    index: u32,
    count: u32,
    #[serde(rename = "data")]
    _data: IgnoredAny,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, joiner: Joiner::default(), named: BTreeMap::new(), dropped: BTreeSet::new() }
    }

    /// The next message or fault.
    pub(super) fn next(&mut self) -> Incoming {
        loop {
            let frame = match decode_message_opt(&mut self.from, FRAME_BYTES) {
                Ok(Some(frame)) => frame,
                Ok(None) => return Incoming::End,
                Err(NmError::IncomingTooLarge { len, .. }) => {
                    return match self.skip(len) {
                        Ok(()) => Incoming::Fault(Code::Oversize, Named::default()),
                        Err(_) => Incoming::End,
                    };
                }
                // The bytes were read whole; the next frame begins after them.
                Err(NmError::IncomingNotUtf8(_)) => {
                    return Incoming::Fault(Code::BadFrame, Named::default());
                }
                Err(NmError::Io(fault)) if fault.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return Incoming::End,
            };
            if let Some(incoming) = self.join(&frame) {
                return incoming;
            }
        }
    }

    fn join(&mut self, frame: &str) -> Option<Incoming> {
        let chunk = is_piece(frame).then(|| serde_json::from_str::<Chunked>(frame).ok()).flatten();
        let Some(Chunked { chunk: Chunk { id, index, count, .. } }) = chunk else {
            return match self.joiner.push(frame) {
                Ok(message) => message.map(Incoming::Message),
                Err(code) => Some(Incoming::Fault(code, Named::default())),
            };
        };
        if index == 0 {
            self.dropped.remove(&id);
            self.keep_name(id, frame);
        }
        let is_last = index.checked_add(1).is_some_and(|next| next >= count);
        let joined = self.joiner.push(frame);
        let named = if is_last || joined.is_err() { self.named.remove(&id) } else { None };
        match joined {
            Ok(message) => message.map(Incoming::Message),
            Err(code) => {
                let is_told = self.dropped.contains(&id);
                if is_last {
                    self.dropped.remove(&id);
                } else if self.dropped.len() < OPEN_MESSAGES {
                    self.dropped.insert(id);
                }
                (!is_told).then(|| Incoming::Fault(code, named.unwrap_or_default()))
            }
        }
    }

    /// The first piece begins with the message's kind, event and app; a message that is given up later can
    /// then still be answered by name.
    fn keep_name(&mut self, id: u32, frame: &str) {
        #[derive(Deserialize)]
        struct First {
            chunk: Data,
        }
        #[derive(Deserialize)]
        struct Data {
            data: String,
        }
        if self.named.len() >= OPEN_MESSAGES {
            return;
        }
        if let Ok(First { chunk: Data { data } }) = serde_json::from_str(frame) {
            self.named.insert(id, name_by_prefix(&data));
        }
    }

    fn skip(&mut self, length: usize) -> io::Result<()> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let skipped = io::copy(&mut self.from.by_ref().take(length), &mut io::sink())?;
        if skipped == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}

/// As [`Joiner::push`] tells pieces.
fn is_piece(frame: &str) -> bool {
    frame.trim_start().starts_with("{\"chunk\"")
}

/// What a whole JSON text that is no message says of itself.
pub(super) fn name(message: &str) -> Named {
    serde_json::from_str(message).unwrap_or_else(|_| name_by_prefix(message))
}

/// The short string fields at the beginning of a JSON object that may be cut off or broken later on.
fn name_by_prefix(text: &str) -> Named {
    let mut named = Named::default();
    let mut rest = text.trim_start().strip_prefix('{').unwrap_or_default();
    while let Some((key, after)) = short_string(rest) {
        let Some(after) = after.trim_start().strip_prefix(':') else { break };
        let Some((value, after)) = short_string(after) else { break };
        match key {
            "kind" => named.kind = Some(value.to_owned()),
            "event" => named.event = EventId::try_from(value.to_owned()).ok(),
            "app" => named.app = Some(App::new(value)),
            _ => {}
        }
        let Some(after) = after.trim_start().strip_prefix(',') else { break };
        rest = after;
    }
    named
}

/// A JSON string of at most 64 bytes without escapes, and what follows it.
fn short_string(text: &str) -> Option<(&str, &str)> {
    let (value, rest) = text.trim_start().strip_prefix('"')?.split_once('"')?;
    (value.len() <= 64 && !value.contains('\\')).then_some((value, rest))
}

#[cfg(test)]
mod tests;
