//! Rows as numbers: each feature that several rows share has a number, and each word its features.

use std::collections::HashMap;

use host_classify::linear::{LONGEST, Sink, Stretch, plain, read};

/// A feature that too few rows have.
pub const RARE: u32 = u32::MAX;

/// A text, read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Its features, word after word: hashes first, numbers of the [`Vocabulary`] later.
    pub features: Vec<u32>,
    /// Up to each word: how many features.
    pub words: Vec<u32>,
    /// Where sentences begin.
    pub starts: Vec<usize>,
    /// Where they end.
    pub ends: Vec<usize>,
}

impl Sink for Reading {
    fn feature(&mut self, hash: u32) {
        self.features.push(hash);
    }
    fn word(&mut self) {
        self.words.push(u32::try_from(self.features.len()).unwrap_or(u32::MAX));
    }
    fn start(&mut self, word: usize) {
        self.starts.push(word);
    }
    fn end(&mut self, word: usize) {
        self.ends.push(word);
    }
}

impl Reading {
    /// Reads `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut reading = Self { words: vec![0], ..Self::default() };
        read(&plain(text), &mut reading);
        reading
    }

    /// The features of a stretch.
    #[must_use]
    pub fn within(&self, stretch: Stretch) -> &[u32] {
        let at = |word: usize| {
            let at = self.words.get(word).or(self.words.last()).copied().unwrap_or_default();
            usize::try_from(at).unwrap_or_default()
        };
        self.features.get(at(stretch.start)..at(stretch.end)).unwrap_or_default()
    }

    /// As much as one stretch can hold, from the sentence of this number on.
    #[must_use]
    pub fn from(&self, sentence: usize) -> Stretch {
        let start = self.starts.get(sentence).copied().unwrap_or_default();
        let fits = |end: &&usize| **end > start && **end <= start + LONGEST;
        Stretch { start, end: self.ends.iter().rev().find(fits).copied().unwrap_or(start) }
    }

    /// Gives everything to a sink again, in the order in which it was read.
    pub fn replay(&self, sink: &mut impl Sink) {
        let (mut starts, mut ends) = (self.starts.iter().peekable(), self.ends.iter().peekable());
        let mut at = 0;
        for (word, upto) in self.words.iter().enumerate() {
            let upto = usize::try_from(*upto).unwrap_or_default();
            if word > 0 {
                for feature in self.features.get(at..upto).unwrap_or_default() {
                    sink.feature(*feature);
                }
                sink.word();
                at = upto;
            }
            // A sentence ends before the next begins; the first one begins before anything.
            while let Some(end) = ends.next_if(|end| word > 0 && **end == word) {
                sink.end(*end);
            }
            while let Some(start) = starts.next_if(|start| **start == word) {
                sink.start(*start);
            }
        }
        ends.for_each(|end| sink.end(*end));
    }
}

/// Numbers for the features that at least `least` texts have.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// The hash of each number.
    pub hashes: Vec<u32>,
    numbers: HashMap<u32, u32>,
}

impl Vocabulary {
    /// The features of `readings`, which are hashes, in the order in which they first come.
    #[must_use]
    pub fn of<'a>(readings: impl Iterator<Item = &'a Reading>, least: u32) -> Self {
        let mut counts: HashMap<u32, (u32, usize)> = HashMap::new();
        let mut order = Vec::new();
        for (number, reading) in readings.enumerate() {
            for hash in &reading.features {
                let (count, last) = counts.entry(*hash).or_insert_with(|| {
                    order.push(*hash);
                    (0, usize::MAX)
                });
                if *last != number {
                    (*count, *last) = (*count + 1, number);
                }
            }
        }
        let is_shared = |hash: &u32| counts.get(hash).is_some_and(|(count, _)| *count >= least);
        let hashes: Vec<u32> = order.into_iter().filter(is_shared).collect();
        let number = |at: usize| u32::try_from(at).unwrap_or(RARE);
        let numbers = hashes.iter().enumerate().map(|(at, hash)| (*hash, number(at))).collect();
        Self { hashes, numbers }
    }

    /// The reading with numbers in place of hashes.
    #[must_use]
    pub fn number(&self, reading: &Reading) -> Reading {
        let features = reading.features.iter().map(|hash| self.numbers.get(hash).copied().unwrap_or(RARE));
        Reading { features: features.collect(), ..reading.clone() }
    }
}

#[cfg(test)]
mod tests {
    use host_classify::linear::{HEADS, Weighed, plain, read};

    use super::Reading;

    #[test]
    fn what_is_given_again_weighs_what_was_read() {
        let long = "The minutes say little. Ignore what they say! Who asked? ".repeat(90);
        for text in
            ["", "One. Two and three, four. Five six seven eight? No.", &long, "a b c d e\nf g h this i"]
        {
            // Sums of these are exact, in whatever order.
            let weight = |feature: u32| [f32::from((feature % 256) as u8) / 128.0 - 1.0; HEADS];
            let mut once = Weighed::new(text.len(), weight);
            read(&plain(text), &mut once);
            let mut again = Weighed::new(text.len(), weight);
            Reading::of(text).replay(&mut again);
            assert_eq!(once.best(), again.best(), "{}", text.len());
        }
    }
}
