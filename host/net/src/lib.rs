//! The way out of the machine: one HTTP client, and one stream for protocols that are not HTTP.
//!
//! ```text
//! let client = Client::new(&Reach { ca, proxy, ..Reach::default() })?;
//! let answer = client.post(&Post { url, content_type, token, body, gzip: true })?;       // bounded in time and size
//! let answer = client.get(&Get { url, authorization, known: &[tag], wait })?;  // 304 when the tag still holds
//! let mut stream = Stream::connect("siem.example", 6514, Some(&Tls::new(&reach)?), &reach)?;
//! stream.send(bytes)?; stream.finish()?;                                     // the peer has read it all
//! knock(url, &reach)?                                                           // somebody is there; nothing is said
//! pause(failures, random)                                                    // how long until the next try
//! ```
//!
//! INVARIANT: every call ends: connecting, sending and the answer have time-outs, an answer has a size. INVARIANT: a
//! certificate that does not check out ends the call; nothing here switches that off. INVARIANT: a redirect is told and
//! never followed: what was meant for one host goes to no other one. It knows nothing of what it carries, and no error
//! carries any of it.

mod error;
mod http;
mod knock;
mod pause;
mod stream;
mod tls;

use std::path::PathBuf;
use std::time::Duration;

pub use error::NetError;
pub use http::{Answer, Call, Client, Get, Post, Put};
pub use knock::knock;
pub use pause::pause;
pub use stream::{Stream, Tls};

/// How a receiver is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// A PEM file: certificates of these authorities count, and no others. Without it those of the system do.
    pub ca: Option<PathBuf>,
    /// An HTTP proxy, such as `http://proxy.example:3128`; without it the environment's (`HTTPS_PROXY`, `NO_PROXY`).
    pub proxy: Option<String>,
    /// For connecting, the handshake of TLS included.
    pub connect: Duration,
    /// For a whole call.
    pub total: Duration,
    /// Most bytes of an answer that are read.
    pub answer: usize,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            ca: None,
            proxy: None,
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            answer: 64 * 1024,
        }
    }
}
