//! Recorded traffic: whatever an archive says, each entry is a request that can be read, and its answer bytes.

use shared_sites::har::Har;
use shared_sites::{Api, Body, Decoder, Request, Thread};

use crate::request::SITES;

pub(crate) fn har(bytes: &[u8]) {
    let Some(sites) = &*SITES else { return };
    let text = String::from_utf8_lossy(bytes);
    let Ok(har) = Har::parse(&text) else { return };
    for entry in har.entries() {
        let request = har.request(entry);
        holds(&request);
        assert_eq!(entry.is_socket(), request.api == Api::WebSocket);
        let read = sites.read(&request, &Thread::default());
        if let Some(format) = read.answer {
            let mut decoder = Decoder::new(format);
            decoder.push(&entry.answer());
            let _answer = decoder.finish();
        }
        for frame in entry.frames().iter().take(16) {
            let said = har.frame_request(entry, frame);
            holds(&said);
            assert_eq!(matches!(said.body, Body::None), frame.bytes().is_empty(), "a frame lost its bytes");
            let _read = sites.read(&said, &Thread::default());
        }
    }
}

/// As the hook would describe it: no fragment, no cookie, and a text of the length that is told.
fn holds(request: &Request) {
    assert!(!request.url.contains('#') && !request.page_url.contains('#'), "an address with its fragment");
    assert!(request.headers.iter().all(|(name, _)| name != "cookie"), "a cookie");
    if let Body::Form { parts } = &request.body {
        assert!(!parts.is_empty(), "a form without fields");
        let told = |size: u64, length: usize| u64::try_from(length).is_ok_and(|length| length == size);
        let fits = parts.iter().all(|part| part.text.as_ref().is_none_or(|text| told(part.size, text.len())));
        assert!(fits, "a field of another length than is told");
    }
}
