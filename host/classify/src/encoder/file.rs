//! The weights: one file.
//!
//! `PGEN`, version 1; seven u32: hidden size, attention heads, inner size, layers, positions, words, bytes of the vocabulary;
//! the vocabulary, a piece each line; for each word what a weight of one means (f32), then its weights (i8); positions and
//! the first normalisation (f32). For each layer four matrices, query, key and value in one, output, up, down: Q8_0, which is of
//! each 32 weights in a row a scale as f16 and 32 i8, then the bias (f32); then two normalisations (f32). Then the number of
//! topics; for each the length of its name, the name, bias, calibration (five f32, see [`Head`]) and the weights (f32). Then 8 bytes
//! FNV-1a over words of eight bytes, the last filled up with zeros. Numbers are in little endian.

use half::f16;
use shared_protocol::Topic;

use super::EncoderError;
use super::kernel::{BLOCK, Matrix};
use super::network::{HEAD, Layer, Norm};

const MAGIC: &[u8] = b"PGEN\x01";

/// Most of any size in the file.
const MOST: usize = 1 << 16;

/// What a sentence says about a topic.
#[derive(Clone, Debug)]
pub struct Head {
    /// The topic.
    pub topic: Topic,
    /// What a sentence that is like nothing weighs.
    pub bias: f32,
    /// Without the linear model: what a weight of one means in log odds, and what is added.
    pub alone: [f32; 2],
    pub(super) weights: Vec<f32>,
}

/// What is in a file.
pub(super) struct File<'a> {
    pub(super) vocabulary: &'a str,
    pub(super) hidden: usize,
    pub(super) scales: Vec<f32>,
    pub(super) table: &'a [u8],
    pub(super) positions: Vec<f32>,
    pub(super) norm: Norm,
    pub(super) layers: Vec<Layer>,
    pub(super) heads: Vec<Head>,
}

/// What is left to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], EncoderError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(EncoderError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn size(&mut self) -> Result<usize, EncoderError> {
        let bytes = self.take(4)?.first_chunk().copied().ok_or(EncoderError::Damaged)?;
        usize::try_from(u32::from_le_bytes(bytes)).map_err(|_| EncoderError::Foreign)
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<f32>, EncoderError> {
        let bytes = self.take(count * 4)?;
        let numbers: Vec<f32> =
            bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        numbers.iter().all(|number| number.is_finite()).then_some(numbers).ok_or(EncoderError::Damaged)
    }

    fn norm(&mut self, hidden: usize) -> Result<Norm, EncoderError> {
        Ok(Norm { weight: self.numbers(hidden)?, bias: self.numbers(hidden)? })
    }

    /// Weights are laid as the kernel reads them: the one part of the file that is copied.
    fn matrix(&mut self, from: usize, to: usize) -> Result<Matrix, EncoderError> {
        let per_row = from / BLOCK;
        let bytes = self.take(per_row * to * (2 + BLOCK))?;
        let (blocks, _) = bytes.as_chunks::<{ 2 + BLOCK }>();
        let mut rows = Vec::with_capacity(blocks.len());
        for [low, high, weights @ ..] in blocks {
            let scale = f16::from_le_bytes([*low, *high]).to_f32();
            if !scale.is_finite() {
                return Err(EncoderError::Damaged);
            }
            rows.push((scale, weights.map(u8::cast_signed)));
        }
        Matrix::of(&rows, self.numbers(to)?, per_row).ok_or(EncoderError::Foreign)
    }
}

impl<'a> File<'a> {
    /// Reads a file; the table of words stays where it lies.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, EncoderError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(EncoderError::Foreign)?;
        let (signed, sum) = bytes.split_last_chunk::<8>().ok_or(EncoderError::Damaged)?;
        if check_sum(signed) != u64::from_le_bytes(*sum) {
            return Err(EncoderError::Damaged);
        }
        let mut rest = Rest(rest.get(..rest.len() - sum.len()).unwrap_or_default());
        let mut sizes = [0; 7];
        for size in &mut sizes {
            *size = rest.size()?;
        }
        let [hidden, attention, inner, layers, positions, words, vocabulary] = sizes;
        let is_sized = |size: usize| size > 0 && size <= MOST;
        let fits = sizes.iter().take(6).all(|size| is_sized(*size))
            && hidden.is_multiple_of(32)
            && inner.is_multiple_of(32)
            && hidden / HEAD == attention
            && positions >= super::WINDOW
            && layers <= 48;
        if !fits {
            return Err(EncoderError::Foreign);
        }
        let vocabulary = str::from_utf8(rest.take(vocabulary)?).map_err(|_| EncoderError::Damaged)?;
        if vocabulary.lines().count() != words {
            return Err(EncoderError::Damaged);
        }
        let scales = rest.numbers(words)?;
        let table = rest.take(words * hidden)?;
        let positions = rest.numbers(positions * hidden)?;
        let norm = rest.norm(hidden)?;
        let mut read = Vec::new();
        for _ in 0..layers {
            read.push(Layer {
                qkv: rest.matrix(hidden, 3 * hidden)?,
                out: rest.matrix(hidden, hidden)?,
                up: rest.matrix(hidden, inner)?,
                down: rest.matrix(inner, hidden)?,
                norm_out: rest.norm(hidden)?,
                norm_down: rest.norm(hidden)?,
            });
        }
        let [count] = *rest.take(1)?.first_chunk().ok_or(EncoderError::Damaged)?;
        let mut heads = Vec::new();
        for _ in 0..count {
            heads.push(head(&mut rest, hidden)?);
        }
        if !rest.0.is_empty() || heads.len() > crate::linear::HEADS {
            return Err(EncoderError::Foreign);
        }
        Ok(Self { vocabulary, hidden, scales, table, positions, norm, layers: read, heads })
    }
}

fn head(rest: &mut Rest<'_>, hidden: usize) -> Result<Head, EncoderError> {
    let [length] = *rest.take(1)?.first_chunk().ok_or(EncoderError::Damaged)?;
    let name = rest.take(length.into())?.to_vec();
    let name = String::from_utf8(name).map_err(|_| EncoderError::Damaged)?;
    let topic = Topic::try_from(name).map_err(|_| EncoderError::Damaged)?;
    // Three numbers follow that joined it with the linear model: `joined.toml` does, which goes with both models.
    let [bias, slope, added, ..] = *rest.numbers(6)?.first_chunk::<6>().ok_or(EncoderError::Damaged)?;
    if slope <= 0.0 {
        return Err(EncoderError::Damaged);
    }
    Ok(Head { topic, bias, alone: [slope, added], weights: rest.numbers(hidden)? })
}

fn check_sum(bytes: &[u8]) -> u64 {
    let (words, left) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(left).for_each(|(to, from)| *to = *from);
    let last = (!left.is_empty()).then_some(&last);
    words.iter().chain(last).fold(0xCBF2_9CE4_8422_2325, |sum: u64, word| {
        (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
