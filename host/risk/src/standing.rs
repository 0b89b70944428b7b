//! Where a person stands: points by behaviour, the level, and what moved it.
//!
//! INVARIANT: more evidence never lowers the score or the level; time alone never raises them; signs of one moment come to
//! the same in any order. INVARIANT: a clock that goes back takes nothing away: no time has passed then.
//! INVARIANT: whatever moves the level is told, with its reasons and the events they rest on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared_protocol::{EventId, Level, Millis};

use crate::behaviour::{Behaviour, MOST};
use crate::rules::{Mode, Rules};
use crate::score::{self, Points};
use crate::sign::{Seen, SignalId};

/// Most events that a reason names, the newest.
const EVENTS: usize = 8;

/// Where a person stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Of which moment.
    pub at: Millis,
    /// The level.
    pub level: Level,
    /// What there is, by behaviour.
    pub pots: BTreeMap<String, Pot>,
}

/// What there is of one behaviour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pot {
    /// What is left of its points.
    pub points: Points,
    /// How often it counted.
    pub count: u64,
    /// When last.
    pub last: Millis,
    /// The newest events it rests on, in the order of their ids.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub events: BTreeSet<(Millis, EventId)>,
    /// The newest tokens of other transmitters it rests on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub signals: BTreeSet<(Millis, SignalId)>,
    /// When its signs were seen lately, where it asks for several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) recent: Vec<Millis>,
}

/// What moved a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Something was seen.
    Evidence,
    /// Time passed.
    Decay,
    /// Other settings.
    Rules,
    /// Somebody set it back.
    Reset,
    /// Somebody called one behaviour a mistake.
    Dismissed,
    /// The person proved who they are.
    Verified,
}

impl Cause {
    /// Its word.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Decay => "decay",
            Self::Rules => "rules",
            Self::Reset => "reset",
            Self::Dismissed => "dismissed",
            Self::Verified => "verified",
        }
    }
}

/// A level that moved, or that somebody set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Millis,
    /// From.
    pub from: Level,
    /// To.
    pub to: Level,
    /// The score after it.
    pub score: Points,
    /// What moved it.
    pub cause: Cause,
    /// What the score rests on, the weightiest first.
    pub reasons: Vec<Reason>,
    /// The events behind it.
    pub events: Vec<EventId>,
}

/// One behaviour in a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which.
    pub behaviour: String,
    /// What it is called.
    pub words: String,
    /// How often it counted.
    pub count: u64,
    /// What is left of its points.
    pub points: Points,
    /// The tokens of other transmitters behind it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SignalId>,
}

impl Pot {
    /// Counts one sign; `true` when it was one too many.
    fn see(&mut self, behaviour: &Behaviour, seen: &Seen, now: Millis, half_life: Millis) -> bool {
        let at = seen.at.min(now);
        if behaviour.asks.times > 1 {
            // By when it was heard of: what comes late comes one by one, and no order of its own is to be made up for it.
            self.recent.push(now);
            let over = self.recent.len().saturating_sub(behaviour.asks.times);
            self.recent.drain(..over);
            let since = now.saturating_sub(behaviour.asks.within_s.saturating_mul(1_000));
            if self.recent.iter().filter(|one| **one >= since).count() < behaviour.asks.times {
                self.name(seen, at);
                return false;
            }
        }
        let adds = Points::of(behaviour.weight).faded(now.saturating_sub(at), half_life);
        self.points = if behaviour.piles {
            self.points.plus(adds).min(Points::of(behaviour.most)).max(self.points)
        } else {
            self.points.max(adds)
        };
        self.count = self.count.saturating_add(1);
        self.last = self.last.max(at);
        self.name(seen, at);
        true
    }

    fn name(&mut self, seen: &Seen, at: Millis) {
        self.events.extend(seen.event.clone().map(|event| (at, event)));
        self.signals.extend(seen.signal.clone().map(|signal| (at, signal)));
        while self.events.len() > EVENTS {
            self.events.pop_first();
        }
        while self.signals.len() > EVENTS {
            self.signals.pop_first();
        }
    }

    /// As a reason of this behaviour.
    fn reason(&self, behaviour: &str, rules: &Rules) -> Reason {
        Reason {
            behaviour: behaviour.to_owned(),
            words: rules.behaviour(behaviour).map_or(behaviour, |one| &one.words).to_owned(),
            count: self.count,
            points: self.points,
            signals: self.signals.iter().map(|(_, signal)| signal.clone()).collect(),
        }
    }
}

impl Standing {
    /// The score: all points together, at most 100.
    #[must_use]
    pub fn score(&self) -> Points {
        let all = self.pots.values().fold(Points::default(), |sum, pot| sum.plus(pot.points));
        all.min(Points::of(MOST))
    }

    /// Takes in what was seen, as of `now`. The change, when the level moved.
    pub fn observe(&mut self, rules: &Rules, now: Millis, seen: &[Seen]) -> Option<Change> {
        let before = self.level;
        self.fade(rules, now);
        // First as it was just before this: else it would matter whether somebody happened to look in between.
        self.level = self.level_now(rules);
        let mut counted = false;
        for one in seen {
            for behaviour in rules.behaviours.iter().filter(|behaviour| behaviour.is_about(&one.sign)) {
                let pot = self.pots.entry(behaviour.id.clone()).or_default();
                counted |= pot.see(behaviour, one, now, rules.half_life);
            }
        }
        self.level = self.level_now(rules);
        let cause = if counted && self.level >= before { Cause::Evidence } else { Cause::Decay };
        self.changed(rules, before, cause)
    }

    /// Lets time pass. The change, when the level moved.
    pub fn settle(&mut self, rules: &Rules, now: Millis) -> Option<Change> {
        let before = self.level;
        self.fade(rules, now);
        self.level = self.level_now(rules);
        // Time never raises: then it is the settings that are other ones.
        let cause = if self.level > before { Cause::Rules } else { Cause::Decay };
        self.changed(rules, before, cause)
    }

    /// Sets everything back. Told whether the level moved or not.
    pub fn reset(&mut self, rules: &Rules, now: Millis) -> Change {
        let (before, reasons, events) = (self.level, self.reasons(rules), self.events());
        *self = Self { at: now, level: Level::None, pots: BTreeMap::new() };
        let score = Points::default();
        Change { at: now, from: before, to: Level::None, score, cause: Cause::Reset, reasons, events }
    }

    /// Takes one behaviour back: it was a mistake. `None` when there is nothing of it.
    pub fn dismiss(&mut self, rules: &Rules, now: Millis, behaviour: &str) -> Option<Change> {
        self.fade(rules, now);
        let before = self.level;
        let pot = self.pots.remove(behaviour)?;
        // As if it had not been there: the level is the lowest that fits what is left.
        self.level = Level::None;
        self.level = self.level_now(rules).min(before);
        let reason = pot.reason(behaviour, rules);
        Some(Change {
            at: self.at,
            from: before,
            to: self.level,
            score: self.score(),
            cause: Cause::Dismissed,
            reasons: vec![reason],
            events: pot.events.into_iter().map(|(_, event)| event).collect(),
        })
    }

    /// The person proved who they are: what is above the level that a proof leads to is taken down to it, each behaviour by
    /// the same share. What holds until somebody looks stays, and in mode `max` everything does. The change, when the level
    /// moved.
    pub fn verify(&mut self, rules: &Rules, now: Millis) -> Option<Change> {
        let before = self.level;
        self.fade(rules, now);
        self.level = self.level_now(rules);
        let above = rules.bands.iter().filter(|band| band.level > rules.verified).map(|band| band.down).min();
        let score = self.pots.values().fold(Points::default(), |sum, pot| sum.plus(pot.points));
        if let Some(most) = above.map(|down| Points(down.0.saturating_sub(1)))
            && rules.mode == Mode::Decay
            && score > most
        {
            for pot in self.pots.values_mut() {
                pot.points = pot.points.share(most, score);
            }
            // As if the score had never been higher.
            self.level = Level::None;
            self.level = self.level_now(rules).min(before);
        }
        self.changed(rules, before, Cause::Verified)
    }

    /// What the score rests on, the weightiest first.
    #[must_use]
    pub fn reasons(&self, rules: &Rules) -> Vec<Reason> {
        let counted = self.pots.iter().filter(|(_, pot)| pot.count > 0);
        let mut reasons: Vec<Reason> = counted.map(|(id, pot)| pot.reason(id, rules)).collect();
        reasons.sort_by_key(|one| std::cmp::Reverse(one.points));
        reasons
    }

    /// The events the score rests on.
    #[must_use]
    pub fn events(&self) -> Vec<EventId> {
        let counted = self.pots.values().filter(|pot| pot.count > 0);
        let events: BTreeSet<&(Millis, EventId)> = counted.flat_map(|pot| &pot.events).collect();
        events.into_iter().map(|(_, event)| event.clone()).collect()
    }

    fn fade(&mut self, rules: &Rules, now: Millis) {
        let passed = now.saturating_sub(self.at);
        self.at = now;
        let max = rules.mode == Mode::Max;
        let window = |id: &str| rules.behaviour(id).map_or(0, |one| one.asks.within_s.saturating_mul(1_000));
        for (id, pot) in &mut self.pots {
            if !max {
                pot.points = pot.points.faded(passed, rules.half_life);
            }
            let since = now.saturating_sub(window(id));
            pot.recent.retain(|one| *one >= since);
            for one in &mut pot.recent {
                *one = (*one).min(now);
            }
        }
        let stays = |id: &str| max || rules.behaviour(id).is_some_and(|one| one.holds);
        for (_, pot) in self.pots.iter_mut().filter(|(id, pot)| pot.points == Points::default() && !stays(id))
        {
            pot.count = 0;
        }
        self.pots.retain(|_, pot| pot.count > 0 || !pot.recent.is_empty());
    }

    fn level_now(&self, rules: &Rules) -> Level {
        let behind = self.pots.iter().filter(|(_, pot)| pot.count > 0);
        let mut levels = behind.filter_map(|(id, _)| rules.behaviour(id));
        match rules.mode {
            // Nothing lowers it but a reset.
            Mode::Max => levels.map(|one| one.level).max().unwrap_or(Level::None).max(self.level),
            Mode::Decay => {
                let held = levels.by_ref().filter(|one| one.holds).map(|one| one.level).max();
                score::level(&rules.bands, self.level, self.score()).max(held.unwrap_or(Level::None))
            }
        }
    }

    fn changed(&self, rules: &Rules, before: Level, cause: Cause) -> Option<Change> {
        (self.level != before).then(|| Change {
            at: self.at,
            from: before,
            to: self.level,
            score: self.score(),
            cause,
            reasons: self.reasons(rules),
            events: self.events(),
        })
    }
}
