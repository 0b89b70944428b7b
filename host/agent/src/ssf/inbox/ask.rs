//! One transmitter, asked until it has nothing more: keys, questions, acknowledgements.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use host_net::{Client, Get, Post, Reach};
use host_risk::signal::poll::{self, Dealt, Given};
use host_risk::signal::{self, Keys, Match, Refusal, Trust};
use shared_protocol::Millis;

use super::{Whose, act};
use crate::record::Recorder;
use crate::settings::SignalSettings;

/// Most tokens of one answer that are asked for.
const MOST: usize = 16;
/// Most bytes of an answer: so many tokens of the greatest length.
const BYTES: usize = 2 * 1024 * 1024;
/// Most questions of one round; what is left waits for the next.
const QUESTIONS: usize = 64;
/// For how long keys count, and how soon they are fetched again for a name that is not among them.
const KEYS_FRESH: Millis = 3_600_000;
const KEYS_AGAIN: Millis = 5 * 60_000;
/// How long a token waits for a key that is not among them: what stands between may keep an older set that long.
const KEY_WAIT: Millis = 3_600_000;
/// Most tokens of which is known since when they wait.
const MOST_UNHOSTED: usize = 256;

/// What one round came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Polled {
    /// Signals about this person that count.
    pub(crate) counted: usize,
    /// Signals that say nothing here: about others, our own, of the stream, or seen before.
    pub(crate) passed: usize,
    /// Tokens that are not believed.
    pub(crate) refused: usize,
    /// Tokens that stay with the transmitter and are asked for again.
    pub(crate) left: usize,
    /// What a person should hear of.
    pub(crate) fault: Option<String>,
}

/// A transmitter.
pub(crate) struct Inbox {
    settings: SignalSettings,
    client: Option<Client>,
    keys: Option<(Keys, Millis)>,
    dealt: Dealt,
    most: usize,
    /// Tokens whose key is not hosted, since when.
    unhosted: BTreeMap<String, Millis>,
}

impl Inbox {
    pub(crate) fn new(settings: SignalSettings) -> Self {
        Self {
            settings,
            client: None,
            keys: None,
            dealt: Dealt::default(),
            most: MOST,
            unhosted: BTreeMap::new(),
        }
    }

    /// Asks until there is nothing more.
    ///
    /// # Errors
    /// When it cannot be asked, or its answer is none.
    pub(crate) fn round(&mut self, recorder: &Recorder, whose: &Whose, now: Millis) -> Result<Polled> {
        let mut polled = Polled::default();
        if whose.subject(&self.settings.by).is_none() {
            polled.fault = Some("the sign-in does not have the name by which it knows people".to_owned());
            return Ok(polled);
        }
        self.renew_keys(now, KEYS_FRESH)?;
        for _ in 0..QUESTIONS {
            let given = self.ask(self.most)?;
            let (mut left, more) = (0, given.more);
            let some = !given.sets.is_empty();
            for (jti, token) in given.sets {
                left += usize::from(!self.deal(&jti, &token, recorder, whose, now, &mut polled)?);
            }
            polled.left = left;
            // What is left comes again with every question: only an answer that held something new is worth another one.
            if !some || !more || self.dealt.is_empty() {
                break;
            }
        }
        if !self.dealt.is_empty() {
            self.ask(0)?;
        }
        self.most = MOST;
        Ok(polled)
    }

    /// Deals with one token; `false` when it stays with the transmitter.
    fn deal(
        &mut self,
        jti: &str,
        token: &str,
        recorder: &Recorder,
        whose: &Whose,
        now: Millis,
        polled: &mut Polled,
    ) -> Result<bool> {
        let name = self.settings.name.clone();
        if recorder.look(|view| view.is_signal_seen(&name, jti))? {
            polled.passed += 1;
            self.dealt.taken.push(jti.to_owned());
            return Ok(true);
        }
        let mut read = self.read(token, whose, now);
        if read == Err(Refusal::Key) && self.renew_keys(now, KEYS_AGAIN)? {
            read = self.read(token, whose, now);
        }
        let told = read.and_then(|told| {
            let is_same = told.jti == jti;
            if is_same {
                Ok(told)
            } else {
                Err(Refusal::Invalid("it is given under another id than its own"))
            }
        });
        match told {
            Ok(told) => {
                let ours = told.ours
                    || match &told.txn {
                        Some(txn) => recorder.look(|view| view.is_outbox_txn(txn))?,
                        None => false,
                    };
                if told.about == Match::Person && !ours {
                    act::counted(recorder, whose, (&name, &self.settings.issuer), &told, now)?;
                    polled.counted += 1;
                } else {
                    act::passed(recorder, &name, jti, now)?;
                    polled.passed += 1;
                }
                self.dealt.taken.push(jti.to_owned());
                Ok(true)
            }
            // Keys may be on their way, and clocks are set right: until then it is asked for again.
            Err(refusal) if refusal.may_pass() && !(refusal == Refusal::Key && self.was_waited(jti, now)) => {
                polled.fault = Some(format!("a token stays there and is asked for again: {refusal}"));
                Ok(false)
            }
            Err(refusal) => {
                act::refused(recorder, &name, jti, now)?;
                polled.refused += 1;
                polled.fault = Some(format!("a token is not believed: {refusal}"));
                self.dealt.refused.insert(jti.to_owned(), refusal);
                Ok(true)
            }
        }
    }

    /// Whether the key of a token was waited for as long as one is.
    fn was_waited(&mut self, jti: &str, now: Millis) -> bool {
        let known = self.unhosted.remove(jti).filter(|since| *since <= now);
        let since = known.unwrap_or(now);
        let is_over = now - since >= KEY_WAIT;
        if !is_over {
            self.unhosted.insert(jti.to_owned(), since);
            if self.unhosted.len() > MOST_UNHOSTED {
                self.unhosted.pop_first();
            }
        }
        is_over
    }

    fn read(&self, token: &str, whose: &Whose, now: Millis) -> Result<signal::Told, Refusal> {
        let (Some((keys, _)), Some(subject)) = (&self.keys, whose.subject(&self.settings.by)) else {
            return Err(Refusal::Key);
        };
        let trust = Trust {
            issuer: &self.settings.issuer,
            audience: &self.settings.audience,
            subject: &subject,
            ours: whose.ours.as_deref(),
        };
        signal::read(token, keys, &trust, now)
    }

    /// One question, with what was dealt with since the last one.
    fn ask(&mut self, most: usize) -> Result<Given> {
        let token = self.settings.token_file.as_ref().map(|path| {
            fs::read_to_string(path).with_context(|| {
                format!("the token in {} cannot be read: let this user read it", path.display())
            })
        });
        let authorization = token.transpose()?.map(|token| format!("Bearer {}", token.trim()));
        let body = poll::request(most, &self.dealt).to_string();
        let post = Post {
            url: &self.settings.address.clone(),
            content_type: "application/json",
            authorization: authorization.as_deref(),
            body: body.as_bytes(),
            gzip: false,
        };
        let answer = self.client()?.post_for(&post, "application/json")?;
        match answer.status {
            200 => {}
            // Some answer an acknowledgement alone with nothing.
            202 | 204 if most == 0 => {
                self.dealt = Dealt::default();
                return Ok(Given { sets: std::collections::BTreeMap::new(), more: false });
            }
            status @ (401 | 403) => {
                bail!("it answers {status}: look at `token_file` and at the stream there")
            }
            status => bail!("it answers {status}: look at `address`"),
        }
        let given = poll::answer(&answer.body);
        if given.is_err() {
            // One great token must not stand in the way of all: then they come one by one.
            self.most = 1;
        }
        let given = given?;
        self.dealt = Dealt::default();
        Ok(given)
    }

    /// Fetches the keys, unless they are as young as this; `true` when they were fetched.
    fn renew_keys(&mut self, now: Millis, young: Millis) -> Result<bool> {
        let is_young = |at: Millis| now.abs_diff(at) < young;
        if self.keys.as_ref().is_some_and(|(_, at)| is_young(*at)) {
            return Ok(false);
        }
        let url = self.settings.jwks_uri.clone();
        let get = Get { url: &url, authorization: None, known: &[], wait: None };
        let fetched = self.client()?.get(&get).context("its keys cannot be fetched");
        let keys = fetched.and_then(|answer| {
            if answer.status != 200 {
                bail!("its keys cannot be fetched: {url} answers {}", answer.status);
            }
            Keys::parse(&answer.body).with_context(|| format!("its keys at {url} are of no use"))
        });
        match keys {
            Ok(keys) => self.keys = Some((keys, now)),
            // Those of before hold as long as nobody says otherwise.
            Err(fault) if self.keys.is_none() => return Err(fault),
            Err(_) => return Ok(false),
        }
        Ok(true)
    }

    fn client(&mut self) -> Result<&Client> {
        if self.client.is_none() {
            let settings = &self.settings;
            let connect = settings.timeout.min(Duration::from_secs(10));
            let (ca, proxy) = (settings.ca.clone(), settings.proxy.clone());
            self.client =
                Some(Client::new(&Reach { ca, proxy, connect, total: settings.timeout, answer: BYTES })?);
        }
        self.client.as_ref().context("there is no client")
    }
}
