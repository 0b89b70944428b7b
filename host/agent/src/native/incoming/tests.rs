//! Any bytes: every frame is answered or skipped, and what comes after is read.

use std::io::{self, Read};

use shared_protocol::Code;
use shared_protocol::frame::{CHUNK_BYTES, MESSAGE_BYTES, split};

use super::{FRAME_BYTES, Frames, Incoming, name_by_prefix};

const EVENT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn frame(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap().to_ne_bytes();
    [length.as_slice(), bytes].concat()
}

fn all(bytes: &[u8]) -> Vec<Incoming> {
    let mut frames = Frames::new(bytes);
    let mut all = Vec::new();
    loop {
        match frames.next() {
            Incoming::End => return all,
            incoming => all.push(incoming),
        }
    }
}

fn codes(incoming: &[Incoming]) -> Vec<Option<Code>> {
    incoming
        .iter()
        .map(|one| match one {
            Incoming::Fault(code, _) => Some(*code),
            Incoming::Message(_) | Incoming::End => None,
        })
        .collect()
}

#[test]
fn bad_frames_do_not_end_the_reading() {
    let large = vec![b' '; FRAME_BYTES + 1];
    let bytes = [
        frame(b"{\"kind\":\"status\"}"),
        frame(b"\xff\xfe"),
        frame(&large),
        frame(b"{\"chunk\":{\"id\":1,\"index\":3,\"count\":9,\"data\":\"x\"}}"),
        frame(b"{\"chunk\":nothing"),
        frame(b""),
        frame(b"{\"kind\":\"status\"}"),
    ];
    let told = all(&bytes.concat());
    let expected = [
        None,
        Some(Code::BadFrame),
        Some(Code::Oversize),
        Some(Code::BadFrame),
        Some(Code::BadFrame),
        None,
        None,
    ];
    assert_eq!(codes(&told), expected);
}

#[test]
fn a_cut_stream_ends() {
    for cut in [&b"\x05"[..], b"\x05\0\0", b"\x05\0\0\0abc", b"\xff\xff\xff\xffabc"] {
        assert_eq!(all(cut).len(), 0);
    }
}

#[test]
fn a_message_in_pieces_is_put_together() {
    let message = format!("{{\"kind\":\"x\",\"text\":\"{}\"}}", "é\\n\"".replace('"', "'").repeat(200_000));
    let bytes: Vec<u8> = split(7, &message).iter().flat_map(|piece| frame(piece.as_bytes())).collect();
    let told = all(&bytes);
    assert!(matches!(told.as_slice(), [Incoming::Message(whole)] if *whole == message));
}

/// The pieces of a message that never ends, made while they are read.
struct Flood {
    index: u32,
    count: u32,
    piece: Vec<u8>,
    at: usize,
}

impl Read for Flood {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            if self.index == self.count {
                return Ok(0);
            }
            let data = if self.index == 0 {
                format!(
                    "{{\\\"kind\\\":\\\"judge\\\",\\\"event\\\":\\\"{EVENT}\\\",\\\"app\\\":\\\"claude\\\",\\\"at"
                )
            } else {
                "a".repeat(CHUNK_BYTES - 128)
            };
            let (index, count) = (self.index, self.count);
            let json =
                format!("{{\"chunk\":{{\"id\":1,\"index\":{index},\"count\":{count},\"data\":\"{data}\"}}}}");
            self.piece = frame(json.as_bytes());
            self.at = 0;
            self.index += 1;
        }
        let read = (&self.piece[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}

#[test]
fn a_message_over_the_limit_is_told_once_and_by_name() {
    let count = u32::try_from(2 * MESSAGE_BYTES / CHUNK_BYTES).unwrap();
    let mut frames = Frames::new(Flood { index: 0, count, piece: Vec::new(), at: 0 });
    let Incoming::Fault(Code::Oversize, named) = frames.next() else { panic!("no fault") };
    assert_eq!(named.event.unwrap().as_str(), EVENT);
    assert_eq!(named.app.unwrap().as_str(), "claude");
    assert!(matches!(frames.next(), Incoming::End));
}

#[test]
fn names_are_read_from_a_beginning() {
    let named = name_by_prefix(&format!("{{ \"kind\" : \"judge\",\"event\":\"{EVENT}\",\"app\":\"gemi"));
    assert_eq!(named.kind.as_deref(), Some("judge"));
    assert_eq!(named.event.unwrap().as_str(), EVENT);
    assert_eq!(named.app, None);
    for text in ["", "{", "{\"event\":\"short\"", "[\"kind\",\"judge\"]", "{\"a\\\"b\":1"] {
        assert_eq!(name_by_prefix(text).event, None);
    }
}
