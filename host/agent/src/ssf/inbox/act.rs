//! What a signal does: it ends a sign-in, counts as a sign of risk, or both; with its row.

use anyhow::Result;
use host_journal::{Audit, By, Change, SiteWord};
use host_risk::arrive::Arrival;
use host_risk::signal::{Event, Told};
use host_risk::{Seen, Sign, SignalId};
use shared_protocol::{EventId, Level, Millis};

use super::Whose;
use crate::identity;
use crate::record::{Heard, Recorder, uuid};
use crate::risk;

/// A signal about this person.
pub(super) fn counted(
    recorder: &Recorder,
    whose: &Whose,
    (source, issuer): (&str, &str),
    told: &Told,
    now: Millis,
) -> Result<()> {
    let ends = match told.event {
        Event::Disabled => true,
        Event::SessionRevoked => is_here(recorder, told)?,
        _ => false,
    };
    if ends {
        end(recorder, whose, told)?;
    }
    let level = match &told.event {
        Event::Risk(level) => *level,
        Event::Compromised | Event::Disabled => Level::High,
        Event::NotCompliant => Level::Medium,
        Event::SessionRevoked | Event::Session(_) | Event::Verification | Event::Other => Level::None,
    };
    let at = told.at.min(now);
    // What follows from it points at its row, and at the token itself.
    let event = EventId::try_from(uuid()?)?;
    let signal = Some(SignalId { issuer: issuer.to_owned(), jti: told.jti.clone() });
    let arrivals = arrivals(whose, source, told, at)
        .into_iter()
        .map(|arrival| Arrival { event: Some(event.clone()), signal: signal.clone(), ..arrival })
        .collect();
    let mut audit = Audit::new(Change::SignalReceived, By::Host);
    audit.name = Some(SiteWord::from(source));
    audit.whose = Some(SiteWord::from(whose.person.as_str()));
    audit.version = Some(SiteWord::from(told.jti.as_str()));
    audit.count = Some(u64::from(level.number()));
    let row = recorder.audit_row(Some(&event), audit)?;
    let sign = Seen { sign: Sign::ThirdParty(level), at, event: Some(event), signal };
    let seen = if level > Level::None { vec![sign] } else { Vec::new() };
    let heard = Heard { source, jti: &told.jti, person: &whose.person, row: Some(row), seen, arrivals };
    recorder.heard(heard, now)
}

/// Where another transmitter saw the person, and with which device.
fn arrivals(whose: &Whose, source: &str, told: &Told, at: Millis) -> Vec<Arrival> {
    let Event::Session(addresses) = &told.event else { return Vec::new() };
    // A session of no device that is named is at least none of this device's own looks.
    let device = told.device.clone().unwrap_or_else(|| format!("session of {source}"));
    let arrival = |spot, shared| Arrival {
        at,
        device: device.clone(),
        is_device: told.device.is_some(),
        spot,
        shared,
        event: None,
        signal: None,
    };
    let Some(travel) = &whose.travel else { return vec![arrival(None, false)] };
    let places = addresses.iter().map(|address| {
        // A file that is of no use is told where this device is looked for.
        let spot = risk::spot(travel, *address).ok().flatten();
        arrival(spot, travel.shared.iter().any(|network| network.holds(*address)))
    });
    let places: Vec<Arrival> = places.collect();
    if places.is_empty() { vec![arrival(None, false)] } else { places }
}

/// A signal that says nothing here.
pub(super) fn passed(recorder: &Recorder, source: &str, jti: &str, now: Millis) -> Result<()> {
    recorder.heard(Heard { source, jti, person: "", row: None, seen: Vec::new(), arrivals: Vec::new() }, now)
}

/// A token that is not believed.
pub(super) fn refused(recorder: &Recorder, source: &str, jti: &str, now: Millis) -> Result<()> {
    let mut audit = Audit::new(Change::SignalRefused, By::Host);
    audit.name = Some(SiteWord::from(source));
    audit.version = Some(SiteWord::from(jti));
    let row = Some(recorder.audit_row(None, audit)?);
    recorder.heard(Heard { source, jti, person: "", row, seen: Vec::new(), arrivals: Vec::new() }, now)
}

/// Whether the sessions that are over may be this device's: person and device together are one subject (SSF 1.0, section 3.3), so a
/// device that is named is meant alone. This one goes by the id that receivers are told of it.
fn is_here(recorder: &Recorder, told: &Told) -> Result<bool> {
    let Some(named) = &told.device else { return Ok(true) };
    recorder.in_record(|_, device| Ok(named == device))
}

/// Ends the sign-in, if it is one from before what the signal tells of.
fn end(recorder: &Recorder, whose: &Whose, told: &Told) -> Result<()> {
    let (Some(session), Some(settings)) = (&whose.session, &whose.identity) else { return Ok(()) };
    let at = i64::try_from(told.at / 1_000).unwrap_or(i64::MAX);
    if session.signed_in_at > at {
        return Ok(());
    }
    identity::revoked(&whose.data, settings, session, recorder)
}
