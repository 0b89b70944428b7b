//! What a prompt asks for and what it is like, by a small transformer: all-MiniLM-L6-v2, its last two layers trained on by us.
//!
//! A text is cut into windows of sentences ([`windows`]). Of each topic the strongest sentence counts; the mean over
//! all pieces of a text is its [`Vector`], which lies near that of a text like it.
//!
//! INVARIANT: pure. A sentence sees itself and what stands before it in its window: what is appended to a text changes nothing that
//! was said of the sentences before. What was finished is never less for it.

mod alike;
mod choice;
mod file;
mod kernel;
mod network;
mod windows;
mod wordpiece;

use std::fmt;
use std::sync::LazyLock;

use crate::linear::HEADS;
pub use alike::{Alike, Background};
pub(crate) use choice::choose;
use file::File;
pub use file::Head;
use kernel::Processor;
use network::{Layer, Norm, Pass};
pub use windows::{WINDOW, Window, windows};
pub use wordpiece::{Piece, WordPiece};

/// The encoder that is compiled in.
static BUILTIN: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/active/encoder.bin"));

/// The encoder that is compiled in, made ready once for all who ask.
///
/// # Errors
/// When it is damaged: then rules and linear model answer without it.
pub fn builtin() -> Result<&'static Encoder<'static>, EncoderError> {
    static READY: LazyLock<Result<Encoder<'static>, EncoderError>> =
        LazyLock::new(|| Encoder::parse(BUILTIN));
    READY.as_ref().map_err(|fault| *fault)
}

/// The name under which this engine answers.
pub(crate) const NAME: &str = "encoder";

/// Most windows that [`Encoder::embed`] reads: about 2,000 characters.
const EMBEDDED: usize = 8;

/// An encoder that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    /// It is no file of ours, or of a version that is not known.
    #[error("this is no encoder of a version this build knows")]
    Foreign,
    /// It ends early, goes on too long, its check sum is another, or numbers in it make no sense.
    #[error("the encoder is damaged; put back the file of this release")]
    Damaged,
}

/// Where a text lies: a direction of length one.
#[derive(Clone, PartialEq)]
pub struct Vector(pub Vec<f32>);

impl Vector {
    /// The direction of a sum.
    fn along(sum: &[f32]) -> Self {
        let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt().max(1e-12);
        Self(sum.iter().map(|number| number / length).collect())
    }

    /// How alike two texts are: 1 for the same, about 0 for texts that have nothing to do with each other.
    #[must_use]
    pub fn like(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(one, other)| one * other).sum()
    }
}

impl fmt::Debug for Vector {
    /// Much of a text can be told from its vector, so it is shown as little as the text.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Vector({} numbers)", self.0.len())
    }
}

/// What one sentence says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// Where it lies, by what it says behind what stands before it in its window.
    pub vector: Vector,
    /// How much it weighs, for each head.
    pub weights: [f32; HEADS],
    /// Its pieces.
    pub pieces: usize,
}

/// What the sentences of some windows say.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// One after the other.
    pub sentences: Vec<Sentence>,
    /// How much the strongest sentence weighs, for each head.
    pub weights: [f32; HEADS],
    /// Where the beginning of each window lies up to each of its sentences: what is appended moves none of them.
    pub beginnings: Vec<Vector>,
    /// The sum over all pieces.
    sum: Vec<f32>,
}

impl Read {
    /// Where these windows lie together.
    #[must_use]
    pub fn vector(&self) -> Vector {
        Vector::along(&self.sum)
    }
}

/// The encoder, ready to read.
pub struct Encoder<'a> {
    processor: Processor,
    version: u64,
    words: WordPiece<'a>,
    hidden: usize,
    scales: Vec<f32>,
    /// A row of signed bytes for each word, where the file lies.
    table: &'a [u8],
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    heads: Vec<Head>,
}

impl fmt::Debug for Encoder<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Encoder({} layers)", self.layers.len())
    }
}

impl<'a> Encoder<'a> {
    /// Reads an encoder. Its vocabulary and the table of words, half of the file, stay where they lie; the other weights are
    /// laid as the processor reads them, 13 MB.
    ///
    /// # Errors
    /// When the bytes are not exactly one encoder.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EncoderError> {
        let file = File::parse(bytes)?;
        let words = WordPiece::new(file.vocabulary).ok_or(EncoderError::Damaged)?;
        let File { hidden, scales, table, positions, norm, layers, heads, .. } = file;
        // Its check sum, which was looked at.
        let version = bytes.last_chunk().copied().map_or(0, u64::from_le_bytes);
        Ok(Self {
            processor: Processor::best(),
            version,
            words,
            hidden,
            scales,
            table,
            positions,
            norm,
            layers,
            heads,
        })
    }

    /// Its topics.
    #[must_use]
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// A number that another encoder does not have: where texts lie means something to one encoder only.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How texts are cut for it.
    #[must_use]
    pub fn words(&self) -> &WordPiece<'a> {
        &self.words
    }

    /// Reads some windows together.
    #[must_use]
    pub fn read(&self, windows: &[Window]) -> Read {
        self.read_by(self.processor, windows)
    }

    fn read_by(&self, processor: Processor, windows: &[Window]) -> Read {
        let pieces: usize = windows.iter().map(|window| window.pieces.len()).sum();
        let mut x = Vec::with_capacity(pieces * self.hidden);
        for window in windows {
            for (piece, position) in window.pieces.iter().zip(self.positions.chunks_exact(self.hidden)) {
                let at = usize::try_from(*piece).unwrap_or(usize::MAX).min(self.scales.len() - 1);
                let scale = self.scales.get(at).copied().unwrap_or_default();
                let row = self.table.get(at * self.hidden..(at + 1) * self.hidden).unwrap_or_default();
                let numbers = row.iter().zip(position);
                x.extend(numbers.map(|(byte, position)| f32::from(byte.cast_signed()) * scale + position));
            }
        }
        let x = processor.run(Pass { norm: &self.norm, layers: &self.layers, windows, x });
        let mut read = Read {
            sentences: Vec::new(),
            weights: [f32::NEG_INFINITY; HEADS],
            beginnings: Vec::new(),
            sum: vec![0.0; self.hidden],
        };
        let mut rows = x.chunks_exact(self.hidden);
        for window in windows {
            let mut start = 0;
            let mut whole = vec![0.0; self.hidden];
            for end in &window.ends {
                let mut mean = vec![0.0; self.hidden];
                for row in rows.by_ref().take(end - start) {
                    mean.iter_mut().zip(row).for_each(|(mean, number)| *mean += number);
                }
                whole.iter_mut().zip(&mean).for_each(|(sum, number)| *sum += number);
                read.beginnings.push(Vector::along(&whole));
                // A sentence never is as long as a window.
                let count = f32::from(u16::try_from(end - start).unwrap_or(1).max(1));
                let mut weights = [f32::NEG_INFINITY; HEADS];
                for ((weighs, best), head) in weights.iter_mut().zip(&mut read.weights).zip(&self.heads) {
                    let weight = mean.iter().zip(&head.weights).map(|(number, weight)| number * weight);
                    *weighs = weight.sum::<f32>() / count + head.bias;
                    *best = best.max(*weighs);
                }
                let vector = Vector::along(&mean);
                read.sentences.push(Sentence { vector, weights, pieces: end - start });
                start = *end;
            }
            read.sum.iter_mut().zip(&whole).for_each(|(sum, number)| *sum += number);
        }
        read
    }

    /// Where a text lies, by its first windows; nothing for a text without words.
    #[must_use]
    pub fn embed(&self, text: &str) -> Option<Vector> {
        let mut first = Vec::new();
        windows(&self.words, text, |window| {
            first.push(window);
            first.len() < EMBEDDED
        });
        (!first.is_empty()).then(|| self.read(&first).vector())
    }
}

#[cfg(test)]
mod tests;
