//! What is seen of the device itself, and of where a person is: a row that says so, and what it says of risk.
//!
//! INVARIANT: row and risk are one transaction, and what moves a level names the row. What a security product goes on saying
//! is one row, which later looks name again.

use anyhow::Result;
use host_journal::{Audit, By, Change, Entry, NewRow, SiteWord};
use host_risk::arrive::{self, Arrival};
use host_risk::keep::{self, Tell};
use host_risk::{Seen, Sign};
use shared_protocol::{EventId, Level, Millis};

use super::Recorder;
use super::random::uuid;
use super::risk::Observed;
use crate::native::now;

/// The name under which it stands what the security product said last: the level's number, and the event of the row.
const POSTURE: &str = "risk/posture";

impl Recorder {
    /// What the device's security product says now. Every look counts; what is new has a row.
    pub(crate) fn posture(&self, level: Level) -> Result<()> {
        let Some(Observed { person, scoring, seed }) = self.observed()? else { return Ok(()) };
        let said = |text: Option<String>| text.as_deref().and_then(understood);
        if level == Level::None
            && self.look(|view| view.meta(POSTURE)).map(said)?.is_none_or(|(was, _)| was == level)
        {
            return Ok(());
        }
        let (event, row) = self.device_row("posture", level)?;
        let tell = Tell { receivers: &scoring.receivers, seed };
        self.write(|tx, device| {
            // Another process may have been quicker.
            let before = said(tx.meta(POSTURE)?);
            let known = before.filter(|(was, _)| *was == level).map(|(_, event)| event);
            let is_new = known.is_none();
            let event = known.unwrap_or(event);
            if is_new {
                tx.set_meta(POSTURE, &format!("{} {}", level.number(), event.as_str()))?;
            }
            if level > Level::None {
                let by = event.clone();
                let seen = Seen { sign: Sign::Posture(level), at: now(), event: Some(event), signal: None };
                keep::observe(tx, &person, &scoring.rules, now(), &[seen], Some(&by), tell)?;
            }
            if is_new {
                host_journal::append(tx, device, &[row])?;
            }
            Ok(())
        })
    }

    /// Somebody controls the device from elsewhere.
    pub(crate) fn controlled(&self) -> Result<()> {
        let Some(Observed { person, scoring, seed }) = self.observed()? else { return Ok(()) };
        let (event, row) = self.device_row("remote-control", Level::None)?;
        let tell = Tell { receivers: &scoring.receivers, seed };
        let by = event.clone();
        let seen = [Seen { sign: Sign::RemoteControl, at: now(), event: Some(event), signal: None }];
        self.write(|tx, device| {
            keep::observe(tx, &person, &scoring.rules, now(), &seen, Some(&by), tell)?;
            host_journal::append(tx, device, &[row]).map(drop)
        })
    }

    /// Keeps where whoever is at the keyboard was seen with this device, and what that says of risk.
    pub(crate) fn arrived(&self, arrival: impl FnOnce(&str) -> Arrival, at: Millis) -> Result<()> {
        let Some(Observed { person, scoring, seed }) = self.observed()? else { return Ok(()) };
        let (event, row) = self.device_row("impossible-travel", Level::None)?;
        let tell = Tell { receivers: &scoring.receivers, seed };
        self.write(|tx, device| {
            let arrival = Arrival { event: Some(event.clone()), ..arrival(device) };
            let seen = arrive::arrived(tx, &person, &arrival, at)?;
            let says = !seen.is_empty() || keep::is_noticed(tx, &person, &scoring.rules, at)?;
            keep::observe(tx, &person, &scoring.rules, at, &seen, Some(&event), tell)?;
            if says {
                host_journal::append(tx, device, &[row])?;
            }
            Ok(())
        })
    }

    /// Keeps where the provider saw this person sign in, which has a row already, and what that says of risk.
    pub(crate) fn signed_in_at(&self, person: &str, arrival: impl FnOnce(&str) -> Arrival) -> Result<()> {
        let Some((scoring, seed)) = self.rules_with_seed()? else { return Ok(()) };
        let tell = Tell { receivers: &scoring.receivers, seed };
        self.write(|tx, device| {
            let arrival = arrival(device);
            let seen = arrive::arrived(tx, person, &arrival, now())?;
            keep::observe(tx, person, &scoring.rules, now(), &seen, arrival.event.as_ref(), tell)?;
            Ok(())
        })
    }

    /// A row for what is noticed by rows that go by no event: which it is, `name` says later.
    pub(super) fn unnamed(&self) -> Result<(EventId, NewRow)> {
        self.device_row("", Level::None)
    }

    /// The row, and the event that it goes by.
    fn device_row(&self, name: &str, level: Level) -> Result<(EventId, NewRow)> {
        let event = EventId::try_from(uuid()?)?;
        let mut audit = Audit::new(Change::DeviceSeen, By::Host);
        audit.name = Some(SiteWord::from(name));
        audit.count = (name == "posture").then(|| u64::from(level.number()));
        let row = self.audit_row(Some(&event), audit)?;
        Ok((event, row))
    }
}

/// The same row under this name.
pub(super) fn named(row: &NewRow, name: &str) -> NewRow {
    let mut row = row.clone();
    if let Entry::Audit(audit) = &mut row.entry {
        audit.name = Some(SiteWord::from(name));
    }
    row
}

fn understood(text: &str) -> Option<(Level, EventId)> {
    let (level, event) = text.split_once(' ')?;
    Some((keep::level_of(level.parse().ok()?), EventId::try_from(event.to_owned()).ok()?))
}
