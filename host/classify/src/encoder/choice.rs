//! Which windows of a text are read: all of a short one; of a long one the first, and then each that says more than all before
//! it by the linear model, which is quick.
//!
//! INVARIANT: whether a window is read depends on nothing behind it, so that nothing which is appended keeps it from being read.

use crate::linear::{HEADS, Model};

use super::windows::{Window, windows};
use super::wordpiece::WordPiece;

/// So many windows are read whatever they say: about 1,500 characters.
const FIRST: usize = 6;

/// Most windows of a text that are read.
const MOST: usize = 10;

/// Windows among which is chosen, about half a million characters: behind them the linear model reads alone.
const AMONG: usize = 2_000;

/// How much more, in log odds, a window of a long text has to say.
const MORE: f32 = 0.2;

/// What is to be read of a text.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// In order.
    pub(crate) windows: Vec<Window>,
    /// Among how many.
    pub(crate) of: usize,
    /// More text follows that nobody chose from.
    pub(crate) goes_on: bool,
}

/// Chooses; `plain` is without disguises, and without a linear model the first windows are taken.
pub(crate) fn choose(words: &WordPiece<'_>, linear: Option<&Model<'_>>, plain: &str) -> Chosen {
    let mut chosen = Chosen::default();
    let mut best = [f32::NEG_INFINITY; HEADS];
    windows(words, plain, |window| {
        if chosen.of == AMONG {
            chosen.goes_on = true;
            return false;
        }
        chosen.of += 1;
        if chosen.windows.len() >= MOST {
            return true;
        }
        let text = plain.get(window.bytes.0..window.bytes.1).unwrap_or_default();
        let odds = linear.map_or([f32::NEG_INFINITY; HEADS], |model| model.odds(&model.weigh(text)));
        let says_more = best.iter().zip(odds).any(|(best, odds)| odds > best + MORE);
        best.iter_mut().zip(odds).for_each(|(best, odds)| *best = best.max(odds));
        if chosen.windows.len() < FIRST || says_more {
            chosen.windows.push(window);
        }
        true
    });
    chosen
}
