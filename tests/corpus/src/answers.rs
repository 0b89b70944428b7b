//! Answers: a decoder sees the same in any cut of the same bytes.

use shared_sites::{AnswerFormat, Decoder, Limits, SocketReader};

pub(crate) fn delta_encoding(bytes: &[u8]) {
    answer(AnswerFormat::DeltaEncoding, bytes);
}

pub(crate) fn framed_json(bytes: &[u8]) {
    answer(AnswerFormat::FramedJson, bytes);
}

pub(crate) fn messages_sse(bytes: &[u8]) {
    answer(AnswerFormat::MessagesSse, bytes);
}

pub(crate) fn block_patches(bytes: &[u8]) {
    answer(AnswerFormat::BlockPatches, bytes);
}

/// The first byte says where the rest is cut.
fn answer(format: AnswerFormat, bytes: &[u8]) {
    let Some((step, stream)) = bytes.split_first() else { return };
    let mut whole = Decoder::new(format);
    whole.push(stream);
    let mut pieces = Decoder::new(format);
    for piece in stream.chunks(usize::from(*step).max(1)) {
        pieces.push(piece);
        let _asked = (pieces.is_terminal(), pieces.handoff().is_some());
    }
    assert_eq!(whole.finish(), pieces.finish(), "another cut, another answer");
    let limits = Limits { text: 64, event: 256 };
    let mut small = Decoder::with_limits(format, limits);
    small.push(stream);
    assert!(small.finish().text.len() <= limits.text, "more text than the limit");
}

/// Frames of a socket, one a line.
pub(crate) fn socket(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = SocketReader::new();
    for line in text.lines() {
        for item in reader.push(line) {
            delta_encoding(&item.bytes);
        }
    }
    reader.flush();
}
