//! The only place that writes to stdout and stderr.
//!
//! INVARIANT: while a browser is connected stdout is the wire, taken once by [`wire`]; everything else here is
//! for the command line. stderr carries short lines without text of a prompt.

use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

/// The wire to the browser.
pub(crate) fn wire() -> impl Write + Send + 'static {
    io::stdout()
}

/// Writes one line to stdout. `false` when nobody reads any more (`promptgate log list | head`).
pub(crate) fn line(text: &str) -> bool {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).is_ok()
}

/// Writes one line about a fault or a next step to stderr.
pub(crate) fn note(text: &str) {
    // Nobody can be told when stderr itself is gone.
    let _gone = writeln!(io::stderr().lock(), "promptgate: {text}");
}

/// Writes help or a complaint that is already laid out in lines.
pub(crate) fn told(text: &str, complaint: bool) {
    let text = text.as_bytes();
    // Nobody can be told when the stream itself is gone.
    let _gone = if complaint { io::stderr().write_all(text) } else { io::stdout().write_all(text) };
}

/// How far a long command is, in one line of the terminal that is written over. Silent where nobody looks.
pub(crate) struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    told: Option<Instant>,
    is_seen: bool,
}

impl Progress {
    /// Between two looks.
    const PAUSE: Duration = Duration::from_millis(200);

    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        Self { what, total, done: 0, told: None, is_seen: io::stderr().is_terminal() }
    }

    /// One more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        if self.is_seen && self.told.is_none_or(|told| told.elapsed() >= Self::PAUSE) {
            self.told = Some(Instant::now());
            let line = format!("\r{} of {} {}", self.done, self.total, self.what);
            // Nobody can be told when stderr itself is gone.
            let _gone = io::stderr().write_all(line.as_bytes());
        }
    }

    /// Takes the line away.
    pub(crate) fn end(self) {
        if self.told.is_some() {
            let _gone = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
