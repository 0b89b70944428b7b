//! Values in base64 that are too long to count in a pattern: from where the pattern ends as far as base64 goes.

use crate::candidate::Candidate;
use crate::check::Passed;

/// Longest value, in bytes: a private key of 16,384 bits, in base64 twice, has about 17,000.
const LONGEST: usize = 20_000;

/// The pattern finds the beginning.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let bytes = candidate.after().as_bytes();
    let belongs = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let run = bytes.iter().take(LONGEST).take_while(belongs).count();
    let padding = bytes.iter().skip(run).take(2).take_while(|byte| **byte == b'=').count();
    Some(Passed::whole(candidate.until(candidate.end + run + padding)))
}

/// The bytes that `text` is base64 of, in its plain alphabet, with or without padding (RFC 4648).
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode, pass};
    use crate::candidate::Candidate;

    #[test]
    fn both_alphabets_go_back() {
        assert_eq!(decode("dXNlcjpw"), Some(b"user:p".to_vec()));
        assert_eq!(decode("_-8="), decode("/+8"));
        assert_eq!(decode("a b"), None);
    }

    #[test]
    fn it_goes_as_far_as_base64_does() {
        let text = "AAAAbcd+/x==; more";
        let passed = pass(Candidate { text, start: 0, end: 4 }).unwrap();
        assert_eq!(text.get(passed.start..passed.end), Some("AAAAbcd+/x=="));
    }
}
