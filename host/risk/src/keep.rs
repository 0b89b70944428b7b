//! Standings and changes in the store, each in the transaction of the rows that they follow from.
//!
//! INVARIANT: a change, its history and its messages to others stand in the file together or not at all.
//! INVARIANT: a standing that cannot be understood (of a later version, say) keeps its score and its level.

use std::collections::BTreeMap;

use host_store::{OutboxRow, OutboxState, RiskChangeRow, RiskRow, StoreError, Tx, View};
use shared_protocol::{EventId, Level, Millis};

use crate::rules::Rules;
use crate::score::Points;
use crate::set::{self, Kind};
use crate::sign::{Seen, Sign};
use crate::standing::{Change, Pot, Standing};

/// How long somebody else on the same device counts.
const SHARED: Millis = 7 * 24 * 3_600_000;
/// How old a standing may be before a moment in which nothing happened is written down.
const STALE: Millis = 3_600_000;

/// Who is to be told of changes, and what messages are named by.
#[derive(Clone, Copy, Debug)]
pub struct Tell<'a> {
    /// The receivers, by their names in the settings.
    pub receivers: &'a [String],
    /// Random, for this write only.
    pub seed: [u8; 16],
}

/// Where a person stands, as of `now`.
///
/// # Errors
/// When the file cannot be read.
pub fn standing(
    view: &View<'_>,
    person: &str,
    rules: &Rules,
    now: Millis,
) -> Result<Option<Standing>, StoreError> {
    let row = view.risk(person)?;
    Ok(row.map(|row| {
        let mut standing = understood(&row);
        standing.settle(rules, now);
        standing
    }))
}

/// Whether it says something by itself that this person is seen here now: they never were, or somebody else was beside them.
///
/// # Errors
/// When the file cannot be read.
pub fn is_noticed(view: &View<'_>, person: &str, rules: &Rules, now: Millis) -> Result<bool, StoreError> {
    Ok(!noticed(view, person, rules, view.risk(person)?.as_ref(), now)?.is_empty())
}

fn noticed(
    view: &View<'_>,
    person: &str,
    rules: &Rules,
    row: Option<&RiskRow>,
    now: Millis,
) -> Result<Vec<Sign>, StoreError> {
    let since = row.map_or(Millis::MAX, |row| now.saturating_sub(row.seen));
    let mut signs = Vec::new();
    signs.extend(row.is_none().then_some(Sign::NewDevice));
    // Somebody who is not signed in yet, or not any more, is nobody else, and nobody is beside them.
    let nobody = rules.nobody.as_deref();
    if since > STALE
        && nobody != Some(person)
        && view.is_shared_since(person, nobody, now.saturating_sub(SHARED))?
    {
        signs.push(Sign::OtherPerson);
    }
    Ok(signs)
}

/// Takes in what was seen of a person. The change, when the level moved. `by`: the event of the row by which they were seen,
/// which is the evidence that they were here.
///
/// # Errors
/// When the file cannot be read or written.
pub fn observe(
    tx: &Tx<'_>,
    person: &str,
    rules: &Rules,
    now: Millis,
    seen: &[Seen],
    by: Option<&EventId>,
    tell: Tell<'_>,
) -> Result<Option<Change>, StoreError> {
    let row = tx.risk(person)?;
    let since = row.as_ref().map_or(Millis::MAX, |row| now.saturating_sub(row.seen));
    let mut seen = seen.to_vec();
    let alone = |sign| Seen { sign, at: now, event: by.cloned(), signal: None };
    seen.extend(noticed(tx, person, rules, row.as_ref(), now)?.into_iter().map(alone));
    let counts = |one: &Seen| rules.behaviours.iter().any(|behaviour| behaviour.is_about(&one.sign));
    seen.retain(counts);
    if seen.is_empty() && since <= STALE {
        return Ok(None);
    }
    let mut standing = row.as_ref().map(understood).unwrap_or_default();
    let change = standing.observe(rules, now, &seen);
    put(tx, person, &standing, now)?;
    if let Some(change) = &change {
        write(tx, person, change, None, tell)?;
    }
    Ok(change)
}

/// Lets time pass for everybody of this device. What moved.
///
/// # Errors
/// When the file cannot be read or written.
pub fn settle(
    tx: &Tx<'_>,
    rules: &Rules,
    now: Millis,
    tell: Tell<'_>,
) -> Result<Vec<(String, Change)>, StoreError> {
    let mut changes = Vec::new();
    for (number, row) in (0_u32..).zip(tx.risks()?) {
        let mut standing = understood(&row);
        if let Some(change) = standing.settle(rules, now) {
            put(tx, &row.person, &standing, row.seen)?;
            // Other ids for each person, in the bits that an id's own number does not touch.
            let seed = (u128::from_be_bytes(tell.seed) ^ (u128::from(number) << 96)).to_be_bytes();
            write(tx, &row.person, &change, None, Tell { seed, ..tell })?;
            changes.push((row.person, change));
        }
    }
    Ok(changes)
}

/// Who set a level back, and why.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Who.
    pub by: &'a str,
    /// Why.
    pub note: &'a str,
}

/// Sets a person back, or takes one behaviour of them back. `None` when there is nothing of it.
///
/// # Errors
/// When the file cannot be read or written.
pub fn reset(
    tx: &Tx<'_>,
    person: &str,
    rules: &Rules,
    now: Millis,
    behaviour: Option<&str>,
    said: Said<'_>,
    tell: Tell<'_>,
) -> Result<Option<Change>, StoreError> {
    let Some(row) = tx.risk(person)? else { return Ok(None) };
    let mut standing = understood(&row);
    let change = match behaviour {
        None => Some(standing.reset(rules, now)),
        Some(behaviour) => standing.dismiss(rules, now, behaviour),
    };
    if let Some(change) = &change {
        put(tx, person, &standing, row.seen)?;
        write(tx, person, change, Some(said), tell)?;
    }
    Ok(change)
}

/// Takes a person's level down as far as a fresh proof of who they are does. The change, when it moved.
///
/// # Errors
/// When the file cannot be read or written.
pub fn verified(
    tx: &Tx<'_>,
    person: &str,
    rules: &Rules,
    now: Millis,
    tell: Tell<'_>,
) -> Result<Option<Change>, StoreError> {
    let Some(row) = tx.risk(person)? else { return Ok(None) };
    let mut standing = understood(&row);
    let change = standing.verify(rules, now);
    if let Some(change) = &change {
        put(tx, person, &standing, row.seen)?;
        write(tx, person, change, None, tell)?;
    }
    Ok(change)
}

/// The level of this number.
#[must_use]
pub fn level_of(number: u8) -> Level {
    [Level::None, Level::Low, Level::Medium]
        .into_iter()
        .find(|level| level.number() == number)
        .unwrap_or(Level::High)
}

/// Writes down a message of another kind than risk, for each of these receivers.
///
/// # Errors
/// When the file cannot be written.
pub fn tell(
    tx: &Tx<'_>,
    person: &str,
    kind: Kind,
    said: &set::Said,
    holds: bool,
    at: Millis,
    tell: Tell<'_>,
) -> Result<(), StoreError> {
    let txn = uuid(tell.seed, 0);
    for (number, receiver) in (1_u8..=u8::MAX).zip(tell.receivers) {
        tx.add_outbox(&OutboxRow {
            id: 0,
            jti: uuid(tell.seed, number),
            txn: txn.clone(),
            receiver: receiver.clone(),
            person: person.to_owned(),
            event: kind.as_str().to_owned(),
            at,
            before: u8::from(holds),
            after: u8::from(!holds),
            cause: kind.as_str().to_owned(),
            // Words and an id: nothing in it can fail.
            reasons: serde_json::to_string(said).unwrap_or_default(),
            claims: None,
            state: OutboxState::Waiting,
            attempts: 0,
            key_refusals: 0,
            retry_at: 0,
            fault: None,
            done_at: None,
        })?;
    }
    Ok(())
}

fn understood(row: &RiskRow) -> Standing {
    serde_json::from_str(&row.body).unwrap_or_else(|_| Standing {
        at: row.at,
        level: level_of(row.level),
        pots: BTreeMap::from([(
            "kept".to_owned(),
            Pot { points: Points(row.score), count: 1, last: row.at, ..Pot::default() },
        )]),
    })
}

fn put(tx: &Tx<'_>, person: &str, standing: &Standing, seen: Millis) -> Result<(), StoreError> {
    tx.put_risk(&RiskRow {
        person: person.to_owned(),
        at: standing.at,
        seen,
        level: standing.level.number(),
        score: standing.score().0,
        // Maps with text for keys: nothing in it can fail.
        body: serde_json::to_string(standing).unwrap_or_default(),
    })
}

fn write(
    tx: &Tx<'_>,
    person: &str,
    change: &Change,
    said: Option<Said<'_>>,
    tell: Tell<'_>,
) -> Result<(), StoreError> {
    let json = |value: Result<String, _>| value.unwrap_or_else(|_: serde_json::Error| "[]".to_owned());
    let reasons = json(serde_json::to_string(&change.reasons));
    tx.add_risk_change(&RiskChangeRow {
        id: 0,
        person: person.to_owned(),
        at: change.at,
        before: change.from.number(),
        after: change.to.number(),
        score: change.score.0,
        cause: change.cause.as_str().to_owned(),
        reasons: reasons.clone(),
        events: json(serde_json::to_string(&change.events)),
        by: said.map(|said| said.by.to_owned()),
        note: said.map(|said| said.note.to_owned()),
    })?;
    let txn = uuid(tell.seed, 0);
    for (number, receiver) in (1_u8..=u8::MAX).zip(tell.receivers) {
        tx.add_outbox(&OutboxRow {
            id: 0,
            jti: uuid(tell.seed, number),
            txn: txn.clone(),
            receiver: receiver.clone(),
            person: person.to_owned(),
            event: Kind::Risk.as_str().to_owned(),
            at: change.at,
            before: change.from.number(),
            after: change.to.number(),
            cause: change.cause.as_str().to_owned(),
            reasons: reasons.clone(),
            claims: None,
            state: OutboxState::Waiting,
            attempts: 0,
            key_refusals: 0,
            retry_at: 0,
            fault: None,
            done_at: None,
        })?;
    }
    Ok(())
}

/// A random UUID (RFC 9562, version 4) of a seed: the number is put over its last byte.
#[must_use]
pub fn uuid(seed: [u8; 16], number: u8) -> String {
    let bits = u128::from_be_bytes(seed) ^ u128::from(number);
    let bits = (bits & !(0xf << 76) | (4 << 76)) & !(0b11 << 62) | (0b10 << 62);
    let mut out = String::with_capacity(36);
    for (at, digit) in format!("{bits:032x}").chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests;
