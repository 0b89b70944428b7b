//! What is answered to whom.
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /NAME` | 200 with `ETag` |
//! | the same with `If-None-Match` of what is there | 304, or, with `Prefer: wait=N`, what comes within N seconds |
//! | `PUT /NAME` | 201 or 204 when it was taken, 409 when it is not newer, 422 when it does not open |
//!
//! Waiting is as Open Policy Agent does it: `Prefer: modes=snapshot;wait=N`, and the media type says that it is known here.

use std::sync::Arc;
use std::time::Duration;

use host_policy::bundle::{self, Refused};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, VARY,
    WWW_AUTHENTICATE,
};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use super::door::{Closed, Door};
use super::shelf::{Archive, NotTaken, Shelf};

/// Longest that a request waits for what comes next.
const LONGEST: Duration = Duration::from_secs(300);
/// How long an archive may take to arrive.
const SLOW: Duration = Duration::from_secs(60);
/// Says that waiting is known here.
const KIND: &str = "application/vnd.openpolicyagent.bundles";

/// Answers.
pub(super) async fn answer(
    request: Request<Incoming>,
    shelf: Arc<Shelf>,
    door: Arc<Door>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let name = head.uri.path().strip_prefix('/').unwrap_or_default().to_owned();
    match head.method {
        Method::GET | Method::HEAD => match door.may_read(&head.headers) {
            Err(closed) => refused(closed),
            Ok(()) => read(&name, &head.method, &head.headers, &shelf).await,
        },
        Method::PUT => match door.may_write(&head.headers) {
            Err(closed) => refused(closed),
            Ok(()) => write(name, body, shelf).await,
        },
        _ => with(
            told(StatusCode::METHOD_NOT_ALLOWED, "method", "GET, HEAD and PUT are known here"),
            ALLOW,
            "GET, HEAD, PUT",
        ),
    }
}

async fn read(name: &str, method: &Method, headers: &HeaderMap, shelf: &Shelf) -> Response<Full<Bytes>> {
    let mut changes = shelf.subscribe();
    let until = Instant::now() + wait(headers);
    loop {
        let archive = changes.borrow_and_update().get(name).cloned();
        let Some(archive) = archive else {
            return told(StatusCode::NOT_FOUND, "not-there", "no bundle of this name is served here");
        };
        if !is_known(headers, &archive.tag) {
            return whole(&archive, method);
        }
        match timeout_at(until, changes.changed()).await {
            Ok(Ok(())) => {}
            // Time is up, or the server ends.
            Ok(Err(_)) | Err(_) => return unchanged(&archive),
        }
    }
}

/// How long the request waits for what comes next.
fn wait(headers: &HeaderMap) -> Duration {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut words = values.flat_map(|value| value.split([';', ','])).map(str::trim);
    let seconds = words.find_map(|word| word.strip_prefix("wait=")?.parse().ok()).unwrap_or(0);
    Duration::from_secs(seconds).min(LONGEST)
}

/// Whether the request knows this tag already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == "*" || one == tag)
}

fn whole(archive: &Archive, method: &Method) -> Response<Full<Bytes>> {
    let bytes = if *method == Method::HEAD { Bytes::new() } else { archive.bytes.clone() };
    let mut response = tagged(Response::new(Full::new(bytes)), archive);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(KIND));
    if *method == Method::HEAD {
        response.headers_mut().insert(hyper::header::CONTENT_LENGTH, archive.bytes.len().into());
    }
    response
}

fn unchanged(archive: &Archive) -> Response<Full<Bytes>> {
    let mut response = tagged(Response::new(Full::default()), archive);
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    // Who asks again goes on waiting by this word.
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(KIND));
    response
}

fn tagged(mut response: Response<Full<Bytes>>, archive: &Archive) -> Response<Full<Bytes>> {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&archive.tag) {
        headers.insert(ETAG, tag);
    }
    // A cache between may keep it, and has to ask each time.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(VARY, HeaderValue::from_static("authorization, prefer"));
    response
}

async fn write(name: String, body: Incoming, shelf: Arc<Shelf>) -> Response<Full<Bytes>> {
    if !shelf.has_place_for(&name) {
        return told(
            StatusCode::NOT_FOUND,
            "not-there",
            "nothing is taken under this name; it ends in .tar.gz",
        );
    }
    let limited = Limited::new(body, bundle::MAX_ARCHIVE);
    let bytes = match tokio::time::timeout(SLOW, limited.collect()).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(fault)) if fault.is::<http_body_util::LengthLimitError>() => {
            return told(StatusCode::PAYLOAD_TOO_LARGE, "archive", "larger than a bundle may be");
        }
        Ok(Err(_)) => return told(StatusCode::BAD_REQUEST, "body", "the body broke off"),
        Err(_) => return told(StatusCode::REQUEST_TIMEOUT, "body", "the body came too slowly"),
    };
    let was_there = shelf.subscribe().borrow().contains_key(&name);
    let taken = tokio::task::spawn_blocking(move || shelf.take(&name, &bytes)).await;
    match taken {
        Ok(Ok(digest)) => {
            let status = if was_there { StatusCode::OK } else { StatusCode::CREATED };
            said(status, &json!({ "digest": digest }))
        }
        Ok(Err(NotTaken::Refused(refused))) => {
            let is_old = matches!(refused, Refused::Older { .. } | Refused::SameVersion { .. });
            let status = if is_old { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            told(status, refused.code(), &refused.to_string())
        }
        Ok(Err(NotTaken::Content(why))) => told(StatusCode::UNPROCESSABLE_ENTITY, "content", &why),
        Ok(Err(NotTaken::Fault(_))) | Err(_) => told(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the bundle cannot be written where it is served from",
        ),
    }
}

fn refused(closed: Closed) -> Response<Full<Bytes>> {
    match closed {
        Closed::Unknown => {
            let response = told(
                StatusCode::UNAUTHORIZED,
                "token",
                "it shows no token that is known here: name its file with --token-file",
            );
            with(response, WWW_AUTHENTICATE, "Bearer")
        }
        Closed::ReadOnly => told(
            StatusCode::FORBIDDEN,
            "read-only",
            "this token may read and not write; nobody may without the server's --write-token-file",
        ),
    }
}

fn told(status: StatusCode, code: &str, message: &str) -> Response<Full<Bytes>> {
    said(status, &json!({ "error": code, "message": message }))
}

fn said(status: StatusCode, body: &serde_json::Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    with(with(response, CONTENT_TYPE, "application/json"), CACHE_CONTROL, "no-store")
}

fn with(mut response: Response<Full<Bytes>>, name: HeaderName, value: &'static str) -> Response<Full<Bytes>> {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper::header::{HeaderMap, HeaderValue};

    use super::{is_known, wait};

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn waiting_is_asked_for_as_others_ask() {
        for (value, seconds) in [
            ("modes=snapshot;wait=30", 30),
            ("modes=snapshot,delta;wait=5", 5),
            ("wait=7", 7),
            ("modes=snapshot", 0),
            ("wait=99999", 300),
            ("wait=-1", 0),
        ] {
            assert_eq!(wait(&headers("prefer", value)), Duration::from_secs(seconds), "{value}");
        }
    }

    #[test]
    fn a_known_tag_is_known_however_it_is_written() {
        let tag = "\"sha256:00\"";
        for (value, known) in [
            (tag, true),
            ("W/\"sha256:00\"", true),
            ("\"a\", \"sha256:00\"", true),
            ("*", true),
            ("\"a\"", false),
            ("sha256:00", false),
        ] {
            assert_eq!(is_known(&headers("if-none-match", value), tag), known, "{value}");
        }
    }
}
