//! A text as windows of sentences, each short enough to be read at once.
//!
//! INVARIANT: where a window or sentence begins depends on nothing behind it. What is appended to a text changes its last,
//! unfinished sentence and what comes after, and nothing before.

use std::cell::Cell;

use super::wordpiece::{Piece, WordPiece};

/// Most pieces of a window, the one that begins it included.
pub const WINDOW: usize = 64;

/// Pieces that a sentence needs before the next may begin.
const LEAST: usize = 4;

/// Pieces after which a sentence without an end is cut.
const LONGEST: usize = 40;

/// Some sentences that are read together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The numbers of its pieces; the first stands for the beginning.
    pub pieces: Vec<u32>,
    /// Behind which piece each sentence ends, ascending.
    pub ends: Vec<usize>,
    /// Its bytes of the text, half-open.
    pub bytes: (usize, usize),
}

/// Cuts a text into windows and hands each on, until `take` says that it is enough.
pub fn windows(words: &WordPiece<'_>, text: &str, mut take: impl FnMut(Window) -> bool) {
    let begun = |at: usize| Window { pieces: vec![words.begin()], ends: Vec::new(), bytes: (at, at) };
    let (mut window, mut sentence) = (begun(0), Vec::new());
    let goes_on = Cell::new(true);
    let mut close = |sentence: &mut Vec<u32>, window: &mut Window, end: usize| {
        if sentence.is_empty() || !goes_on.get() {
            return;
        }
        if window.pieces.len() + sentence.len() > WINDOW {
            goes_on.set(take(std::mem::replace(window, begun(window.bytes.1))));
        }
        window.pieces.append(sentence);
        window.ends.push(window.pieces.len());
        window.bytes.1 = end;
    };
    words.read(text, |piece, end| {
        match piece {
            Piece::Number(number) => {
                sentence.push(number);
                if sentence.len() == LONGEST {
                    close(&mut sentence, &mut window, end);
                }
            }
            Piece::Break if sentence.len() >= LEAST => close(&mut sentence, &mut window, end),
            Piece::Break => {}
        }
        goes_on.get()
    });
    close(&mut sentence, &mut window, text.len());
    if goes_on.get() && !window.ends.is_empty() {
        take(window);
    }
}
