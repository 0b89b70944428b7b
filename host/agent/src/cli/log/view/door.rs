//! Who may ask: pure rules over a request's head.
//!
//! The address that is printed carries a secret behind its `#`, which browsers send to nobody and write into no log.
//! The page hands it in once and gets another one, which it shows in a header with every question. A header and no
//! cookie: cookies of 127.0.0.1 go to every port of it, whoever listens there.
//!
//! INVARIANT: only `127.0.0.1` with our port is answered, so a foreign name that leads here (DNS rebinding) is not.
//! INVARIANT: the first secret counts once. Nothing of the record is told without the second one.

use std::sync::Mutex;
use std::sync::PoisonError;

use anyhow::{Result, anyhow};
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, ORIGIN, TRANSFER_ENCODING};
use hyper::{Method, StatusCode, Uri};
use sha2::{Digest as _, Sha256};

/// Where the first secret is handed in.
pub(super) const ENTER: &str = "/api/enter";

/// Everything about the record is below it.
const API: &str = "/api/";

/// 32 random bytes in hexadecimal.
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn fresh() -> Result<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|_| anyhow!("the machine gives no randomness"))?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares hashes, so that the time it takes tells nothing about the secret.
    fn is(&self, other: &str) -> bool {
        Sha256::digest(self.0.as_bytes()) == Sha256::digest(other.as_bytes())
    }
}

/// What a request may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// A file of the page.
    Asset,
    /// The second secret, for the first one, which is spent now.
    Entered,
    /// An answer from the record.
    Record,
}

/// Why it gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Addressed to another name than ours.
    Name,
    /// From a page of somebody else's.
    Origin,
    /// Neither GET nor the one POST.
    Method,
    /// With a body.
    Body,
    /// Without the secret, or with a spent one.
    Secret,
}

impl Refusal {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Name => StatusCode::MISDIRECTED_REQUEST,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Body => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Secret => StatusCode::UNAUTHORIZED,
        }
    }
}

/// The rules with their secrets.
pub(super) struct Door {
    host: String,
    enter: Mutex<Option<Secret>>,
    session: Secret,
}

impl Door {
    pub(super) fn new(port: u16, enter: Secret, session: Secret) -> Self {
        Self { host: format!("127.0.0.1:{port}"), enter: Mutex::new(Some(enter)), session }
    }

    /// The second secret, for an answer to [`Pass::Entered`].
    pub(super) fn session(&self) -> &str {
        self.session.as_str()
    }

    /// Judges a request by its head.
    pub(super) fn judge(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Pass, Refusal> {
        if uri.authority().is_some() || one(headers, &HOST) != Some(&self.host) {
            return Err(Refusal::Name);
        }
        let is_api = uri.path().starts_with(API);
        let is_enter = uri.path() == ENTER;
        let is_ours = |origin: &str| origin.strip_prefix("http://") == Some(&self.host);
        match one(headers, &ORIGIN) {
            Some(origin) if !is_ours(origin) => return Err(Refusal::Origin),
            None if headers.contains_key(ORIGIN) || is_enter => return Err(Refusal::Origin),
            Some(_) | None => {}
        }
        // Where a browser says who asks, for the record only our own page may.
        let site = headers.get("sec-fetch-site").map(hyper::header::HeaderValue::as_bytes);
        if is_api && site.is_some_and(|site| site != b"same-origin") {
            return Err(Refusal::Origin);
        }
        if *method != (if is_enter { Method::POST } else { Method::GET }) {
            return Err(Refusal::Method);
        }
        let is_empty = one(headers, &CONTENT_LENGTH).is_none_or(|length| length == "0");
        if headers.contains_key(TRANSFER_ENCODING) || !is_empty {
            return Err(Refusal::Body);
        }
        if !is_api {
            return Ok(Pass::Asset);
        }
        let shown = one(headers, &AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let shown = shown.ok_or(Refusal::Secret)?;
        if is_enter {
            let mut enter = self.enter.lock().unwrap_or_else(PoisonError::into_inner);
            let spent = enter.take_if(|secret| secret.is(shown));
            return spent.map(|_| Pass::Entered).ok_or(Refusal::Secret);
        }
        if self.session.is(shown) { Ok(Pass::Record) } else { Err(Refusal::Secret) }
    }
}

/// A header that stands there once and is text.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests;
