//! The sockets: one listener on the loopback, bounded in connections, heads and time.
//!
//! INVARIANT: the one place where this program listens. Every answer carries the headers that keep the page to itself
//! and out of caches.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use host_store::Store;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::door::{Door, Pass, Refusal};
use super::{api, assets};

/// Most connections at a time: a browser opens six.
const CONNECTIONS: usize = 32;

/// Longest head of a request, bytes.
const HEAD: usize = 16 * 1024;

/// How long a head may take to arrive.
const SLOW: Duration = Duration::from_secs(10);

/// On every answer. The page loads its own files and nothing else, runs no script that is not one of them, and stands
/// in nobody's frame.
const HEADERS: [(&str, &str); 9] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), display-capture=(), geolocation=(), microphone=()"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Puts on record that somebody was let in.
type Viewed = Box<dyn Fn() -> Result<()> + Send + Sync>;

/// What answers.
pub(super) struct Desk {
    store: Store,
    door: Door,
    viewed: Viewed,
    asked: Mutex<Instant>,
}

impl Desk {
    pub(super) fn new(store: Store, door: Door, viewed: Viewed) -> Self {
        Self { store, door, viewed, asked: Mutex::new(Instant::now()) }
    }

    fn touch(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn idle(&self) -> Duration {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// The loopback, and nothing but it.
pub(super) async fn bind(port: u16) -> Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.with_context(|| {
        format!("port {port} of this machine cannot be taken; choose another --port, or none")
    })
}

/// Serves until nobody asked for anything in `idle`, or Ctrl-C.
pub(super) async fn until_idle(listener: TcpListener, desk: Arc<Desk>, idle: Duration) -> Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let left = idle.saturating_sub(desk.idle());
        if left.is_zero() {
            return Ok(());
        }
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that is gone before it is taken is no reason to end.
                let Ok((stream, _)) = accepted else { continue };
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let desk = Arc::clone(&desk);
                tokio::spawn(async move {
                    connection(stream, desk).await;
                    drop(place);
                });
            }
            () = tokio::time::sleep(left) => {}
            interrupted = tokio::signal::ctrl_c() => return interrupted.context("Ctrl-C is not heard"),
        }
    }
}

async fn connection(stream: TcpStream, desk: Arc<Desk>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&desk)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SLOW).max_buf_size(HEAD);
    // A browser that goes away in the middle is nothing to tell anybody.
    let _gone = http.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, desk: Arc<Desk>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, _) = request.into_parts();
    let response = match desk.door.judge(&head.method, &head.uri, &head.headers) {
        Err(refusal) => refused(refusal),
        Ok(Pass::Asset) => match assets::find(head.uri.path()) {
            Some(asset) => response(StatusCode::OK, asset.kind, asset.bytes),
            None => plain(StatusCode::NOT_FOUND, "no such file"),
        },
        Ok(Pass::Entered) => {
            desk.touch();
            let session = desk.door.session().to_owned();
            // Nobody looks without a row that says so.
            match tokio::task::spawn_blocking(move || (desk.viewed)()).await {
                Ok(Ok(())) => {
                    let told = serde_json::json!({ "session": session });
                    response(StatusCode::OK, assets::JSON, told.to_string().into())
                }
                Ok(Err(fault)) => plain(StatusCode::INTERNAL_SERVER_ERROR, &format!("{fault:#}")),
                Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "a fault inside; please report it"),
            }
        }
        Ok(Pass::Record) => {
            desk.touch();
            let asked = (head.uri.path().to_owned(), head.uri.query().unwrap_or_default().to_owned());
            let work = tokio::task::spawn_blocking(move || {
                desk.store.read(|view| Ok::<_, host_store::StoreError>(api::answer(view, &asked.0, &asked.1)))
            });
            match work.await {
                Ok(Ok(told)) => response(told.status, assets::JSON, told.json.to_string().into()),
                Ok(Err(fault)) => plain(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string()),
                Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "a fault inside; please report it"),
            }
        }
    };
    Ok(response)
}

fn refused(refusal: Refusal) -> Response<Full<Bytes>> {
    let mut response = plain(refusal.status(), "this page is for the browser that was let in");
    if refusal == Refusal::Method {
        response.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET"));
    }
    response
}

fn plain(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    response(status, "text/plain; charset=utf-8", Bytes::from(text.to_owned()))
}

fn response(status: StatusCode, kind: &'static str, bytes: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(bytes));
    *response.status_mut() = status;
    let all = HEADERS.into_iter().chain([(CONTENT_TYPE.as_str(), kind)]);
    for (name, value) in all {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests;
