//! The sockets of the bundle server: bounded in connections, heads and time.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::answer::answer;
use super::door::Door;
use super::shelf::Shelf;

/// Most connections at a time: every machine that waits for the next bundle has one.
const CONNECTIONS: usize = 10_000;
/// Longest head of a request, bytes.
const HEAD: usize = 16 * 1024;
/// After a connection that could not be taken.
const BREATH: Duration = Duration::from_millis(20);
/// How long a handshake or a head may take to arrive.
const SLOW: Duration = Duration::from_secs(10);

/// Takes the address.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be taken; choose another one with --listen"))
}

/// Serves until Ctrl-C.
pub(super) async fn until_interrupted(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shelf: Arc<Shelf>,
    door: Arc<Door>,
) -> Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that is gone before it is taken is no reason to end; nor are too many, but to wait.
                let Ok((stream, _)) = accepted else {
                    tokio::time::sleep(BREATH).await;
                    continue;
                };
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let (tls, shelf, door) = (tls.clone(), Arc::clone(&shelf), Arc::clone(&door));
                tokio::spawn(async move {
                    match tls {
                        None => connection(stream, shelf, door).await,
                        Some(tls) => {
                            if let Ok(Ok(stream)) = tokio::time::timeout(SLOW, tls.accept(stream)).await {
                                connection(stream, shelf, door).await;
                            }
                        }
                    }
                    drop(place);
                });
            }
            interrupted = tokio::signal::ctrl_c() => return interrupted.context("Ctrl-C is not heard"),
        }
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    shelf: Arc<Shelf>,
    door: Arc<Door>,
) {
    let service = service_fn(move |request| {
        let (shelf, door) = (Arc::clone(&shelf), Arc::clone(&door));
        async move { Ok::<_, Infallible>(answer(request, shelf, door).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SLOW).max_buf_size(HEAD);
    // A machine that goes away in the middle is nothing to tell anybody.
    let _gone = http.serve_connection(TokioIo::new(stream), service).await;
}
