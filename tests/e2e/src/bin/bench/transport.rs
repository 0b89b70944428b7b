//! The host alone: the program as a browser starts it, over its wire, without a browser. Transport, judging and the
//! durable append together, the same without an append, and the time from start to ready.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::report::{Figure, Limit, Sample};
use crate::stats::Quantile;
use crate::tell;

/// Characters of the texts.
const LENGTH: usize = 1_000;

/// How often the host is started for the time to ready.
const STARTS: usize = 30;

/// Who Chromium says that starts it: the id that the manifest's key makes.
const ORIGIN: &str = "chrome-extension://opcjljmeemjdjidbhgdoofdfkopfmldn/";

/// All of them.
pub fn measure(n: usize) -> Result<Vec<Figure>> {
    let figure = |name: &str, what: &str, limits| Figure {
        name: name.to_owned(),
        place: "host alone",
        what: what.to_owned(),
        unit: "ms",
        limits,
        ..Figure::default()
    };
    let mut ready = figure("start", "start to ready", vec![Limit::Most(Quantile::P50, 300.0)]);
    let mut first = figure("first", "start to the first verdict", Vec::new());
    let mut wire = figure("wire", "a question over the wire, nothing written", Vec::new());
    let append = vec![Limit::Most(Quantile::P50, 6.0), Limit::Most(Quantile::P99, 20.0)];
    let mut judged =
        figure("transport", &format!("transport and append, {LENGTH} characters read ahead"), append);
    let mut cold = figure("cold", &format!("the same with all engines, {LENGTH} characters"), Vec::new());
    let home = tempfile::tempdir()?;
    settings(&home)?;
    let run = Instant::now();
    let sample = |since: Instant| Sample {
        ms: since.elapsed().as_secs_f64() * 1000.0,
        block: 0,
        at: run.elapsed(),
        reached_ms: None,
        host_ms: None,
    };
    tell("host alone: start to ready");
    for number in 0..STARTS.min(n) {
        let started = Instant::now();
        let mut host = Host::start(&home)?;
        ready.with.push(sample(started));
        host.judge(n + 2 + number)?;
        first.with.push(sample(started));
        host.close()?;
    }
    let mut host = Host::start(&home)?;
    // Not measured: the first of its kind makes things ready.
    host.judge(0)?;
    for number in 1..=n {
        if number % 100 == 1 {
            tell(&format!("host alone: {number} of {n}"));
        }
        let asked = Instant::now();
        host.status()?;
        wire.with.push(sample(asked));
        // What was read ahead is looked up: what is left is the way and the append.
        host.preview(number)?;
        let asked = Instant::now();
        host.judge(number)?;
        judged.with.push(sample(asked));
        let other = 2 * n + STARTS + number;
        let asked = Instant::now();
        host.judge(other)?;
        cold.with.push(sample(asked));
    }
    host.close()?;
    Ok(vec![ready, first, wire, judged, cold])
}

fn settings(home: &TempDir) -> Result<()> {
    let folder = home.path().join(".config/promptgate");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join("settings.toml"), "policy = \"builtin-enforce\"\n")?)
}

/// The host as a browser talks to it.
struct Host {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

impl Host {
    /// Starts it and waits for its welcome.
    fn start(home: &TempDir) -> Result<Self> {
        let mut command = Command::new(tests_harness::host()?);
        let inside = |folder: &str| home.path().join(folder);
        command.arg(ORIGIN).env("HOME", home.path()).env("XDG_CONFIG_HOME", inside(".config"));
        command.env("XDG_DATA_HOME", inside(".local/share")).env("XDG_CACHE_HOME", inside(".cache"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().context("the host does not start")?;
        let stdin = child.stdin.take().context("no stdin")?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut host = Self { child, stdin, stdout };
        let hello = json!({"kind": "hello", "protocol": {"min": 1, "max": 1}, "extension": "0.1.0", "browser": "chromium"});
        host.say(&hello)?;
        host.wait("welcome")?;
        Ok(host)
    }

    fn status(&mut self) -> Result<()> {
        self.say(&json!({"kind": "status"}))?;
        self.wait("status").map(drop)
    }

    /// Has the text of `number` looked through, and waits until it was.
    fn preview(&mut self, number: usize) -> Result<()> {
        self.say(&json!({"kind": "preview", "round": number, "app": "claude", "texts": [text(number)]}))?;
        self.wait("previewed").map(drop)
    }

    fn judge(&mut self, number: usize) -> Result<()> {
        let prompt = json!({"read": "prompt", "operation": "send-prompt", "parts": [{"kind": "text", "text": text(number)}]});
        let event = format!("00000000-0000-4000-8000-{number:012x}");
        self.say(&json!({"kind": "judge", "event": event, "app": "claude", "at": 1_790_000_000_000_u64, "reading": prompt}))?;
        let verdict = self.wait("verdict")?;
        ensure!(verdict["outcome"] == "release" && verdict["event"] == event, "not let go: {verdict}");
        Ok(())
    }

    fn say(&mut self, message: &Value) -> Result<()> {
        let text = message.to_string();
        let length = u32::try_from(text.len())?.to_ne_bytes();
        self.stdin.write_all(&[&length, text.as_bytes()].concat())?;
        Ok(self.stdin.flush()?)
    }

    /// The next message of this kind.
    fn wait(&mut self, kind: &str) -> Result<Value> {
        loop {
            let mut length = [0; 4];
            self.stdout.read_exact(&mut length).context("the host is gone")?;
            let mut text = vec![0; u32::from_ne_bytes(length) as usize];
            self.stdout.read_exact(&mut text)?;
            let message: Value = serde_json::from_slice(&text)?;
            match message["kind"].as_str() {
                Some(said) if said == kind => return Ok(message),
                Some("error") => bail!("the host says {message}"),
                _ => {}
            }
        }
    }

    fn close(mut self) -> Result<()> {
        drop(self.stdin);
        let status = self.child.wait()?;
        ensure!(status.success(), "the host ended with {status}");
        Ok(())
    }
}

/// Words that nothing is found in; no two numbers give the same text.
fn text(number: usize) -> String {
    let words = "please rewrite this part of the spring plan in plain words and keep the table as it is ";
    let mut text = format!("Draft {number}: {}", words.repeat(LENGTH / words.len() + 1));
    text.truncate(LENGTH);
    text
}
