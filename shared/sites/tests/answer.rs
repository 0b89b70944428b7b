//! Plays every case under `answers/<format>/`: `<name>.stream` holds the bytes as a server sends them,
//! `<name>.frames` (if there) one WebSocket frame a line, `<name>.expect` the whole response.
//!
//! INVARIANT: the response does not depend on where the bytes were cut or on how lines end.

#[cfg(test)]
#[path = "answer/cases.rs"]
mod cases;
#[cfg(test)]
#[path = "answer/properties.rs"]
mod properties;
#[cfg(test)]
#[path = "answer/socket.rs"]
mod socket;

use cases::{cases, end, play, shown};
use shared_sites::{AnswerFormat, Decoder, Limits};

#[test]
fn every_case_reads_as_expected() {
    let cases = cases();
    for format in AnswerFormat::ALL {
        let count = cases.iter().filter(|case| case.format == format).count();
        assert!(count >= 10, "{} has {count} cases", format.name());
    }
    for case in &cases {
        assert_eq!(shown(&play(case, &[&case.stream])), shown(&case.expect), "{}", case.name);
    }
}

#[test]
fn a_cut_anywhere_changes_nothing() {
    for case in cases() {
        // The head is pushed byte by byte and kept, so that each cut costs its tail only.
        let mut head = Decoder::new(case.format);
        for at in 0..=case.stream.len() {
            let (pushed, tail) = case.stream.split_at(at);
            if let Some(byte) = pushed.last() {
                head.push(&[*byte]);
            }
            let mut decoder = head.clone();
            decoder.push(tail);
            assert_eq!(end(&case, decoder), case.expect, "{} cut at {at}", case.name);
        }
    }
}

#[test]
fn one_byte_at_a_time_changes_nothing() {
    for case in cases() {
        let bytes: Vec<&[u8]> = case.stream.chunks(1).collect();
        assert_eq!(play(&case, &bytes), case.expect, "{}", case.name);
    }
}

#[test]
fn the_end_of_lines_changes_nothing() {
    for case in cases() {
        // Its length counts the line ends inside the JSON: no reader can put that right.
        if case.name == "framed-json/json-with-line-breaks" {
            continue;
        }
        let lines: Vec<&[u8]> = case
            .stream
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .collect();
        // A lone CR ends a line of events, not a frame.
        let framed = case.format == AnswerFormat::FramedJson;
        let ends: &[&[u8]] = if framed { &[b"\n", b"\r\n"] } else { &[b"\n", b"\r\n", b"\r"] };
        for end in ends {
            let bytes = lines.join(*end);
            assert_eq!(play(&case, &[&bytes]), case.expect, "{} with {end:?}", case.name);
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(play(&case, &single), case.expect, "{} with {end:?}, byte by byte", case.name);
        }
    }
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    for case in cases() {
        let bytes = [b"\xEF\xBB\xBF", case.stream.as_slice()].concat();
        let (head, tail) = bytes.split_at(2);
        assert_eq!(play(&case, &[head, tail]), case.expect, "{}", case.name);
    }
}

#[test]
fn a_stream_sent_again_changes_nothing() {
    // A resumed or reconnected stream repeats the answer from its beginning.
    let again = [
        "messages-sse/plain",
        "block-patches/chunks-and-repaint",
        "delta-encoding/plain",
        "framed-json/plain",
    ];
    let found: Vec<_> = cases().into_iter().filter(|case| again.contains(&case.name.as_str())).collect();
    assert_eq!(found.len(), again.len());
    for case in found {
        assert_eq!(play(&case, &[&case.stream, &case.stream]), case.expect, "{}", case.name);
    }
}

#[test]
fn an_id_once_known_stays() {
    for case in cases() {
        let mut decoder = Decoder::new(case.format);
        let mut known = None;
        for piece in case.stream.chunks(7) {
            decoder.push(piece);
            let now = decoder.finish().conversation_id;
            // A thread's slug is only its name until its id is known.
            assert!(known.is_none() || now.is_some(), "{}", case.name);
            known = now;
        }
    }
}

#[test]
fn secrets_of_a_stream_are_in_no_response() {
    let mut with_secret = 0;
    for case in cases() {
        let bytes = String::from_utf8_lossy(&case.stream).into_owned();
        with_secret += usize::from(bytes.contains("SECRET"));
        assert!(!shown(&play(&case, &[&case.stream])).contains("SECRET"), "{}", case.name);
    }
    assert!(with_secret >= 2);
}

#[test]
fn no_text_shows_in_debug() {
    for case in cases() {
        let mut decoder = Decoder::new(case.format);
        decoder.push(&case.stream);
        assert_eq!(format!("{decoder:?}"), format!("Decoder {{ format: {:?}, .. }}", case.format));
    }
}

#[test]
fn a_cap_keeps_less_and_says_so() {
    for case in cases() {
        let whole = case.expect.text.expose();
        if whole.len() < 4 || !case.frames.is_empty() {
            continue;
        }
        let text = whole.len() / 2;
        let mut decoder = Decoder::with_limits(case.format, Limits { text, ..Limits::DEFAULT });
        decoder.push(&case.stream);
        let kept = decoder.finish();
        assert!(kept.truncated, "{}", case.name);
        assert!(kept.text.len() <= text, "{}", case.name);
    }
}

#[test]
fn a_line_that_is_too_long_is_dropped_and_said() {
    for case in cases() {
        let longest = case.stream.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::len).max().unwrap();
        // A plain body has its own cap.
        if longest <= 40 || case.stream.starts_with(b"{") {
            continue;
        }
        let mut decoder = Decoder::with_limits(case.format, Limits { event: 40, ..Limits::DEFAULT });
        decoder.push(&case.stream);
        assert!(decoder.finish().truncated, "{}", case.name);
    }
}

#[test]
fn a_terminal_event_is_seen_before_the_stream_ends() {
    for name in [
        "delta-encoding/plain",
        "delta-encoding/error-event",
        "messages-sse/plain",
        "messages-sse/error-in-stream",
        "messages-sse/legacy-completion",
        "framed-json/plain",
        "block-patches/chunks-and-repaint",
        "block-patches/failed",
    ] {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        let mut decoder = Decoder::new(case.format);
        assert!(!decoder.is_terminal());
        decoder.push(&case.stream);
        assert!(decoder.is_terminal(), "{name}");
    }
}

#[test]
fn what_only_looks_like_an_end_is_none() {
    for name in [
        "delta-encoding/aborted",
        "delta-encoding/handed-to-a-socket",
        "messages-sse/aborted",
        "framed-json/cut-inside-a-frame",
        "block-patches/final-while-pending",
    ] {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        let mut decoder = Decoder::new(case.format);
        decoder.push(&case.stream);
        assert!(!decoder.is_terminal(), "{name}");
    }
}
