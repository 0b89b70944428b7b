//! One receiver's messages on their way: the first one that is due, written down, signed, brought, and what became of it.
//!
//! INVARIANT: for one person nothing overtakes but what says all there is to say: the newest. While a receiver takes nothing,
//! only the newest is kept to be told, from the level that the receiver was told last (SSF 1.0, section 8.1.2.1).
//! INVARIANT: a message that may have been taken, its answer lost, is overtaken by none: it goes again under its id, as it was, until
//! its end is known. So the level that the next one starts from is the level that the receiver has.
//! INVARIANT: the end of all sessions from before the person signed in here again is told to nobody: it would end that sign-in too.
//! INVARIANT: what became of a message and the row about it are one transaction. It reads no clock.

use anyhow::Result;
use host_journal::{Audit, By, Change, SiteWord};
use host_net::NetError;
use host_risk::set::answer::{self, Outcome};
use host_risk::set::{self, Envelope, Kind, Told};
use host_risk::{Reason, keep};
use host_store::{OutboxRow, OutboxState};
use serde_json::Value;
use shared_protocol::{Level, Millis};

use super::Whom;
use super::signer::{KeyFile, Signer};
use super::way::{NotBrought, Post, Way};
use crate::record::Recorder;
use crate::settings::{ReceiverSettings, SsfSettings};

/// A message that waited so long is old news if there is a newer one.
const OLD: Millis = 10 * 60 * 1_000;
/// Until a key or a file that cannot be read is looked at again.
const SETUP: Millis = 60 * 1_000;
/// A next try that is later than this was written by a clock that has gone back since: no pause is as long.
const AHEAD: Millis = 2 * 3_600_000;
/// Why the end of all sessions is not told.
const SIGNED_IN_SINCE: &str =
    "the person signed in here again since; `promptgate logout --everywhere` ends all sessions once more";
/// Most of a fault that is kept, in characters.
const FAULT: usize = 400;

/// What one step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is nothing due.
    Idle,
    /// A message is dealt with: this one.
    Sent(String),
    /// Not now: not before this time, and why.
    Later(Millis, String),
    /// Refused, and not again by itself.
    Parked(String),
}

/// A receiver's messages on their way.
pub(crate) struct Sender {
    ssf: SsfSettings,
    receiver: ReceiverSettings,
    signer: Box<dyn Signer>,
    way: Box<dyn Way>,
}

impl Sender {
    /// With the key of this machine, straight to the receiver.
    pub(crate) fn new(ssf: SsfSettings, receiver: ReceiverSettings) -> Self {
        let (signer, way) = (KeyFile(ssf.key_file.clone()), Post::to(receiver.clone()));
        Self::with(ssf, receiver, Box::new(signer), Box::new(way))
    }

    /// With whoever signs, on whatever way.
    pub(super) fn with(
        ssf: SsfSettings,
        receiver: ReceiverSettings,
        signer: Box<dyn Signer>,
        way: Box<dyn Way>,
    ) -> Self {
        Self { ssf, receiver, signer, way }
    }

    /// Deals with one message that is due at `now`. `whom`: of whom this machine may speak.
    pub(crate) fn step(&mut self, recorder: &Recorder, whom: &Whom, now: Millis) -> Result<Step> {
        let name = self.receiver.name.clone();
        let due = recorder.look(|view| view.outbox_first(&name))?;
        // A time that a clock wrote which has gone back since is no reason to wait for it.
        let is_due = |row: &OutboxRow| row.retry_at <= now || row.retry_at > now.saturating_add(AHEAD);
        let Some(row) = due.into_iter().find(is_due) else { return Ok(Step::Idle) };
        // No receiver refused it, and there is nothing to be done: it is told to nobody.
        if row.person != whom.person {
            closed(recorder, row, None, now)?;
            return Ok(Step::Sent(String::new()));
        }
        // A sign-in that is still to come was dated by a clock that has gone back since.
        let is_before = row.at < whom.since && whom.since <= now;
        if row.event == Kind::SessionRevoked.as_str() && is_before {
            closed(recorder, row, Some(SIGNED_IN_SINCE), now)?;
            return Ok(Step::Sent(String::new()));
        }
        let Some(row) = self.newest(recorder, row, now)? else { return Ok(Step::Sent(String::new())) };
        let may_be_there = row.claims.is_some();
        let (mut row, claims) = match self.frozen(recorder, row, now)? {
            Ok(frozen) => frozen,
            Err((row, why)) => return self.parked(recorder, row, why, now),
        };
        let token = match self.signer.sign(&claims) {
            Ok(token) => token,
            Err(fault) => {
                let row = not_there(row, may_be_there);
                return later(recorder, row, SETUP, format!("{fault:#}"), now);
            }
        };
        let is_not_there;
        let outcome = match self.way.bring(&token) {
            Ok(answered) => {
                let retry_after = answered
                    .retry_after
                    .map(|after| Millis::try_from(after.as_millis()).unwrap_or(Millis::MAX));
                let answer = answer::Answer {
                    status: answered.status,
                    body: &answered.body,
                    retry_after,
                    rate_reset: answered.rate_reset,
                };
                // What is refused is not taken, though it goes again where the key may become known.
                is_not_there = answered.status == 400;
                // A network that was away says nothing of the key: only what was refused for it counts.
                let unknown = u32::from(answer::is_key_unknown(&answer));
                row.key_refusals = row.key_refusals.saturating_add(unknown);
                answer::outcome(&answer, row.key_refusals, now)
            }
            Err(NotBrought::Setup(fault)) => {
                let row = not_there(row, may_be_there);
                return later(recorder, row, SETUP, format!("{fault:#}"), now);
            }
            Err(NotBrought::Net(fault)) => {
                is_not_there = matches!(fault, NetError::Unreachable(_));
                Outcome::Again(0, fault.to_string())
            }
        };
        let row = if is_not_there { not_there(row, may_be_there) } else { row };
        match outcome {
            Outcome::Taken => self.taken(recorder, row, now),
            Outcome::Again(pause, why) => {
                let pause = pause.max(drawn(row.attempts));
                later(recorder, row, pause, why, now)
            }
            Outcome::Parked(why) => self.parked(recorder, row, why, now),
        }
    }

    /// The message that is to be told: this one, or the newest where this one is old news and never went out. `None` when there is nothing
    /// new in it for this receiver.
    fn newest(&self, recorder: &Recorder, row: OutboxRow, now: Millis) -> Result<Option<OutboxRow>> {
        let may_be_there = row.claims.is_some();
        let is_old = !may_be_there && (row.attempts > 0 || now.saturating_sub(row.at) > OLD);
        let (name, person) = (self.receiver.name.as_str(), row.person.as_str());
        let (newest, last) = recorder.look(|view| {
            Ok((
                view.outbox_newest(name, person, &row.event)?,
                view.outbox_last_sent(name, person, &row.event)?,
            ))
        })?;
        let row = match newest {
            Some((newest, _)) if is_old && newest.id != row.id => {
                // It goes on where the older one came to: with its tries.
                let newest = OutboxRow { attempts: row.attempts, key_refusals: row.key_refusals, ..newest };
                recorder.in_record(|tx, _| {
                    tx.overtake_outbox(&newest, now)?;
                    Ok(tx.put_outbox(&newest)?)
                })?;
                newest
            }
            _ => row,
        };
        if row.event != Kind::Risk.as_str() {
            return Ok(Some(row));
        }
        let said = |level: u8| keep::level_of(level).max(Level::Low);
        let is_news = |last: &OutboxRow| said(last.after) != said(row.after);
        let is_asked = matches!(row.cause.as_str(), "reset" | "dismissed" | "test");
        // A try whose end nobody knows may have told the receiver something else: then it is told again.
        if row.attempts > 0 || is_asked || last.as_ref().is_none_or(is_news) {
            return Ok(Some(row));
        }
        closed(recorder, row, None, now)?;
        Ok(None)
    }

    /// The message as it goes out, written down before it does.
    fn frozen(
        &self,
        recorder: &Recorder,
        row: OutboxRow,
        now: Millis,
    ) -> Result<Result<(OutboxRow, Value), (OutboxRow, String)>> {
        let kept = row.claims.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
        // Receivers refuse what is dated ahead: what a clock wrote that was set back since is dated anew.
        let is_past = |claims: &Value| {
            claims.get("iat").and_then(Value::as_u64).is_some_and(|made| made <= now / 1_000)
        };
        let kept = kept.filter(|claims| self.is_ours(claims, &row) && is_past(claims));
        let claims = match kept {
            Some(claims) => claims,
            None => {
                let (name, person) = (self.receiver.name.as_str(), row.person.as_str());
                let last = recorder.look(|view| view.outbox_last_sent(name, person, &row.event))?;
                let envelope = Envelope {
                    issuer: &self.ssf.issuer,
                    audience: &self.receiver.audience,
                    jti: &row.jti,
                    txn: &row.txn,
                    made: now,
                };
                match self.claims(&envelope, &row, last.as_ref(), now) {
                    Some(claims) => claims,
                    None => {
                        let profile = self.receiver.profile.as_str();
                        return Ok(Err((row, format!("receivers of the profile {profile} do not take it"))));
                    }
                }
            }
        };
        if let Err(fault) = set::check(self.receiver.profile, &claims) {
            return Ok(Err((row, format!("{fault}: this is a fault in promptgate, please report it"))));
        }
        let row =
            OutboxRow { claims: Some(claims.to_string()), attempts: row.attempts.saturating_add(1), ..row };
        recorder.in_record(|tx, _| Ok(tx.put_outbox(&row)?))?;
        Ok(Ok((row, claims)))
    }

    /// What the message says; none where this receiver does not take its kind.
    fn claims(
        &self,
        envelope: &Envelope<'_>,
        row: &OutboxRow,
        last: Option<&OutboxRow>,
        now: Millis,
    ) -> Option<Value> {
        let (profile, at) = (self.receiver.profile, row.at.min(now));
        let kind = Kind::parse(&row.event)?;
        if kind != Kind::Risk {
            let said = serde_json::from_str(&row.reasons).unwrap_or_default();
            return set::other_claims(profile, envelope, kind, &self.ssf.person, &said, row.after == 0, at);
        }
        let reasons: Vec<Reason> = serde_json::from_str(&row.reasons).unwrap_or_default();
        let told = Told {
            email: &self.ssf.person,
            from: last.map(|last| keep::level_of(last.after)),
            to: keep::level_of(row.after),
            cause: &row.cause,
            reasons: &reasons,
            at,
        };
        Some(set::claims(profile, envelope, &told))
    }

    /// Whether a message that was written down before is still what these settings would send.
    fn is_ours(&self, claims: &Value, row: &OutboxRow) -> bool {
        let is = |name: &str, wanted: &str| claims.get(name).and_then(Value::as_str) == Some(wanted);
        let event = Kind::parse(&row.event).and_then(|kind| kind.event(self.receiver.profile));
        let profile = event.and_then(|event| claims.get("events")?.get(event));
        let names = claims
            .get("sub_id")
            .is_some_and(|subject| subject.to_string().contains(&format!("\"{}\"", self.ssf.person)));
        is("iss", &self.ssf.issuer) && is("aud", &self.receiver.audience) && profile.is_some() && names
    }

    fn taken(&self, recorder: &Recorder, row: OutboxRow, now: Millis) -> Result<Step> {
        let audit = recorder.audit_row(None, self.audit(Change::RiskShared, &row))?;
        let row = OutboxRow { state: OutboxState::Sent, done_at: Some(now), fault: None, ..row };
        recorder.in_record(|tx, device| {
            tx.put_outbox(&row)?;
            tx.overtake_outbox(&row, now)?;
            host_journal::append(tx, device, &[audit]).map(drop)
        })?;
        Ok(Step::Sent(row.jti))
    }

    fn parked(&self, recorder: &Recorder, row: OutboxRow, why: String, now: Millis) -> Result<Step> {
        let audit = recorder.audit_row(None, self.audit(Change::RiskRefused, &row))?;
        let fault = Some(short(&why));
        // Refused is not taken: let go, it is written anew or overtaken.
        let row = OutboxRow { state: OutboxState::Parked, done_at: Some(now), fault, claims: None, ..row };
        recorder.in_record(|tx, device| {
            tx.put_outbox(&row)?;
            host_journal::append(tx, device, &[audit]).map(drop)
        })?;
        Ok(Step::Parked(why))
    }

    fn audit(&self, what: Change, row: &OutboxRow) -> Audit {
        let mut audit = Audit::new(what, By::Host);
        audit.name = Some(SiteWord::from(self.receiver.name.as_str()));
        audit.whose = Some(SiteWord::from(row.person.as_str()));
        audit.version = Some(SiteWord::from(row.jti.as_str()));
        audit.count = Some(u64::from(row.after));
        audit
    }
}

/// A message that nobody is to be told, and why where that is worth a word. What was set aside before it goes with it: let go, it would
/// say what has long been otherwise.
fn closed(recorder: &Recorder, row: OutboxRow, why: Option<&str>, now: Millis) -> Result<()> {
    let (state, fault) = (OutboxState::Overtaken, why.map(short));
    let row = OutboxRow { state, done_at: Some(now), claims: None, fault, ..row };
    recorder.in_record(|tx, _| {
        tx.put_outbox(&row)?;
        tx.overtake_outbox(&row, now)?;
        Ok(())
    })
}

/// What this try wrote down is taken back: the receiver does not have it. An earlier one's stays, for it may be there.
fn not_there(row: OutboxRow, may_be_there: bool) -> OutboxRow {
    OutboxRow { claims: row.claims.filter(|_| may_be_there), ..row }
}

fn later(recorder: &Recorder, row: OutboxRow, pause: Millis, why: String, now: Millis) -> Result<Step> {
    let retry_at = now.saturating_add(pause);
    let row = OutboxRow { retry_at, fault: Some(short(&why)), ..row };
    recorder.in_record(|tx, _| Ok(tx.put_outbox(&row)?))?;
    Ok(Step::Later(retry_at, why))
}

/// The pause after so many tries.
fn drawn(tries: u32) -> Millis {
    let mut random = [0_u8; 8];
    // Without randomness the pause is the shortest of its step; nothing rests on it.
    let _drawn = getrandom::fill(&mut random);
    let pause = host_net::pause(tries, u64::from_ne_bytes(random));
    Millis::try_from(pause.as_millis()).unwrap_or(Millis::MAX)
}

/// On one line and not too long.
fn short(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(FAULT).collect()
}
