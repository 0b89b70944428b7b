//! The address of a request that could not be read, with everything that could be an id or a person's words
//! replaced by `{}`.
//!
//! INVARIANT: a segment stays only when the sites' own data names it, or when it has the plain form of an
//! endpoint's name. Query values and host are left out. Too much is replaced rather than too little.

use std::collections::BTreeSet;

use shared_protocol::{Drift, DriftKind};

use crate::{request::Body, url::Url};

/// Segments that stay whatever they look like.
pub(crate) type Words = BTreeSet<String>;

/// Most segments that are written out.
const MAX_SEGMENTS: usize = 12;

pub(crate) fn drift(what: DriftKind, words: &Words, method: &str, url: &Url<'_>, body: &Body) -> Drift {
    let method =
        if method.len() <= 8 && method.bytes().all(|b| b.is_ascii_uppercase()) { method } else { "{}" };
    let mut path = format!("{method} ");
    for segment in url.segments.iter().take(MAX_SEGMENTS) {
        path.push('/');
        path.push_str(if words.contains(segment) || is_plain(segment) { segment } else { "{}" });
    }
    if url.segments.is_empty() {
        path.push('/');
    }
    if url.segments.len() > MAX_SEGMENTS {
        path.push_str("/..");
    }
    Drift { what, operation: None, path, place: None, size: size(body) }
}

/// The form of an endpoint's name: lower-case words joined by `_`, or at most three by `-` or `.`; digits only as a
/// version. A slug made from a prompt has more words, capitals or digits.
fn is_plain(segment: &str) -> bool {
    let joints = segment.bytes().filter(|b| matches!(b, b'-' | b'.')).count();
    let version = segment
        .strip_prefix('v')
        .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()));
    version
        || (segment.len() <= 40
            && joints <= 2
            && (joints == 0 || segment.len() <= 24)
            && segment.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
            && segment.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-' | b'.'))
            && !is_hexadecimal(segment))
}

fn is_hexadecimal(segment: &str) -> bool {
    segment.len() >= 8 && segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Bytes of a body, as far as it shows them.
pub(crate) fn size(body: &Body) -> Option<u64> {
    let bytes = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    match body {
        Body::None | Body::Unreadable => None,
        Body::Text { text } => Some(bytes(text.len())),
        Body::Bytes { base64 } => {
            let padding = base64.expose().bytes().rev().take_while(|b| *b == b'=').count();
            Some(bytes((base64.len() / 4 * 3).saturating_sub(padding)))
        }
        Body::Form { parts } => Some(parts.iter().map(|part| part.size).sum()),
        Body::Oversize { size } | Body::File { size, .. } => Some(*size),
    }
}

#[cfg(test)]
mod tests {
    use shared_protocol::DriftKind;

    use super::{Words, drift};
    use crate::{request::Body, url::Url};

    #[test]
    fn ids_and_words_of_a_person_are_left_out() {
        let words: Words = ["StreamGenerate".to_owned()].into();
        for (url, expected) in [
            ("https://a.test/backend-api/f/conversation", "POST /backend-api/f/conversation"),
            ("https://a.test/c/0191e2b0-1111-4222-8333-444455556666/x?q=secret", "POST /c/{}/x"),
            ("https://a.test/u/1/StreamGenerate", "POST /u/{}/StreamGenerate"),
            ("https://a.test/search/how-do-i-fire-jane-doe-Xy12", "POST /search/{}"),
            ("https://a.test/files/file-AbC/uploaded", "POST /files/{}/uploaded"),
            ("https://a.test/rest/v2/handle_perplexity_research", "POST /rest/v2/handle_perplexity_research"),
            ("https://a.test/jane%20doe/deadbeefdeadbeef", "POST /{}/{}"),
            ("https://a.test", "POST /"),
        ] {
            let url = Url::parse(url).unwrap();
            let drift = drift(DriftKind::Endpoint, &words, "POST", &url, &Body::None);
            assert_eq!(drift.path, expected);
        }
    }
}
