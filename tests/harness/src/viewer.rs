//! `promptgate log view` of one home, behind a wire that remembers every byte a browser sends to it.

use crate::browser::Home;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A viewer that is served; ended when dropped.
pub struct Viewer {
    process: Child,
    address: String,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Viewer {
    pub(crate) fn start(host: &Path, home: &Home) -> Result<Viewer> {
        let mut command = Command::new(host);
        home.enter(&mut command);
        command.args(["log", "view", "--no-browser", "--json"]).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("cannot run {}", host.display()))?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line).context("`log view` names no address")?;
        let address = told["address"].as_str().context("no address")?;
        let (server, secret) =
            address.strip_prefix("http://").and_then(|rest| rest.split_once('/')).context("no port")?;
        let sent = Arc::new(Mutex::new(Vec::new()));
        let port = wire(server.to_owned(), Arc::clone(&sent))?;
        Ok(Viewer { process, address: format!("http://127.0.0.1:{port}/{secret}"), sent })
    }

    /// The address that lets one browser in.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether a browser ever sent these words.
    pub fn was_sent(&self, words: &str) -> bool {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.windows(words.len().max(1)).any(|window| window == words.as_bytes())
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}

/// Listens and passes on to `server`. Heads name our port and the server wants to hear its own, which is put in.
fn wire(server: String, sent: Arc<Mutex<Vec<u8>>>) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let ours = format!("127.0.0.1:{port}");
    thread::spawn(move || {
        for browser in listener.incoming().map_while(Result::ok) {
            let (server, ours, sent) = (server.clone(), ours.clone(), Arc::clone(&sent));
            thread::spawn(move || {
                // A connection that ends is one that ends.
                let _ended = pass(&browser, &server, &ours, &sent);
                let _closed = browser.shutdown(Shutdown::Both);
            });
        }
    });
    Ok(port)
}

fn pass(browser: &TcpStream, server: &str, ours: &str, sent: &Mutex<Vec<u8>>) -> Result<()> {
    let mut there = TcpStream::connect(server)?;
    let (mut back, mut to_browser) = (there.try_clone()?, browser.try_clone()?);
    thread::spawn(move || {
        let _ended = std::io::copy(&mut back, &mut to_browser);
        let _closed = to_browser.shutdown(Shutdown::Both);
    });
    let mut from_browser = BufReader::new(browser.try_clone()?);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut line = Vec::new();
            if from_browser.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            head.extend(line);
        }
        sent.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&head);
        let text = String::from_utf8(head)?;
        if text.to_lowercase().contains("content-length: ") && !text.contains("ength: 0\r") {
            let mut rest = Vec::new();
            from_browser.read_to_end(&mut rest)?;
            sent.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&rest);
            ensure!(rest.is_empty(), "the page sends a body");
        }
        there.write_all(text.replace(ours, server).as_bytes())?;
    }
}
