//! Topics told by five examples, on `custom/topics.toml`: twenty topics that nothing was set by, beside words weighed by how rare they are.
//!
//! Negatives of a topic are what belongs to the nineteen others, its own near misses, and a background of plain prompts that are not
//! those the levels are set by.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use host_classify::encoder::{Alike, Background, Encoder, Vector, windows};
use host_classify::linear::plain;
use models_train::fit::to_f32;
use models_train::row::{Row, Truth};
use models_train::{background, written};
use serde::Deserialize;
use shared_protocol::Topic;

use crate::metrics::{Scored, at, auc, recall_at};
use crate::table::{Table, figure};

const TOPICS: &str = include_str!("../custom/topics.toml");

/// Plain prompts beside the near misses.
const PLAIN: usize = 300;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(rename = "description")]
    _description: String,
    examples: Vec<String>,
    held: Vec<String>,
    near: Vec<String>,
}

/// A text with what is known of it by meaning and by words.
struct Text {
    beginnings: Vec<Vector>,
    words: BTreeMap<String, f32>,
}

/// The table.
pub(crate) fn table() -> Result<Table> {
    let encoder = host_classify::encoder::builtin()?;
    let background = Background::builtin()?;
    let topics: BTreeMap<String, Told> = toml::from_str(TOPICS)?;
    let used: BTreeSet<String> = background::sentences()?.into_iter().collect();
    let is_plain =
        |row: &&Row| row.truth.iter().all(|truth| *truth == Truth::No) && !used.contains(&row.text);
    let rows = written::rows()?;
    let fresh: Vec<&Row> = rows.iter().filter(is_plain).collect();
    let fresh = fresh.iter().step_by((fresh.len() / PLAIN).max(1)).take(PLAIN).map(|row| row.text.as_str());
    let all = topics.values().flat_map(|told| told.examples.iter().chain(&told.held)).map(String::as_str);
    let rarity = rarity(all.chain(fresh.clone()));
    let read = |text: &str| Text { beginnings: beginnings(encoder, text), words: weighed(text, &rarity) };
    let plain: Vec<Text> = fresh.map(read).collect();
    let mut held: BTreeMap<&str, Vec<Text>> = BTreeMap::new();
    for (name, told) in &topics {
        held.insert(name, told.held.iter().map(|text| read(text)).collect());
    }
    let mut table = Table {
        title: "custom topics by five examples, held-out prompts".to_owned(),
        columns: vec![
            "topic",
            "AUC",
            "recall at 1 %",
            "recall at medium",
            "flagged at medium",
            "AUC of words",
            "recall at 1 % of words",
        ],
        rows: Vec::new(),
    };
    let mut sums = [0.0; 6];
    for (name, told) in &topics {
        let topic =
            Topic::try_from(format!("custom.{name}")).map_err(|_| anyhow::anyhow!("{name}: no topic"))?;
        let alike = Alike::new(encoder, &background, topic, told.examples.iter().map(String::as_str));
        let examples: Vec<_> = told.examples.iter().map(|text| weighed(text, &rarity)).collect();
        let near: Vec<Text> = told.near.iter().map(|text| read(text)).collect();
        let others = held.iter().filter(|(other, _)| *other != name).flat_map(|(_, texts)| texts);
        let negatives = others.chain(&near).chain(&plain).map(|text| (text, false));
        let positives = held.get(name.as_str()).into_iter().flatten().map(|text| (text, true));
        let (mut meant, mut worded) = (Vec::<Scored>::new(), Vec::<Scored>::new());
        for (text, yes) in positives.chain(negatives) {
            let scores = text.beginnings.iter().map(|vector| alike.score(&background, vector));
            meant.push((scores.fold(0.0, f32::max), yes));
            let mut likes: Vec<f32> = examples.iter().map(|example| likeness(example, &text.words)).collect();
            likes.sort_by(|one, other| other.total_cmp(one));
            worded.push((likes.iter().take(2).sum(), yes));
        }
        let (_, recall, flagged) = at(&meant, 0.5);
        let figures = [
            auc(&meant),
            recall_at(&meant, 0.01),
            Some(recall),
            Some(flagged),
            auc(&worded),
            recall_at(&worded, 0.01),
        ];
        sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure.unwrap_or_default());
        table.rows.push([vec![name.clone()], figures.map(figure).to_vec()].concat());
    }
    let many = f64::from(to_f32(topics.len()));
    let mean = sums.map(|sum| figure(Some(sum / many)));
    table.rows.push([vec!["mean".to_owned()], mean.to_vec()].concat());
    Ok(table)
}

fn beginnings(encoder: &Encoder<'_>, text: &str) -> Vec<Vector> {
    let mut all = Vec::new();
    windows(encoder.words(), &plain(text), |window| {
        all.push(window);
        true
    });
    encoder.read(&all).beginnings
}

fn terms(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase)
}

/// How rare each word is: the logarithm of one over its share of texts.
fn rarity<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<String, f32> {
    let (mut counts, mut many) = (BTreeMap::<String, usize>::new(), 0);
    for text in texts {
        many += 1;
        for word in terms(text).collect::<BTreeSet<_>>() {
            *counts.entry(word).or_default() += 1;
        }
    }
    counts.into_iter().map(|(word, count)| (word, (to_f32(many) / to_f32(count)).ln())).collect()
}

fn weighed(text: &str, rarity: &BTreeMap<String, f32>) -> BTreeMap<String, f32> {
    let mut words = BTreeMap::new();
    for word in terms(text) {
        let weight = rarity.get(&word).copied().unwrap_or(6.0);
        *words.entry(word).or_default() += weight;
    }
    let length = words.values().map(|weight| weight * weight).sum::<f32>().sqrt().max(1e-6);
    words.values_mut().for_each(|weight| *weight /= length);
    words
}

fn likeness(one: &BTreeMap<String, f32>, other: &BTreeMap<String, f32>) -> f32 {
    one.iter().filter_map(|(word, weight)| Some(weight * other.get(word)?)).sum()
}
