//! Weighs every stretch of sentences in a text at once: sums up to each word, differences between two of them. Of a long
//! text no more is kept than a stretch can have.
//!
//! What is said again and again, as in logs and tables, counts as often as it is said twice at most: a text says no more by
//! repeating itself. Only what follows right upon the same is left out, so that nothing is lost of what is said.

use std::collections::VecDeque;

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

/// Features after which sums begin anew: whole numbers of this size are exact.
const MOST_COUNTED: f32 = 100_000.0;

/// Most sentences that are looked at together for being said again.
const AGAIN: usize = 8;

/// A stretch of a text, in words, half-open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Its first word.
    pub start: usize,
    /// The word behind its last.
    pub end: usize,
}

/// Most words whose pieces are remembered: texts say the same ones again and again.
const REMEMBERED: usize = 1 << 14;

/// What the pieces of a word weigh together; of no word while the count is zero. Two words of one hash would weigh the same.
#[derive(Clone, Copy, Debug)]
struct Pieces {
    word: u64,
    sums: Sums,
}

/// The sums of all heads up to a word, and the number of features.
type Sums = ([f32; HEADS], f32);

/// Running sums over the last words of a text, and where sentences begin and end among them.
#[derive(Debug)]
pub struct Weighed<W> {
    weight: W,
    /// Up to each word from the `first` on.
    sums: VecDeque<Sums>,
    first: usize,
    sum: Sums,
    starts: VecDeque<usize>,
    /// Of the present sentence.
    ends: Vec<usize>,
    /// The features of the present sentence, and of the last ones, the last first.
    said: u64,
    before: VecDeque<u64>,
    pieces: Vec<Pieces>,
    best: [(f32, Stretch); HEADS],
}

impl<W: FnMut(u32) -> [f32; HEADS]> Weighed<W> {
    /// With what a feature weighs; of a text of so many bytes.
    pub fn new(bytes: usize, weight: W) -> Self {
        // A word is read quicker anew than room for it is made in a short text.
        let words = (bytes / 16).next_power_of_two().clamp(64, REMEMBERED);
        let zero = ([0.0; HEADS], 0.0);
        Self {
            weight,
            sums: VecDeque::from([zero]),
            first: 0,
            sum: zero,
            starts: VecDeque::new(),
            ends: Vec::new(),
            said: 0,
            before: VecDeque::new(),
            pieces: vec![Pieces { word: 0, sums: zero }; words],
            best: [(f32::NEG_INFINITY, Stretch::default()); HEADS],
        }
    }

    fn say(&mut self, hash: u64) {
        self.said = (self.said.rotate_left(5) ^ hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    /// The strongest stretch for each head and its weight; nothing for a text without words.
    #[must_use]
    pub fn best(mut self) -> [(f32, Stretch); HEADS] {
        self.over();
        self.best
    }

    /// The present sentence is over: it is weighed with those before it, as far as a stretch goes.
    fn over(&mut self) {
        if self.is_said_again()
            && let Some(start) = self.starts.back().and_then(|start| start.checked_sub(self.first))
            && let Some(sum) = self.sums.get(start).copied()
        {
            self.sums.iter_mut().skip(start).for_each(|upto| *upto = sum);
            self.sum = sum;
        }
        for end in std::mem::take(&mut self.ends) {
            self.weigh(end);
        }
        let word = self.first + self.sums.len() - 1;
        while self.starts.front().is_some_and(|start| start + LONGEST <= word) {
            self.starts.pop_front();
        }
        let first = self.starts.front().map_or(word, |start| *start);
        self.sums.drain(..first - self.first);
        self.first = first;
        if self.sum.1 > MOST_COUNTED {
            self.count_anew();
        }
    }

    /// Counts from the first word that is kept.
    fn count_anew(&mut self) {
        let Some((zero, none)) = self.sums.front().copied() else { return };
        for (sums, count) in self.sums.iter_mut().chain([&mut self.sum]) {
            for (sum, zero) in sums.iter_mut().zip(zero) {
                *sum -= zero;
            }
            *count -= none;
        }
    }

    /// Whether the last sentences say, one for one, what as many before them said.
    fn is_said_again(&mut self) -> bool {
        self.before.push_front(std::mem::take(&mut self.said));
        self.before.truncate(2 * AGAIN);
        (1..=AGAIN).any(|many| {
            let (now, rest) = (self.before.iter().take(many), self.before.iter().skip(many).take(many));
            self.before.len() >= 2 * many && now.eq(rest)
        })
    }

    /// Weighs all stretches that end before this word.
    fn weigh(&mut self, end: usize) {
        let at = |word: usize| self.sums.get(word.checked_sub(self.first)?);
        let Some((upto, count)) = at(end) else { return };
        for &start in &self.starts {
            if start + LONGEST < end || start >= end {
                continue;
            }
            let Some((before, fewer)) = at(start).filter(|(_, fewer)| fewer < count) else { continue };
            let length = worth(count - fewer);
            for ((best, upto), before) in self.best.iter_mut().zip(upto).zip(before) {
                let weight = (upto - before) * length;
                if weight > best.0 {
                    *best = (weight, Stretch { start, end });
                }
            }
        }
    }
}

fn add(to: &mut Sums, more: &Sums) {
    for (sum, more) in to.0.iter_mut().zip(more.0) {
        *sum += more;
    }
    to.1 += more.1;
}

impl<W: FnMut(u32) -> [f32; HEADS]> Sink for Weighed<W> {
    fn feature(&mut self, hash: u32) {
        self.say(u64::from(hash));
        add(&mut self.sum, &((self.weight)(hash), 1.0));
    }

    fn pieces(&mut self, word: u64, pieces: impl Iterator<Item = u32>) {
        self.say(word);
        let mut sums = ([0.0; HEADS], 0.0);
        // As many as a power of two.
        let at = usize::try_from(word >> 48).unwrap_or_default() & (self.pieces.len() - 1);
        match self.pieces.get(at) {
            Some(known) if known.word == word && known.sums.1 > 0.0 => sums = known.sums,
            _ => {
                pieces.for_each(|piece| add(&mut sums, &((self.weight)(piece), 1.0)));
                if let Some(place) = self.pieces.get_mut(at) {
                    *place = Pieces { word, sums };
                }
            }
        }
        add(&mut self.sum, &sums);
    }

    fn word(&mut self) {
        self.sums.push_back(self.sum);
    }

    fn start(&mut self, word: usize) {
        if !self.starts.is_empty() {
            self.over();
        }
        self.starts.push_back(word);
    }

    fn end(&mut self, word: usize) {
        self.ends.push(word);
    }
}
