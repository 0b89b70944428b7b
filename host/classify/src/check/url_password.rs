//! Passwords inside URLs, such as connection strings (RFC 3986 `userinfo`).

use crate::candidate::Candidate;
use crate::check::Passed;

/// What stands there in documentation.
const WORDS: [&str; 12] = [
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "secret",
    "user",
    "username",
    "token",
    "changeme",
    "mypassword",
    "my-password",
];

pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let (user, rest) = candidate.value().split_once(':')?;
    let (password, _) = rest.rsplit_once('@')?;
    let told = WORDS.contains(&password.to_ascii_lowercase().as_str()) || password == user;
    // `db:1433;user=sa;password=p@x` is a host with its port, and settings behind.
    let settings = password.contains(';') && password.contains('=');
    let written = password.chars().any(char::is_alphanumeric);
    (!told && !settings && written).then(|| Passed::whole(candidate))
}
