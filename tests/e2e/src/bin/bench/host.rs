//! The host without a browser: the program as a browser starts it, over its wire, in a home of its own.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Who Chromium says that starts it: the id that the manifest's key makes.
const ORIGIN: &str = "chrome-extension://opcjljmeemjdjidbhgdoofdfkopfmldn/";

/// The program in a home of its own.
pub(crate) fn program(home: &TempDir) -> Result<Command> {
    let mut command = Command::new(tests_harness::host()?);
    let inside = |folder: &str| home.path().join(folder);
    command.current_dir(home.path()).env("HOME", home.path()).env("XDG_CONFIG_HOME", inside(".config"));
    command.env("XDG_DATA_HOME", inside(".local/share")).env("XDG_CACHE_HOME", inside(".cache"));
    Ok(command)
}

/// Writes its settings.
pub(crate) fn settings(home: &TempDir, text: &str) -> Result<()> {
    let folder = home.path().join(".config/promptgate");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join("settings.toml"), text)?)
}

/// It, until it is closed or dropped.
pub(crate) struct Host {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

impl Host {
    /// Starts it and waits for its welcome.
    pub(crate) fn start(home: &TempDir) -> Result<Self> {
        let mut command = program(home)?;
        command.arg(ORIGIN);
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

    pub(crate) fn status(&mut self) -> Result<()> {
        self.say(&json!({"kind": "status"}))?;
        self.wait("status").map(drop)
    }

    /// Has a text looked through, and waits until it was.
    pub(crate) fn preview(&mut self, round: usize, text: &str) -> Result<()> {
        self.say(&json!({"kind": "preview", "round": round, "app": "claude", "texts": [text]}))?;
        self.wait("previewed").map(drop)
    }

    /// What is said of a prompt; `number` makes its event.
    pub(crate) fn judge(&mut self, number: usize, text: &str) -> Result<Value> {
        let prompt =
            json!({"read": "prompt", "operation": "send-prompt", "parts": [{"kind": "text", "text": text}]});
        let event = format!("00000000-0000-4000-8000-{number:012x}");
        self.say(&json!({"kind": "judge", "event": event, "app": "claude", "at": 1_790_000_000_000_u64, "reading": prompt}))?;
        let verdict = self.wait("verdict")?;
        ensure!(verdict["event"] == event, "of another prompt: {verdict}");
        Ok(verdict)
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

    pub(crate) fn close(mut self) -> Result<()> {
        drop(self.stdin);
        let status = self.child.wait()?;
        ensure!(status.success(), "the host ended with {status}");
        Ok(())
    }
}
