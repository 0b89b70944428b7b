//! A small HTTP client and the server under test.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

use crate::home::Home;

/// `promptgate policy serve --json`, until its test ends.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    lines: BufReader<ChildStdout>,
    _notes: ChildStderr,
}

impl Server {
    pub(crate) fn start(home: &Home, place: &Path, more: &[&str]) -> Self {
        let args = ["policy", "serve", place.to_str().unwrap(), "--listen", "127.0.0.1:0", "--json"];
        let mut command = home.command();
        command.args(args).args(more).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let notes = child.stderr.take().unwrap();
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut notes = notes;
            let mut why = String::new();
            notes.read_to_string(&mut why).unwrap();
            panic!("it does not serve: {why}");
        }
        let told: Value = serde_json::from_str(&line).unwrap();
        let port = told["address"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port, lines, _notes: notes }
    }

    /// The next thing it says.
    pub(crate) fn told(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Of an error.
    pub(crate) fn code(&self) -> String {
        let told: Value = serde_json::from_slice(&self.body).unwrap();
        told["error"].as_str().unwrap().to_owned()
    }
}

/// One request over one connection.
pub(crate) fn ask(port: u16, ca: Option<&Path>, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    match ca {
        None => over(stream, line, headers, body),
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
            let name = ServerName::try_from("localhost").unwrap();
            let session = ClientConnection::new(Arc::new(config), name).unwrap();
            over(StreamOwned::new(session, stream), line, headers, body)
        }
    }
}

fn over(stream: impl Read + Write, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = BufReader::new(stream);
    let mut head = format!(
        "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.get_mut().write_all(format!("{head}\r\n").as_bytes()).unwrap();
    // A server that has heard enough may answer and close before all is sent.
    let _closed = stream.get_mut().write_all(body).and_then(|()| stream.get_mut().flush());
    let mut first = String::new();
    stream.read_line(&mut first).unwrap();
    let status = first.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map(|(_, length)| length.parse().unwrap());
    let mut body = vec![0; if line.starts_with("HEAD") || status == 304 { 0 } else { length.unwrap_or(0) }];
    stream.read_exact(&mut body).unwrap();
    Answer { status, headers, body }
}
