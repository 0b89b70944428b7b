//! Answers: a stream of bytes in, one [`Response`] out.
//!
//! INVARIANT: decoders are total. Any bytes, cut anywhere, give a `Response` and never a panic;
//! memory is bounded by [`Limits`]. No clock, no I/O, no log.
//! Does not decide whether a request belongs to an answer, and never changes what the page receives.

mod blocks;
mod candidates;
mod cap;
mod delta;
mod document;
mod events;
mod field;
mod frames;
mod messages;
mod socket;
mod wiped;

use serde::{Deserialize, Serialize};
use shared_protocol::Response;

use blocks::Blocks;
use candidates::Candidates;
use delta::Delta;
use events::Events;
use frames::Frames;
use messages::Messages;
pub use socket::{SocketItem, SocketReader};

/// How an answer's bytes are laid out, named by the format and not by a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerFormat {
    /// Server-sent events with `delta_encoding` v1, or the older cumulative messages.
    DeltaEncoding,
    /// `)]}'` and JSON frames with their length before them; cumulative candidates.
    FramedJson,
    /// Server-sent events of a message in content blocks, or the older `completion` events.
    MessagesSse,
    /// Server-sent events whose blocks come whole, in chunks or as JSON patches.
    BlockPatches,
}

impl AnswerFormat {
    /// All of them, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::DeltaEncoding, Self::FramedJson, Self::MessagesSse, Self::BlockPatches];

    /// The word for it in `site.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeltaEncoding => "delta-encoding",
            Self::FramedJson => "framed-json",
            Self::MessagesSse => "messages-sse",
            Self::BlockPatches => "block-patches",
        }
    }
}

/// What one answer may occupy. Beyond it the copy is cut and `truncated` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of answer text kept.
    pub text: usize,
    /// Bytes of one unfinished line, event or frame.
    pub event: usize,
}

impl Limits {
    /// 8 MiB of text, 8 MiB for one event.
    pub const DEFAULT: Self = Self { text: 8 << 20, event: 8 << 20 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Rebuilds one answer from its bytes.
#[derive(Clone)]
pub struct Decoder {
    format: AnswerFormat,
    state: State,
}

#[derive(Clone)]
enum State {
    Delta(Events, Delta),
    Framed(Frames, Candidates),
    Messages(Events, Messages),
    Blocks(Events, Blocks),
}

impl Decoder {
    /// A decoder with [`Limits::DEFAULT`].
    #[must_use]
    pub fn new(format: AnswerFormat) -> Self {
        Self::with_limits(format, Limits::DEFAULT)
    }

    /// A decoder that keeps no more than `limits`.
    #[must_use]
    pub fn with_limits(format: AnswerFormat, limits: Limits) -> Self {
        let state = match format {
            AnswerFormat::DeltaEncoding => State::Delta(Events::new(limits), Delta::new(limits)),
            AnswerFormat::FramedJson => State::Framed(Frames::new(limits), Candidates::new(limits)),
            AnswerFormat::MessagesSse => State::Messages(Events::new(limits), Messages::new(limits)),
            AnswerFormat::BlockPatches => State::Blocks(Events::new(limits), Blocks::new(limits)),
        };
        Self { format, state }
    }

    /// The format it reads.
    #[must_use]
    pub const fn format(&self) -> AnswerFormat {
        self.format
    }

    /// Takes the next bytes, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Delta(events, answer) => events.push(bytes, &mut |name, data| answer.event(name, data)),
            State::Framed(frames, answer) => frames.push(bytes, &mut |frame| answer.frame(frame)),
            State::Messages(events, answer) => events.push(bytes, &mut |name, data| answer.event(name, data)),
            State::Blocks(events, answer) => events.push(bytes, &mut |name, data| answer.event(name, data)),
        }
    }

    /// Whether a terminal event was seen: the page may abort the body from here on.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match &self.state {
            State::Delta(_, answer) => answer.is_terminal(),
            State::Framed(_, answer) => answer.is_terminal(),
            State::Messages(_, answer) => answer.is_terminal(),
            State::Blocks(_, answer) => answer.is_terminal(),
        }
    }

    /// The WebSocket topic that the rest of the answer moved to: bytes of its [`SocketItem`]s are
    /// pushed here, after those of the request that said so.
    #[must_use]
    pub fn handoff(&self) -> Option<&str> {
        match &self.state {
            State::Delta(_, answer) => answer.handoff(),
            State::Framed(..) | State::Messages(..) | State::Blocks(..) => None,
        }
    }

    /// The answer as far as it is known; more bytes may follow.
    ///
    /// What was cut off by the end of the stream (a last event without its blank line, a plain JSON
    /// error in place of a stream) is read as well.
    #[must_use]
    pub fn finish(&self) -> Response {
        if self.is_settled() {
            return self.response();
        }
        let mut last = self.clone();
        last.end();
        last.response()
    }

    fn is_settled(&self) -> bool {
        match &self.state {
            State::Delta(events, _) | State::Messages(events, _) | State::Blocks(events, _) => {
                events.is_settled()
            }
            State::Framed(frames, _) => frames.is_settled(),
        }
    }

    fn end(&mut self) {
        match &mut self.state {
            State::Delta(events, answer) => {
                events.end(&mut |name, data| answer.event(name, data));
                if let Some(body) = events.body() {
                    answer.body(&body);
                }
            }
            State::Framed(frames, answer) => frames.end(&mut |frame| answer.frame(frame)),
            State::Messages(events, answer) => {
                events.end(&mut |name, data| answer.event(name, data));
                if let Some(body) = events.body() {
                    answer.body(&body);
                }
            }
            State::Blocks(events, answer) => {
                events.end(&mut |name, data| answer.event(name, data));
                if let Some(body) = events.body() {
                    answer.body(&body);
                }
            }
        }
    }

    fn response(&self) -> Response {
        let (lost, mut response) = match &self.state {
            State::Delta(events, answer) => (events.lost(), answer.response()),
            State::Framed(frames, answer) => (frames.lost(), answer.response()),
            State::Messages(events, answer) => (events.lost(), answer.response()),
            State::Blocks(events, answer) => (events.lost(), answer.response()),
        };
        response.truncated |= lost;
        response
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Decoder").field("format", &self.format).finish_non_exhaustive()
    }
}
