//! JSON Web Tokens (RFC 7519): the first piece is base64url of a JSON object that names an algorithm.

use crate::candidate::Candidate;
use crate::check::{Passed, base64_run};

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
    if piece.contains(['+', '/', '=']) { None } else { base64_run::decode(piece) }
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
