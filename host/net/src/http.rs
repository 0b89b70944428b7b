//! The one HTTP client.

use std::error::Error;
use std::io::{self, Read as _};
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzEncoder;
use reqwest::Method;
use reqwest::blocking::{Client as Inner, RequestBuilder, Response};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
    LOCATION, RETRY_AFTER,
};
use reqwest::redirect;

use crate::error::tls_in;
use crate::{NetError, Reach, tls};

/// A client with its connections.
#[derive(Debug)]
pub struct Client {
    inner: Inner,
    most: usize,
    total: Duration,
}

/// Something to be posted.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Where to.
    pub url: &'a str,
    /// What it is.
    pub content_type: &'a str,
    /// The whole value of `Authorization`, such as `Bearer …`.
    pub authorization: Option<&'a str>,
    /// The bytes.
    pub body: &'a [u8],
    /// Whether they travel compressed (`Content-Encoding: gzip`, RFC 9110, section 8.4.1.3).
    pub gzip: bool,
}

/// Something to be put at an address.
#[derive(Clone, Copy)]
pub struct Put<'a> {
    /// Where to.
    pub url: &'a str,
    /// What it is.
    pub content_type: &'a str,
    /// The whole value of `Authorization`, such as `Bearer …`.
    pub authorization: Option<&'a str>,
    /// The bytes.
    pub body: &'a [u8],
}

/// Something to be got, where it is not known already.
#[derive(Clone, Copy)]
pub struct Get<'a> {
    /// Where from.
    pub url: &'a str,
    /// The whole value of `Authorization`, such as `Bearer …`.
    pub authorization: Option<&'a str>,
    /// Tags of what is known, quotes included (RFC 9110, section 13.1.2); none asks for it whatever it is.
    pub known: &'a [&'a str],
    /// How long the server may wait for something new before it answers (RFC 7240, section 4.3); such a call may take
    /// this much longer than [`Reach::total`].
    pub wait: Option<Duration>,
}

/// A request that a protocol's library made: with a method and headers of its own.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// HTTP's method, such as `GET`.
    pub method: &'a str,
    /// Where to.
    pub url: &'a str,
    /// Names and values. They are never shown.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The bytes; empty for none.
    pub body: &'a [u8],
}

/// What the receiver said.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP's status.
    pub status: u16,
    /// `Retry-After` in seconds, when it says so. A date is passed over.
    pub retry_after: Option<Duration>,
    /// `Location`, for telling a person.
    pub location: Option<String>,
    /// `ETag`, quotes included.
    pub tag: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// The first bytes of its body.
    pub body: Vec<u8>,
    /// `X-Rate-Limit-Reset`, unix seconds: from when it takes something again (Okta says so beside a status of 429).
    pub rate_reset: Option<u64>,
}

impl Client {
    /// A client for one receiver.
    ///
    /// # Errors
    /// When the CA file or the proxy is of no use.
    pub fn new(reach: &Reach) -> Result<Self, NetError> {
        let mut builder = Inner::builder()
            .tls_backend_preconfigured(tls::config(reach.ca.as_deref())?)
            .redirect(redirect::Policy::none())
            .connect_timeout(reach.connect)
            .timeout(reach.total)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("promptgate/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &reach.proxy {
            let proxy = reqwest::Proxy::all(proxy).map_err(|_| NetError::Proxy(proxy.clone()))?;
            builder = builder.no_proxy().proxy(proxy);
        }
        let inner = builder.build().map_err(|fault| NetError::Start(innermost(&fault)))?;
        Ok(Self { inner, most: reach.answer, total: reach.total })
    }

    /// Posts, and reads the answer, whatever its status.
    ///
    /// # Errors
    /// When there was no answer.
    pub fn post(&self, post: &Post<'_>) -> Result<Answer, NetError> {
        self.sent(self.posted(post), post.authorization, post.url)
    }

    /// Posts and asks for an answer of this kind (`Accept`).
    ///
    /// # Errors
    /// When there was no answer.
    pub fn post_for(&self, post: &Post<'_>, accept: &'static str) -> Result<Answer, NetError> {
        self.sent(self.posted(post).header(ACCEPT, accept), post.authorization, post.url)
    }

    fn posted(&self, post: &Post<'_>) -> RequestBuilder {
        let request = self.inner.post(post.url).header(CONTENT_TYPE, post.content_type);
        if post.gzip {
            request.header(CONTENT_ENCODING, "gzip").body(gzip(post.body))
        } else {
            request.body(post.body.to_owned())
        }
    }

    /// Puts, and reads the answer, whatever its status.
    ///
    /// # Errors
    /// When there was no answer.
    pub fn put(&self, put: &Put<'_>) -> Result<Answer, NetError> {
        let request = self.inner.put(put.url).header(CONTENT_TYPE, put.content_type);
        self.sent(request.body(put.body.to_owned()), put.authorization, put.url)
    }

    /// Gets, and reads the answer, whatever its status. The whole call is bounded, a body that drips in too.
    ///
    /// # Errors
    /// When there was no answer.
    pub fn get(&self, get: &Get<'_>) -> Result<Answer, NetError> {
        let mut request =
            self.inner.get(get.url).timeout(self.total.saturating_add(get.wait.unwrap_or_default()));
        if !get.known.is_empty() {
            // What no header can hold, no server has said: it is asked for as if it were not known.
            let known = HeaderValue::from_str(&get.known.join(", "));
            request = known.into_iter().fold(request, |request, known| request.header(IF_NONE_MATCH, known));
        }
        if let Some(wait) = get.wait {
            request = request.header("prefer", format!("modes=snapshot;wait={}", wait.as_secs()));
        }
        self.sent(request, get.authorization, get.url)
    }

    /// Makes the call as it is, and reads the answer, whatever its status.
    ///
    /// # Errors
    /// When there was no answer.
    pub fn call(&self, call: &Call<'_>) -> Result<Answer, NetError> {
        let method = Method::from_bytes(call.method.as_bytes());
        let method = method.map_err(|_| NetError::Address(call.url.to_owned()))?;
        let mut request = self.inner.request(method, call.url);
        for (name, value) in call.headers {
            let mut value = HeaderValue::from_bytes(value).map_err(|_| NetError::Token)?;
            value.set_sensitive(true);
            request = request.header(*name, value);
        }
        self.sent(request.body(call.body.to_owned()), None, call.url)
    }

    fn sent(
        &self,
        mut request: RequestBuilder,
        authorization: Option<&str>,
        url: &str,
    ) -> Result<Answer, NetError> {
        if let Some(authorization) = authorization {
            let mut value = HeaderValue::from_str(authorization).map_err(|_| NetError::Token)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let response = request.send().map_err(|fault| told(&fault, url))?;
        let text = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let (retry_after, location) = (text(RETRY_AFTER), text(LOCATION));
        let (tag, content_type) = (text(ETAG), text(CONTENT_TYPE));
        let rate_reset =
            text(HeaderName::from_static("x-rate-limit-reset")).and_then(|at| at.trim().parse().ok());
        let seconds = retry_after.and_then(|seconds| seconds.trim().parse().ok());
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: seconds.map(Duration::from_secs),
            location,
            tag,
            content_type,
            body: self.body(response)?,
            rate_reset,
        })
    }

    /// What is there of the body, up to the bound.
    fn body(&self, response: Response) -> Result<Vec<u8>, NetError> {
        let mut body = Vec::new();
        let most = u64::try_from(self.most).unwrap_or(u64::MAX);
        match response.take(most).read_to_end(&mut body) {
            Ok(_) => Ok(body),
            Err(fault) => Err(inner_io(&fault).map_or_else(|| NetError::of(&fault), NetError::of)),
        }
    }
}

/// RFC 1952, without a name and a time.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    // Reading from memory into memory does not fail.
    let _all = GzEncoder::new(bytes, Compression::default()).read_to_end(&mut packed);
    packed
}

/// The fault that a person can do something about, out of a chain of them.
fn told(fault: &reqwest::Error, url: &str) -> NetError {
    if fault.is_builder() {
        return NetError::Address(url.to_owned());
    }
    if let Some(tls) = tls_in(fault) {
        return NetError::Tls(tls);
    }
    let mut at: Option<&dyn Error> = Some(fault);
    while let Some(one) = at {
        if let Some(io) = one.downcast_ref::<io::Error>() {
            let known = NetError::of(io);
            // Unreachable says that nothing went out: a network that goes in the middle of a call is something else.
            let went_out = matches!(known, NetError::Unreachable(_)) && !fault.is_connect();
            if !went_out && !matches!(known, NetError::Broken(_)) {
                return known;
            }
        }
        at = one.source();
    }
    if fault.is_timeout() {
        NetError::TimedOut
    } else if fault.is_connect() {
        NetError::Unreachable(innermost(fault))
    } else {
        NetError::Broken(innermost(fault))
    }
}

fn inner_io<'a>(fault: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut at = fault.source();
    let mut last = None;
    while let Some(one) = at {
        last = one.downcast_ref::<io::Error>().or(last);
        at = one.source();
    }
    last
}

/// The last of a chain of faults: what really happened.
fn innermost(fault: &(dyn Error + 'static)) -> String {
    let mut at = fault;
    while let Some(inner) = at.source() {
        at = inner;
    }
    at.to_string()
}
