//! The claims of a token whose signature held (RFC 8417, section 2; SSF 1.0, section 4.1).

use serde_json::{Map, Value};
use shared_protocol::Millis;

use super::event::{self, Event};
use super::subject::{self, Match};
use super::{MOST_JTI, OLDEST, Refusal, SKEW, Told, Trust};

pub(super) fn read(claims: &[u8], trust: &Trust<'_>, now: Millis) -> Result<Told, Refusal> {
    let invalid = |what| Err(Refusal::Invalid(what));
    let Ok(Value::Object(claims)) = serde_json::from_slice::<Value>(claims) else {
        return invalid("its claims are no object");
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(trust.issuer) && text("iss").is_none_or(|iss| Some(iss) != trust.ours) {
        return Err(Refusal::Issuer);
    }
    let is_for_us = match claims.get("aud") {
        Some(Value::String(one)) => one == trust.audience,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(trust.audience)),
        _ => false,
    };
    if !is_for_us {
        return Err(Refusal::Audience);
    }
    let jti = text("jti").filter(|jti| !jti.is_empty() && jti.len() <= MOST_JTI);
    let Some(jti) = jti else { return invalid("`jti` is missing or too long") };
    for (name, what) in [("exp", "`exp` must not be there"), ("sub", "`sub` must not be there")] {
        if claims.contains_key(name) {
            return invalid(what);
        }
    }
    let Some(made) = claims.get("iat").and_then(seconds) else { return invalid("`iat` is missing") };
    if made > now.saturating_add(SKEW) {
        return Err(Refusal::Future);
    }
    if made < now.saturating_sub(OLDEST) {
        return invalid("it is older than a month");
    }
    let Some(Value::Object(events)) = claims.get("events") else { return invalid("`events` is missing") };
    let mut all = events.iter();
    let (Some((kind, event)), None) = (all.next(), all.next()) else {
        return invalid("it holds more than one event, or none");
    };
    let empty = Map::new();
    let event = event.as_object().unwrap_or(&empty);
    let Some(what) = event::read(kind, event) else {
        return invalid("the event lacks what its standard requires");
    };
    // A token's own subject counts; events of before SSF 1.0 have it inside.
    let subject = claims.get("sub_id").or_else(|| event.get("subject"));
    let Some(subject) = subject else { return invalid("`sub_id` is missing") };
    let about = match what {
        Event::Verification => Match::Stream,
        _ if trust.subject.is(subject) => Match::Person,
        _ => Match::Other,
    };
    // A time that is still to come is one that nobody knows.
    let happened = event.get("event_timestamp").and_then(seconds).filter(|at| *at <= made);
    Ok(Told {
        jti: jti.to_owned(),
        txn: text("txn").filter(|txn| txn.len() <= MOST_JTI).map(str::to_owned),
        at: happened.unwrap_or(made).min(now),
        event: what,
        about,
        device: subject::device(subject),
        ours: text("iss") == trust.ours && trust.ours.is_some(),
    })
}

/// Whole seconds; some write fractions (RFC 7519, section 2, allows them).
fn seconds(value: &Value) -> Option<Millis> {
    let whole = value.as_u64().or_else(|| {
        let fraction = value.as_f64().filter(|at| (0.0..1e12).contains(at))?;
        Some(fraction as u64)
    })?;
    (whole < 1_000_000_000_000).then(|| whole * 1_000)
}
