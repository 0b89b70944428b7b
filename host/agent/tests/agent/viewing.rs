//! `promptgate log view` over a real socket: who is let in, and what is served to whom.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::browser::Browser;
use crate::home::Home;

/// A page that is served.
pub(crate) struct Viewer {
    process: Child,
    port: u16,
    enter: String,
}

impl Viewer {
    fn start(home: &Home) -> Self {
        Self::with(home, &[])
    }

    pub(crate) fn with(home: &Home, more: &[&str]) -> Self {
        let mut command = home.command();
        command.args(["log", "view", "--no-browser", "--json"]).args(more).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let address =
            told.get("address").and_then(Value::as_str).unwrap().strip_prefix("http://127.0.0.1:").unwrap();
        let (port, enter) = address.split_once("/#enter=").unwrap();
        Self { process, port: port.parse().unwrap(), enter: enter.to_owned() }
    }

    /// A whole answer to a head that is sent as it stands.
    fn raw(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        // Who is refused in the middle of a head is hung up on.
        let _cut = stream.read_to_string(&mut answer);
        answer
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let host = format!("127.0.0.1:{}", self.port);
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let named = headers.iter().any(|(name, _)| *name == "Host");
        let host = (!named).then_some(("Host", host.as_str()));
        for (name, value) in headers.iter().copied().chain(host) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let answer = self.raw(&(head + "\r\n"));
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, answer)
    }

    pub(crate) fn let_in(&self) -> String {
        let origin = format!("http://127.0.0.1:{}", self.port);
        let shown = format!("Bearer {}", self.enter);
        let (status, answer) =
            self.ask("POST", "/api/enter", &[("Authorization", &shown), ("Origin", &origin)]);
        assert_eq!(status, 200, "{answer}");
        let told: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        format!("Bearer {}", told.get("session").and_then(Value::as_str).unwrap())
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}

/// A home with a record.
fn recorded() -> Home {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.hello();
    browser.close();
    home
}

#[test]
fn one_browser_is_let_in_once_and_it_is_on_record() {
    let home = recorded();
    let viewer = Viewer::start(&home);
    let session = viewer.let_in();
    let (status, answer) = viewer.ask("GET", "/api/list", &[("Authorization", &session)]);
    assert_eq!(status, 200, "{answer}");
    let origin = format!("http://127.0.0.1:{}", viewer.port);
    let spent = format!("Bearer {}", viewer.enter);
    let again = [("Authorization", spent.as_str()), ("Origin", origin.as_str())];
    assert_eq!(viewer.ask("POST", "/api/enter", &again).0, 401);
    assert_eq!(viewer.ask("GET", "/api/list", &[]).0, 401);
    let rows = home.audits();
    let viewed: Vec<_> = rows.iter().map(|row| row["what"].as_str().unwrap()).collect();
    assert_eq!(viewed, ["log-viewed"]);
}

#[test]
fn foreign_names_origins_methods_and_paths_get_nothing() {
    let home = recorded();
    let viewer = Viewer::start(&home);
    let session = viewer.let_in();
    let ask = |method: &str, path: &str, more: &[(&str, &str)]| {
        viewer.ask(method, path, &[&[("Authorization", session.as_str())], more].concat())
    };
    assert_eq!(ask("GET", "/api/list", &[("Host", "evil.example")]).0, 421);
    assert_eq!(ask("GET", "/", &[("Host", "localhost")]).0, 421);
    assert_eq!(ask("GET", "/api/list", &[("Origin", "http://evil.example")]).0, 403);
    assert_eq!(ask("GET", "/api/list", &[("Sec-Fetch-Site", "cross-site")]).0, 403);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"] {
        assert_eq!(ask(method, "/api/list", &[]).0, 405, "{method}");
    }
    for path in
        ["/../Cargo.toml", "/words/../../Cargo.toml", "/%2e%2e/etc/passwd", "//etc/passwd", "/nothing"]
    {
        let (status, answer) = ask("GET", path, &[]);
        assert!(status == 404 || status == 421, "{path}: {answer}");
    }
    assert_eq!(ask("GET", "http://evil.example/", &[]).0, 421);
    assert_eq!(ask("GET", "/api/list", &[("Content-Length", "5")]).0, 413);
    let long = "x".repeat(40_000);
    assert_eq!(ask("GET", "/api/list", &[("X-Long", &long)]).0, 431);
}

#[test]
fn every_answer_keeps_to_itself() {
    let home = recorded();
    let viewer = Viewer::start(&home);
    for path in ["/", "/app.js", "/nothing", "/api/list"] {
        let (_, answer) = viewer.ask("GET", path, &[]);
        let head = answer.split_once("\r\n\r\n").unwrap().0.to_lowercase();
        for part in [
            "cache-control: no-store",
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "frame-ancestors 'none'",
            "cross-origin-resource-policy: same-origin",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
        ] {
            assert!(head.contains(part), "{path} lacks {part}: {head}");
        }
        assert!(
            !head.contains("'unsafe-inline'")
                && !head.contains("'unsafe-eval'")
                && !head.contains("set-cookie")
        );
        assert!(!head.contains("access-control-"), "{head}");
    }
    let (_, page) = viewer.ask("GET", "/", &[]);
    let body = page.split_once("\r\n\r\n").unwrap().1;
    assert!(!body.contains("http:") && !body.contains("https:") && !body.contains("style="));
}

#[test]
fn no_other_address_of_this_machine_answers() {
    let home = recorded();
    let viewer = Viewer::start(&home);
    assert!(TcpStream::connect(("127.0.0.2", viewer.port)).is_err());
    assert!(TcpStream::connect(("::1", viewer.port)).is_err());
}

#[test]
fn without_a_record_there_is_nothing_to_view() {
    let output = Home::new().run(&["log", "view", "--no-browser"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let home = recorded();
    let viewer = Viewer::start(&home);
    let output = home.run(&["log", "view", "--no-browser", "--port", &viewer.port.to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&viewer.port.to_string()));
}
