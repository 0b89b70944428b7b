//! What a receiver's answer means for a message (RFC 8935, section 2.2 to 2.4; Okta's API description 2026.06.3).
//!
//! | answer | means |
//! | --- | --- |
//! | 202, 200 | taken. Okta says so too of a person it does not know and of an id it saw before |
//! | 400 `invalid_key` | again some times within hours, whatever came between: receivers keep public keys for a while; then parked |
//! | other 400 | parked: the message or the registration is wrong |
//! | 401, 403, 404 | parked: address or token are wrong |
//! | 429, 5xx, no answer | again, later each time, not before the receiver's own word, of which an hour counts at most |
//! | 3xx and the rest | parked |
//!
//! A body of 400 may be empty, and need not be JSON.

use serde_json::Value;
use shared_protocol::Millis;

/// Tries that a key may be unknown.
const KEY_TRIES: u32 = 6;
/// Between two of them.
const KEY_PAUSE: Millis = 30 * 60 * 1_000;
/// However long a receiver asks for (`Retry-After`, RFC 9110, section 10.2.3): a number that is wrong must not keep a level back for
/// days, and a pause of some hours could not be told from one that a wrong clock wrote.
const LONGEST: Millis = 3_600_000;
/// Most of what a receiver says that is kept, in characters.
const SAID: usize = 200;

/// What the receiver said.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// HTTP's status.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
    /// `Retry-After`, milliseconds.
    pub retry_after: Option<Millis>,
    /// `X-Rate-Limit-Reset`, unix seconds.
    pub rate_reset: Option<u64>,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Taken,
    /// Again, not before so many milliseconds, and why.
    Again(Millis, String),
    /// Not again by itself; why, and what to do.
    Parked(String),
}

/// Whether the receiver does not know the key.
#[must_use]
pub fn is_key_unknown(answer: &Answer<'_>) -> bool {
    answer.status == 400 && error(answer.body).as_deref() == Some("invalid_key")
}

/// What follows from an answer. `unknown`: how often the message's key was unknown there, this time included.
#[must_use]
pub fn outcome(answer: &Answer<'_>, unknown: u32, now: Millis) -> Outcome {
    let said = said(answer.body);
    let told = |what: &str| {
        let Answer { status, .. } = answer;
        let said = if said.is_empty() { String::new() } else { format!(" ({said})") };
        format!("it answers {status}{said}: {what}")
    };
    match answer.status {
        200 | 202 => Outcome::Taken,
        400 => match error(answer.body).as_deref() {
            Some("invalid_key") if unknown < KEY_TRIES => Outcome::Again(
                KEY_PAUSE,
                told("it may still know older public keys; it is asked again within hours"),
            ),
            Some("invalid_key") => Outcome::Parked(told(
                "host what `promptgate ssf jwks` prints, look with `ssf status`, then `ssf outbox --again`",
            )),
            Some("authentication_failed") => Outcome::Parked(told(
                "the signature was not accepted: compare the hosted keys with `ssf status`",
            )),
            Some("invalid_audience") => {
                Outcome::Parked(told("set `audience` to how the receiver names itself"))
            }
            Some("invalid_issuer") => Outcome::Parked(told(
                "set `issuer` to what is registered there, to the letter; `ssf register` says how",
            )),
            Some("access_denied") => Outcome::Parked(told(
                "the receiver does not let this issuer in: look at the registration there",
            )),
            Some("invalid_request") => {
                Outcome::Parked(told("it does not understand the message: is `profile` the right one?"))
            }
            Some(_) => Outcome::Parked(told("look at the registration there")),
            None => Outcome::Parked(told(
                "it gives no reason; an unknown issuer is a likely one: `ssf register` says how to register it",
            )),
        },
        401 | 403 => Outcome::Parked(told("check `token_file` and what the receiver permits")),
        404 | 405 => Outcome::Parked(told("check `address`")),
        408 | 425 | 429 | 500..=599 => {
            let reset = answer.rate_reset.map_or(0, |at| at.saturating_mul(1_000).saturating_sub(now));
            let pause = answer.retry_after.unwrap_or(0).max(reset).min(LONGEST);
            Outcome::Again(pause, told("it is asked again"))
        }
        300..=399 => Outcome::Parked(told("it sends on elsewhere, which is not followed: correct `address`")),
        _ => Outcome::Parked(told("that is no answer of a receiver of security events: check `address`")),
    }
}

/// RFC 8935's `err`; some receivers call it otherwise.
fn error(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let word = ["err", "error"].into_iter().find_map(|name| value.get(name)?.as_str());
    word.map(str::to_owned)
}

/// What the body says, on one line and not too long.
fn said(body: &[u8]) -> String {
    let value: Option<Value> = serde_json::from_slice(body).ok();
    let field = |name: &str| value.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let known: Vec<String> =
        ["err", "error", "description", "errorSummary"].into_iter().filter_map(field).collect();
    let text = if known.is_empty() { String::from_utf8_lossy(body).into_owned() } else { known.join(": ") };
    let plain = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    plain.take(SAID).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Answer, KEY_PAUSE, KEY_TRIES, LONGEST, Outcome, is_key_unknown, outcome};

    fn of(status: u16, body: &str, unknown: u32) -> Outcome {
        outcome(
            &Answer { status, body: body.as_bytes(), retry_after: None, rate_reset: None },
            unknown,
            1_000_000,
        )
    }

    #[test]
    fn the_table_above_holds() {
        assert_eq!(of(202, "", 1), Outcome::Taken);
        let key = r#"{"err":"invalid_key","description":"no such key"}"#;
        assert!(matches!(of(400, key, 1), Outcome::Again(KEY_PAUSE, why) if why.contains("no such key")));
        assert!(matches!(of(400, key, KEY_TRIES), Outcome::Parked(why) if why.contains("ssf jwks")));
        for (body, fix) in [
            (r#"{"err":"authentication_failed"}"#, "ssf status"),
            (r#"{"err":"invalid_audience"}"#, "`audience`"),
            (r#"{"err":"invalid_issuer"}"#, "`issuer`"),
            (r#"{"err":"invalid_request","description":"'events.x'"}"#, "'events.x'"),
            (r#"{"err":"access_denied"}"#, "registration"),
            (r#"{"errorSummary":"Api validation failed"}"#, "Api validation failed"),
            ("", "no reason"),
            ("<html>\u{1b}[2J", "no reason"),
        ] {
            let Outcome::Parked(why) = of(400, body, 1) else { panic!("{body}") };
            assert!(why.contains(fix) && !why.contains('\u{1b}'), "{why}");
        }
        let is_key = |status, body: &str| {
            is_key_unknown(&Answer { status, body: body.as_bytes(), retry_after: None, rate_reset: None })
        };
        assert!(is_key(400, key) && !is_key(503, key) && !is_key(400, r#"{"err":"invalid_request"}"#));
        for status in [301, 401, 403, 404, 405, 204, 418] {
            assert!(matches!(of(status, "", 1), Outcome::Parked(_)), "{status}");
        }
        for status in [408, 429, 500, 502, 503, 599] {
            assert!(matches!(of(status, "", 1), Outcome::Again(0, _)), "{status}");
        }
        let limited = |retry_after, rate_reset| {
            outcome(&Answer { status: 429, body: b"", retry_after, rate_reset }, 1, 1_000_000)
        };
        assert!(matches!(limited(Some(9_000), None), Outcome::Again(9_000, _)));
        assert!(matches!(limited(Some(9_000), Some(1_060)), Outcome::Again(60_000, _)));
        assert!(matches!(limited(None, Some(999)), Outcome::Again(0, _)));
        assert!(matches!(limited(Some(3 * LONGEST), None), Outcome::Again(LONGEST, _)));
        assert!(matches!(limited(None, Some(u64::MAX)), Outcome::Again(LONGEST, _)));
    }
}
