//! The way to a receiver: a push over HTTPS (RFC 8935).

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use host_net::{Answer, Client, NetError, Reach};

use crate::settings::ReceiverSettings;

/// A way that a token takes.
pub(crate) trait Way: Send {
    /// Brings it there; what the receiver answers.
    fn bring(&self, token: &str) -> Result<Answer, NetError>;
}

/// A push (RFC 8935, section 2).
pub(crate) struct Post {
    client: Client,
    address: String,
    authorization: Option<String>,
}

impl Post {
    /// To this receiver.
    ///
    /// # Errors
    /// When a file that the settings name is of no use.
    pub(crate) fn open(settings: &ReceiverSettings) -> Result<Self> {
        let connect = settings.timeout.min(Duration::from_secs(10));
        let (ca, proxy, total) = (settings.ca.clone(), settings.proxy.clone(), settings.timeout);
        let client = Client::new(&Reach { ca, proxy, connect, total, ..Reach::default() })?;
        let token = |path: &std::path::PathBuf| {
            fs::read_to_string(path).with_context(|| {
                format!("the token in {} cannot be read: let this user read it", path.display())
            })
        };
        let token = settings.token_file.as_ref().map(token).transpose()?;
        let authorization = token.map(|token| format!("Bearer {}", token.trim()));
        Ok(Self { client, address: settings.address.clone(), authorization })
    }
}

impl Way for Post {
    fn bring(&self, token: &str) -> Result<Answer, NetError> {
        let authorization = self.authorization.as_deref();
        let (url, content_type) = (self.address.as_str(), "application/secevent+jwt");
        let post = host_net::Post { url, content_type, authorization, body: token.as_bytes(), gzip: false };
        self.client.post_for(&post, "application/json")
    }
}
