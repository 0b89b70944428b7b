//! A web server or an S3-compatible store as the place that bundles come from: asked with the tag of what is known, and
//! let wait where it can.
//!
//! | answer | means |
//! | --- | --- |
//! | 200 | an archive, whatever it calls itself |
//! | 304 | nothing new; a fault where no tag was shown |
//! | 3xx | a fault: a redirect is not followed, the address has to be corrected |
//! | anything else | a fault; it is asked again later, not before `Retry-After` |
//!
//! INVARIANT: an answer is bounded in bytes and in time, and nothing but its bytes and its tag is believed.

use std::borrow::Cow;
use std::fs;
use std::time::Duration;

use host_net::{Answer, Client, Get, Reach};
use host_policy::bundle::MAX_ARCHIVE;
use zeroize::Zeroizing;

use super::store;
use crate::settings::BundlesWeb;

/// Says that the server knows how to wait, as Open Policy Agent's bundle servers do.
const WAITS: &str = "application/vnd.openpolicyagent.bundles";
/// For an answer, the archive included; waiting comes on top.
const TOTAL: Duration = Duration::from_secs(60);
/// Shortest and longest that a server is asked to wait. What stands between may close a silent connection.
const WAIT: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(300));
/// Longest tag that is remembered.
const TAG: usize = 512;
/// However long a server asks for.
const LONGEST: Duration = Duration::from_secs(3_600);

/// The server.
pub(super) struct Web {
    settings: BundlesWeb,
    client: Option<Client>,
    /// It said that it knows how to wait.
    waits: bool,
}

/// What it said.
pub(super) enum Got {
    /// An archive, and its tag.
    Archive(Vec<u8>, Option<String>),
    /// Nothing new.
    Unchanged,
    /// What is wrong, and how long it wants to be left alone.
    Failed(String, Option<Duration>),
}

impl Web {
    pub(super) fn new(settings: BundlesWeb) -> Self {
        Self { settings, client: None, waits: false }
    }

    pub(super) fn waits(&self) -> bool {
        self.waits
    }

    /// Asks. `known`: tags of what is not wanted again; without one nothing is waited for.
    pub(super) fn get(&mut self, known: &[&str]) -> Got {
        let wait = (self.waits && !known.is_empty()).then(|| self.settings.poll.clamp(WAIT.0, WAIT.1));
        match self.ask(known, wait) {
            Ok(answer) => {
                self.waits = answer.content_type.as_deref().is_some_and(|kind| kind.trim() == WAITS);
                said(answer, !known.is_empty())
            }
            Err(why) => {
                // What is broken may be the connection, or the way to it.
                self.client = None;
                self.waits = false;
                Got::Failed(why, None)
            }
        }
    }

    fn ask(&mut self, known: &[&str], wait: Option<Duration>) -> Result<Answer, String> {
        let token = self.token()?;
        let client = match self.client.take() {
            Some(client) => client,
            None => self.client().map_err(|fault| fault.to_string())?,
        };
        let authorization = token.as_ref().map(|token| token.as_str());
        let url = self.url()?;
        let get = Get { url: &url, authorization, known, wait };
        let answer = client.get(&get).map_err(|fault| fault.to_string());
        self.client = Some(client);
        answer
    }

    /// Signed anew each time: what is signed holds for a minute.
    fn url(&self) -> Result<Cow<'_, str>, String> {
        let Some(stored) = &self.settings.stored else { return Ok(self.settings.address.as_str().into()) };
        let by = store::of_file(&stored.credentials_file).map_err(|fault| fault.to_string())?;
        Ok(stored.object.to_get(&by).into())
    }

    fn client(&self) -> Result<Client, host_net::NetError> {
        let BundlesWeb { ca, proxy, .. } = self.settings.clone();
        Client::new(&Reach { ca, proxy, total: TOTAL, answer: MAX_ARCHIVE + 1, ..Reach::default() })
    }

    /// Read each time: tokens are changed without telling anybody.
    fn token(&self) -> Result<Option<Zeroizing<String>>, String> {
        let Some(path) = &self.settings.token_file else { return Ok(None) };
        let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|fault| {
            let why = fault.kind();
            format!("the token in {} cannot be read ({why}): let this user read it", path.display())
        })?;
        let token = text.lines().next().unwrap_or_default().trim();
        Ok(Some(Zeroizing::new(format!("Bearer {token}"))))
    }
}

fn said(answer: Answer, is_known: bool) -> Got {
    let Answer { status, retry_after, location, tag, body, .. } = answer;
    let after = retry_after.map(|after| after.min(LONGEST));
    match status {
        200 => Got::Archive(body, tag.filter(|tag| tag.len() <= TAG)),
        304 if is_known => Got::Unchanged,
        304 => Got::Failed(
            "it answers 304, and was asked for whatever it has: check the server".to_owned(),
            after,
        ),
        300..=399 => {
            let to: String = location.as_deref().unwrap_or("nowhere").chars().take(200).collect();
            Got::Failed(format!("it answers {status} and sends on to {to}: correct `address`"), after)
        }
        401 | 403 | 407 => {
            Got::Failed(format!("it answers {status}: check the token or the credentials"), after)
        }
        404 | 405 | 410 => Got::Failed(format!("it answers {status}: check `address`"), after),
        status => Got::Failed(format!("it answers {status}"), after),
    }
}

#[cfg(test)]
mod tests {
    use host_net::Answer;

    use super::{Got, said};

    #[test]
    fn only_a_whole_answer_is_a_bundle() {
        for (status, known, expected) in [
            (200, true, "archive"),
            (304, true, "unchanged"),
            (304, false, "asked for whatever it has"),
            (302, true, "correct `address`"),
            (401, true, "check the token"),
            (404, false, "check `address`"),
            (206, true, "it answers 206"),
            (204, true, "it answers 204"),
            (503, true, "it answers 503"),
        ] {
            let answer = Answer {
                status,
                retry_after: None,
                rate_reset: None,
                location: None,
                tag: None,
                content_type: None,
                body: Vec::new(),
            };
            let told = match said(answer, known) {
                Got::Archive(..) => "archive".to_owned(),
                Got::Unchanged => "unchanged".to_owned(),
                Got::Failed(why, _) => why,
            };
            assert!(told.contains(expected), "{status}: {told}");
        }
    }
}
