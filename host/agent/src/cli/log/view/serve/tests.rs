//! The end of the service, and what a silent connection costs.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use host_store::Store;

use super::{Desk, bind, until_idle};
use crate::cli::log::view::door::{Door, Secret};

#[test]
fn it_ends_when_nobody_asks_and_connections_alone_are_no_question() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Store::BUSY).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = bind(0).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let door = Door::new(port, Secret::fresh().unwrap(), Secret::fresh().unwrap());
        let desk = Arc::new(Desk::new(store, door, Box::new(|| Ok(()))));
        let start = Instant::now();
        let silent = std::thread::spawn(move || {
            // More than are served at a time; those above are hung up on, and none of them is a question.
            let mut all: Vec<_> =
                (0..40).map(|_| std::net::TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
            let mut last = all.pop().unwrap();
            let _written = last.write_all(b"GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n");
            let mut answer = Vec::new();
            let _cut = last.read_to_end(&mut answer);
            answer
        });
        until_idle(listener, desk, Duration::from_millis(400)).await.unwrap();
        assert!(start.elapsed() >= Duration::from_millis(400));
        assert!(start.elapsed() < Duration::from_secs(30));
        drop(silent);
    });
}
