//! Whether this program answers as a browser would ask it: starts itself and says hello.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use native_messaging::host::{decode_message, encode_message, send_frame};
use shared_protocol::frame::CHUNK_BYTES;
use shared_protocol::{Browser, Hello, PROTOCOL, ToExtension, ToHost, Welcome};

use super::{Check, State};
use crate::native::DOCTOR;
use crate::origin;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn check(program: &Path) -> Check {
    let start = Instant::now();
    match hello(program) {
        Ok(welcome) => {
            let ms = start.elapsed().as_millis();
            let what = format!("version {}, protocol {}, answers in {ms} ms", welcome.host, welcome.protocol);
            Check::new("host", State::Ok, what)
        }
        Err(fault) => Check::wrong(
            "host",
            format!("does not answer: {fault:#}"),
            "install promptgate anew, then run `promptgate install`",
        ),
    }
}

fn hello(program: &Path) -> Result<Welcome> {
    let mut child = Command::new(program)
        .args(origin::chromium_origins(&[]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot be started")?;
    let mut input = child.stdin.take().context("has no input")?;
    let output = child.stdout.take().context("has no output")?;
    let message = ToHost::Hello(Hello {
        protocol: PROTOCOL,
        extension: DOCTOR.to_owned(),
        browser: Browser::Chromium,
        language: None,
    });
    let asked = encode_message(&message).and_then(|frame| send_frame(&mut input, &frame));
    let answer = match asked {
        Ok(()) => first(output),
        Err(_) => Err(anyhow!("takes no message")),
    };
    // The end of its input ends it; what does not end is ended.
    drop(input);
    let start = Instant::now();
    while start.elapsed() < PATIENCE && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(5));
    }
    if matches!(child.try_wait(), Ok(None)) {
        child.kill().context("does not end")?;
        child.wait().context("does not end")?;
    }
    answer
}

/// The first message, if it comes in time and is a welcome.
fn first(mut output: impl Read + Send + 'static) -> Result<Welcome> {
    let (tell, told) = channel();
    thread::spawn(move || {
        // Nobody listens any more when it comes too late.
        let _late = tell.send(decode_message(&mut output, CHUNK_BYTES).ok());
    });
    let text = told.recv_timeout(PATIENCE).ok().flatten().context("says nothing")?;
    match serde_json::from_str(&text) {
        Ok(ToExtension::Welcome(welcome)) => Ok(welcome),
        Ok(_) | Err(_) => Err(anyhow!("says something else than welcome")),
    }
}
