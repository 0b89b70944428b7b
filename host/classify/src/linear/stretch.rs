//! Weighs every stretch of sentences in a text at once: sums up to each word, differences between two of them.

use super::model::HEADS;
use super::read::Sink;

/// Most words of a stretch.
pub const LONGEST: usize = 160;

/// Features that a stretch has for nothing, so that two odd words alone weigh little.
const SMOOTH: f32 = 60.0;

/// What each feature of a stretch of so many is worth: between a sum, in which long texts always win, and a mean, in
/// which a single odd sentence does. About 1 / 16 for a sentence of ten words.
#[must_use]
pub fn worth(features: f32) -> f32 {
    let root = (features + SMOOTH).sqrt();
    3.76 / (root * root.sqrt())
}

/// A stretch of a text, in words, half-open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Its first word.
    pub start: usize,
    /// The word behind its last.
    pub end: usize,
}

/// Running sums over the words of a text, and where sentences begin and end.
#[derive(Debug)]
pub struct Weighed<W> {
    weight: W,
    /// Up to each word: the sums of all heads, the number of features.
    sums: Vec<([f32; HEADS], f32)>,
    sum: ([f32; HEADS], f32),
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl<W: FnMut(u32) -> [f32; HEADS]> Weighed<W> {
    /// With what a feature weighs.
    pub fn new(weight: W) -> Self {
        let zero = ([0.0; HEADS], 0.0);
        Self { weight, sums: vec![zero], sum: zero, starts: Vec::new(), ends: Vec::new() }
    }

    /// The strongest stretch for each head and its weight; nothing for a text without words.
    #[must_use]
    pub fn best(&self) -> [(f32, Stretch); HEADS] {
        let mut best = [(f32::NEG_INFINITY, Stretch::default()); HEADS];
        let mut first = 0;
        for &end in &self.ends {
            while self.starts.get(first).is_some_and(|start| start + LONGEST < end) {
                first += 1;
            }
            let Some((upto, count)) = self.sums.get(end) else { continue };
            let starts = self.starts.get(first..).unwrap_or_default();
            for &start in starts.iter().take_while(|start| **start < end) {
                let Some((before, fewer)) = self.sums.get(start) else { continue };
                let length = worth(count - fewer);
                for ((best, upto), before) in best.iter_mut().zip(upto).zip(before) {
                    let weight = (upto - before) * length;
                    if weight > best.0 {
                        *best = (weight, Stretch { start, end });
                    }
                }
            }
        }
        best
    }
}

impl<W: FnMut(u32) -> [f32; HEADS]> Sink for Weighed<W> {
    fn feature(&mut self, hash: u32) {
        for (sum, weight) in self.sum.0.iter_mut().zip((self.weight)(hash)) {
            *sum += weight;
        }
        self.sum.1 += 1.0;
    }

    fn word(&mut self) {
        self.sums.push(self.sum);
    }

    fn start(&mut self, word: usize) {
        self.starts.push(word);
    }

    fn end(&mut self, word: usize) {
        self.ends.push(word);
    }
}
