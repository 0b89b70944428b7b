//! What holds for any bytes.
//!
//! INVARIANT: no input panics, and no cut changes what is read.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use shared_protocol::Response;
use shared_sites::{AnswerFormat, Decoder, Limits, SocketReader};

use super::cases::{Case, cases, play};

static CASES: LazyLock<Vec<Case>> = LazyLock::new(cases);

fn format() -> impl Strategy<Value = AnswerFormat> {
    prop::sample::select(AnswerFormat::ALL.to_vec())
}

/// Bytes that reach deeper than noise does: pieces of real lines, in any order, with noise between.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<Vec<u8>> = CASES
        .iter()
        .flat_map(|case| {
            case.stream.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>()
        })
        .collect();
    let word = prop_oneof![
        8 => prop::sample::select(words),
        2 => prop::sample::select(vec![&b"\n"[..], b"\r", b"\r\n", b"data: ", b"event: delta\n", b"99\n", b")]}'\n"])
            .prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..12),
    ];
    vec(word, 0..24).prop_map(|words| words.concat())
}

fn read(
    format: AnswerFormat,
    limits: Limits,
    bytes: &[u8],
    cuts: &[prop::sample::Index],
) -> (Response, bool) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    let mut decoder = Decoder::with_limits(format, limits);
    for pair in cuts.windows(2) {
        decoder.push(&bytes[pair[0]..pair[1]]);
    }
    (decoder.finish(), decoder.is_terminal())
}

fn limits() -> impl Strategy<Value = Limits> {
    (0..400_usize, 0..600_usize).prop_map(|(text, event)| Limits { text, event })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(format in format(), bytes in vec(any::<u8>(), 0..512), limits in limits()) {
        let (response, _) = read(format, limits, &bytes, &[]);
        prop_assert!(response.text.len() <= limits.text);
    }

    #[test]
    fn any_split_reads_the_same(
        format in format(), bytes in pieces(), cuts in vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let whole = read(format, Limits::DEFAULT, &bytes, &[]);
        prop_assert_eq!(read(format, Limits::DEFAULT, &bytes, &cuts), whole);
    }

    #[test]
    fn any_limit_holds_and_any_split_reads_the_same_under_it(
        format in format(), bytes in pieces(), limits in limits(), cuts in vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let whole = read(format, limits, &bytes, &[]);
        prop_assert!(whole.0.text.len() <= limits.text);
        prop_assert_eq!(read(format, limits, &bytes, &cuts), whole);
    }

    #[test]
    fn asking_early_changes_nothing(format in format(), bytes in pieces(), step in 1..64_usize) {
        let mut asked = Decoder::new(format);
        for piece in bytes.chunks(step) {
            asked.push(piece);
            let _ = asked.finish();
        }
        prop_assert_eq!(asked.finish(), read(format, Limits::DEFAULT, &bytes, &[]).0);
    }

    #[test]
    fn a_case_with_bytes_changed_is_read(
        at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), noise in vec(any::<u8>(), 0..4),
    ) {
        let mut case = at.get(&CASES).clone();
        let from = place.index(case.stream.len() + 1);
        let to = (from + noise.len()).min(case.stream.len());
        case.stream.splice(from..to, noise);
        case.frames.clear();
        play(&case, &[&case.stream]);
    }

    #[test]
    fn any_frame_is_read(frames in vec(".{0,200}", 0..8)) {
        let mut reader = SocketReader::new();
        for frame in &frames {
            reader.push(frame);
        }
        reader.flush();
    }

    /// Text in, text out: whatever the words, and however long a delta is.
    #[test]
    fn appended_text_comes_back(words in vec(".{0,40}", 0..20)) {
        let mut stream = String::from("event: delta_encoding\ndata: \"v1\"\n\n");
        let message = serde_json::json!({"p": "", "o": "add", "c": 0, "v": {"message": {"id": "m",
            "author": {"role": "assistant"}, "recipient": "all",
            "content": {"content_type": "text", "parts": [""]}}}});
        stream.push_str(&format!("event: delta\ndata: {message}\n\n"));
        let first = serde_json::json!({"p": "/message/content/parts/0", "o": "append", "v": ""});
        stream.push_str(&format!("event: delta\ndata: {first}\n\n"));
        for word in &words {
            stream.push_str(&format!("event: delta\ndata: {}\n\n", serde_json::json!({"v": word})));
        }
        let (response, _) = read(AnswerFormat::DeltaEncoding, Limits::DEFAULT, stream.as_bytes(), &[]);
        let whole = words.concat();
        prop_assert_eq!(response.text.expose(), whole.as_str());
    }

    /// Lengths are counted as JavaScript counts them, whatever the characters.
    #[test]
    fn framed_text_comes_back(texts in vec("\\PC{1,40}", 1..8)) {
        let mut stream = String::from(")]}'\n\n");
        for text in &texts {
            let inner = serde_json::json!([null, ["c_1", "r_1"], null, null, [["rc_1", [text]]]]).to_string();
            let frame = serde_json::json!([["wrb.fr", null, inner]]).to_string();
            let frame = format!("\n{frame}\n");
            stream.push_str(&format!("{}{frame}", frame.encode_utf16().count()));
        }
        let (response, _) = read(AnswerFormat::FramedJson, Limits::DEFAULT, stream.as_bytes(), &[]);
        prop_assert_eq!(response.text.expose(), texts.last().unwrap().as_str());
    }
}
