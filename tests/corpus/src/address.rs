//! Addresses that nothing of ours wrote, one a line behind its method: whose they are, and what is told of them.

use shared_protocol::Road;
use shared_sites::is_vouched;

use crate::request::SITES;

/// What is told is a shape: nothing of the query and nothing of a fragment.
pub(crate) fn address(bytes: &[u8]) {
    let Some(sites) = &*SITES else { return };
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        let (method, address) = line.split_once(' ').unwrap_or(("GET", line));
        let _whose = sites.app(address);
        if let Some(seen) = sites.sighting(Road::Request, method, address) {
            assert!(!is_vouched(Road::Request, method, address), "what a hook vouched for is told of");
            let path = seen.path.strip_prefix(method).unwrap_or_default();
            assert!(!path.contains(['?', '#']), "more than the path is told");
        }
        let bare = address.split_once('#').map_or(address, |(before, _)| before);
        let mark = if bare.contains('?') { '&' } else { '?' };
        let marked = format!("{bare}{mark}");
        assert!(sites.sighting(Road::Request, method, &marked).is_none(), "the mark is not seen");
    }
}
