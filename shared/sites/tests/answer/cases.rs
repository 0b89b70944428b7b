//! The cases as files, and how one is played.
//!
//! INVARIANT: found by walking the folder; a case without its expectation, or an expectation without
//! its case, fails the test.

use std::fs;
use std::path::Path;

use shared_protocol::Response;
use shared_sites::{AnswerFormat, Decoder, SocketReader};

#[derive(Clone)]
/// One answer and what must come of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) format: AnswerFormat,
    pub(crate) stream: Vec<u8>,
    pub(crate) frames: Vec<String>,
    pub(crate) expect: Response,
}

/// All cases, in order of their names.
pub(crate) fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("answers");
    let mut cases = Vec::new();
    for format in AnswerFormat::ALL {
        let folder = root.join(format.name());
        let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in &paths {
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("stream") => {}
                Some("frames" | "expect") => {
                    assert!(path.with_extension("stream").exists(), "{} is alone", path.display());
                    continue;
                }
                _ => panic!("{} is no case", path.display()),
            }
            let frames = fs::read_to_string(path.with_extension("frames")).unwrap_or_default();
            let expect = fs::read(path.with_extension("expect")).unwrap();
            cases.push(Case {
                name: format!("{}/{}", format.name(), path.file_stem().unwrap().to_str().unwrap()),
                format,
                stream: fs::read(path).unwrap(),
                frames: frames.lines().map(str::to_owned).collect(),
                expect: serde_json::from_slice(&expect).unwrap(),
            });
        }
    }
    cases
}

/// Pushes the pieces, then what a socket brings.
pub(crate) fn play(case: &Case, pieces: &[&[u8]]) -> Response {
    let mut decoder = Decoder::new(case.format);
    for piece in pieces {
        decoder.push(piece);
    }
    end(case, decoder)
}

/// What the decoder has read, after what a socket brings.
pub(crate) fn end(case: &Case, mut decoder: Decoder) -> Response {
    if !case.frames.is_empty() {
        let topic = decoder.handoff().unwrap().to_owned();
        let mut reader = SocketReader::new();
        let mut items: Vec<_> = case.frames.iter().flat_map(|frame| reader.push(frame)).collect();
        items.extend(reader.flush());
        for item in items.iter().filter(|item| item.topic == topic) {
            decoder.push(&item.bytes);
        }
    }
    decoder.finish()
}

/// A response as readable text, its characters shown.
pub(crate) fn shown(response: &Response) -> String {
    serde_json::to_string_pretty(response).unwrap()
}
