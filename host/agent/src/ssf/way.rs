//! The way to a receiver: a push over HTTPS (RFC 8935).

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use host_net::{Answer, Client, NetError, Reach};

use crate::settings::ReceiverSettings;

/// A way that a token takes.
pub(crate) trait Way: Send {
    /// Brings it there; what the receiver answers.
    ///
    /// # Errors
    /// When there is no answer.
    fn bring(&mut self, token: &str) -> Result<Answer, NotBrought>;
}

/// Why there is no answer.
pub(crate) enum NotBrought {
    /// The way cannot be gone: what to do. Nothing left this machine.
    Setup(anyhow::Error),
    /// Something failed on the way.
    Net(NetError),
}

/// A push (RFC 8935, section 2).
pub(crate) struct Post {
    receiver: ReceiverSettings,
    open: Option<Open>,
}

/// What is kept from one push to the next.
struct Open {
    client: Client,
    authorization: Option<String>,
}

impl Post {
    /// To this receiver. Nothing is opened before the first message.
    pub(crate) fn to(receiver: ReceiverSettings) -> Self {
        Self { receiver, open: None }
    }

    /// Fails when a file that the settings name is of no use.
    fn open(&self) -> Result<Open> {
        let settings = &self.receiver;
        let connect = settings.timeout.min(Duration::from_secs(10));
        let (ca, proxy, total) = (settings.ca.clone(), settings.proxy.clone(), settings.timeout);
        let client = Client::new(&Reach { ca, proxy, connect, total, ..Reach::default() })?;
        let token = |path: &std::path::PathBuf| {
            fs::read_to_string(path).with_context(|| {
                format!("the token in {} cannot be read: let this user read it", path.display())
            })
        };
        let token = settings.token_file.as_ref().map(token).transpose()?;
        Ok(Open { client, authorization: token.map(|token| format!("Bearer {}", token.trim())) })
    }
}

impl Way for Post {
    fn bring(&mut self, token: &str) -> Result<Answer, NotBrought> {
        let open = self.open.take().map_or_else(|| self.open(), Ok).map_err(NotBrought::Setup)?;
        let authorization = open.authorization.as_deref();
        let (url, content_type) = (self.receiver.address.as_str(), "application/secevent+jwt");
        let post = host_net::Post { url, content_type, authorization, body: token.as_bytes(), gzip: false };
        // What is broken may be the connection: after a failure the next try makes a new one.
        let answer = open.client.post_for(&post, "application/json").map_err(NotBrought::Net)?;
        self.open = Some(open);
        Ok(answer)
    }
}
