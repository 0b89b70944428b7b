//! User and password as headers and settings carry them: base64 of both with a colon between (RFC 7617).

use crate::candidate::Candidate;
use crate::check::base64_run::decode;
use crate::check::{Passed, password};

pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let decoded = String::from_utf8(decode(candidate.value())?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let printable = decoded.chars().all(|char| !char.is_control());
    let told = password::is_told(password) || password.len() < 4 || password == user;
    (printable && !user.is_empty() && !told).then(|| Passed::whole(candidate))
}

/// The same, written out: `user:password` behind a command's flag.
pub(crate) fn written(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value();
    let closed = value.find(['"', '\'', '`']).unwrap_or(value.len());
    let value = value.get(..closed)?;
    let (user, password) = value.split_once(':')?;
    let code = password.starts_with(['$', '{', '<', '%', '/']) || password.contains("://");
    let written = password.chars().any(char::is_alphanumeric) && password.len() >= 4;
    (!code && written && password != user && !password::is_told(password))
        .then(|| Passed::whole(candidate.until(candidate.start + value.len())))
}

#[cfg(test)]
mod tests {
    use super::{pass, written};
    use crate::candidate::Candidate;

    fn whole(text: &str) -> Candidate<'_> {
        Candidate { text, start: 0, end: text.len() }
    }

    #[test]
    fn a_colon_inside_and_no_placeholder() {
        // jo:Tr7vLq92!, user:password, "not a login"
        assert!(pass(whole("am86VHI3dkxxOTIh")).is_some());
        assert!(pass(whole("dXNlcjpwYXNzd29yZA==")).is_none());
        assert!(pass(whole("bm90IGEgbG9naW4=")).is_none());
    }

    #[test]
    fn a_quote_ends_it() {
        let passed = written(whole("jo:Tr7vLq92' https")).unwrap();
        assert_eq!(passed.end, 11);
        assert!(written(whole("jo:$PASSWORD")).is_none());
    }
}
