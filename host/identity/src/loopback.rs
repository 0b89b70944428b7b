//! The way back from the browser: a listener on 127.0.0.1 for one answer (RFC 8252 section 7.3).
//!
//! INVARIANT: only `GET /callback` with this sign-in's `state`, asked of `127.0.0.1` by name, ends the wait; whatever else
//! comes is turned away and the wait goes on, so nobody can end or take over a sign-in without knowing its `state`.
//! Of many at a time the oldest is closed: who comes back is the newest and asks at once.
//! INVARIANT: the port is closed before the answer is looked into: there is no second one. INVARIANT: no answer of ours
//! leads anywhere.

mod page;
mod request;

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::IdentityError;
use request::Request;

/// Where the provider sends the browser.
const PATH: &str = "/callback";
/// Most connections at a time: browsers open some ahead.
const MOST: usize = 64;
/// Between two looks for a connection.
const PAUSE: Duration = Duration::from_millis(15);

/// The listener.
pub(crate) struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// The answer, and the browser that waits to be told how it ended.
pub(crate) struct Callback {
    fields: BTreeMap<String, String>,
    stream: Arc<TcpStream>,
}

impl Loopback {
    /// On the first of these ports that is free, or on any.
    pub(crate) fn open(ports: &[u16]) -> Result<Self, IdentityError> {
        let any = [0];
        let mut last = "no port is named".to_owned();
        for port in if ports.is_empty() { any.as_slice() } else { ports } {
            let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).and_then(|listener| {
                listener.set_nonblocking(true)?;
                let port = listener.local_addr()?.port();
                Ok(Self { listener, port })
            });
            match bound {
                Ok(open) => return Ok(open),
                Err(fault) => last = format!("{port}: {}", fault.kind()),
            }
        }
        Err(IdentityError::Listen(last))
    }

    /// The redirect address.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the answer with this `state`.
    pub(crate) fn wait(
        self,
        state: &str,
        until: Instant,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Callback, IdentityError> {
        let (sender, requests) = channel();
        let mut open = VecDeque::new();
        while Instant::now() < until {
            if let Ok((stream, _)) = self.listener.accept() {
                let stream = Arc::new(stream);
                made_room(&mut open);
                open.push_back(Arc::downgrade(&stream));
                reading(stream, sender.clone());
            } else {
                thread::sleep(PAUSE);
            }
            if let Some(callback) = self.looked(state, &requests) {
                return Ok(callback);
            }
            if is_over() {
                return Err(IdentityError::GivenUp);
            }
        }
        Err(IdentityError::TimedOut)
    }

    fn looked(&self, state: &str, requests: &Receiver<(Request, Arc<TcpStream>)>) -> Option<Callback> {
        while let Ok((request, stream)) = requests.try_recv() {
            match self.judged(request, state) {
                Ok(fields) => return Some(Callback { fields, stream }),
                Err(status) => page::stranger(&stream, status),
            }
        }
        None
    }

    /// The fields of the one that counts; else the status it is turned away with.
    fn judged(&self, request: Request, state: &str) -> Result<BTreeMap<String, String>, &'static str> {
        // A page that had its own name lead here asks for that name.
        if request.host.as_deref() != Some(&format!("127.0.0.1:{}", self.port)) {
            return Err("400 Bad Request");
        }
        if request.path != PATH {
            return Err("404 Not Found");
        }
        if request.method != "GET" {
            return Err("405 Method Not Allowed");
        }
        let fields = request.fields.ok_or("400 Bad Request")?;
        let is_ours = fields.get("state").is_some_and(|got| same(got, state));
        if is_ours { Ok(fields) } else { Err("400 Bad Request") }
    }
}

impl Callback {
    /// A field of the answer.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.fields.remove(name)
    }

    /// Tells the person in the browser how it ended.
    pub(crate) fn answer(self, ended: Result<(), &IdentityError>) {
        page::ended(&self.stream, ended);
    }
}

/// Leaves room for one more.
fn made_room(open: &mut VecDeque<Weak<TcpStream>>) {
    open.retain(|stream| stream.strong_count() > 0);
    while open.len() >= MOST {
        if let Some(oldest) = open.pop_front().and_then(|stream| stream.upgrade()) {
            // Its reader ends with it.
            let _gone = oldest.shutdown(Shutdown::Both);
        }
    }
}

/// Reads beside the others: a connection that says nothing holds up nobody.
fn reading(stream: Arc<TcpStream>, sender: Sender<(Request, Arc<TcpStream>)>) {
    thread::spawn(move || {
        if let Some(request) = Request::read(&stream) {
            // When nobody waits any more there is nothing to do.
            let _over = sender.send((request, stream));
        }
    });
}

/// Compares without stopping at the first difference.
fn same(left: &str, right: &str) -> bool {
    let differ = left.bytes().zip(right.bytes()).fold(0, |all, (left, right)| all | (left ^ right));
    left.len() == right.len() && differ == 0
}
