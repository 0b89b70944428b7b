//! What the kinds over HTTP share: the client, the token, and what a status means for the rows.
//!
//! | status | means |
//! | --- | --- |
//! | 2xx | taken, if the body says so too |
//! | 400, 413, 415, 422 and other 4xx | refused for good: it is about the rows |
//! | 401, 403, 404, 405, 407 | later: it is about the settings, and no row is given up for that |
//! | 408, 425, 429, 5xx | later, not before `Retry-After` |
//! | 3xx | later: the address has to be corrected; a redirect is not followed |

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use host_net::{Answer, Client, Post, Reach};

use super::kind::Sent;
use crate::settings::SinkSettings;

/// Most of an answer that is passed on, in characters.
const SAID: usize = 160;

/// A receiver over HTTP.
pub(super) struct Web {
    client: Client,
    url: String,
    authorization: Option<String>,
    gzip: bool,
}

impl Web {
    /// `scheme` stands before the token in `Authorization`.
    pub(super) fn open(settings: &SinkSettings, scheme: &str) -> Result<Self> {
        let (ca, proxy) = (settings.ca.clone(), settings.proxy.clone());
        let connect = settings.timeout.min(Reach::default().connect);
        let reach = Reach { ca, proxy, connect, total: settings.timeout, ..Reach::default() };
        let token = settings.token_file.as_deref().map(token).transpose()?;
        let authorization = token.map(|token| format!("{scheme} {token}"));
        Ok(Self {
            client: Client::new(&reach)?,
            url: settings.address.clone(),
            authorization,
            gzip: settings.gzip,
        })
    }

    /// Posts; the answer where the status is 2xx, else what became of the rows.
    pub(super) fn post(&self, content_type: &str, body: &[u8]) -> Result<Answer, Sent> {
        let authorization = self.authorization.as_deref();
        let post = Post { url: &self.url, content_type, authorization, body, gzip: self.gzip };
        let answer = self.client.post(&post).map_err(|fault| Sent::Later(fault.to_string(), None))?;
        match answer.status {
            200..=299 => Ok(answer),
            status @ 300..=399 => {
                let to = answer.location.as_deref().unwrap_or("nowhere");
                Err(Sent::Later(format!("it answers {status} and sends on to {to}: correct `address`"), None))
            }
            status @ (401 | 403 | 407) => {
                Err(Sent::Later(format!("it answers {status}{}: check the token", said(&answer)), None))
            }
            status @ (404 | 405) => {
                Err(Sent::Later(format!("it answers {status}{}: check `address`", said(&answer)), None))
            }
            status @ (408 | 425 | 429) => {
                Err(Sent::Later(format!("it answers {status}{}", said(&answer)), answer.retry_after))
            }
            status @ 400..=499 => Err(Sent::Refused(format!("it answers {status}{}", said(&answer)))),
            status => Err(Sent::Later(format!("it answers {status}{}", said(&answer)), answer.retry_after)),
        }
    }
}

/// What the body says, for people.
pub(super) fn said(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    // An answer in protobuf has its words between bytes of another kind.
    let text: String =
        text.trim_matches(is_no_word).chars().filter(|char| !char.is_control()).take(SAID).collect();
    if text.is_empty() { text } else { format!(" ({text})") }
}

fn is_no_word(char: char) -> bool {
    char.is_whitespace() || char.is_control()
}

fn token(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("the token in {} cannot be read: let this user read it", path.display()))?;
    Ok(text.trim().to_owned())
}

/// `https://…`, or `http://` on this machine: what goes out beside the sealed text is in clear, and so is the token.
pub(crate) fn check(address: &str) -> Result<(), &'static str> {
    let wrong =
        "the address is https://HOST/PATH; http:// only to this machine (localhost, 127.0.0.1, [::1])";
    let host = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
        if authority.is_empty() || authority.contains('@') { Err(wrong) } else { Ok(authority) }
    };
    if let Some(rest) = address.strip_prefix("https://") {
        return host(rest).map(drop);
    }
    let Some(rest) = address.strip_prefix("http://") else { return Err(wrong) };
    let authority = host(rest)?;
    let name = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    if ["localhost", "127.0.0.1", "::1"].contains(&name) { Ok(()) } else { Err(wrong) }
}
