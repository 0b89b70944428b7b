//! What the models say of a topic, by the sentences of a text that say it: what is kept of a mistake, and what a text is
//! compared by with those that were confirmed.
//!
//! INVARIANT: holds no text. Where sentences lie tells much of what they say, so it is shown nowhere and whoever keeps it seals
//! it.

use std::fmt;

use serde::{Deserialize, Serialize};
use shared_protocol::{Level, Topic, TopicScore};

use crate::encoder::{Read, Vector};
use crate::topics::level;

/// Most sentences of a text that say a topic; of a text with more nothing can be corrected.
const MOST: usize = 12;

/// One part of an axis, of a direction of length one.
const STEPS: f32 = 127.0;

/// A sentence that says a topic.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// Where it lies, in 127ths.
    at: Vec<i8>,
    /// How strongly it says the topic, as its engine weighs.
    pub(crate) says: f32,
}

/// What the models say of one topic of one text, from low on.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Saying {
    /// The topic.
    pub topic: Topic,
    /// 0 to 1.
    pub score: f32,
    /// Log odds of the linear model, of the whole text.
    pub(crate) linear: f32,
    /// Pieces of the text.
    pub(crate) pieces: usize,
    /// What would be said without these sentences: less than low.
    pub(crate) rest: f32,
    /// All sentences that say it; none where the text was not read to its end.
    pub(crate) points: Vec<Point>,
    /// Which encoder read it: vectors of two have nothing to do with each other.
    pub(crate) encoder: u64,
}

impl Point {
    fn new(vector: &Vector, says: f32) -> Self {
        // In range after the clamp, so nothing is cut off.
        let step = |number: &f32| (number * STEPS).round().clamp(-STEPS, STEPS) as i8;
        Self { at: vector.0.iter().map(step).collect(), says }
    }

    /// How alike two sentences are: 1 for the same.
    pub(crate) fn like(&self, other: &Self) -> f32 {
        let product = |one: &[i8], other: &[i8]| {
            let pairs = one.iter().zip(other).map(|(one, other)| i32::from(*one) * i32::from(*other));
            f64::from(pairs.sum::<i32>())
        };
        let lengths = product(&self.at, &self.at) * product(&other.at, &other.at);
        if lengths <= 0.0 || self.at.len() != other.at.len() {
            return 0.0;
        }
        (product(&self.at, &other.at) / lengths.sqrt()) as f32
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Point({} numbers)", self.at.len())
    }
}

impl fmt::Debug for Saying {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Saying({} sentences)", self.points.len())
    }
}

impl Saying {
    /// Whether sentences of it are known, so that it can be kept and compared.
    #[must_use]
    pub fn is_placed(&self) -> bool {
        !self.points.is_empty()
    }

    /// How many sentences say it: what it weighs.
    #[must_use]
    pub fn sentences(&self) -> usize {
        self.points.len()
    }

    /// How this lies to `other`, sentence by sentence; none where the two cannot be compared.
    #[must_use]
    pub fn compared(&self, other: &Self) -> Option<Compared> {
        let can_be = self.is_placed() && self.topic == other.topic && self.encoder == other.encoder;
        if !can_be {
            return None;
        }
        let mut compared = Compared {
            like: 1.0,
            stronger: self.linear - other.linear,
            longer: self.pieces as f32 / other.pieces as f32,
        };
        for point in &self.points {
            let likes = other.points.iter().map(|other| (point.like(other), point.says - other.says));
            let (like, stronger) = likes.max_by(|one, other| one.0.total_cmp(&other.0))?;
            compared.like = compared.like.min(like);
            compared.stronger = compared.stronger.max(stronger);
        }
        Some(compared)
    }
}

/// How what is said of one text lies to what is said of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// How alike the sentence is that is least like any of the other text: 1 for the same.
    pub like: f32,
    /// How much more strongly a sentence says it than the one it is most like, or the linear model the whole, in log odds.
    pub stronger: f32,
    /// How many times as long the text is.
    pub longer: f32,
}

/// A text, read by the models.
pub(crate) struct Said<'a> {
    /// Everything that the encoder read.
    pub(crate) reads: &'a [Read],
    /// That was the whole text.
    pub(crate) is_whole: bool,
    /// Which encoder.
    pub(crate) encoder: u64,
}

impl Said<'_> {
    /// What is said of a topic, if that comes to low. `linear` are the linear model's log odds. `weigh` gives a sentence's
    /// weight, `score` what comes of the strongest weight together with all else that is said of the text.
    pub(crate) fn of<'a>(
        &'a self,
        (topic, score): (&Topic, f32),
        linear: f32,
        weights: impl Iterator<Item = (&'a Vector, f32)>,
        joined: impl Fn(f32) -> f32,
    ) -> Option<Saying> {
        if level(score) == Level::None {
            return None;
        }
        let (mut points, mut rest) = (Vec::new(), None::<f32>);
        for (vector, weight) in weights {
            if level(joined(weight)) > Level::None {
                points.push(Point::new(vector, weight));
            } else {
                rest = Some(rest.map_or(weight, |rest| rest.max(weight)));
            }
        }
        if !self.is_whole || points.len() > MOST {
            points.clear();
        }
        Some(Saying {
            topic: topic.clone(),
            score,
            linear,
            pieces: self.reads.iter().flat_map(|read| &read.sentences).map(|one| one.pieces).sum(),
            rest: rest.map_or(0.0, joined),
            points,
            encoder: self.encoder,
        })
    }
}

/// What the models say of a prompt, beside what rules say of the same topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sayings {
    /// Text by text.
    pub(crate) all: Vec<Saying>,
    /// What the rules say of these topics.
    rules: Vec<(Topic, f32)>,
}

impl Sayings {
    /// Of a prompt; `topics` are what the rules say.
    pub(crate) fn new(all: &[Saying], topics: &[TopicScore]) -> Self {
        let said = |topic: &&TopicScore| all.iter().any(|one| one.topic == topic.topic);
        let rules = topics.iter().filter(said).map(|topic| (topic.topic.clone(), topic.score)).collect();
        Self { all: all.to_vec(), rules }
    }

    /// What can be kept, so that it is known again.
    pub fn placed(&self) -> impl Iterator<Item = &Saying> {
        self.all.iter().filter(|saying| saying.is_placed())
    }

    /// What rules say of a topic.
    pub(crate) fn by_rules(&self, topic: &Topic) -> f32 {
        self.rules.iter().find(|(other, _)| other == topic).map_or(0.0, |(_, score)| *score)
    }
}
