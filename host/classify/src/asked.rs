//! What a text asks for, by the linear model and the encoder together.
//!
//! The linear model knows words, the encoder knows what they mean; their log odds are added ([`Joined`]). Where one of
//! them does not answer the other does alone.
//!
//! INVARIANT: both only ever say more of a text to which something is appended, and none of them takes away what the other says.

use shared_protocol::{Topic, TopicScore};

use crate::encoder::{self, Alike, Background, Encoder, EncoderError, Read, Window, choose};
use crate::joined::Joined;
use crate::linear::{self, HEADS, Model, ModelError};
use crate::saying::{Said, Saying};
use crate::topics::level;

/// Log odds from which a text that was taken out of a disguise is read by the encoder as well: a little below low.
const TELLING: f32 = -2.0;

/// Most windows of what was taken out of disguises.
const HIDDEN: usize = 6;

/// Windows that are read together, so that in between it can be asked whether time is over.
const TOGETHER: usize = 4;

/// The models that say what is asked for.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) linear: Result<Model<'static>, ModelError>,
    pub(crate) encoder: Result<&'static Encoder<'static>, EncoderError>,
    /// How what both say is joined.
    joined: Option<Joined>,
    /// Topics that an organisation tells by examples, and what they are told from.
    alike: Option<(Background, Vec<Alike>)>,
}

/// What they say of one text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    /// For each topic 0 to 1.
    pub(crate) scores: [f32; HEADS],
    /// Windows that the encoder read, and among how many they were chosen.
    pub(crate) read: (usize, usize),
    /// More text followed.
    pub(crate) goes_on: bool,
    /// For each topic that is told by examples 0 to 1.
    pub(crate) alike: Vec<f32>,
    /// What is said of each topic from low on, by its sentences.
    pub(crate) sayings: Vec<Saying>,
}

impl Asked {
    /// Adds what is said of another text of the same prompt: of each topic the strongest counts.
    pub(crate) fn add(&mut self, other: &Self) {
        self.scores.iter_mut().zip(other.scores).for_each(|(score, other)| *score = score.max(other));
        self.read = (self.read.0 + other.read.0, self.read.1 + other.read.1);
        self.goes_on |= other.goes_on;
        self.sayings.extend(other.sayings.iter().cloned());
        self.alike.resize(self.alike.len().max(other.alike.len()), 0.0);
        self.alike.iter_mut().zip(&other.alike).for_each(|(score, other)| *score = score.max(*other));
    }
}

impl Asking {
    /// The models that are compiled in.
    pub(crate) fn builtin() -> Self {
        let encoder = encoder::builtin();
        let joined = encoder.as_ref().ok().and_then(|encoder| Joined::builtin(encoder.heads()));
        // How the two are joined goes with the encoder: without it the linear model answers alone.
        let encoder = encoder.and_then(|encoder| joined.map(|_| encoder).ok_or(EncoderError::Damaged));
        Self { linear: linear::builtin(), encoder, joined, alike: None }
    }

    /// Takes topics that are told by examples; without an encoder they are told by nothing.
    pub(crate) fn learn(&mut self, topics: &[(&Topic, &Vec<String>)]) {
        let (Ok(encoder), Ok(background)) = (self.encoder, Background::builtin()) else { return };
        if topics.is_empty() {
            return;
        }
        let told = topics.iter().map(|(topic, examples)| {
            Alike::new(encoder, &background, (*topic).clone(), examples.iter().map(String::as_str))
        });
        let told = told.collect();
        self.alike = Some((background, told));
    }

    /// Reads a text; what is not read when `is_over` says so is left out.
    pub(crate) fn of(&self, text: &str, is_over: &dyn Fn() -> bool) -> Asked {
        let linear = self.linear.as_ref().ok();
        let plain = linear::plain(text);
        let mut odds = linear.map(|model| model.odds(&model.weigh(&plain)));
        let mut chosen = self.encoder.as_ref().ok().map(|encoder| choose(encoder.words(), linear, &plain));
        let mut room = HIDDEN;
        for hidden in linear::disguises(&plain) {
            let (Some(model), Some(odds)) = (linear, odds.as_mut()) else { break };
            let said = model.odds(&model.weigh(&hidden));
            odds.iter_mut().zip(said).for_each(|(odds, said)| *odds = odds.max(said));
            let (Ok(encoder), Some(chosen)) = (self.encoder.as_ref(), chosen.as_mut()) else { continue };
            if room == 0 {
                chosen.goes_on |= said.iter().any(|odds| *odds > TELLING);
            } else if said.iter().any(|odds| *odds > TELLING) {
                let more = choose(encoder.words(), linear, &hidden);
                let windows = more.windows.into_iter().take(room);
                let before = chosen.windows.len();
                chosen.windows.extend(windows);
                chosen.of += more.of;
                chosen.goes_on |= more.goes_on;
                room -= chosen.windows.len() - before;
            }
        }
        let Some(((encoder, joined), chosen)) = self.encoder.as_ref().ok().zip(self.joined).zip(chosen)
        else {
            let scores = odds.map_or([0.0; HEADS], |odds| odds.map(linear::chance));
            return Asked { scores, sayings: self.unplaced(&scores), ..Asked::default() };
        };
        let (reads, count) = read(encoder, &chosen.windows, is_over);
        let mut weights = [f32::NEG_INFINITY; HEADS];
        for read in &reads {
            weights.iter_mut().zip(read.weights).for_each(|(best, weight)| *best = best.max(weight));
        }
        let beginnings = || reads.iter().flat_map(|read| &read.beginnings);
        let alike = self.alike.as_ref().map_or_else(Vec::new, |(background, topics)| {
            let score = |topic: &Alike| {
                beginnings().map(|vector| topic.score(background, vector)).fold(0.0, f32::max)
            };
            topics.iter().map(score).collect()
        });
        let scores = joined.scores(encoder.heads(), &weights, odds.as_ref());
        let said = Said {
            reads: &reads,
            is_whole: count == chosen.of && !chosen.goes_on,
            encoder: encoder.version(),
        };
        let mut sayings = Vec::new();
        for (at, (head, score)) in encoder.heads().iter().zip(scores).enumerate() {
            let of = |numbers: &[f32; HEADS]| numbers.get(at).copied().unwrap_or(f32::NEG_INFINITY);
            let sentences = reads.iter().flat_map(|read| &read.sentences);
            let joined = |weight| of(&joined.scores(encoder.heads(), &[weight; HEADS], odds.as_ref()));
            sayings.extend(said.of(
                (&head.topic, score),
                odds.as_ref().map_or(0.0, of),
                sentences.map(|one| (&one.vector, of(&one.weights))),
                joined,
            ));
        }
        for (topic, score) in self.alike.iter().flat_map(|(_, topics)| topics).zip(&alike) {
            let Some((background, _)) = &self.alike else { break };
            let near = beginnings().map(|vector| (vector, topic.score(background, vector)));
            sayings.extend(said.of((&topic.topic, *score), 0.0, near, |score| score));
        }
        Asked { scores, read: (count, chosen.of), goes_on: chosen.goes_on, alike, sayings }
    }

    /// What the linear model says alone: nothing that could be compared.
    fn unplaced(&self, scores: &[f32; HEADS]) -> Vec<Saying> {
        let said = Said { reads: &[], is_whole: false, encoder: 0 };
        let heads = self.linear.iter().flat_map(|model| model.heads()).zip(scores);
        heads
            .filter_map(|(head, score)| {
                said.of((&head.topic, *score), 0.0, std::iter::empty(), |score| score)
            })
            .collect()
    }

    /// Raises `topics` to what is said where that is the stronger, and names who answered. The encoder's name says what it left
    /// out: `encoder 10/400` read 10 of 400 windows, and of a longer text than it chooses from it says `encoder 10/2000+`.
    pub(crate) fn combine(&self, asked: &Asked, topics: &mut [TopicScore], engines: &mut Vec<String>) {
        let names = match (&self.encoder, &self.linear) {
            (Ok(encoder), _) => encoder.heads().iter().map(|head| &head.topic).collect(),
            (_, Ok(model)) => model.heads().iter().map(|head| &head.topic).collect(),
            _ => Vec::new(),
        };
        for (name, score) in names.into_iter().zip(asked.scores) {
            raise(topics, name, score);
        }
        let told = self.alike.iter().flat_map(|(_, told)| told).map(|told| &told.topic);
        for (name, score) in told.zip(&asked.alike) {
            raise(topics, name, *score);
        }
        engines.extend(self.linear.is_ok().then(|| linear::NAME.to_owned()));
        match asked.read {
            (read, of) if read == of => {
                engines.extend(self.encoder.is_ok().then(|| encoder::NAME.to_owned()))
            }
            (0, _) => {}
            (read, of) => {
                let more = if asked.goes_on { "+" } else { "" };
                engines.push(format!("{} {read}/{of}{more}", encoder::NAME));
            }
        }
    }
}

/// A score counts where it is the stronger.
fn raise(topics: &mut [TopicScore], name: &Topic, score: f32) {
    if let Some(topic) = topics.iter_mut().find(|topic| topic.topic == *name && topic.score < score) {
        (topic.score, topic.level) = (score, level(score));
    }
}

/// What the windows say, and how many of them were read.
fn read(encoder: &Encoder<'_>, windows: &[Window], is_over: &dyn Fn() -> bool) -> (Vec<Read>, usize) {
    let mut reads = Vec::new();
    let mut count = 0;
    for windows in windows.chunks(TOGETHER) {
        if is_over() {
            break;
        }
        // Two threads: windows say the same whoever reads them beside which others.
        let (some, others) = windows.split_at(windows.len().div_ceil(2));
        let (one, other) = std::thread::scope(|scope| {
            let other = (!others.is_empty()).then(|| scope.spawn(|| encoder.read(others)));
            (encoder.read(some), other.map(|other| other.join()))
        });
        count += windows.len();
        reads.push(one);
        match other.transpose() {
            Ok(other) => reads.extend(other),
            // What came of it is not known, so it was not read.
            Err(_) => count -= others.len(),
        }
    }
    (reads, count)
}
