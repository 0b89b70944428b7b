//! JSON Web Tokens (RFC 7519): the first piece is base64url of a JSON object that names an algorithm.

use crate::candidate::Candidate;
use crate::check::Passed;

/// Longest pieces, in bytes. What is longer is no token that a person pastes.
const HEADER: usize = 1_024;
const CLAIMS: usize = 8_192;
const SIGNATURE: usize = 1_024;

/// The pattern finds the beginning; the pieces are followed from there, each only when the one before is right.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let rest = candidate.text.get(candidate.start..)?;
    let (header, rest) = piece(rest, HEADER)?;
    let decoded = decode(header)?;
    if !decoded.starts_with(b"{") || !decoded.ends_with(b"}") || !contains(&decoded, b"\"alg\"") {
        return None;
    }
    let (claims, rest) = piece(rest.strip_prefix('.')?, CLAIMS)?;
    let decoded = decode(claims)?;
    let (signature, _) = piece(rest.strip_prefix('.')?, SIGNATURE)?;
    // The token that every tutorial shows.
    let tutorial = contains(&decoded, b"\"1234567890\"") && contains(&decoded, b"\"John Doe\"");
    let end = candidate.start + header.len() + claims.len() + signature.len() + 2;
    (decoded.starts_with(b"{") && signature.len() >= 16 && !tutorial)
        .then(|| Passed::whole(candidate.until(end)))
}

/// The characters of base64url at the beginning of `text`, and the rest.
fn piece(text: &str, longest: usize) -> Option<(&str, &str)> {
    let bytes = text.as_bytes().iter().take(longest + 1);
    let length = bytes.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    if length > longest { None } else { text.split_at_checked(length) }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Base64 with the URL alphabet, without padding (RFC 7515).
fn decode(piece: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(piece.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in piece.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
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
    use super::decode;

    #[test]
    fn base64url_goes_back() {
        assert_eq!(decode("eyJhIjoxfQ"), Some(b"{\"a\":1}".to_vec()));
        assert_eq!(decode("a+b"), None);
    }
}
