//! Servers that lie, drip and never end: the last good one holds, verdicts come as ever, and it is told what is wrong.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::{Made, following, rows, said, status, until_version, words};
use crate::browser::Browser;
use crate::home::Home;
use crate::receiver::{Receiver, Reply, until};

/// A machine that has version 3 from a server that is good until it is told otherwise.
struct Turncoat {
    home: Home,
    browser: Browser,
    bad: Arc<Mutex<Option<Reply>>>,
    _receiver: Receiver,
}

impl Turncoat {
    fn start() -> Self {
        let bad: Arc<Mutex<Option<Reply>>> = Arc::default();
        let archive = Made::version(3).archive();
        let receiver = Receiver::start({
            let bad = Arc::clone(&bad);
            move |_, _| bad.lock().unwrap().clone().unwrap_or_else(|| good(&archive))
        });
        let place = format!("address = \"http://127.0.0.1:{}/b.tar.gz\"\npoll_s = 1", receiver.port);
        let home = following(&place);
        let mut browser = Browser::start(&home);
        until_version(&mut browser, 3);
        Self { home, browser, bad, _receiver: receiver }
    }

    fn told(&self) -> String {
        status(&self.home)["bundle"]["answer"]["said"].as_str().unwrap_or_default().to_owned()
    }
}

fn good(archive: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", archive.len());
    Reply::Raw([head.as_bytes(), archive].concat())
}

#[test]
fn what_is_no_bundle_leaves_the_last_one() {
    let mut turncoat = Turncoat::start();
    let html = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html>sign in";
    let replies = [
        (Reply::With(302, "location: https://evil.example/b.tar.gz".to_owned()), "sends on to https://evil"),
        (Reply::With(304, "etag: \"x\"".to_owned()), "304, and was asked for whatever it has"),
        (Reply::Status(401, "no"), "check the token"),
        (Reply::Status(404, "no"), "check `address`"),
        (Reply::Status(500, "no"), "it answers 500"),
        (Reply::Raw(html.as_bytes().to_vec()), "archive-not-gzip"),
        (Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()), "archive-not-gzip"),
        (Reply::Raw(b"no http at all\r\n\r\n".to_vec()), "broke off"),
        (Reply::Close, "broke off"),
    ];
    for (number, (reply, told)) in replies.into_iter().enumerate() {
        *turncoat.bad.lock().unwrap() = Some(reply.clone());
        until(&format!("{reply:?} is told as {told}"), || turncoat.told().contains(told));
        let number = u32::try_from(number).unwrap();
        assert_eq!(said(&mut turncoat.browser, number + 1), words(3), "{reply:?}");
    }
    *turncoat.bad.lock().unwrap() = None;
    until("it is well again", || turncoat.told() == "the bundle that is in force");
    let Turncoat { home, browser, .. } = turncoat;
    assert!(browser.close().0.success());
    // One bundle, and one word about all that was no archive.
    assert_eq!(rows(&home).len(), 2, "{:?}", rows(&home));
}

/// A body without an end is read up to the bound, and no further.
#[test]
fn an_endless_body_is_bounded() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _read = stream.read(&mut [0; 4096]);
            let _sent =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/gzip\r\n\r\n\x1f\x8b");
            let piece = vec![0_u8; 64 * 1024];
            counted.store(0, Ordering::Release);
            while stream.write_all(&piece).is_ok() {
                counted.fetch_add(piece.len(), Ordering::AcqRel);
            }
        }
    });
    let home = following(&format!("address = \"http://127.0.0.1:{port}/b.tar.gz\"\npoll_s = 60"));
    let mut browser = Browser::start(&home);
    let code = || status(&home)["bundle"]["last_refused"]["code"].as_str().unwrap_or_default().to_owned();
    until("it is refused", || code() == "archive-too-large");
    // What lies in buffers of the system on the way comes on top.
    assert!(sent.load(Ordering::Acquire) < 40 * 1024 * 1024);
    assert_eq!(said(&mut browser, 1), "");
    assert!(browser.close().0.success());
}

/// A server that drips holds up nobody: not a verdict, not the end of the program.
#[test]
fn a_server_that_drips_holds_up_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _read = stream.read(&mut [0; 4096]);
            told.store(true, Ordering::Release);
            let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(50));
            }
        }
    });
    let home = following(&format!("address = \"http://127.0.0.1:{port}/b.tar.gz\""));
    let mut browser = Browser::start(&home);
    until("it is asked", || asked.load(Ordering::Acquire));
    assert_eq!(said(&mut browser, 1), "");
    assert!(browser.is_alive());
    assert!(browser.close().0.success());
}
