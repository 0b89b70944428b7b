//! Who may read and who may write: pure rules over a request's head.
//!
//! INVARIANT: tokens are compared by their hashes, so that the time it takes tells nothing about them.

use hyper::header::{AUTHORIZATION, HeaderMap};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The tokens.
pub(super) struct Door {
    read: Option<[u8; 32]>,
    write: Option<[u8; 32]>,
}

/// Why a request gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// It shows no token, or a wrong one.
    Unknown,
    /// It may read and not write, or nobody may write here.
    ReadOnly,
}

impl Door {
    /// Without a token for reading everybody reads; without one for writing nobody writes.
    pub(super) fn new(read: Option<Zeroizing<String>>, write: Option<Zeroizing<String>>) -> Self {
        let hash = |token: Zeroizing<String>| Sha256::digest(token.as_bytes()).into();
        Self { read: read.map(hash), write: write.map(hash) }
    }

    /// Whether a request with these headers may read.
    pub(super) fn may_read(&self, headers: &HeaderMap) -> Result<(), Closed> {
        let shown = shown(headers);
        // Both are compared, whichever it is.
        let [read, write] =
            [self.read, self.write].map(|token| token.is_some_and(|token| shown == Some(token)));
        if self.read.is_none() || read | write { Ok(()) } else { Err(Closed::Unknown) }
    }

    /// Whether it may write.
    pub(super) fn may_write(&self, headers: &HeaderMap) -> Result<(), Closed> {
        let Some(write) = self.write else { return Err(Closed::ReadOnly) };
        match shown(headers) {
            Some(shown) if shown == write => Ok(()),
            Some(shown) if Some(shown) == self.read => Err(Closed::ReadOnly),
            Some(_) | None => Err(Closed::Unknown),
        }
    }
}

/// The hash of the token that a request shows, where it shows one.
fn shown(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let value = all.next()?.to_str().ok()?;
    if all.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Sha256::digest(token.trim().as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue};

    use super::{Closed, Door};

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn one_token_reads_and_another_writes() {
        let token = |text: &str| Some(text.to_owned().into());
        let door = Door::new(token("read"), token("write"));
        for (shown, reads, writes) in [
            (vec![], Err(Closed::Unknown), Err(Closed::Unknown)),
            (vec!["Bearer read"], Ok(()), Err(Closed::ReadOnly)),
            (vec!["bearer write"], Ok(()), Ok(())),
            (vec!["Bearer writ"], Err(Closed::Unknown), Err(Closed::Unknown)),
            (vec!["Basic write"], Err(Closed::Unknown), Err(Closed::Unknown)),
            (vec!["Bearer read", "Bearer write"], Err(Closed::Unknown), Err(Closed::Unknown)),
        ] {
            let headers = headers(&shown);
            assert_eq!((door.may_read(&headers), door.may_write(&headers)), (reads, writes), "{shown:?}");
        }
    }

    #[test]
    fn without_tokens_everybody_reads_and_nobody_writes() {
        let door = Door::new(None, None);
        for shown in [vec![], vec!["Bearer x"]] {
            assert_eq!(door.may_read(&headers(&shown)), Ok(()));
            assert_eq!(door.may_write(&headers(&shown)), Err(Closed::ReadOnly));
        }
    }
}
