//! Risk beside the record: what rows say of it is written in their own transaction.
//!
//! INVARIANT: a level is asked for without waiting for a write; where it cannot be read, the last known one holds.

use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::Result;
use host_journal::{Beat, Entry, Filter, JournalError, Kind, NewRow, Order, Page};
use host_risk::arrive::{self, Arrival};
use host_risk::keep::{self, Said, Tell};
use host_risk::set;
use host_risk::{Change, Seen, Sign, SignKind};
use host_store::{StoreError, Tx, View};
use shared_protocol::{EventId, Level, Millis};

use super::random::random;
use super::{Recorder, device};
use crate::native::now;
use crate::risk::{self, Scoring};

/// The rules in force; none where nothing is scored. Asked before every write.
pub(crate) type Scores = Box<dyn Fn() -> Option<Scoring> + Send + Sync>;

/// The name under which it stands whether the device met demands when somebody looked last.
const COMPLIES: &str = "ssf/complies";

/// How this record is scored.
#[derive(Default)]
pub(super) struct Scored {
    scores: Option<Scores>,
    /// The level that was read last.
    known: AtomicU8,
}

/// A signal that was dealt with, and what it says.
pub(crate) struct Heard<'a> {
    /// Whose signal, by its name in the settings.
    pub(crate) source: &'a str,
    /// Its id.
    pub(crate) jti: &'a str,
    /// About whom.
    pub(crate) person: &'a str,
    /// The row about it.
    pub(crate) row: Option<NewRow>,
    /// What it says of risk.
    pub(crate) seen: Vec<Seen>,
    /// Where it saw the person.
    pub(crate) arrivals: Vec<Arrival>,
}

/// What some rows are scored with.
pub(super) struct Observed {
    pub(super) person: String,
    pub(super) scoring: Scoring,
    pub(super) seed: [u8; 16],
}

impl Observed {
    /// Takes in what the rows say, before they are appended: what is asked of earlier rows is then about those. Rows that go by no
    /// event say it by `beside`, which is to be appended too where there is something: as it is given back.
    pub(super) fn observe(
        &self,
        tx: &Tx<'_>,
        rows: &[NewRow],
        beside: Option<&(EventId, NewRow)>,
    ) -> Result<Option<NewRow>, JournalError> {
        let Scoring { rules, receivers, .. } = &self.scoring;
        let event = beside.map(|(event, _)| event);
        let mut noticed = None;
        let mut seen = risk::signs(rows);
        for row in rows {
            if let Entry::Heartbeat(beat) = &row.entry
                && beat.beat == Beat::Connected
                && broke_off(tx, row)?
            {
                seen.push(Seen { sign: Sign::BrokenOff, at: row.at, event: None, signal: None });
            }
        }
        if let Some(event) = event {
            for one in seen.iter_mut().filter(|one| one.event.is_none()) {
                one.event = Some(event.clone());
                noticed = Some(word(one.sign.kind()));
            }
        }
        // The host's own clock: a browser that is ahead of it would let everything fade.
        let at = now();
        if noticed.is_none() && event.is_some() && keep::is_noticed(tx, &self.person, rules, at)? {
            noticed = Some("person");
        }
        let by = rows.iter().find_map(|row| row.event.as_ref()).or(event);
        keep::observe(tx, &self.person, rules, at, &seen, by, Tell { receivers, seed: self.seed })?;
        tell(tx, &self.scoring, self.seed, rows)?;
        Ok(beside.zip(noticed).map(|((_, row), name)| device::named(row, name)))
    }
}

/// What a row is called that stands for a sign without an interaction.
fn word(kind: SignKind) -> &'static str {
    match kind {
        SignKind::BrokenOff => "protection-stopped",
        SignKind::ClockBack => "clock-back",
        SignKind::Tampered => "policy-tampering",
        SignKind::Unprotected => "unprotected-use",
        _ => "person",
    }
}

/// What the rows have to tell receivers besides a level of risk, in the write that appends them.
pub(super) fn tell(
    tx: &Tx<'_>,
    scoring: &Scoring,
    seed: [u8; 16],
    rows: &[NewRow],
) -> Result<(), JournalError> {
    for (number, (whose, kind, said)) in (1_u8..=u8::MAX).zip(risk::tells(rows)) {
        let mut seed = seed;
        // Other ids than those of a change of risk in the same write.
        if let Some(first) = seed.first_mut() {
            *first ^= number;
        }
        let receivers = scoring.takers(kind);
        keep::tell(tx, &whose, kind, &said, true, now(), Tell { receivers: &receivers, seed })?;
    }
    Ok(())
}

/// Whether the browser's connection before this one broke off.
fn broke_off(view: &View<'_>, row: &NewRow) -> Result<bool, JournalError> {
    let Entry::Heartbeat(new) = &row.entry else { return Ok(false) };
    let filter = Filter { kinds: vec![Kind::Heartbeat], ..Filter::default() };
    let page = Page { order: Order::Newest, after: None, limit: 32 };
    let rows = host_journal::list(view, &filter, &page)?;
    let beats = rows.iter().filter_map(|row| match &row.entry {
        Some(Entry::Heartbeat(beat)) if beat.browser == new.browser => Some((beat, row.at)),
        _ => None,
    });
    Ok(risk::broke_off(beats.max_by_key(|(_, at)| *at), row.at))
}

impl Recorder {
    /// When the newest heartbeat on record was; none where there is none, or the record cannot be read.
    pub(crate) fn last_beat(&self) -> Option<Millis> {
        let filter = Filter { kinds: vec![Kind::Heartbeat], ..Filter::default() };
        let page = Page { order: Order::Newest, after: None, limit: 1 };
        let read: Result<_, JournalError> =
            self.opened().ok()?.store.read(|view| host_journal::list(view, &filter, &page));
        read.ok()?.first().map(|row| row.at)
    }

    /// Scores what is appended.
    pub(crate) fn scoring(mut self, scores: Scores) -> Self {
        self.scored.scores = Some(scores);
        self
    }

    fn rules(&self) -> Option<Scoring> {
        self.scored.scores.as_ref().and_then(|scores| scores())
    }

    /// The rules, and what messages are named by.
    pub(super) fn rules_with_seed(&self) -> Result<Option<(Scoring, [u8; 16])>> {
        self.rules().map(|scoring| Ok((scoring, random()?))).transpose()
    }

    pub(super) fn observed(&self) -> Result<Option<Observed>> {
        let person = self.person();
        let Some(scoring) = self.rules().filter(|_| !person.is_empty()) else { return Ok(None) };
        Ok(Some(Observed { person, scoring, seed: random()? }))
    }

    /// The person's level.
    pub(crate) fn risk(&self, at: Millis) -> Level {
        let Some(Scoring { rules, .. }) = self.rules() else { return Level::None };
        let read = self.opened().and_then(|opened| {
            let read = opened.store.read(|view| keep::standing(view, &self.person(), &rules, at));
            self.told(read.map_err(JournalError::from))
        });
        match read {
            Ok(standing) => {
                let level = standing.map_or(Level::None, |standing| standing.level);
                self.scored.known.store(level.number(), Ordering::Relaxed);
                level
            }
            Err(_) => keep::level_of(self.scored.known.load(Ordering::Relaxed)),
        }
    }

    /// Takes in a signal, once: its row, what it says, and that it was dealt with are one transaction.
    pub(crate) fn heard(&self, heard: Heard<'_>, at: Millis) -> Result<()> {
        let scoring = self.rules().filter(|_| !heard.person.is_empty());
        let seed = random()?;
        self.write(|tx, device| {
            if !tx.see_signal(heard.source, heard.jti, at)? {
                return Ok(());
            }
            if let Some(Scoring { rules, receivers, .. }) = &scoring {
                let mut seen = heard.seen;
                for arrival in &heard.arrivals {
                    seen.extend(arrive::arrived(tx, heard.person, arrival, at)?);
                }
                let by = heard.row.as_ref().and_then(|row| row.event.as_ref());
                keep::observe(tx, heard.person, rules, at, &seen, by, Tell { receivers, seed })?;
            }
            host_journal::append(tx, device, heard.row.as_slice()).map(drop)
        })
    }

    /// Tells receivers when the device of `whom` no longer meets demands, or meets them again. `holds`: it does now.
    pub(crate) fn complies(&self, whom: &str, holds: bool, at: Millis) -> Result<()> {
        let Some(Observed { person, scoring, seed }) = self.observed()?.filter(|one| one.person == whom)
        else {
            return Ok(());
        };
        let receivers = scoring.takers(set::Kind::DeviceCompliance);
        // Nobody said anything yet: it did.
        let word = if holds { "holds" } else { "fails" };
        if self.look(|view| view.meta(COMPLIES))?.as_deref().unwrap_or("holds") == word {
            return Ok(());
        }
        self.write(|tx, device| {
            // Another process may have been quicker.
            if tx.meta(COMPLIES)?.as_deref().unwrap_or("holds") == word {
                return Ok(());
            }
            tx.set_meta(COMPLIES, word)?;
            let said = set::Said { device: Some(device.to_owned()), ..set::Said::default() };
            let tell = Tell { receivers: &receivers, seed };
            Ok(keep::tell(tx, &person, set::Kind::DeviceCompliance, &said, holds, at, tell)?)
        })
    }

    /// Lets time pass for everybody of this device.
    pub(crate) fn settle(&self, at: Millis) -> Result<()> {
        let Some(Scoring { rules, receivers, .. }) = self.rules() else { return Ok(()) };
        let tell = Tell { receivers: &receivers, seed: random()? };
        self.write(|tx, _| Ok(keep::settle(tx, &rules, at, tell)?)).map(drop)
    }

    /// Sets a person back, with the row that says so. `None` when there is nothing of them.
    pub(crate) fn reset(
        &self,
        person: &str,
        behaviour: Option<&str>,
        said: Said<'_>,
        scoring: &Scoring,
    ) -> Result<Option<Change>> {
        let tell = Tell { receivers: &scoring.receivers, seed: random()? };
        let row = self.reset_row(person, behaviour)?;
        self.write(|tx, device| {
            let change = keep::reset(tx, person, &scoring.rules, now(), behaviour, said, tell)?;
            if change.is_some() {
                host_journal::append(tx, device, &[row])?;
            }
            Ok(change)
        })
    }

    /// One piece of work in a transaction of the record's own.
    pub(crate) fn in_record<T>(
        &self,
        work: impl FnOnce(&Tx<'_>, &str) -> Result<T, JournalError>,
    ) -> Result<T> {
        self.write(work)
    }

    /// Reads beside the record.
    pub(crate) fn look<T>(&self, work: impl FnOnce(&View<'_>) -> Result<T, StoreError>) -> Result<T> {
        let opened = self.opened()?;
        let read = opened.store.read(work);
        self.told(read.map_err(JournalError::from))
    }
}
