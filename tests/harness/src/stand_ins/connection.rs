//! Connections: TLS, HTTP/1.1, WebSocket handshakes. Every byte of a request goes to the ledger before it is answered.

use super::Fronts;
use super::exchange::{Incoming, Reply, SocketTask};
use crate::ledger::{Arrival, Entry};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Bytes, Incoming as Body};
use hyper::header::{HeaderName, HeaderValue, SEC_WEBSOCKET_KEY};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::SystemTime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

type Answer = Response<Either<Full<Bytes>, super::pieces::Pieces>>;

/// Takes connections until the runtime ends.
pub(super) async fn accept(listener: TcpListener, tls: Arc<ServerConfig>, fronts: Arc<Fronts>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let acceptor = TlsAcceptor::from(tls);
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, fronts) = (acceptor.clone(), Arc::clone(&fronts));
        tokio::spawn(async move {
            // Browsers open spare connections and drop them; a failed handshake is nothing to tell.
            if let Ok(stream) = acceptor.accept(stream).await {
                let service = hyper::service::service_fn(|request| answer(Arc::clone(&fronts), request));
                let connection = hyper::server::conn::http1::Builder::new();
                let _ended = connection.serve_connection(TokioIo::new(stream), service).with_upgrades().await;
            }
        });
    }
}

async fn answer(fronts: Arc<Fronts>, mut request: Request<Body>) -> Result<Answer, Infallible> {
    let (entry, mut incoming) = read_head(&request);
    let place = fronts.ledger.open(entry.clone());
    while let Some(frame) = request.body_mut().frame().await {
        // A request that breaks off stays in the ledger as far as it came and gets no answer that matters.
        let Ok(frame) = frame else { return Ok(whole(400, &[], Vec::new())) };
        if let Some(data) = frame.data_ref() {
            fronts.ledger.grow(place, data);
            incoming.body.extend_from_slice(data);
        }
    }
    fronts.ledger.close(place);
    Ok(match fronts.reply(&incoming) {
        Reply::Whole { status, headers, body } => whole(status, &headers, body),
        Reply::Streamed { content_type, pieces } => {
            let mut response = Response::new(Either::Right(pieces));
            response.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
            response.headers_mut().insert("cache-control", HeaderValue::from_static("no-cache"));
            response
        }
        Reply::Socket(task) => upgrade(fronts, request, entry, task),
    })
}

fn read_head(request: &Request<Body>) -> (Entry, Incoming) {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<_> = request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), text(v))).collect();
    let host = request.headers().get("host").map(text).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let uri = request.uri();
    let incoming = Incoming {
        method: request.method().to_string(),
        host: host.clone(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers.clone(),
        body: Vec::new(),
    };
    let entry = Entry {
        at: SystemTime::now(),
        arrival: Arrival::Request,
        method: incoming.method.clone(),
        host,
        target: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers,
        body: Vec::new(),
        whole: false,
    };
    (entry, incoming)
}

fn whole(status: u16, headers: &[(&'static str, String)], body: Vec<u8>) -> Answer {
    let mut response = Response::new(Either::Left(Full::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Answers the handshake; once the connection is free, the task runs on it.
fn upgrade(fronts: Arc<Fronts>, mut request: Request<Body>, handshake: Entry, task: SocketTask) -> Answer {
    let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY).map(|key| derive_accept_key(key.as_bytes()))
    else {
        return whole(400, &[], Vec::new());
    };
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Ok(upgraded) = upgraded.await {
            let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
            let ledger = fronts.ledger.clone();
            let log = move |bytes: &[u8]| {
                let (at, arrival, body) = (SystemTime::now(), Arrival::SocketFrame, bytes.to_vec());
                ledger.open(Entry { at, arrival, body, whole: true, ..handshake.clone() });
            };
            task(stream, Box::new(log)).await;
        }
    });
    let headers = [
        ("upgrade", "websocket".to_owned()),
        ("connection", "Upgrade".to_owned()),
        ("sec-websocket-accept", key),
    ];
    whole(101, &headers, Vec::new())
}
