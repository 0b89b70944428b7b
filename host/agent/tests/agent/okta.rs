//! A stand-in of Okta's endpoint for security events, written from its API description (2026.06.3) and from the standards:
//! it answers as documented and refuses what Okta refuses. It shares nothing with the crate that makes tokens.
//!
//! 202 for what is in order, and for an id it saw before, which it drops; 400 with `err` and `description`, or with an empty
//! body for an issuer that it does not know. Where the description says less than the standards that it names, the standards
//! are asked for: one event in a token (its "non-empty collection" has an expected size of one), `sub_id` as a complex
//! subject, neither `exp` nor `sub`.

mod events;
mod refusing;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::receiver::{Receiver, Reply, Request};

/// The issuer that is registered there.
pub(crate) const ISSUER: &str = "https://ssf.host.example";
/// Its own name.
pub(crate) const AUDIENCE: &str = "https://customer.okta.com";
/// The only path that takes events.
pub(crate) const PATH: &str = "/security/api/v1/security-events";

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken {
    pub(crate) jti: String,
    /// The type of its event.
    pub(crate) kind: String,
    /// What was before and what is now, where its type says so.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) claims: Value,
    pub(crate) token: String,
}

/// What it knows and what came.
#[derive(Default)]
pub(crate) struct Org {
    /// The issuer's public keys, as it fetched them.
    pub(crate) keys: Vec<Value>,
    seen: BTreeSet<String>,
    /// In the order in which it applied them.
    pub(crate) taken: Vec<Taken>,
    /// Every answer with another status than 202.
    pub(crate) refused: Vec<String>,
    /// Ids that came more than once.
    pub(crate) repeats: Vec<String>,
}

/// How a request goes wrong on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Not at all.
    None,
    /// The connection ends before it was read.
    Unread,
    /// It counts, and the connection ends before the answer.
    Unanswered,
}

/// The endpoint.
pub(crate) struct Okta {
    pub(crate) receiver: Receiver,
    pub(crate) org: Arc<Mutex<Org>>,
}

impl Okta {
    pub(crate) fn start() -> Self {
        Self::faulty(|_| Fault::None)
    }

    /// With requests that go wrong, by their number.
    pub(crate) fn faulty(mut fault: impl FnMut(usize) -> Fault + Send + 'static) -> Self {
        let org = Arc::new(Mutex::new(Org::default()));
        let inside = Arc::clone(&org);
        let receiver = Receiver::start(move |count, request| match fault(count) {
            Fault::Unread => Reply::Close,
            Fault::None => inside.lock().unwrap().answer(request),
            Fault::Unanswered => {
                inside.lock().unwrap().answer(request);
                Reply::Close
            }
        });
        Self { receiver, org }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.receiver.port)
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.org.lock().unwrap().taken.clone()
    }

    /// The levels of persons that were applied, in order.
    pub(crate) fn levels(&self) -> Vec<(String, String)> {
        let levels = self.taken().into_iter().filter(|one| one.kind == events::USER_RISK);
        levels.map(|one| (one.from, one.to)).collect()
    }
}

impl Org {
    fn answer(&mut self, request: &Request) -> Reply {
        match self.judge(request) {
            Ok(()) => Reply::Status(202, ""),
            Err((_, description)) if description.is_empty() => {
                self.refused.push("empty".to_owned());
                Reply::Status(400, "")
            }
            Err((err, description)) => {
                self.refused.push(format!("{err}: {description}"));
                let body = json!({"err": err, "description": description}).to_string();
                let head = format!(
                    "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                Reply::Raw([head, body].concat().into_bytes())
            }
        }
    }

    fn judge(&mut self, request: &Request) -> Result<(), (&'static str, String)> {
        let no = |err: &'static str, description: &str| Err((err, description.to_owned()));
        if request.line != format!("POST {PATH} HTTP/1.1") {
            return no("invalid_request", "no such path");
        }
        if request.header("content-type") != Some("application/secevent+jwt")
            || request.header("accept") != Some("application/json")
        {
            return no("invalid_request", "the content type is application/secevent+jwt");
        }
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let json = |part: &str| serde_json::from_slice::<Value>(&bytes(part)?).ok();
        let parts: Vec<&str> = request.body.split('.').collect();
        let [header, payload, signature] = parts.as_slice() else {
            return no("invalid_request", "no compact JWS");
        };
        let (Some(head), Some(claims)) = (json(header), json(payload)) else {
            return no("invalid_request", "no JSON");
        };
        if claims["iss"] != ISSUER {
            return no("invalid_issuer", "");
        }
        if head["typ"] != "secevent+jwt" || head["alg"] != "RS256" {
            return no("invalid_request", "'typ' and 'alg'");
        }
        let Some(key) = self.keys.iter().find(|key| key["kid"] == head["kid"]) else {
            return no("invalid_key", "no key of this kid");
        };
        let number = |name: &str| bytes(key[name].as_str().unwrap()).unwrap();
        let public = RsaPublicKeyComponents { n: number("n"), e: number("e") };
        let message = format!("{header}.{payload}");
        let signature = bytes(signature).unwrap_or_default();
        if public.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature).is_err() {
            return no("authentication_failed", "the signature does not fit");
        }
        if claims["aud"] != AUDIENCE {
            return no("invalid_audience", "'aud'");
        }
        let whole = |value: &Value| value.as_i64().is_some();
        let jti = claims["jti"].as_str().unwrap_or_default().to_owned();
        if jti.is_empty() || !whole(&claims["iat"]) || claims["sub_id"]["format"] != "complex" {
            return no("invalid_request", "'jti', 'iat', 'sub_id'");
        }
        if claims.get("exp").is_some() || claims.get("sub").is_some() {
            return no("invalid_request", "'exp' and 'sub' are not permitted");
        }
        let events = claims["events"].as_object().filter(|events| events.len() == 1);
        let Some((kind, event)) = events.and_then(|events| events.iter().next()) else {
            return no("invalid_request", "'events'");
        };
        let (from, to) = events::judge(kind, event).map_err(|told| ("invalid_request", told))?;
        let kind = kind.clone();
        if !self.seen.insert(jti.clone()) {
            self.repeats.push(jti);
            return Ok(());
        }
        self.taken.push(Taken { jti, kind, from, to, token: request.body.clone(), claims: claims.clone() });
        Ok(())
    }
}
