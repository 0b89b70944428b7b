//! The native-messaging host: what a browser talks to.
mod incoming;
mod outgoing;
mod queue;
mod watch;

use crate::exit::Exit;
use crate::os::Env;

/// Talks to the browser until it closes the connection.
pub(crate) fn run(_extension: &str, _env: &Env) -> Exit {
    Exit::Done
}
