//! The layers of BERT (Devlin et al., 2019): windows one behind the other in one matrix, so that none is filled up.
//!
//! A sentence sees itself and what stands before it in its window, never what follows.
//!
//! INVARIANT: sums are taken in an order that does not depend on the processor, and no number on another window.

use super::kernel::{Matrix, Rows, Tile, Work};
use super::windows::{WINDOW, Window};

/// As BERT has it.
const EPSILON: f32 = 1e-12;

/// Numbers that one head of the attention looks at.
pub(super) const HEAD: usize = 32;

/// Numbers that are added side by side.
const SIDE: usize = 16;

/// Layer normalisation (Ba et al., 2016): each row is moved to mean 0 and variance 1.
#[derive(Debug)]
pub(super) struct Norm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Norm {
    #[inline(always)]
    pub(super) fn apply(&self, x: &mut [f32]) {
        let width = self.weight.len().max(1);
        let size = f32::from(u16::try_from(width).unwrap_or(u16::MAX));
        for row in x.chunks_exact_mut(width) {
            let mean = sum(row, |x| x) / size;
            let variance = sum(row, |x| (x - mean) * (x - mean)) / size;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            for ((x, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *x = (*x - mean) * scale * weight + bias;
            }
        }
    }
}

/// Sixteen sums side by side, then those: an order that a processor can do at once.
#[inline(always)]
fn sum(numbers: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0; SIDE];
    let (sides, left) = numbers.as_chunks::<SIDE>();
    for side in sides {
        sums.iter_mut().zip(side).for_each(|(sum, number)| *sum += of(*number));
    }
    sums.iter_mut().zip(left).for_each(|(sum, number)| *sum += of(*number));
    sums.iter().sum()
}

/// The greatest; sixteen side by side.
#[inline(always)]
fn most(numbers: &[f32; WINDOW]) -> f32 {
    let greater = |one: f32, other: f32| if one > other { one } else { other };
    let mut most = [f32::NEG_INFINITY; SIDE];
    for side in numbers.as_chunks::<SIDE>().0 {
        most.iter_mut().zip(side).for_each(|(most, number)| *most = greater(*number, *most));
    }
    most.into_iter().fold(f32::NEG_INFINITY, greater)
}

#[derive(Debug)]
pub(super) struct Layer {
    /// Query, key and value.
    pub(super) qkv: Matrix,
    pub(super) out: Matrix,
    pub(super) up: Matrix,
    pub(super) down: Matrix,
    pub(super) norm_out: Norm,
    pub(super) norm_down: Norm,
}

impl Layer {
    /// `x` has the pieces of all windows in rows.
    #[inline(always)]
    fn apply(&self, x: &mut [f32], windows: &[Window], tile: impl Tile) {
        let width = self.out.width();
        let qkv = self.qkv.times(&Rows::of(x, width), tile);
        let seen = self.out.times(&Rows::of(&attention(&qkv, windows, width), width), tile);
        x.iter_mut().zip(seen).for_each(|(x, seen)| *x += seen);
        self.norm_out.apply(x);
        let mut inner = self.up.times(&Rows::of(x, width), tile);
        inner.iter_mut().for_each(|x| *x = gelu(*x));
        let more = self.down.times(&Rows::of(&inner, self.up.width()), tile);
        x.iter_mut().zip(more).for_each(|(x, more)| *x += more);
        self.norm_down.apply(x);
    }
}

/// All layers over the pieces of some windows.
pub(super) struct Pass<'a> {
    pub(super) norm: &'a Norm,
    pub(super) layers: &'a [Layer],
    pub(super) windows: &'a [Window],
    /// The pieces in rows.
    pub(super) x: Vec<f32>,
}

impl Work for Pass<'_> {
    type Done = Vec<f32>;

    #[inline(always)]
    fn with(mut self, tile: impl Tile) -> Vec<f32> {
        self.norm.apply(&mut self.x);
        for layer in self.layers {
            layer.apply(&mut self.x, self.windows, tile);
        }
        self.x
    }
}

/// What each piece takes from those it sees; `qkv` has query, key and value of a piece in a row.
#[inline(always)]
fn attention(qkv: &[f32], windows: &[Window], width: usize) -> Vec<f32> {
    let mut seen = vec![0.0; qkv.len() / 3];
    let (mut rows, mut out) = (qkv, seen.as_mut_slice());
    for window in windows {
        let count = window.pieces.len().min(WINDOW);
        let (of_window, rest) = rows.split_at(rows.len().min(3 * width * count));
        let (to, left) = std::mem::take(&mut out).split_at_mut(of_window.len() / 3);
        (rows, out) = (rest, left);
        for head in 0..width / HEAD {
            one_head(of_window, &window.ends, width, head, to);
        }
    }
    seen
}

#[inline(always)]
fn one_head(rows: &[f32], ends: &[usize], width: usize, head: usize, out: &mut [f32]) {
    // One over the root of 32.
    const SCALE: f32 = 0.176_776_7;
    let part = |row: &[f32], at: usize| -> [f32; HEAD] {
        let start = at * width + head * HEAD;
        row.get(start..start + HEAD).and_then(|part| part.first_chunk().copied()).unwrap_or([0.0; HEAD])
    };
    // A number of the keys of all pieces lies in one row, so that all are looked at side by side.
    let mut keys = [[0.0_f32; WINDOW]; HEAD];
    let mut values = [[0.0_f32; HEAD]; WINDOW];
    for (at, (row, value)) in rows.chunks_exact(3 * width).zip(&mut values).enumerate() {
        for (keys, key) in keys.iter_mut().zip(part(row, 1)) {
            if let Some(to) = keys.get_mut(at) {
                *to = key;
            }
        }
        *value = part(row, 2);
    }
    for (at, (row, out)) in rows.chunks_exact(3 * width).zip(out.chunks_exact_mut(width)).enumerate() {
        let mut shares = [0.0_f32; WINDOW];
        for (query, keys) in part(row, 0).iter().zip(&keys) {
            let query = query * SCALE;
            shares.iter_mut().zip(keys).for_each(|(share, key)| *share += query * key);
        }
        // What follows the piece's sentence is not seen.
        let end = ends.iter().copied().find(|end| *end > at).unwrap_or(WINDOW).min(WINDOW);
        shares.iter_mut().skip(end).for_each(|share| *share = f32::NEG_INFINITY);
        let most = most(&shares);
        shares.iter_mut().for_each(|share| *share = exp(*share - most));
        shares.iter_mut().skip(end).for_each(|share| *share = 0.0);
        let whole = 1.0 / sum(&shares, |share| share);
        let mut mean = [0.0_f32; HEAD];
        for (share, value) in shares.iter().zip(&values).take(end) {
            let share = share * whole;
            mean.iter_mut().zip(value).for_each(|(mean, value)| *mean += share * value);
        }
        let to = out.get_mut(head * HEAD..(head + 1) * HEAD).unwrap_or_default();
        to.iter_mut().zip(mean).for_each(|(to, mean)| *to = mean);
    }
}

/// GELU (Hendrycks and Gimpel, 2016) in its form with tanh, written so that it is done for several numbers at once:
/// `x / (1 + exp(-2u))` is `x / 2 * (1 + tanh(u))`.
#[inline(always)]
fn gelu(x: f32) -> f32 {
    let u = 0.797_884_6 * (x + 0.044_715 * x * x * x);
    x / (1.0 + exp(-2.0 * u))
}

/// e to the power of `x` to about six places: two to a whole power by the bits of a number, the rest by a polynomial.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Added and taken away again it leaves the nearest whole number, which stands in the last bits in between.
    const ROUND: f32 = 12_582_912.0;
    let power = (x * std::f32::consts::LOG2_E).clamp(-126.0, 126.0);
    let rounded = power + ROUND;
    let rest = (power - (rounded - ROUND)) * std::f32::consts::LN_2;
    let series = 1.0 / 120.0;
    let series = (((series * rest + 1.0 / 24.0) * rest + 1.0 / 6.0) * rest + 0.5) * rest + 1.0;
    let whole = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3F80_0000));
    (series * rest + 1.0) * whole
}

#[cfg(test)]
mod tests {
    use super::{exp, gelu};

    #[test]
    fn powers_and_gelu_are_those_of_the_library() {
        for step in -2_000..2_000_i16 {
            let x = f32::from(step) / 25.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-5, "{x}");
            let wanted = 0.5 * x * (1.0 + (0.797_884_6 * (x + 0.044_715 * x.powi(3))).tanh());
            assert!((gelu(x) - wanted).abs() < 1e-5, "{x}");
        }
    }
}
