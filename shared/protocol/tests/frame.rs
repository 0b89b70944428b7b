//! Frames go through any border and come back the same.

use proptest::prelude::*;
use shared_protocol::Code;
use shared_protocol::frame::{CHUNK_BYTES, Joiner, MESSAGE_BYTES, split};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn split_and_join_is_identity(unit in "[\"\\\\\u{1}a-zé漢😀]{1,40}", times in 1_usize..12_000) {
        let message = serde_json::to_string(&unit.repeat(times)).unwrap();
        let frames = split(7, &message);
        prop_assert!(frames.iter().all(|frame| frame.len() <= CHUNK_BYTES));
        let mut joiner = Joiner::default();
        let mut whole = None;
        for frame in &frames {
            whole = joiner.push(frame).unwrap();
        }
        prop_assert_eq!(whole.unwrap(), message);
    }

    #[test]
    fn any_frame_is_taken_or_refused(frame in "\\{\"chunk\":.{0,60}") {
        let _ = Joiner::default().push(&frame);
    }
}

#[test]
fn pieces_out_of_order_are_refused_and_forgotten() {
    let message = format!("\"{}\"", "x".repeat(3 * CHUNK_BYTES));
    let frames = split(1, &message);
    let mut joiner = Joiner::default();
    assert_eq!(joiner.push(&frames[0]), Ok(None));
    assert_eq!(joiner.push(&frames[2]), Err(Code::BadFrame));
    assert_eq!(joiner.push(&frames[1]), Err(Code::BadFrame));
}

#[test]
fn memory_is_bounded_whatever_arrives() {
    let piece = "y".repeat(CHUNK_BYTES - 200);
    let mut joiner = Joiner::default();
    let mut refused = false;
    for index in 0..2 * MESSAGE_BYTES / piece.len() {
        let frame =
            format!("{{\"chunk\":{{\"id\":1,\"index\":{index},\"count\":4000000000,\"data\":\"{piece}\"}}}}");
        refused |= joiner.push(&frame) == Err(Code::Oversize);
    }
    assert!(refused);
}
