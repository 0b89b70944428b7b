//! A request that a browser makes, read up to the end of its head.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use openidconnect::url::form_urlencoded;

/// Most bytes of a head: a code and a state are far shorter.
const MOST: usize = 16 * 1024;
/// Most time for it.
const WAIT: Duration = Duration::from_secs(5);

/// What matters of it.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) host: Option<String>,
    /// The query; none when a name stands in it twice, so that nobody can read it in two ways.
    pub(super) fields: Option<BTreeMap<String, String>>,
}

impl Request {
    /// Reads one; `None` when none comes.
    pub(super) fn read(mut stream: &TcpStream) -> Option<Self> {
        stream.set_nonblocking(false).ok()?;
        stream.set_write_timeout(Some(WAIT)).ok()?;
        let until = Instant::now() + WAIT;
        let mut head = Vec::new();
        let mut piece = [0_u8; 1024];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let left = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            stream.set_read_timeout(Some(left)).ok()?;
            let count = stream.read(&mut piece).ok().filter(|&count| count > 0)?;
            head.extend_from_slice(piece.get(..count)?);
            if head.len() > MOST {
                return None;
            }
        }
        Self::parse(std::str::from_utf8(&head).ok()?)
    }

    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?);
        let hosts: Vec<&str> = lines
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
            .map(|(_, value)| value.trim())
            .collect();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut fields = BTreeMap::new();
        let mut twice = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            twice |= fields.insert(name.into_owned(), value.into_owned()).is_some();
        }
        Some(Self {
            method,
            path: path.to_owned(),
            host: match hosts.as_slice() {
                [host] => Some((*host).to_owned()),
                _ => None,
            },
            fields: (!twice).then_some(fields),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Request;

    proptest! {
        /// Whatever a stranger sends is read or not, and a field is one that stands there once.
        #[test]
        fn any_head_is_read_or_passed_over(
            head in ".{0,200}",
            names in prop::collection::vec("[a-c]", 0..5),
        ) {
            let _read = Request::parse(&head);
            let query: Vec<String> = names.iter().map(|name| format!("{name}=1")).collect();
            let head = format!("GET /callback?{} HTTP/1.1\r\nHost: h\r\n\r\n", query.join("&"));
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(Request::parse(&head).unwrap().fields.is_some(), once.len() == names.len());
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_has_no_fields() {
        let request = |target: &str| {
            Request::parse(&format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:7\r\n\r\n")).unwrap()
        };
        let one = request("/callback?code=a%20b&state=c");
        assert_eq!((one.method.as_str(), one.path.as_str()), ("GET", "/callback"));
        assert_eq!(one.host.as_deref(), Some("127.0.0.1:7"));
        assert_eq!(one.fields.unwrap()["code"], "a b");
        assert!(request("/callback?state=a&state=b").fields.is_none());
        assert!(Request::parse("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n").unwrap().host.is_none());
    }
}
