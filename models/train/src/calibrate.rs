//! Weights to a file, and weights to levels: medium begins where few benign texts of any source come.

use std::collections::BTreeMap;

use host_classify::linear::{HEADS, Head, Model, weigh};

use crate::fit::Fitted;
use crate::row::{Row, TOPICS, Truth};

/// Groups of the committed file: four places of four bytes each, so that it is below 2 MB.
pub const GROUPS: u32 = 118_000;

/// Of benign texts, at most so many of one source may come to medium, and so many on average over the sources.
const MEDIUM: (f32, f32) = (0.04, 0.008);
/// The same for high.
const HIGH: (f32, f32) = (0.015, 0.002);

/// Sources with fewer benign rows say nothing about so small shares.
const ENOUGH: usize = 60;

/// Sources that thresholds need unseen: a second model that does not know them tells where they come.
pub const KEPT_OUT: [&str; 3] = ["arena-hard-v0.1", "awesome-chatgpt-prompts", "self-instruct-seed"];

/// Sources for thresholds only.
pub const TUNE: [&str; 8] = [
    "s-labs-prompt-injection-validation",
    "s-labs-prompt-injection-test",
    "neuralchemy-core-validation",
    "neuralchemy-core-test",
    "bipia-payloads",
    "mt-bench",
    "vicuna-bench",
    "banking77-test",
];

/// Log odds of where medium and high begin, so that the levels of `host_classify` come at 0.5 and 0.8.
const HIGH_ODDS: f32 = 1.386_294_4;

/// The file of the model, calibrated by what `unseeing`, which does not know them, says of the benign rows of
/// `calibration`.
#[must_use]
pub fn file(fitted: &Fitted, unseeing: &Fitted, calibration: &[&Row]) -> Vec<u8> {
    let (mut heads, features) = quantised(fitted);
    let (other_heads, other_features) = quantised(unseeing);
    let bytes = Model::file(&other_heads, GROUPS, &other_features);
    let Ok(model) = Model::parse(&bytes) else { return bytes };
    let weights: Vec<[f32; HEADS]> = calibration.iter().map(|row| weigh(&model, &row.text)).collect();
    for (number, head) in heads.iter_mut().enumerate() {
        let mut benign: BTreeMap<&str, Vec<f32>> = BTreeMap::new();
        for (row, weights) in calibration.iter().zip(&weights) {
            if row.of(number) == Truth::No {
                benign.entry(&row.source).or_default().extend(weights.get(number));
            }
        }
        benign.retain(|_, weights| weights.len() >= ENOUGH);
        let (medium, high) = (threshold(&benign, MEDIUM), threshold(&benign, HIGH));
        head.slope = HIGH_ODDS / (high - medium).max(0.25);
        head.offset = -medium * head.slope;
    }
    Model::file(&heads, GROUPS, &features)
}

/// The least weight at which no source passes the first share, nor their average the second.
fn threshold(benign: &BTreeMap<&str, Vec<f32>>, (single, average): (f32, f32)) -> f32 {
    let mut all: Vec<f32> = benign.values().flatten().copied().filter(|weight| weight.is_finite()).collect();
    all.sort_by(f32::total_cmp);
    let passes = |at: f32| {
        let shares = benign.values().map(|weights| {
            let above = weights.iter().filter(|weight| **weight > at).count();
            crate::fit::to_f32(above) / crate::fit::to_f32(weights.len())
        });
        let shares: Vec<f32> = shares.collect();
        let mean = shares.iter().sum::<f32>() / crate::fit::to_f32(shares.len().max(1));
        shares.iter().all(|share| *share <= single) && mean <= average
    };
    let at = all.partition_point(|weight| !passes(*weight));
    all.get(at).or(all.last()).copied().unwrap_or(0.0)
}

/// Weights as signed bytes, the most important features first.
fn quantised(fitted: &Fitted) -> (Vec<Head>, Vec<(u32, Vec<i8>)>) {
    let scales: Vec<f32> = (0..TOPICS.len()).map(|head| scale(fitted, head)).collect();
    let mut features: Vec<(f32, u32, Vec<i8>)> = Vec::new();
    for (hash, weights) in &fitted.features {
        let bytes: Vec<i8> =
            weights.iter().zip(&scales).map(|(weight, scale)| byte(weight / scale)).collect();
        let strength = weights.iter().zip(&scales).map(|(weight, scale)| (weight / scale).abs());
        let strength = strength.fold(0.0, f32::max);
        if bytes.iter().any(|byte| *byte != 0) {
            features.push((strength, *hash, bytes));
        }
    }
    features.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let heads = TOPICS.into_iter().zip(&scales).zip(fitted.bias);
    let heads =
        heads.map(|((topic, scale), bias)| Head { topic, scale: *scale, bias, slope: 1.0, offset: 0.0 });
    (heads.collect(), features.into_iter().map(|(_, hash, bytes)| (hash, bytes)).collect())
}

/// What a weight of one means: all but one in ten thousand weights fit.
fn scale(fitted: &Fitted, head: usize) -> f32 {
    let mut all: Vec<f32> = fitted
        .features
        .iter()
        .filter_map(|(_, weights)| weights.get(head))
        .map(|weight| weight.abs())
        .collect();
    all.sort_by(f32::total_cmp);
    let at = all.len().saturating_sub(1 + all.len() / 10_000);
    all.get(at).copied().unwrap_or(1.0).max(1e-6) / 127.0
}

fn byte(weight: f32) -> i8 {
    // In range after the clamp, so nothing is cut off.
    weight.round().clamp(-127.0, 127.0) as i8
}
