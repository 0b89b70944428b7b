//! The only place that writes to stdout and stderr.
//!
//! INVARIANT: while a browser is connected stdout is the wire, taken once by [`wire`]; everything else here is
//! for the command line. stderr carries short lines without text of a prompt.

use std::io::{self, IsTerminal as _, Write};

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

/// Shows how far a long command is, over what it said before; an empty text takes it away. Only a terminal is told.
pub(crate) fn progress(text: &str) {
    let mut err = io::stderr().lock();
    if err.is_terminal() {
        // Nobody can be told when stderr itself is gone.
        let _gone = write!(err, "\r\x1b[K{text}").and_then(|()| err.flush());
    }
}

/// Writes help or a complaint that is already laid out in lines.
pub(crate) fn told(text: &str, complaint: bool) {
    let text = text.as_bytes();
    // Nobody can be told when the stream itself is gone.
    let _gone = if complaint { io::stderr().write_all(text) } else { io::stdout().write_all(text) };
}
