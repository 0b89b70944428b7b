//! A person with a browser that has no window: follows, keeps cookies, fills in the provider's form.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use serde_json::Value;

use crate::home::Home;

pub(super) struct Visitor {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub(super) fn new() -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .danger_accept_invalid_certs(true)
            .no_proxy()
            .build()
            .unwrap();
        Self { client, cookies: BTreeMap::new() }
    }

    /// Goes from the provider's address to the way back, which it does not take: the address it was sent to.
    pub(super) fn visit(&mut self, url: &str, form: &[(&str, &str)]) -> String {
        let mut url = url.to_owned();
        for _ in 0..12 {
            if url.starts_with("http://127.0.0.1:") {
                return url;
            }
            let response = self.send(self.client.get(&url));
            url = match next(&url, &response) {
                Some(next) => next,
                None => {
                    assert_eq!(response.status(), 200, "{}", response.text().unwrap());
                    let posted = self.send(form_of(self.client.post(&url), form));
                    next(&url, &posted).unwrap_or_else(|| panic!("{}", posted.text().unwrap()))
                }
            };
        }
        panic!("the provider leads nowhere");
    }

    pub(super) fn get(&self, url: &str) -> (u16, String) {
        let response = self.client.get(url).send().unwrap();
        (response.status().as_u16(), response.text().unwrap())
    }

    pub(super) fn post(&self, url: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let response = form_of(self.client.post(url), fields).send().unwrap();
        (response.status().as_u16(), response.text().unwrap())
    }

    fn send(&mut self, request: RequestBuilder) -> Response {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(COOKIE, cookies.join("; ")).send().unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }
}

fn form_of(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
}

fn next(from: &str, response: &Response) -> Option<String> {
    let to = response.headers().get(LOCATION)?.to_str().unwrap();
    if to.starts_with('/') {
        let origin: Vec<&str> = from.splitn(4, '/').take(3).collect();
        return Some(format!("{}{to}", origin.join("/")));
    }
    Some(to.to_owned())
}

/// `promptgate login …`, which waits for its visitor; then what it came to.
pub(super) struct Login {
    child: Option<Child>,
    lines: BufReader<ChildStdout>,
    notes: ChildStderr,
    /// What it wants opened.
    pub(super) url: String,
    /// What the browser showed in the end.
    pub(super) page: String,
    pub(super) ok: bool,
    pub(super) told: Value,
    pub(super) said: String,
}

impl Login {
    pub(super) fn start(home: &Home, command: &[&str]) -> Self {
        let mut program = home.command();
        program.args(command).args(["--no-browser", "--json"]);
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut notes = child.stderr.take().unwrap();
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut why = String::new();
            notes.read_to_string(&mut why).unwrap();
            panic!("it opens nothing: {why}");
        }
        let told: Value = serde_json::from_str(&line).unwrap();
        let url = told["open"].as_str().unwrap().to_owned();
        let page = String::new();
        Self {
            child: Some(child),
            lines,
            notes,
            url,
            page,
            ok: false,
            told: Value::Null,
            said: String::new(),
        }
    }

    /// A field of the address that is opened.
    pub(super) fn field(&self, name: &str) -> String {
        field(&self.url, name)
    }

    /// Waits for its end.
    pub(super) fn ended(mut self, page: String) -> Self {
        let (mut out, mut said) = (String::new(), String::new());
        self.lines.read_to_string(&mut out).unwrap();
        self.notes.read_to_string(&mut said).unwrap();
        let status = self.child.take().unwrap().wait().unwrap();
        self.told = out.lines().last().map_or(Value::Null, |line| serde_json::from_str(line).unwrap());
        self.ok = status.success();
        self.said = said;
        self.page = page;
        self
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ended = child.kill();
            let _ended = child.wait();
        }
    }
}

/// A field of an address.
pub(super) fn field(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let mut fields = form_urlencoded::parse(query.as_bytes());
    fields.find(|(other, _)| other == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Unix seconds.
pub(super) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}
